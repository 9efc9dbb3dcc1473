# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Hands DMARC cases to t/suites/dmarc_cases.c and names what comes back."""
import os
import subprocess
from collections import namedtuple

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.environ.get("POSTSEAL_BUILD", os.path.join(ROOT, "build", "dev"))

Verdict = namedtuple("Verdict", "result policy which kind author where org "
                     "aligned who secure differs mismatch why record asked")


def percent(text):
    raw = text.encode("utf-8", "surrogateescape")
    return "".join(chr(c) if 32 <= c < 127 and c != 37 else "%%%02X" % c
                   for c in raw)


def txt(owner, text):
    """A TXT line of a zone file, in character-strings of 255 octets."""
    raw = text.encode("utf-8", "surrogateescape")
    parts = [raw[i:i + 255] for i in range(0, len(raw), 255)] or [b""]
    return "%s. TXT %s\n" % (owner, " ".join('"%s"' % "".join(
        chr(c) if 32 <= c < 127 and c not in b'"\\' else "\\%03d" % c
        for c in p) for p in parts))


def judge(cases):
    """(mode, zone, header, identities) each; a Verdict each."""
    lines = ["\t".join(map(percent, c)) + "\n" for c in cases]
    run = subprocess.run([os.path.join(BUILD, "t", "dmarc_cases")],
                         input="".join(lines), capture_output=True,
                         text=True, timeout=300)
    if run.returncode:
        raise SystemExit("Bail out! dmarc_cases: %s" % run.stderr)
    out = [Verdict(*l.split("\t")) for l in run.stdout.split("\n")[:-1]]
    if len(out) != len(cases):
        raise SystemExit("Bail out! %d verdicts of %d" %
                         (len(out), len(cases)))
    return out
