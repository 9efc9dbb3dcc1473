# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""OpenPGP keys and signatures made packet by packet (RFC 9580, version 4), so
that a case can hold what no program would make: user ids with any octets, weak
digests, wrong classes.  Nothing is random but the keys."""
import base64
import hashlib
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import (ed25519, padding, rsa,
                                                       utils)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MADE = 1600000000
DAY = 86400
DIGEST = {1: ("md5", hashes.MD5), 2: ("sha1", hashes.SHA1),
          8: ("sha256", hashes.SHA256), 10: ("sha512", hashes.SHA512)}
SIGNATURE, ONE_PASS, PUBLIC_KEY, LITERAL, USER_ID = 2, 4, 6, 11, 13


def packet(tag, body):
    head = bytes([0xC0 | tag])
    if len(body) < 192:
        return head + bytes([len(body)]) + body
    return head + b"\xff" + struct.pack(">I", len(body)) + body


def mpi(octets):
    octets = octets.lstrip(b"\0")
    bits = 8 * len(octets) - (8 - octets[0].bit_length()) if octets else 0
    return struct.pack(">H", bits) + octets


def number(n):
    return mpi(n.to_bytes((n.bit_length() + 7) // 8, "big"))


def sub(kind, body):
    assert len(body) < 190
    return bytes([len(body) + 1, kind]) + body


def crc24(data):
    crc = 0xB704CE
    for octet in data:
        crc ^= octet << 16
        for _ in range(8):
            crc = crc << 1 ^ (0x1864CFB if crc & 0x800000 else 0)
    return crc.to_bytes(3, "big")


def armor(data, kind=b"SIGNATURE", headers=b"", eol=b"\r\n"):
    text = base64.b64encode(data)
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return eol.join([b"-----BEGIN PGP " + kind + b"-----", headers + b"",
                     *lines, b"=" + base64.b64encode(crc24(data)),
                     b"-----END PGP " + kind + b"-----", b""])


class Key:
    """bits 0 is Ed25519, otherwise RSA."""

    def __init__(self, *uids, bits=0, made=MADE, lasts=0):
        self.made, self.bits = made, bits
        self.secret = (ed25519.Ed25519PrivateKey.generate() if bits == 0 else
                       rsa.generate_private_key(65537, bits))
        self.body = self._public()
        self.fpr = hashlib.sha1(self._framed()).digest()
        self.id = self.fpr[12:]
        self.octets = packet(PUBLIC_KEY, self.body)
        for uid in uids:
            self.add(uid, lasts)

    def _public(self):
        head = b"\x04" + struct.pack(">I", self.made)
        if self.bits == 0:
            raw = self.secret.public_key().public_bytes(
                Encoding.Raw, PublicFormat.Raw)
            oid = bytes.fromhex("2b06010401da470f01")
            return (head + b"\x16" + bytes([len(oid)]) + oid +
                    mpi(b"\x40" + raw))
        n = self.secret.public_key().public_numbers()
        return head + b"\x01" + number(n.n) + number(n.e)

    def _framed(self):
        return b"\x99" + struct.pack(">H", len(self.body)) + self.body

    @property
    def hex(self):
        return self.fpr.hex().upper()

    def add(self, uid, lasts=0):
        more = sub(27, b"\x03")
        if lasts:
            more += sub(9, struct.pack(">I", lasts))
        self.octets += packet(USER_ID, uid) + self.signature(
            self._over(uid), 0x13, more=more, made=self.made)

    def _over(self, uid):
        return self._framed() + b"\xb4" + struct.pack(">I", len(uid)) + uid

    def certification(self, uid):
        """The packet alone, and what it signs."""
        over = self._over(uid)
        return self.signature(over, 0x13), over

    def drop(self, uid):
        """Revoke the user id that was added last."""
        self.octets += self.signature(self._over(uid), 0x30,
                                      made=self.made + DAY)

    def revoke(self):
        at = len(packet(PUBLIC_KEY, self.body))
        self.octets = self.octets[:at] + self.signature(
            self._framed(), 0x20, more=sub(29, b"\x02"),
            made=self.made + DAY) + self.octets[at:]

    def signature(self, data, kind=0, hash_id=8, made=MADE + DAY, more=b"",
                  unhashed=b"", lasts=0, issuer=None):
        issuer = issuer or self.fpr
        hashed = (sub(33, b"\x04" + issuer) +
                  sub(2, struct.pack(">I", made)) + more)
        if lasts:
            hashed += sub(3, struct.pack(">I", lasts))
        head = (bytes([4, kind, 22 if self.bits == 0 else 1, hash_id]) +
                struct.pack(">H", len(hashed)) + hashed)
        name, algorithm = DIGEST[hash_id]
        digest = hashlib.new(name, data + head + b"\x04\xff" +
                             struct.pack(">I", len(head))).digest()
        unhashed += sub(16, issuer[12:])
        return packet(SIGNATURE, head + struct.pack(">H", len(unhashed)) +
                      unhashed + digest[:2] + self._raw(digest, algorithm()))

    def _raw(self, digest, algorithm):
        if self.bits == 0:
            raw = self.secret.sign(digest)
            return mpi(raw[:32]) + mpi(raw[32:])
        return mpi(self.secret.sign(digest, padding.PKCS1v15(),
                                    utils.Prehashed(algorithm)))

    def one_pass(self, kind=0, hash_id=8):
        return packet(ONE_PASS, bytes([3, kind, hash_id,
                                       22 if self.bits == 0 else 1]) +
                      self.id + b"\x01")

    def opaque(self, data, name=b""):
        """A signed message with the text in it."""
        literal = b"b" + bytes([len(name)]) + name + bytes(4) + data
        return (self.one_pass() + packet(LITERAL, literal) +
                self.signature(data))

    def clearsigned(self, text, hash_name=b"SHA256", armor_headers=b"",
                    **how):
        """text: lines with LF; the last line end is not signed."""
        lines = text.split(b"\n")
        signed = b"\r\n".join(x.rstrip(b" \t\r") for x in lines)
        shown = b"\r\n".join(b"- " + x if x.startswith(b"-") else x
                             for x in lines)
        return (b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: " + hash_name +
                b"\r\n\r\n" + shown + b"\r\n" +
                armor(self.signature(signed, kind=1, **how),
                      headers=armor_headers))
