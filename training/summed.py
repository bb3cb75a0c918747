"""Words as sums of the vectors of their sparse features, and what each feature says of the labels by itself: what the networks over the tree begin with (`heads/events/vectors.rs`)."""
import numpy as np
import torch
from torch import nn

import model_file


class Summed(nn.Module):
    def __init__(self, n, width, labels, sparse=True):
        """n features, numbered from 1; 0 is none that is known."""
        super().__init__()
        self.vectors = nn.EmbeddingBag(n + 1, width, mode="sum", padding_idx=0, sparse=sparse)
        self.says = nn.EmbeddingBag(n + 1, labels, mode="sum", padding_idx=0, sparse=sparse)
        nn.init.normal_(self.vectors.weight, 0, 0.05)
        nn.init.zeros_(self.says.weight)
        self.vectors.weight.data[0] = 0
        self.bias = nn.Parameter(torch.zeros(width))

    def heard(self, *features):
        """(words, width) before what cuts off below nothing"""
        return self.vectors(*features) + self.bias

    def tables(self):
        return [self.vectors.weight, self.says.weight]

    def rest(self, network):
        """The parameters of a network that has this, without its tables, which are updated sparsely."""
        return [p for p in network.parameters() if all(p is not t for t in self.tables())]

    @torch.no_grad()
    def round(self):
        """From here on the numbers are those that the file gives back."""
        table, width = model_file.rounded(torch.cat(self.tables(), 1).numpy(), "i8"), self.bias.shape[0]
        self.vectors.weight.data, self.says.weight.data = torch.from_numpy(table[:, :width].copy()), torch.from_numpy(table[:, width:].copy())

    def begin(self, file, name, known):
        """The numbers that a file holds under this name; `known` features that it has not begin with nothing."""
        table, width = torch.from_numpy(file[f"{name}.features.weight"].copy()), self.bias.shape[0]
        at = torch.from_numpy(np.searchsorted(known, file.stored(f"{name}.features.hash")) + 1)
        with torch.no_grad():
            self.vectors.weight.zero_()
            self.vectors.weight[at], self.says.weight[at] = table[:, :width], table[:, width:]
            self.bias.copy_(torch.from_numpy(file[f"{name}.bias"].copy()))

    def sections(self, name, keys):
        """Of the file; `keys` are those of the features, ascending."""
        table = torch.cat(self.tables(), 1).detach().numpy()[1:]
        return {f"{name}.features.hash": (keys, "u64"), f"{name}.features.weight": (table, "i8"), f"{name}.bias": (self.bias.detach().numpy(), "f32")}


def layers(network, name, of):
    """Sections of a network's projections."""
    each = ((part, getattr(network, part)) for part in of)
    return {f"{name}.{part}.{kind}": (getattr(layer, kind).detach().numpy(), "f32") for part, layer in each for kind in ("weight", "bias")}


def begin_layers(network, file, name, of):
    """Projections of a network with the numbers of a file."""
    with torch.no_grad():
        for part in of:
            for kind in ("weight", "bias"):
                own = getattr(getattr(network, part), kind)
                own.copy_(torch.from_numpy(file[f"{name}.{part}.{kind}"].copy()).view(own.shape))


def grown(file, name, keys, more):
    """The features that a file knows under this name, and so many others, those that occur most often among some keys; ascending."""
    known = file.stored(f"{name}.features.hash")
    found, count = np.unique(keys, return_counts=True)
    is_new = ~np.isin(found, known)
    found, count = found[is_new], count[is_new]
    return np.sort(np.concatenate([known, found[np.argsort(-count, kind="stable")[:more]]]))


def rows(keys, known):
    """Numbers of the features, from 1; 0 for those that are not known."""
    place = np.searchsorted(known, keys.ravel())
    place[place == len(known)] = 0
    return np.where(known[place] == keys.ravel(), place + 1, 0).reshape(keys.shape)


@torch.no_grad()
def averaged(networks):
    """One network whose numbers are the means of those of several that went on from the same one: nearly as good as asking all of them, at the price of one (Wortsman et al. 2022, Model soups)."""
    first = networks[0]
    for own, *others in zip(*(network.parameters() for network in networks)):
        own.copy_(torch.stack([own, *others]).mean(0))
    return first
