#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""The public vectors of RFC 9989, a TAP line a case.  Their expectations are
paths into another program's result; this maps them to ours."""
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "t", "lib"))
import suites  # noqa: E402
from dmarc_cases import judge, txt  # noqa: E402



def zone_text(zone):
    out = ""
    for owner, types in zone.items():
        for kind, values in types.items():
            for v in values:
                if kind == "TXT":
                    out += "%s. TXT %s\n" % (owner, " ".join(
                        '"%s"' % part for part in v))
                elif kind == "MX":
                    out += "%s. MX %d %s.\n" % (owner, v["priority"],
                                                v["exchange"])
                else:
                    out += "%s. %s %s\n" % (owner, kind, v)
    return out


def identities(given):
    return " ".join(["dkim/pass/" + d["domain"] for d in given["dkimDomains"]] +
                    ["spf/pass/" + d["domain"] for d in given["spfDomains"]])


def value(path, verdict):
    """What a path of the suite is in our verdict; None: no such property."""
    applies = verdict.result != "none"
    return {"status.result": verdict.result,
            "policy": verdict.policy if applies else None,
            "domain": verdict.org,
            "alignment.spf.result": verdict.org if "spf" in verdict.who
            else None,
            "pct": None,
            "rr": verdict.record}[path]


def wrong(expect, verdicts, asked):
    head, _, path = expect["path"].partition(".")
    want = expect["args"][0]
    if head == "queries":
        got = [q for q in asked if q.startswith("_dmarc.")]
        return None if got == want else "asked %s" % got
    verdict = verdicts[int(head[1:])]
    if expect["op"] == "to.not.have.property":
        path, want = want, None
    got = value(path, verdict)
    fine = want in got if expect["op"] == "to.contain" else got == want
    return None if fine else "%s is %s, not %s" % (path, got, want)


def main():
    folder = suites.folder()
    if folder is None:
        print("1..0 # skipped: no public suites in ../shared/suites, and "
              "POSTSEAL_SUITES names none")
        return 77
    with open(os.path.join(folder, "dmarcbis-vectors",
                           "mailauth_rfc9989.json"), encoding="utf-8") as f:
        cases = json.load(f)
    right = 0
    for number, case in enumerate(cases, 1):
        calls = case["calls"]
        got = judge([("walk", zone_text(c["zone"]), "From: %s\r\n\r\n" %
                      c["input"]["headerFrom"], identities(c["input"]))
                     for c in calls])
        verdicts = {c["call"]: v for c, v in zip(calls, got)}
        faults = [w for w in (wrong(e, verdicts, got[-1].asked.split())
                              for e in case["expect"]) if w]
        faults += [v.mismatch for v in got if v.mismatch]
        right += not faults
        print("%s %d - %s" % ("not ok" if faults else "ok", number,
                              case["name"].replace("#", "no. ")))
        for f in faults:
            print("# " + f)
    print("# dmarcbis-vectors: %d of %d" % (right, len(cases)))
    print("1..%d" % len(cases))
    return 0 if right == len(cases) and len(cases) >= 29 else 1


if __name__ == "__main__":
    sys.exit(main())
