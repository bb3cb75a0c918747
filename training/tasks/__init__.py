"""What the encoder is trained for: one file a task, one line here for each.

A task is a module with
    NAME            its head's name: parameters are `heads.NAME...`, layers of its own `branches.NAME...`
    CORPORA         {name of a corpus: corpora.Corpus}, with the share of the batches that each gets
    labels(sets)    {name of a layer: its labels, in the order of the scores}
    Head            a module over what the encoder says: `loss(h, batch, p, sequences)`, `sections(get)` for the model file
    targets(...)    what a batch holds for that loss
and whatever decodes the head's scores. `sparse` stands apart: it reads no encoder and is trained by itself.
"""
from tasks import events, names, statements, tree

TASKS = (tree, names, statements, events)
