#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""ValiMail's ARC suite (arc_test_suite), a TAP line a validation, by the static
zone adapter; the signing cases need private keys and are not part of it.

An empty cv in the suite (a set of the chain says cv=fail already) is "fail" by
RFC 8617 section 5.2 step 2."""
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.environ.get("POSTSEAL_BUILD", os.path.join(ROOT, "build", "dev"))
FILE = os.path.join("arc_test_suite", "arc-draft-validation-tests.yml")
EXPECTED = 171


def skip(reason):
    print("1..0 # skipped: " + reason)
    raise SystemExit(77)


def suite():
    for d in (os.path.join(ROOT, "..", "shared", "suites"),
              os.environ.get("POSTSEAL_SUITES", "")):
        if d and os.path.isfile(os.path.join(d, FILE)):
            return os.path.join(d, FILE)
    skip("no public suites in ../shared/suites, and POSTSEAL_SUITES names none")


def quoted(raw):
    return '"%s"' % "".join(
        chr(c) if 32 <= c < 127 and c not in b'"\\' else "\\%03d" % c
        for c in raw)


def zone_text(records):
    """The lines of a value are one record, in strings of 255 octets."""
    out = []
    for owner, value in (records or {}).items():
        raw = "".join(l.strip() for l in str(value).splitlines()).encode()
        parts = [raw[i:i + 255] for i in range(0, len(raw), 255)] or [b""]
        out.append("%s. TXT %s" % (owner, " ".join(quoted(p) for p in parts)))
    return "\n".join(out) + "\n"


def line(message):
    raw = message.encode().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return "".join("%%%02X" % c for c in raw) + "\n"


def run(zone, messages):
    with tempfile.NamedTemporaryFile("w", suffix=".zone") as f:
        f.write(zone)
        f.flush()
        out = subprocess.run([os.path.join(BUILD, "t", "arc_cases"), f.name],
                             input="".join(line(m) for m in messages),
                             capture_output=True, text=True, timeout=300)
    if out.returncode:
        raise SystemExit("Bail out! %s" % out.stderr)
    return [l.split("\t", 4) for l in out.stdout.splitlines()]


def main():
    path = suite()
    try:
        import yaml
    except ImportError:
        skip("python3-yaml is not installed")
    number = right = most = 0
    with open(path, "rb") as f:
        scenarios = [s for s in yaml.safe_load_all(f) if s]
    for s in scenarios:
        cases = list(s["tests"].items())
        got = run(zone_text(s.get("txt-records")),
                  [c["message"] for _, c in cases])
        for (title, case), answer in zip(cases, got, strict=True):
            want = str(case["cv"] or "fail").lower()
            good = answer[0] == want
            number, right = number + 1, right + good
            most = max(most, int(answer[3]))
            print("%s %d - %s%s" % ("ok" if good else "not ok", number, title,
                                    ": " + answer[4] if answer[4] else ""))
            if not good:
                print("# %s, not %s" % (answer[0], want))
    print("# arc_test_suite: %d of %d" % (right, number))
    print("# most queries of one chain: %d" % most)
    print("1..%d" % number)
    return 0 if right == number == EXPECTED else 1


if __name__ == "__main__":
    sys.exit(main())
