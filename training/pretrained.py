"""A pretrained encoder of the BERT kind (Devlin and others 2019), read from an ONNX file, to fine-tune. Needs onnx and tokenizers (requirements-teacher.txt)."""
import time

import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import nn

HEADS = 12


class Layer(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.up, self.down = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)
        self.n1, self.n2 = nn.LayerNorm(d, eps=1e-12), nn.LayerNorm(d, eps=1e-12)
        self.drop = 0.1

    def forward(self, x, mask):
        b, t, d = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, HEADS, d // HEADS).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=self.drop if self.training else 0.0)
        x = self.n1(x + F.dropout(self.out(a.transpose(1, 2).reshape(b, t, d)), self.drop, self.training))
        return self.n2(x + F.dropout(self.down(F.gelu(self.up(x))), self.drop, self.training))


class Encoder(nn.Module):
    def __init__(self, path):
        super().__init__()
        graph = onnx.load(path).graph
        weights = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}
        # Matrices have no names of their own; they stand in the order of the computation, six a layer.
        matrices = [weights[n.input[1]] for n in graph.node if n.op_type == "MatMul" and n.input[1] in weights]
        words = weights["embeddings.word_embeddings.weight"]
        self.d = words.shape[1]
        self.words = nn.Embedding.from_pretrained(words, freeze=False)
        self.places = nn.Parameter(weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0])
        self.norm = nn.LayerNorm(self.d, eps=1e-12)
        self.norm.weight.data, self.norm.bias.data = weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"]
        self.layers = nn.ModuleList(Layer(self.d) for _ in range(len(matrices) // 6))
        for i, layer in enumerate(self.layers):
            q, k, v, out, up, down = matrices[6 * i:6 * i + 6]
            name = f"encoder.layer.{i}."
            layer.qkv.weight.data = torch.cat([q, k, v], 1).T.contiguous()
            layer.qkv.bias.data = torch.cat([weights[f"{name}attention.self.{x}.bias"] for x in ("query", "key", "value")])
            for linear, matrix, of in ((layer.out, out, "attention.output.dense"), (layer.up, up, "intermediate.dense"), (layer.down, down, "output.dense")):
                linear.weight.data, linear.bias.data = matrix.T.contiguous(), weights[f"{name}{of}.bias"]
            for norm, of in ((layer.n1, "attention.output.LayerNorm"), (layer.n2, "output.LayerNorm")):
                norm.weight.data, norm.bias.data = weights[f"{name}{of}.weight"], weights[f"{name}{of}.bias"]

    def freeze(self, n_layers):
        """Embeddings and the lower layers stay as they are."""
        for p in [self.words.weight, self.places, *self.norm.parameters(), *(p for layer in self.layers[:n_layers] for p in layer.parameters())]:
            p.requires_grad_(False)

    def forward(self, ids, marks=0):
        """(windows, pieces) ids, 0 behind a window's end, and what is added to their embeddings -> (windows, pieces, d)"""
        mask = (ids != 0)[:, None, None, :]
        x = F.dropout(self.norm(self.words(ids) + self.places[:ids.shape[1]] + marks), 0.1, self.training)
        for layer in self.layers:
            x = layer(x, mask)
        return x


def fine_tune(model, plan, rates, loss_of, after=lambda step: None):
    """One pass over the batches of `plan`, in their order; `rates` are those of the encoder, `model.enc`, and of what stands on it. They rise over sixty steps and fall to the end."""
    groups = [[p for p in model.enc.parameters() if p.requires_grad], [p for name, p in model.named_parameters() if not name.startswith("enc")]]
    optimizer = torch.optim.AdamW([{"params": g} for g in groups], lr=rates[0], weight_decay=0.01)
    began = time.time()
    for step, batch in enumerate(plan):
        share = min((step + 1) / 60, (len(plan) - step) / max(1, len(plan) - 60))
        for group, rate in zip(optimizer.param_groups, rates):
            group["lr"] = rate * max(share, 0.01)
        optimizer.zero_grad()
        loss = loss_of(batch)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 25 == 24:
            print(f"{step + 1} of {len(plan)} steps, {time.time() - began:.0f} s, loss {loss.item():.3f}", flush=True)
        after(step)
