#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""DKIM verification against a table of cases with keys made here, a TAP line a
case: ours must be what the case says, and what dkimpy says of pass or not must
be the same wherever the case names no reason."""
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "t", "lib"))
BUILD = os.environ.get("POSTSEAL_BUILD", os.path.join(ROOT, "build", "dev"))
LEAST = 200


def skip(reason):
    print("1..0 # skipped: " + reason)
    raise SystemExit(77)


try:
    import dkim
    import cryptography  # noqa: F401
except ImportError as e:
    skip("%s is not installed" % e.name)
import dkim_cases
import dkim_cases_keys
import dkim_cases_tags


def build():
    t = dkim_cases.Table()
    dkim_cases.canonical_forms(t)
    dkim_cases.odd_octets(t)
    dkim_cases.changes_on_the_way(t)
    dkim_cases.several_signatures(t)
    dkim_cases_tags.tags(t)
    dkim_cases_keys.records(t)
    dkim_cases_keys.look_ups(t)
    return t


def read(line):
    """The fields that t/suites/dkim_cases prints."""
    part = line.rstrip("\n").split("\t")
    out = dict(ignored=int(part[0]), queries=int(part[1]), signature=[])
    for i in range(2, len(part), 6):
        flags = part[i + 4].split()
        out["signature"].append(dict(
            result=part[i], domain=part[i + 1], identity=part[i + 2],
            testing="testing" in flags, secure="secure" in flags,
            partial="partial" in flags, bits=int(flags[-1]),
            why=part[i + 5]))
    return out


def ours(t):
    with tempfile.TemporaryDirectory() as d:
        lines = []
        for i, c in enumerate(t.cases):
            path = os.path.join(d, "%d.eml" % i)
            with open(path, "wb") as f:
                f.write(c["octets"])
            lines.append("%s\t%d\n" % (path, c["now"]))
        zone = os.path.join(d, "zone")
        with open(zone, "w") as f:
            f.write("\n".join(t.zone) + "\n")
        out = subprocess.run([os.path.join(BUILD, "t", "dkim_cases"), zone],
                             input="".join(lines), capture_output=True,
                             text=True, timeout=300)
    if out.returncode:
        raise SystemExit("Bail out! %s" % out.stderr)
    return [read(line) for line in out.stdout.splitlines()]


def dkimpy(t, case, n):
    """Which signatures does dkimpy call good?"""
    def txt(name, timeout=5):
        return t.txt.get(name.rstrip(b".").lower())
    dkim.time.time = lambda: case["now"]
    good = []
    for i in range(n):
        try:
            good.append(bool(dkim.DKIM(case["octets"], minkey=1024).verify(
                i, dnsfunc=txt)))
        except Exception:  # it raises what its readers trip over, too
            good.append(False)
    return good


def fault(case, got, peer):
    results = [s["result"] for s in got["signature"]]
    if results != case["want"]:
        return "%s (%s), not %s" % (
            " ".join(results), "; ".join(s["why"] for s in got["signature"]),
            " ".join(case["want"]))
    for s in got["signature"]:
        if (s["result"] == "pass") == bool(s["why"]):
            return "a reason is missing or too much"
        if s["partial"] and s["result"] == "pass":
            return "partial and pass"
    for word in ("ignored", "queries"):
        if case.get(word, got[word]) != got[word]:
            return "%s: %d" % (word, got[word])
    for word in ("partial", "testing", "secure", "bits"):
        mine = got["signature"][0][word]
        if case.get(word, mine) != mine:
            return "%s: %s" % (word, mine)
    differs = peer != [r == "pass" for r in results]
    if differs and not case["differs"]:
        return "dkimpy says %s" % peer
    if not differs and case["differs"]:
        return "dkimpy agrees, though \"%s\"" % case["differs"]
    return None


def main():
    t = build()
    got = ours(t)
    bad = differing = 0
    print("1..%d" % (len(t.cases) + 1))
    for i, (case, answer) in enumerate(zip(t.cases, got, strict=True), 1):
        wrong = fault(case, answer, dkimpy(t, case, len(case["want"])))
        bad += bool(wrong)
        differing += bool(case["differs"])
        print("%s %d - %s%s" % (
            "not ok" if wrong else "ok", i, case["name"],
            ": " + case["differs"] if case["differs"] else ""))
        if wrong:
            print("# " + wrong)
    enough = len(t.cases) >= LEAST
    print("%s %d - at least %d cases" % (
        "ok" if enough else "not ok", len(t.cases) + 1, LEAST))
    print("# %d of %d right, dkimpy agrees on %d" % (
        len(t.cases) - bad, len(t.cases), len(t.cases) - differing))
    return 1 if bad or not enough else 0


if __name__ == "__main__":
    sys.exit(main())
