# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""The people of the spoofing cases, and the messages they send.  Alice is the
victim, Mallory a correspondent whom the administrator knows too, so that her
own signatures are good."""
import base64
import quopri

from pgp_make import DAY, MADE, Key, armor

ALICE = b"Alice <alice@example.org>"
MALLORY = b"Mallory <mallory@evil.example>"
PGP = b'protocol="application/pgp-signature"'
TEXT = b"Content-Type: text/plain\r\n\r\nPay Bob 10 EUR.\r\n"
EVIL = b"Content-Type: text/plain\r\n\r\nPay Mallory 9999 EUR.\r\n"


class Case:
    """expect: "result reason" of the judge; author: who gets a pass."""

    def __init__(self, name, octets, expect, why, author="", bound=""):
        self.name, self.octets, self.expect = name, octets, expect
        self.why, self.author, self.bound = why, author, bound


class People:
    def __init__(self):
        self.alice = Key(ALICE)
        self.mallory = Key(MALLORY)
        self.rsa = Key(b"Rsa <rsa@example.org>", bits=2048)
        self.short = Key(b"Short <short@example.org>", bits=1024)
        self.expired = Key(b"Exp <expired@example.org>", lasts=30 * DAY)
        self.revoked = Key(b"Rev <revoked@example.org>")
        self.revoked.revoke()
        self.unknown = Key(ALICE)  # in no directory
        self.claimant = Key(ALICE)  # found somewhere, trusted by nobody
        self.dropped = Key(b"Eve <eve@evil.example>", ALICE)
        self.dropped.drop(ALICE)
        self.tricky = []  # (name, key)

    def local(self):
        return [self.alice, self.mallory, self.rsa, self.short, self.expired,
                self.revoked, self.dropped] + [k for _, k in self.tricky]

    def found(self):
        return [self.claimant]


def mail(content, from_=b"From: " + ALICE + b"\r\n", more=b""):
    """content begins with the Content fields of the whole message."""
    return from_ + b"To: bob@example.net\r\nSubject: money\r\n" + more + content


def sig_part(armored, more=b""):
    return b"Content-Type: application/pgp-signature" + more + b"\r\n\r\n" + \
        armored


def parts(boundary, *part, preamble=b"", epilogue=b"", close=True):
    out = preamble
    for p in part:
        out += b"\r\n--" + boundary + b"\r\n" + p
    if close:
        out += b"\r\n--" + boundary + b"--\r\n"
    return out + epilogue


def multipart(kind, boundary, *part, params=b"", **how):
    return (b"Content-Type: multipart/" + kind + b"; boundary=\"" + boundary +
            b"\"" + params + b"\r\n" + parts(boundary, *part, **how))


def signed(key, entity=TEXT, boundary=b"s", packets=None, micalg=b"pgp-sha256",
           params=b"; " + PGP, sig_params=b"", **how):
    """multipart/signed; packets: these instead of the key's signature."""
    made = {k: how.pop(k) for k in ("hash_id", "lasts", "made", "more",
                                    "unhashed", "kind", "issuer") if k in how}
    if packets is None:
        packets = key.signature(entity, **made)
    armored = packets if packets.startswith(b"-") else armor(packets)
    return multipart(b"signed", boundary, entity,
                     sig_part(armored, sig_params),
                     params=b"; micalg=" + micalg + params, **how)


def plain(text, charset=b"utf-8", encoding=b""):
    head = b"Content-Type: text/plain; charset=" + charset + b"\r\n"
    if encoding:
        head += b"Content-Transfer-Encoding: " + encoding + b"\r\n"
    if encoding == b"base64":
        text = base64.encodebytes(text)
    elif encoding == b"quoted-printable":
        text = quopri.encodestring(text)
    return head + b"\r\n" + text


__all__ = ["ALICE", "Case", "DAY", "EVIL", "Key", "MADE", "MALLORY", "PGP",
           "People", "TEXT", "armor", "mail", "multipart", "parts", "plain",
           "sig_part", "signed"]
