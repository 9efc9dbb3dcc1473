# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""OpenPGP certificates for tests: good ones by gpg, and wrong ones made of them
packet by packet (RFC 9580 section 4.2).  Verifies nothing."""
import hashlib
import os
import struct
import subprocess

GPG = "/usr/bin/gpg"
KEY = """%%no-protection
Key-Type: eddsa
Key-Curve: ed25519
Key-Usage: sign
%sName-Real: Test
Name-Email: %s
Expire-Date: %s
%%commit
"""
SUBKEY = """Subkey-Type: ecdh
Subkey-Curve: cv25519
Subkey-Usage: encrypt
"""
PUBLIC, USER_ID, SIGNATURE, SUBKEY_TAG = 6, 13, 2, 14


class Ring:
    """A GNUPGHOME that holds the secret keys of everybody."""

    def __init__(self, home):
        self.home = home

    def gpg(self, *words, octets=b""):
        return subprocess.run(
            [GPG, "--homedir", self.home, "--batch", "--quiet", "--yes",
             "--pinentry-mode", "loopback", "--passphrase", "", *words],
            input=octets, check=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE).stdout

    def make(self, *addresses, expire="0", seals=True):
        """One key an address; all of them by one gpg."""
        text = "".join(KEY % (SUBKEY if seals else "", a, expire)
                       for a in addresses)
        self.gpg("--generate-key", octets=text.encode())

    def fprs(self, address):
        """Of all its keys, oldest first."""
        lines = self.gpg("--with-colons", "--list-keys",
                         "=Test <%s>" % address).decode().splitlines()
        return [lines[i + 1].split(":")[9] for i, line in enumerate(lines)
                if line.startswith("pub:")]

    def fpr(self, address):
        return self.fprs(address)[-1]

    def export(self, which):
        """Of an address (its latest key), or of a fingerprint."""
        return self.gpg("--export", self.fpr(which) if "@" in which else which)

    def subkeys(self, fpr):
        """Key ids to which a message may be sealed."""
        lines = self.gpg("--with-colons", "--list-keys", fpr).decode()
        return {line.split(":")[4] for line in lines.splitlines()
                if line.startswith("sub:")}

    def revoke(self, fpr):
        """The certificate with the revocation that gpg made beforehand."""
        path = os.path.join(self.home, "openpgp-revocs.d", fpr + ".rev")
        with open(path, "rb") as f:
            self.gpg("--import", octets=f.read().replace(b"\n:---", b"\n---"))
        return self.export(fpr)

    def opened(self, octets):
        """(clear octets or None, key ids it is sealed to)"""
        at = octets.find(b"-----BEGIN PGP MESSAGE-----")
        done = subprocess.run(
            [GPG, "--homedir", self.home, "--batch", "--status-fd", "2",
             "--decrypt"], input=octets[max(at, 0):], check=False,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        to = {line.split()[2].decode() for line in done.stderr.splitlines()
              if line.startswith(b"[GNUPG:] ENC_TO ")}
        return (done.stdout if done.returncode == 0 else None), to


def packet(tag, body):
    return bytes([0xc0 | tag, 0xff]) + struct.pack("!I", len(body)) + body


def packets(octets):
    """[(tag, body)]; definite lengths, as gpg exports them."""
    out, at = [], 0
    while at < len(octets):
        head = octets[at]
        if head & 0x40:
            tag, first = head & 0x3f, octets[at + 1]
            if first < 192:
                size, at = first, at + 2
            elif first < 224:
                size = ((first - 192) << 8) + octets[at + 2] + 192
                at += 3
            else:
                size = struct.unpack_from("!I", octets, at + 2)[0]
                at += 6
        else:
            tag, n = (head & 0x3f) >> 2, 1 << (head & 3)
            size = int.from_bytes(octets[at + 1:at + 1 + n], "big")
            at += 1 + n
        out.append((tag, octets[at:at + size]))
        at += size
    return out


def joined(parts):
    return b"".join(packet(tag, body) for tag, body in parts)


def behind_first_uid(octets):
    """Where the first user id and its signatures end."""
    parts = packets(octets)
    at = [tag for tag, _ in parts].index(USER_ID) + 1
    while at < len(parts) and parts[at][0] == SIGNATURE:
        at += 1
    return parts, at


def with_unbound_uid(octets, address, signature=False):
    """A second user id, without a signature or with one of the first."""
    parts, at = behind_first_uid(octets)
    more = [(USER_ID, b"Test <%s>" % address.encode())]
    if signature:
        more.append(parts[at - 1])
    return joined(parts[:at] + more + parts[at:])


def with_bad_binding(octets):
    """The last octet of the last signature is another one."""
    parts = packets(octets)
    tag, body = parts[-1]
    assert tag == SIGNATURE and parts[-2][0] == SUBKEY_TAG
    parts[-1] = tag, body[:-1] + bytes([body[-1] ^ 1])
    return joined(parts)


def with_subkey_of(octets, other):
    """Somebody else's subkey, with the signature that binds it to him."""
    parts = [p for p in packets(octets)]
    at = [tag for tag, _ in parts].index(SUBKEY_TAG) if any(
        tag == SUBKEY_TAG for tag, _ in parts) else len(parts)
    return joined(parts[:at] + packets(other)[-2:])


def with_signatures(octets, n, of):
    """n signatures more on the first user id, taken from another key (which
    nobody needs) or its own (which only one can be true of)."""
    parts, at = behind_first_uid(octets)
    theirs, end = behind_first_uid(of)
    return joined(parts[:at] + [theirs[end - 1]] * n + parts[at:])


def version_6(address):
    """A key packet of RFC 9580 section 5.5.2.3 (Ed25519) with a user id."""
    point = hashlib.sha256(address.encode()).digest()
    body = b"\x06" + struct.pack("!IBI", 1700000000, 27, 32) + point
    return joined([(PUBLIC, body), (USER_ID, b"<%s>" % address.encode())])
