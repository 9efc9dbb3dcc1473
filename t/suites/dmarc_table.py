#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Our DMARC table (dmarc_cases_table.py), a TAP line a case and mode: by the
walk, by the list, and by both, where the walk must win and a difference must be
told.  Then what libopendmarc says by itself (opendmarc_naive.c): the cases in
which it is wrong are listed; in those called plain it must be right, else the
listing means nothing."""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "t", "lib"))
from dmarc_cases import BUILD, judge, percent, txt  # noqa: E402
from dmarc_cases_table import CASES  # noqa: E402
from dns_server import Server, Zone  # noqa: E402

AT_LEAST = 80
LIST = "/usr/share/publicsuffix/public_suffix_list.dat"
AMBIGUOUS = {"permerror": {"none"},
             "permerror/reject": {"none", "fail/reject"}}


def zone_text(zone):
    out = ""
    for owner, records in zone.items():
        if owner == "lines":
            continue
        for r in records if isinstance(records, list) else [records]:
            out += txt("_dmarc." + owner, r)
    return out + zone.get("lines", "")


def ours(cases, mode):
    """Of what failed nothing is known but that it did not pass."""
    return judge([(mode, zone_text(c.zone), c.header + "\n",
                   " ".join(i for i in c.ids.split() if "/fail/" not in i))
                  for c in cases])


def word(v):
    if v.result == "fail" or v.result == "permerror" and v.policy != "none":
        return "%s/%s" % (v.result, v.policy)
    return v.result


class Naive:
    """One name server, whose zone changes, and one program that asks it."""

    def __init__(self):
        self.server = Server(b"")
        self.program = None

    def ask(self, c):
        """libopendmarc sees the value of the first From field."""
        value = [l for l in c.header.split("\n")
                 if l.lower().startswith("from")]
        value = value[0].partition(":")[2].strip() if value else ""
        self.server.zone = Zone(zone_text(c.zone).encode())
        if self.program is None or self.program.poll() is not None:
            self.program = subprocess.Popen(
                [os.path.join(BUILD, "t", "opendmarc_naive"),
                 str(self.server.port)], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, text=True)
        self.program.stdin.write("%s\t%s\n" % (percent(value),
                                               percent(c.ids)))
        self.program.stdin.flush()
        return self.program.stdout.readline().strip() or "nothing, and dies"

    def close(self):
        self.program.stdin.close()
        self.program.wait(timeout=30)
        self.server.close()


def right(theirs, want):
    theirs = theirs.partition(" ")[0]  # "none (the record is an error)"
    return theirs == want or theirs in AMBIGUOUS.get(want, ())


class Tap:
    def __init__(self):
        self.n = self.bad = 0

    def line(self, title, faults):
        self.n += 1
        self.bad += bool(faults)
        print("%s %d - %s" % ("not ok" if faults else "ok", self.n, title))
        for f in faults:
            print("# " + f)


def judge_ours(tap):
    walk, by_list, both = (ours(CASES, m) for m in ("walk", "list", "both"))
    for c, w, p, b in zip(CASES, walk, by_list, both, strict=True):
        for mode, v, want in (("walk", w, c.walk), ("list", p, c.by_list),
                              ("both", b, c.walk)):
            faults = [v.mismatch] if v.mismatch else []
            if word(v) != want:
                faults.append("%s (%s), not %s" % (word(v), v.why, want))
            if mode == "both" and (c.walk != c.by_list) != bool(v.differs):
                faults.append("differs: %r" % v.differs)
            tap.line("%s: %s" % (mode, c.title), faults)


def judge_theirs(tap):
    if not os.path.exists(LIST):
        print("# skipped: what libopendmarc says; there is no " + LIST)
        return
    wrong = {"walk": 0, "list": 0}
    told = []
    naive = Naive()
    for c in CASES:
        theirs = naive.ask(c)
        wrong["walk"] += not right(theirs, c.walk)
        wrong["list"] += not right(theirs, c.by_list)
        if not right(theirs, c.by_list) or not right(theirs, c.walk):
            wants = c.walk if c.walk == c.by_list else \
                "%s (by the list %s)" % (c.walk, c.by_list)
            told.append("%s: says %s, right is %s" % (c.title, theirs, wants))
        if c.plain:
            tap.line("plain for libopendmarc too: " + c.title,
                     [] if right(theirs, c.by_list) else [theirs])
    naive.close()
    print("# libopendmarc by itself is wrong:")
    for t in told:
        print("#   " + t)
    print("# of %d cases: %d by the list, %d by the walk" %
          (len(CASES), wrong["list"], wrong["walk"]))


def main():
    tap = Tap()
    judge_ours(tap)
    judge_theirs(tap)
    different = sum(c.walk != c.by_list for c in CASES)
    print("# ours: %d cases, %d with another answer by the list; %d of %d "
          "lines wrong" % (len(CASES), different, tap.bad, tap.n))
    print("1..%d" % tap.n)
    return 1 if tap.bad or len(CASES) < AT_LEAST else 0


if __name__ == "__main__":
    sys.exit(main())
