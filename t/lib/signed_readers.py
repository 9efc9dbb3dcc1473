# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""multipart/signed taken apart by octets (RFC 3156 section 5), and what gpg,
sq, rnp and notmuch say of it.  home: a GnuPG home with the certificates, which
stand in the file certs too."""
import json
import os
import re
import subprocess
import tempfile

import sealed

HASHES = {"8": b"pgp-sha256", "9": b"pgp-sha384", "10": b"pgp-sha512"}


def run(argv, **kw):
    return subprocess.run(argv, capture_output=True, check=False, **kw)


def parts(message):
    """(signed octets, armor, micalg), or None when it is not the one shape."""
    fields, body = sealed.split(message)
    kind = re.fullmatch(
        rb'multipart/signed;\s*micalg=(\S+);\s*'
        rb'protocol="application/pgp-signature";\s*boundary="([^"]+)"',
        sealed.value(fields, b"content-type"))
    if kind is None:
        return None
    pieces = re.split(rb"(?:\r\n)--" + re.escape(kind[2]) + rb"(?:--)?\r\n",
                      body)
    if len(pieces) != 4 or pieces[3] or not re.match(
            rb"Content-Type: application/pgp-signature", pieces[2]):
        return None
    return pieces[1], pieces[2].split(b"\r\n\r\n", 1)[1], kind[1]


def is_transparent(octets):
    """Nothing that an MTA would change on its way."""
    return all(c < 128 for c in octets) and all(
        len(line) <= 998 for line in octets.split(b"\r\n")) and \
        b"\n" not in octets.replace(b"\r\n", b"")


def valid_by(status):
    """Primary fingerprint and digest of the one good signature."""
    found = re.findall(r"VALIDSIG \S+ \S+ \S+ \S+ \S+ \S+ \S+ (\S+) \S+ (\S+)",
                       status)
    return found[0] if len(found) == 1 and "GOODSIG" in status else None


def wrong_with(message, fpr, home, certs):
    """None, or what a reader says against a signed message."""
    got = parts(message)
    if got is None:
        return "not multipart/signed"
    octets, armor, micalg = got
    if not is_transparent(octets):
        return "an MTA may change it"
    with tempfile.TemporaryDirectory() as d:
        data, signature = os.path.join(d, "data"), os.path.join(d, "data.asc")
        for path, text in ((data, octets), (signature, armor)):
            with open(path, "wb") as f:
                f.write(text)
        done = run(["gpg", "--homedir", home, "--batch", "--status-fd", "1",
                    "--verify", signature, data])
        valid = valid_by(done.stdout.decode("utf-8", "replace"))
        if valid is None or valid[1] != fpr:
            return "gpg: %r" % done.stderr
        if HASHES.get(valid[0]) != micalg:
            return "micalg is %r, the digest %s" % (micalg, valid[0])
        done = run(["sq", "verify", "--signer-cert", certs, "--detached",
                    signature, data])
        if done.returncode != 0:
            return "sq: %r" % done.stderr
        done = run(["rnp", "--keyfile", certs, "--verify", signature,
                    "--source", data])
        return None if done.returncode == 0 else "rnp: %r" % done.stderr


def notmuch_says(messages, home):
    """{name: status of the signature} for {name: message}."""
    with tempfile.TemporaryDirectory() as d:
        os.mkdir(os.path.join(d, "mail"))
        for i, octets in enumerate(messages.values()):
            octets = re.sub(rb"(?im)^Message-ID:.*\r\n", b"", octets, count=1)
            with open(os.path.join(d, "mail", "%d" % i), "wb") as f:
                f.write(b"Message-ID: <%d@test>\r\n" % i + octets)
        config = os.path.join(d, "config")
        with open(config, "w", encoding="ascii") as f:
            f.write("[database]\npath=%s/mail\n[user]\nname=x\n"
                    "primary_email=x@example.org\n" % d)
        e = {**os.environ, "NOTMUCH_CONFIG": config, "GNUPGHOME": home}
        run(["notmuch", "new"], env=e)
        said = {}
        for i, name in enumerate(messages):
            done = run(["notmuch", "show", "--format=json", "--verify",
                        "--entire-thread=false", "id:%d@test" % i], env=e)
            said[name] = status_in(json.loads(
                done.stdout.decode("utf-8", "replace") or "[]"))
        return said


def status_in(tree):
    if isinstance(tree, dict):
        for s in tree.get("sigstatus", []):
            return s["status"]
        tree = list(tree.values())
    for one in tree if isinstance(tree, list) else []:
        found = status_in(one)
        if found:
            return found
    return None
