# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""multipart/signed as a mail program makes it with gpg (RFC 3156 section 5).
home: a GnuPG home with keys that no passphrase protects."""
import re
import subprocess

GPG = "/usr/bin/gpg"
PART = b"Content-Type: text/plain; charset=utf-8\r\n\r\n%s"
WHOLE = b"""From: %s\r
To: b@example.org\r
Subject: x\r
Date: Tue, 24 Nov 2026 10:00:00 +0000\r
Message-ID: <x@example.com>\r
MIME-Version: 1.0\r
Content-Type: multipart/signed; micalg=pgp-sha512;\r
 protocol="application/pgp-signature"; boundary="=_s"\r
\r
--=_s\r
%s\r
--=_s\r
Content-Type: application/pgp-signature; name="signature.asc"\r
\r
%s\r
--=_s--\r
"""


def gpg(home, *args, octets=None):
    return subprocess.run([GPG, "--homedir", home, "--batch", "--quiet", *args],
                          input=octets, capture_output=True, check=True).stdout


def make(home, address):
    """A new key; its fingerprint."""
    gpg(home, "--passphrase", "", "--quick-gen-key", "Test <%s>" % address,
        "future-default", "default", "never")
    return fpr(home, address)


def fpr(home, address):
    said = gpg(home, "--with-colons", "-k", "<%s>" % address).decode()
    return re.search(r"(?m)^fpr:+([0-9A-F]{40}):", said)[1]


def signed(home, key, author, text=b"Pay 100 now.\r\n"):
    part = PART % text
    armor = gpg(home, "--local-user", key, "--digest-algo", "SHA512", "--armor",
                "--detach-sign", octets=part)
    return WHOLE % (author.encode(), part, armor.replace(b"\n", b"\r\n"))
