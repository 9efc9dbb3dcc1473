# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Keys, key records and DKIM signatures, good ones and such that are wrong in
one place only.  Canonical forms are dkimpy's, so that ours are not judged by
themselves."""
import base64
import functools
import hashlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

PKCS1_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")
PKCS1_SHA1 = bytes.fromhex("3021300906052b0e03021a05000414")


class Rsa:
    """Of any number of primes: 8,192 bits are quickly made of 1,024-bit ones."""
    algorithm, kind = b"rsa-sha256", b"rsa"

    def __init__(self, bits):
        self.primes = self._primes(bits)
        self.n = functools.reduce(lambda a, b: a * b, self.primes)

    @staticmethod
    def _primes(bits):
        if bits <= 3072:
            key = rsa.generate_private_key(65537, bits).private_numbers()
            return [key.p, key.q]
        while True:
            out, n = [], 1
            while bits - n.bit_length() > 2600:
                out += Rsa._primes(2048)
                n *= out[-1] * out[-2]
            last = Rsa._primes(bits + 1 - n.bit_length())
            if (n * last[0] * last[1]).bit_length() == bits:
                return out + last

    def sign(self, text, sha1=False):
        digest = hashlib.sha1(text) if sha1 else hashlib.sha256(text)
        info = (PKCS1_SHA1 if sha1 else PKCS1_SHA256) + digest.digest()
        size = (self.n.bit_length() + 7) // 8
        padded = b"\0\1" + b"\xff" * (size - 3 - len(info)) + b"\0" + info
        return self._private(int.from_bytes(padded, "big")).to_bytes(
            size, "big")

    def _private(self, m):
        out = 0
        for p in self.primes:
            rest = self.n // p
            part = pow(m % p, pow(65537, -1, p - 1), p)
            out += part * rest * pow(rest, -1, p)
        return out % self.n

    def _public(self, form):
        return rsa.RSAPublicNumbers(65537, self.n).public_key().public_bytes(
            serialization.Encoding.DER, form)

    def p(self):
        return base64.b64encode(self._public(
            serialization.PublicFormat.SubjectPublicKeyInfo))

    def bare_p(self):
        return base64.b64encode(self._public(
            serialization.PublicFormat.PKCS1))


class Ed25519:
    algorithm, kind = b"ed25519-sha256", b"ed25519"

    def __init__(self):
        self.key = ed25519.Ed25519PrivateKey.generate()

    def sign(self, text, sha1=False):
        return self.key.sign(hashlib.sha256(text).digest())

    def _raw(self):
        return self.key.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw)

    def p(self):
        return base64.b64encode(self._raw())

    def wrapped_p(self):
        return base64.b64encode(bytes.fromhex("302a300506032b6570032100") +
                                self._raw())


def policy(c):
    from dkim.canonicalization import CanonicalizationPolicy
    return CanonicalizationPolicy.from_c_value(c)


def fold(text, width=70):
    return b"\r\n ".join(text[i:i + width]
                         for i in range(0, len(text), width))


def take(fields, names):
    """Of equal names the last field first (RFC 6376 5.4.2)."""
    left = list(fields)
    for name in names:
        for i in range(len(left) - 1, -1, -1):
            if left[i][0].strip().lower() == name.lower():
                yield left.pop(i)
                break


def sign(key, fields, body, c=b"relaxed/relaxed", d=b"example.com", s=b"rsa",
         h=(b"from", b"to", b"subject", b"date"), more=b"", limit=None,
         edit=None, sha1=False, names=None):
    """The value of a DKIM-Signature field.  edit changes the text before it is
    signed, where @B@ stands for what b= will hold."""
    how = policy(c)
    canonical = how.canonicalize_body(body)[:limit]
    digest = (hashlib.sha1 if sha1 else hashlib.sha256)(canonical).digest()
    text = (b" v=1; a=%s; c=%s; d=%s; s=%s;%s\r\n h=%s;\r\n bh=%s; b=@B@" % (
        b"rsa-sha1" if sha1 else key.algorithm, c, d, s, more, b":".join(h),
        base64.b64encode(digest)))
    if edit:
        text = edit(text)
    signed = take(how.canonicalize_headers(fields), names or h)
    own = how.canonicalize_headers(
        [[b"DKIM-Signature", text.replace(b"@B@", b"") + b"\r\n"]])[0]
    octets = b"".join(n + b":" + v for n, v in signed) + own[0] + b":" + \
        own[1].rstrip(b"\r\n")
    return text.replace(b"@B@", fold(base64.b64encode(key.sign(octets, sha1))))


def message(fields, body):
    return b"".join(n + b":" + v for n, v in fields) + b"\r\n" + body


def quoted(text):
    """Character-strings of a TXT record."""
    out = []
    for i in range(0, max(len(text), 1), 200):
        out.append('"%s"' % "".join(
            chr(c) if 32 <= c < 127 and c not in b'"\\' else "\\%03d" % c
            for c in text[i:i + 200]))
    return " ".join(out)
