"""What `evaluate trace --events` writes, beside what is annotated."""
import json


def rows(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def likeness(a, b):
    """Share of characters that two spans have in common, of all that they cover."""
    both = min(a[1], b[1]) - max(a[0], b[0])
    return both / (max(a[1], b[1]) - min(a[0], b[0])) if both > 0 else 0.0


def matched(asked, gold):
    """-> (article, trigger as asked, event as annotated) where both see the same kind of deed in the same words"""
    known = {row["id"]: row for row in rows(gold)}
    for article in rows(asked):
        for trigger in article["triggers"]:
            best = max(((likeness(trigger["span"], e["trigger"]), -i) for i, e in enumerate(known[article["id"]]["events"])), default=(0, 0))
            event = known[article["id"]]["events"][-best[1]] if best[0] > 0 else None
            if event is not None and event["plover"] == trigger["plover"]:
                yield article["id"], trigger, event
