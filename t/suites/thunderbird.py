#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""The OpenPGP messages of Thunderbird's tests: what the judge makes of each,
against t/data/thunderbird_openpgp.txt, where every answer is explained."""
import glob
import os
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "t", "lib"))
BUILD = os.environ.get("POSTSEAL_BUILD", os.path.join(ROOT, "build", "dev"))
import spoof_judge
import suites

DATA = "thunderbird-openpgp/mail/test/browser/openpgp/data"
# The correspondents; the other keys of the suite are there to be refused.
KEYS = ("alice@openpgp.example-0xf231550c4f47e38e-pub.asc",
        "bob@openpgp.example-0xfbfcc82a015e7330-pub.asc",
        "carol@example.com-0x3099ff1238852b9f-pub.asc",
        "benny-hashwell-0xc55ccd9c5ab482b2-pub.asc")


def skip(reason):
    print("1..0 # skipped: " + reason)
    raise SystemExit(77)


def table():
    """name: (result, reason or author, why)."""
    out = {}
    with open(os.path.join(ROOT, "t/data/thunderbird_openpgp.txt"),
              encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                name, answer, why = line.rstrip("\n").split(" | ")
                out[name.strip()] = (answer.strip(), why)
    return out


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main():
    where = suites.folder()
    if where is None or not os.path.isdir(os.path.join(where, DATA)):
        skip("thunderbird-openpgp is in no ../shared/suites, "
             "and POSTSEAL_SUITES names none")
    data = os.path.join(where, DATA)
    files = sorted(glob.glob(data + "/eml/*.eml"))
    wanted = table()
    with tempfile.TemporaryDirectory(prefix="postseal-t-") as dir:
        spoof_judge.keys(dir, b"\n".join(read(os.path.join(data, "keys", k))
                                         for k in KEYS), b"")
        said = spoof_judge.judge(BUILD, dir, [(read(f), "") for f in files])
    print("1..%d" % (len(files) + 1))
    bad = 0
    for i, (path, r) in enumerate(zip(files, said), 1):
        name = os.path.basename(path)[:-4]
        answer = (r.result + " " + (r.author or r.reason)).strip()
        want, why = wanted.pop(name, ("", "not in the table"))
        bad += answer != want
        print("%sok %d - %s: %s (%s)" % (
            "" if answer == want else "not ", i, name, answer, why))
        if answer != want:
            print("# wanted %s; scope %s, shape %s, state %s, fpr %s" % (
                want, r.scope, r.shape, r.state, r.fpr))
    print("%sok %d - every message of the table is there" % (
        "not " if wanted else "", len(files) + 1))
    return 1 if bad or wanted else 0


sys.exit(main())
