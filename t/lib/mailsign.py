# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Keys and signatures for tests, DKIM (RFC 6376, 8463) and ARC (RFC 8617), by
hand: every tag can be made to lie, and octets go anywhere.

A message is a list of (name, value) pairs, octets both, values with their
leading blank, and a body with CRLF lines."""
import base64
import hashlib
import re

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

WSP = re.compile(rb"[ \t]+")


class Key:
    """kind: "rsa", with its bits, or "ed25519"."""

    def __init__(self, kind="rsa", bits=1024):
        self.kind = kind
        if kind == "rsa":
            self.private = rsa.generate_private_key(65537, bits)
        else:
            self.private = ed25519.Ed25519PrivateKey.generate()

    def record(self, tags="v=DKIM1; "):
        public = self.private.public_key()
        if self.kind == "rsa":
            raw = public.public_bytes(
                serialization.Encoding.DER,
                serialization.PublicFormat.SubjectPublicKeyInfo)
        else:
            raw = public.public_bytes(serialization.Encoding.Raw,
                                      serialization.PublicFormat.Raw)
        return "%sk=%s; p=%s" % (tags, self.kind,
                                 base64.b64encode(raw).decode())

    def algorithm(self):
        return b"rsa-sha256" if self.kind == "rsa" else b"ed25519-sha256"

    def sign(self, data, sha1=False):
        if self.kind == "rsa":
            out = self.private.sign(
                data, padding.PKCS1v15(),
                hashes.SHA1() if sha1 else hashes.SHA256())
        else:
            out = self.private.sign(hashlib.sha256(data).digest())
        return base64.b64encode(out)


def canon_field(name, value, relaxed=True):
    if not relaxed:
        return name + b":" + value
    value = WSP.sub(b" ", value.replace(b"\r\n", b"")).strip(b" \t")
    return name.strip(b" \t").lower() + b":" + value


def canon_body(body, relaxed=True):
    if relaxed:
        body = b"\r\n".join(WSP.sub(b" ", line).rstrip(b" ")
                            for line in body.split(b"\r\n"))
    while body.endswith(b"\r\n\r\n"):
        body = body[:-2]
    if body in (b"", b"\r\n"):
        return b"" if relaxed else b"\r\n"
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def selected(headers, names):
    """What h= stands for: from the bottom up (RFC 6376 5.4.2)."""
    left = list(headers)
    for want in names:
        for i in range(len(left) - 1, -1, -1):
            if left[i][0].strip(b" \t").lower() == want.lower():
                yield left.pop(i)
                break


def signature(name, key, headers, body, tags, names, relaxed, limit, sha1,
              algorithm=None):
    """A signature's field; tags stand before a=, bh= and b=."""
    text = canon_body(body, relaxed)
    if limit is not None:
        text = text[:limit]
    digest = hashlib.sha1(text) if sha1 else hashlib.sha256(text)
    value = b" " + tags + b"a=%s; bh=%s; b=" % (
        algorithm or (b"rsa-sha1" if sha1 else key.algorithm()),
        base64.b64encode(digest.digest()))
    data = b"".join(canon_field(n, v, relaxed) + b"\r\n"
                    for n, v in selected(headers, names))
    data += canon_field(name, value, relaxed)
    return name, value + key.sign(data, sha1)


def dkim(key, headers, body, d, s=b"s", names=(b"from", b"to", b"subject"),
         relaxed=True, limit=None, says=b"", sha1=False, version=b"v=1; ",
         algorithm=None):
    """says: more tags, as they stand ("i=@x; "); limit: what is hashed."""
    tags = version + b"c=%s; d=%s; s=%s; h=%s; " % (
        b"relaxed/relaxed" if relaxed else b"simple/simple", d, s,
        b":".join(names)) + says
    return signature(b"DKIM-Signature", key, headers, body, tags, names,
                     relaxed, limit, sha1, algorithm)


def arc(key, headers, body, i, d, results, s=b"s", cv=None,
        names=(b"from", b"to", b"subject"), says=b""):
    """The message with one set more on top; results stand behind "i=N; "."""
    aar = (b"ARC-Authentication-Results", b" i=%d; %s" % (i, results))
    headers = [aar] + headers
    ams = signature(b"ARC-Message-Signature", key, headers, body,
                    b"i=%d; c=relaxed/relaxed; d=%s; s=%s; h=%s; " % (
                        i, d, s, b":".join(names)) + says,
                    names, True, None, False)
    headers = [ams] + headers
    if cv is None:
        cv = b"none" if i == 1 else b"pass"
    seal = (b"ARC-Seal", b" i=%d; a=%s; cv=%s; d=%s; s=%s; b=" % (
        i, key.algorithm(), cv, d, s))
    order = (b"ARC-Authentication-Results", b"ARC-Message-Signature",
             b"ARC-Seal")
    sets = {}
    for n, v in [seal] + headers:
        instance = re.match(rb" i=(\d+)", v)
        if n in order and instance:
            sets[int(instance[1]), order.index(n)] = canon_field(n, v)
    data = b"\r\n".join(sets[at] for at in sorted(sets) if at[0] <= i)
    return [(seal[0], seal[1] + key.sign(data))] + headers


def message(headers, body=b"Pay now.\r\n"):
    return b"".join(n + b":" + v + b"\r\n" for n, v in headers) + \
        b"\r\n" + body
