#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""postseal keys publish, dns and fetch: what one house publishes another one
finds.  The places (WKD hash, OPENPGPKEY owner) are computed again here."""
import base64
import hashlib
import os
import re
import stat
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from keys_room import Room, Tap, be_nobody  # noqa: E402
import dns_server  # noqa: E402

try:
    import https_server
except ImportError:
    https_server = None

OURS = '}\ndomain "example.org" { }\ndomain "example.net" { }'
DIGIT = "ybndrfg8ejkmcpqxot1uwisza345h769"
ZONE = b"""$ORIGIN example.org.
@ SOA ns hostmaster 1 3600 600 86400 0
openpgpkey A 127.0.0.1
$ORIGIN example.com.
@ SOA ns hostmaster 1 3600 600 86400 0
"""


def wkd_hash(local):
    bits = int.from_bytes(hashlib.sha1(local.lower().encode()).digest(), "big")
    return "".join(DIGIT[bits >> 5 * i & 31] for i in reversed(range(32)))


def owner(address):
    local, domain = address.split("@")
    head = hashlib.sha256(local.encode()).hexdigest()[:56]
    return f"{head}._openpgpkey.{domain}."


def tree(top):
    """path -> octets of every file below."""
    found = {}
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, top)] = f.read()
    return found


def seen(w, octets):
    return w.gpg("--show-keys", "--with-colons", stdin=octets).decode()


class House(Room):
    def __init__(self):
        super().__init__(OURS)
        self.carl = self.key("Carl <Carl.Smith@example.org>",
                             "Carl <carl@private.example>")
        self.dora = self.key("Dora <dora@example.net>")
        self.anew = self.key("Carl anew <carl.smith@example.org>")
        self.other = self.key("Other <o@elsewhere.example>")
        self.dead = self.key("Sig <sig@example.org>", encrypts=False)
        self.keys("import", self.export(self.carl, self.dora, self.anew,
                                        self.other, self.dead))
        self.web = self.path("web")


def advanced(t, w):
    r = w.keys("publish", w.web)
    got = tree(w.web)
    top = ".well-known/openpgpkey/"
    carl = f"{top}example.org/hu/{wkd_hash('carl.smith')}"
    t.ok("a tree is written, and nothing but it", r.status == 0 and
         set(got) == {top + "example.org/policy", top + "example.net/policy",
                      carl, f"{top}example.net/hu/{wkd_hash('dora')}"}, r)
    both = seen(w, got.get(carl, b""))
    t.ok("two keys of one address stand in one file, without other addresses",
         w.carl in both and w.anew in both and "private.example" not in both,
         both)
    modes = {stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode)
             for folder, subs, names in os.walk(w.web)
             for name in names}
    t.ok("a web server can read it", modes == {0o644} and
         stat.S_IMODE(os.stat(w.web).st_mode) == 0o755, modes)
    r = w.keys("publish", w.web)
    t.ok("a second time nothing is written", "0 of them written, 0 removed"
         in r.out, r)
    folder = os.path.join(w.web, top, "example.org/hu")
    for name in ("notes.txt", wkd_hash("gone"), ".new-" + wkd_hash("half")):
        with open(os.path.join(folder, name), "w") as f:
            f.write("x")
    w.keys("reject", "carl.smith@example.org", w.carl)
    w.keys("drop", w.dora)
    r = w.keys("publish", w.web)
    now = tree(w.web)
    t.ok("what no longer belongs goes, what is not ours stays",
         r.status == 0 and "2 removed" in r.out and
         set(now) == {top + "example.org/policy", top + "example.net/policy",
                      carl, top + "example.org/hu/notes.txt"}, r)
    t.ok("a rejected key is not published", w.anew in seen(w, now[carl]) and
         w.carl not in seen(w, now[carl]))


def direct(t, w):
    place = w.path("direct")
    r = w.keys("publish", "--direct", place)
    t.ok("--direct is the other method", r.status == 0 and
         f"example.org/.well-known/openpgpkey/hu/{wkd_hash('carl.smith')}"
         in tree(place), r)
    r = w.keys("publish", w.gnupg)
    t.ok("a directory that is something else is refused", r.status == 73 and
         "no Web Key Directory" in r.err and
         not os.path.exists(w.gnupg + "/.well-known"), r)
    r = w.keys("publish", place)
    t.ok("so is a tree of the other method", r.status == 73, r)
    os.mkdir(w.path("closed"), 0o500)
    r = w.keys("publish", w.path("closed"))
    t.ok("one that may not be written is status 74", r.status == 74 and
         "ermission denied" in r.err, r)
    os.mkdir(w.path("trap"))
    os.mkdir(w.path("else"))
    os.symlink(w.path("else"), w.path("trap", ".well-known"))
    r = w.keys("publish", w.path("trap"))
    t.ok("no symbolic link is followed below it", r.status != 0 and
         os.listdir(w.path("else")) == [], r)


def records(t, w):
    r = w.keys("dns", "example.org")
    found = re.findall(r"^(\S+) IN OPENPGPKEY \(([^)]*)\)", r.out, re.M)
    octets = {name: base64.b64decode("".join(text.split()))
              for name, text in found}
    name = owner("carl.smith@example.org")
    t.ok("OPENPGPKEY records have the right owner and a key that gpg reads",
         r.status == 0 and list(octets) == [name] and
         w.anew in seen(w, octets[name]), r)
    r = w.keys("dns", "--generic", "example.org")
    found = re.findall(r"^(\S+) IN TYPE61 \\# (\d+) \(([^)]*)\)", r.out, re.M)
    t.ok("--generic says the same to servers that do not know the type",
         r.status == 0 and len(found) == 1 and
         bytes.fromhex("".join(found[0][2].split())) == octets[name] and
         int(found[0][1]) == len(octets[name]), r)
    t.ok("a domain that is not ours is status 78",
         w.keys("dns", "elsewhere.example").status == 78)
    t.ok("one without keys is status 1",
         w.keys("dns", "example.net").status == 1)
    t.ok("what is no domain is status 64",
         w.keys("dns", "no domain").status == 64)


def fetches(t, w):
    root, dns = w.path("hosts"), dns_server.Server(ZONE)
    os.mkdir(root)
    os.symlink(w.web, os.path.join(root, "openpgpkey.example.org"))
    web = https_server.Server(root)
    w.configure(
        f'sources = {{ pinned, local, wkd }} }}\n'
        f'https {{ ca-file = "{web.ca_file}"  port = {web.port}  '
        f'private-addresses = yes }}\n'
        f'verify {{ dnssec = no  resolver = {{ "127.0.0.1@{dns.port}" }} }}\n'
        f'defaults {{ wkd = pending }}\n', keys="away")
    r = w.keys("fetch", "carl.smith@example.org")
    t.ok("what is published is found, and waits as policy says",
         r.status == 0 and re.search(r"^wkd +found", r.out, re.M) and
         w.anew in r.out and
         re.search(r"^policy +none", r.out, re.M), r)
    t.ok("it is listed as pending", w.anew in
         w.keys("list", "--pending").out)
    said = w.keys("show", "--json", "carl.smith@example.org").json()
    t.ok("show knows when it was looked for, and when it will be again",
         said["looks"][0]["source"] == "wkd" and
         said["looks"][0]["outcome"] == "found" and
         said["looks"][0]["due"] > said["looks"][0]["at"] and
         said["history"][0]["what"] == "found", said)
    t.ok("audit says that it waits", w.keys("audit").status == 1)
    r = w.keys("trust", "carl.smith@example.org", w.anew)
    now = w.keys("show", "--json", "carl.smith@example.org").json()["now"]
    t.ok("once trusted it is used", r.status == 0 and
         now["keys"][0]["fingerprint"] == w.anew and
         now["source"] == "wkd", now)
    t.ok("and exported", w.anew in seen(
        w, w.keys("export", "carl.smith@example.org").octets))
    r = w.keys("fetch", "--json", "nobody@example.org")
    t.ok("nobody is absent, status 1", r.status == 1 and
         r.json()[0]["outcome"] == "absent", r)
    with open(os.path.join(root, "openpgpkey.example.org.mood"), "w") as f:
        f.write("expired")
    r = w.keys("fetch", "carl.smith@example.org")
    t.ok("a server whose certificate has expired is refused, status 1",
         r.status == 1 and "refused" in r.out, r)
    t.ok("and what was found stays in use", re.search(
        rf"^policy +found +{w.anew}", r.out, re.M), r)
    r = w.keys("drop", w.anew)
    t.ok("dropped, it is gone from what was found", r.status == 0 and
         w.keys("list").out == "" and w.keys("audit").status == 0, r)
    web.close()


def main():
    be_nobody()
    t, w = Tap(), House()
    try:
        advanced(t, w)
        direct(t, w)
        records(t, w)
        if https_server is None:
            print("# skipped: python3-cryptography is not installed")
        else:
            fetches(t, w)
    finally:
        w.close()
    return t.end()


if __name__ == "__main__":
    sys.exit(main())
