#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Holds a message that arrived against the one that was sent, with gpg's help.

  sealed.py GNUPGHOME SENT ARRIVED

prints one word: "sealed" (opens to exactly the Content-* fields and the body
that were sent), "unchanged" (those are as sent), or "other: why", with exit
code 1.  Works on octets; knows no MIME."""
import re
import subprocess
import sys

ARMOR = re.compile(rb"-----BEGIN PGP MESSAGE-----.*?-----END PGP MESSAGE-----",
                   re.S)


def crlf(octets):
    """As SMTP carries it: CRLF at every line end, the last one too."""
    octets = re.sub(rb"\r?\n", b"\r\n", octets)
    return octets if not octets or octets.endswith(b"\r\n") else octets + b"\r\n"


def split(message):
    """(list of raw fields with their line ends, body)"""
    fields, rest = [], message
    while rest:
        line, _, behind = rest.partition(b"\r\n")
        if line[:1] in b" \t" and line and fields:
            fields[-1] += line + b"\r\n"
        elif re.match(rb"[!-9;-~]+[ \t]*:", line):
            fields.append(line + b"\r\n")
        else:
            return fields, behind if not line else rest
        rest = behind
    return fields, b""


def name(field):
    return field.split(b":", 1)[0].strip().lower()


def value(fields, wanted):
    """The first field of that name on one line, or nothing."""
    for f in fields:
        if name(f) == wanted:
            return re.sub(rb"\r\n([ \t])", rb"\1", f).split(b":", 1)[1].strip()
    return b""


def content_of(message):
    """What must be inside: every Content-* field and the body."""
    fields, body = split(message)
    kept = [f for f in fields if name(f).startswith(b"content-")]
    return b"".join(kept) + b"\r\n" + body


def is_ours(message):
    fields, _ = split(message)
    return value(fields, b"x-postseal").startswith(b"sealed;")


def decrypt(home, message):
    armor = ARMOR.search(split(message)[1])
    if armor is None:
        return None
    done = subprocess.run(["gpg", "--homedir", home, "--batch", "--quiet",
                           "--decrypt"], input=armor.group(0),
                          capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


def judge(home, sent, arrived):
    sent, arrived = crlf(sent), crlf(arrived)
    if not is_ours(arrived):
        same = content_of(arrived) == content_of(sent)
        return "unchanged" if same else "other: changed and not sealed"
    clear = decrypt(home, arrived)
    if clear is None:
        return "other: gpg does not open it"
    if clear != content_of(sent):
        return "other: opens to other octets"
    return "sealed"


def main():
    home, sent, arrived = sys.argv[1:]
    with open(sent, "rb") as s, open(arrived, "rb") as a:
        verdict = judge(home, s.read(), a.read())
    print(verdict)
    return 1 if verdict.startswith("other") else 0


if __name__ == "__main__":
    sys.exit(main())
