"""Adds forms of verbs that double their last consonant ("expelled", "patrolling") to a model file's list of lemmas: what the treebanks never showed, the head takes for verbs in -ll ("kill").

  python training/lemmas.py --out models/english.model
"""
import argparse

import numpy as np

import model_file
import provenance
from features import fnv1a

VERBS = ("abet abhor abut acquit admit allot annul appal ban bar bedevil befit beg blur bog bomb cancel channel chat clap clip clog commit compel concur confer control cop counsel cram curb cut "
         "dam debar debug defer demur deter dial dim dip dispel distil drag drip drop drug duel embed emit enrol equal equip excel expel extol fit flag flog format fuel fulfil gag grab grin grip gun handicap "
         "hum impel incur infer initial instil jam jog jot kidnap knit label level libel log lob lop marshal mob model mop mug nab nag nod occur omit outbid outwit overlap panel parcel patrol pedal pen permit "
         "pin plan plod plot plug pop prefer program prop propel quarrel quit quiz ram rap reap recap recur refer refit regret remit repel revel rid rig rip rival rob rot rub sag sap scan scrap scrub shed "
         "shovel shred shrug shun signal sin sip skid skim skip slam slap slip slog smuggle snap snub sob spar spiral split spot spur squabble squat stab star stem step stir stop strap strip strut stun submit sum swap "
         "swat swot tag tan tap tar thin throb tip top total transfer transmit trap travel trek trigger trim trip trot tug tunnel unveil veto whip wrap yap zap").split()
# Of these, those that end in one consonant behind one vowel.
DOUBLES = [v for v in VERBS if v[-1] in "bdglmnprt" and v[-2] in "aeiou" and v[-3] not in "aeou" or v in ("equip", "quit", "quiz", "acquit", "fuel", "dial", "duel", "initial", "rival", "befit", "outbid")]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--model", default="models/english.model")
    ap.add_argument("--out", required=True)
    a = ap.parse_args()
    base = model_file.File(a.model)
    scripts = base.header["labels"]["lemma"]
    listed = dict(zip(base.stored("lemma.hash").tolist(), base.stored("lemma.script").tolist()))
    n = len(listed)
    for verb in DOUBLES:
        for ending, tags in (("ed", ("VBD", "VBN")), ("ing", ("VBG",))):
            form = verb + verb[-1] + ending
            for tag in tags:
                key = int(fnv1a(tag.encode(), fnv1a(b"\x1f", fnv1a(form.encode()))))
                # What the treebanks show stands.
                listed.setdefault(key, scripts.index(f"l|{1 + len(ending)}|"))
    keys = np.array(sorted(listed), np.uint64)
    new = {"lemma.hash": (keys, "u64"), "lemma.script": (np.array([listed[int(k)] for k in keys], np.uint16), "u16")}
    stored = {name: (base.stored(name), s["dtype"]) for name, s in base.sections.items() if not name.endswith(".scale") and name not in new}
    header = {k: v for k, v in base.header.items() if k != "sections"}
    header["provenance"] = {**header["provenance"], "stages": [*header["provenance"]["stages"], provenance.stage("lemmas", {"verbs": len(DOUBLES)}, {})]}
    model_file.write(a.out, header, {**stored, **new}, base, lambda name: name not in new)
    print(f"{len(listed) - n} forms added")


if __name__ == "__main__":
    main()
