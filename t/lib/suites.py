# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""The messages of the public suites, read where they lie: ../shared/suites
beside the tree, or $POSTSEAL_SUITES."""
import os
import re

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
BOM = b"\xef\xbb\xbf"


def folder():
    """None where there are no suites."""
    for path in (os.path.join(SOURCE, "../shared/suites"),
                 os.environ.get("POSTSEAL_SUITES", "")):
        if path and os.path.isdir(path):
            return os.path.abspath(path)
    return None


def split_mbox(octets):
    """One message a piece, without its "From " line: one that a header field
    follows, since a blank line before it is not the rule in these files."""
    pieces = re.split(rb"(?m)^From [^\n]*\n(?=[!-9;-~]+:)",
                      octets.removeprefix(BOM))
    return [p for p in pieces if p.strip()]


def messages(*names):
    """(name, octets) of every message of these suites, in a fixed order."""
    found = []
    for suite in names:
        for where, subs, files in os.walk(os.path.join(folder(), suite)):
            subs.sort()
            for f in sorted(files):
                if not f.endswith((".eml", ".msg", ".txt")):
                    continue
                path = os.path.join(where, f)
                with open(path, "rb") as file:
                    octets = file.read()
                found += named(os.path.relpath(path, folder()), octets)
    return found


def named(path, octets):
    if not octets.removeprefix(BOM).startswith(b"From "):
        return [(path, octets)]
    return [("%s#%d" % (path, i), piece)
            for i, piece in enumerate(split_mbox(octets), 1)]
