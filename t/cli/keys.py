#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""postseal keys as an administrator types it: import and its lint, list, show,
export, trust, expiring, audit, drop, and each mistake."""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from keys_room import Room, Tap, be_nobody  # noqa: E402

MORE = '}\ndomain "example.org" { encrypt = when-key }'
NONE = "0" * 40


class World(Room):
    def __init__(self):
        super().__init__(MORE)
        self.alice = self.key("Alice <alice@example.org>",
                              "Ali <ali@other.example>")
        self.bob = self.key("Bob <bob@example.net>", ends="20d")
        self.signer = self.key("Sig <sig@example.net>", encrypts=False)
        self.weak = self.key("Weak <weak@example.net>",
                             how=("--cert-digest-algo", "SHA1",
                                  "--allow-weak-digest-algos"))
        self.next = self.key("Alice anew <alice@example.org>")


def imports(t, w):
    one = w.export(w.alice, armor=True)
    r = w.keys("import", one)
    t.ok("an armored certificate is imported", r.status == 0 and
         r.line[0].startswith(w.alice + " stored ") and
         r.line[-1].startswith("1 stored (1 of them new"), r)
    r = w.keys("import", one)
    t.ok("a second time nothing changes", r.status == 0 and
         r.line[0].startswith(w.alice + " unchanged "), r)
    os.mkdir(w.path("box"))
    w.export(w.bob, name="box/bob.pgp")
    w.export(w.signer, name="box/sig.pgp")
    r = w.keys("import", w.path("box"))
    t.ok("a directory is imported, its files in order", r.status == 0 and
         r.line[0].startswith(w.bob) and w.signer in r.out and
         "1 cannot be used" in r.out, r)
    t.ok("a key that only signs is told",
         "no encryption subkey" in r.out or "sign" in r.out, r)
    t.ok("one that ends soon is told", f"{w.bob} warning " in r.out, r)
    with open(w.export(w.weak), "rb") as f:
        r = w.keys("import", "-", stdin=f.read())
    t.ok("standard input is imported, and SHA-1 told", r.status == 0 and
         f"{w.weak} warning " in r.out and "SHA-1" in r.out, r)


def refusals(t, w):
    secret = w.path("secret")
    with open(secret, "wb") as f:
        f.write(w.gpg("--export-secret-keys", w.next))
    r = w.keys("import", secret)
    t.ok("a secret key is refused with status 65", r.status == 65 and
         " refused " in r.out and "secret key" in r.out, r)
    held = b""
    for folder, _, names in os.walk(w.path("keys")):
        for name in names:
            with open(os.path.join(folder, name), "rb") as f:
                held += f.read()
    t.ok("and nothing of it is stored", bytes.fromhex(w.next) not in held and
         w.next.encode() not in held)
    r = w.keys("import", w.path("nowhere"))
    t.ok("a file that is not there is status 66", r.status == 66 and
         "nothing was imported" in r.err, r)
    closed = w.export(w.bob, name="closed")
    os.chmod(closed, 0)
    r = w.keys("import", closed)
    t.ok("so is one that may not be read", r.status == 66 and
         "ermission denied" in r.err, r)
    with open(w.path("noise"), "wb") as f:
        f.write(b"hello\n")
    r = w.keys("import", w.path("noise"))
    t.ok("what is no key is refused", r.status == 65 and "refused" in r.out, r)


def lists(t, w):
    r = w.keys("list")
    columns = {line[:40]: line.split() for line in r.line}
    t.ok("a pipe gets plain columns", r.status == 0 and len(r.line) == 4 and
         columns[w.alice][1] == "usable" and columns[w.alice][3] == "never" and
         columns[w.signer][1] == "no-encryption-subkey", r)
    r = w.keys("list", "--json")
    found = {k["fingerprint"]: k for k in r.json()}
    t.ok("--json is JSON that says the same", len(found) == 4 and
         found[w.alice]["ends"] is None and
         found[w.bob]["ends"].endswith("Z") and
         found[w.signer]["reason"] and
         found[w.alice]["sources"] == "local", r)
    r = w.keys("list", "--expiring", "60d")
    t.ok("--expiring lists what ends by then", r.status == 0 and
         [line[:40] for line in r.line] == [w.bob], r)
    t.ok("and not what ends later", w.keys("list", "--expiring", "1w").out
         == "")
    t.ok("an address lists those that name it",
         [k["fingerprint"] for k in
          w.keys("list", "--json", "ali@other.example").json()] == [w.alice])
    r = w.keys("list", "nobody@example.org")
    t.ok("an address without a key is status 1", r.status == 1 and
         "no certificate names" in r.err, r)
    r = w.on_terminal("list", columns=140)
    t.ok("a terminal gets a table with a head", r.status == 0 and
         r.line[0].startswith("FINGERPRINT ") and
         "USER IDS" in r.line[0] and len(r.line) == 5, r)
    r = w.on_terminal("list", columns=90)
    t.ok("which a narrow one cuts and does not wrap", r.status == 0 and
         all(len(line) <= 84 + 40 for line in r.line) and
         any(line.endswith("...") for line in r.line), r)


def shows(t, w):
    r = w.keys("show", "--json", "alice@example.org")
    said = r.json()
    key = said["keys"][0]
    t.ok("show says what policy uses now", r.status == 0 and
         said["now"]["state"] == "found" and
         said["now"]["keys"][0]["fingerprint"] == w.alice and
         key["state"] == "usable" and key["local"] and
         len(key["user_ids"]) == 2, r)
    r = w.keys("show", w.signer)
    t.ok("show says why one cannot be used", r.status == 0 and
         "no-encryption-subkey" in r.out, r)
    r = w.keys("show", w.weak)
    t.ok("show says what is poor about one", "SHA-1" in r.out, r)
    t.ok("what nobody knows is status 1",
         w.keys("show", NONE).status == 1 and
         w.keys("show", "who@example.com").status == 1)


def exports(t, w):
    r = w.keys("export", "--armor", "alice@example.org")
    seen = w.gpg("--show-keys", "--with-colons", stdin=r.octets).decode()
    t.ok("gpg reads what is exported", r.status == 0 and
         r.out.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----\n") and
         f"fpr:::::::::{w.alice}:" in seen and seen.count("uid:") == 2, r)
    r = w.keys("export", "--minimal", "alice@example.org")
    seen = w.gpg("--show-keys", "--with-colons", stdin=r.octets).decode()
    t.ok("--minimal leaves the other address out", r.status == 0 and
         w.alice in seen and "other.example" not in seen and
         "alice@example.org" in seen, r)
    r = w.keys("export", w.signer, w.bob)
    seen = w.gpg("--show-keys", "--with-colons", stdin=r.octets).decode()
    t.ok("several are exported, used or not", w.signer in seen and
         w.bob in seen, r)
    t.ok("binary is not for a terminal",
         w.on_terminal("export", w.bob).status == 64)
    t.ok("what is not there is status 1", w.keys("export", NONE).status == 1
         and w.keys("export", "sig@example.net").status == 1)


def book(w, sql, *args):
    db = sqlite3.connect(w.path("keys", "book.db"))
    with db:
        db.execute(sql, args)
    db.close()


def trusts(t, w):
    w.keys("import", w.export(w.next))
    r = w.keys("pin", "alice@example.org", w.alice)
    now = w.keys("show", "--json", "alice@example.org").json()
    t.ok("a pin leaves one key", r.status == 0 and
         [k["fingerprint"] for k in now["now"]["keys"]] == [w.alice] and
         now["now"]["source"] == "pinned" and
         now["history"][0]["what"] == "pinned", r)
    r = w.keys("pin", "alice@example.org", w.alice)
    t.ok("twice is told", r.status == 1 and "already" in r.err, r)
    r = w.keys("unpin", "alice@example.org")
    t.ok("unpin needs no fingerprint", r.status == 0 and w.alice in r.out, r)
    t.ok("and tells when nothing is pinned",
         w.keys("unpin", "alice@example.org").status == 1)
    r = w.keys("reject", "alice@example.org", w.next)
    now = w.keys("show", "--json", "alice@example.org").json()
    t.ok("a rejected key is not used", r.status == 0 and
         [k["fingerprint"] for k in now["now"]["keys"]] == [w.alice], r)
    r = w.keys("trust", "alice@example.org", w.next)
    t.ok("and can be trusted again", r.status == 0 and
         w.next in str(w.keys("show", "--json",
                              "alice@example.org").json()["now"]), r)
    r = w.keys("pin", "new@example.org", NONE)
    t.ok("a pin may come before its key, and is told", r.status == 0 and
         "not here yet" in r.err and
         w.keys("show", NONE).status == 0, r)
    book(w, "UPDATE bond SET origin = 1, trust = 0, by_hand = 0 WHERE fpr = ?",
         w.next)
    r = w.keys("list", "--pending", "--json")
    t.ok("--pending lists what waits",
         [k["fingerprint"] for k in r.json()] == [w.next] and
         r.json()[0]["trust"] == "pending" and
         r.json()[0]["sources"] == "local,wkd", r)


def reports(t, w):
    r = w.keys("expiring", "60d")
    t.ok("expiring names recipients and when", r.status == 0 and
         any(line.endswith(" bob@example.net") and w.bob in line
             for line in r.line), r)
    t.ok("those without any usable key are without one now",
         any(line.startswith("now ") and "sig@example.net" in line
             for line in r.line), r)
    t.ok("a shorter time names fewer",
         "bob@example.net" not in w.keys("expiring", "5d").out)
    r = w.keys("audit", "--json")
    found = {(row["what"], row["fingerprint"]) for row in r.json()}
    t.ok("audit finds all that wants care, with status 1", r.status == 1 and
         {("no-file", NONE), ("pending", w.next), ("unusable", w.signer),
          ("weak-hash", w.weak), ("expiring", w.bob)} <= found, r)
    with open(w.path("keys", "certs", "noise.pgp"), "w") as f:
        f.write("hello\n")
    t.ok("and files that cannot be read",
         "bad-file" in w.keys("audit").out)
    os.remove(w.path("keys", "certs", "noise.pgp"))
    book(w, "UPDATE bond SET trust = 4 WHERE fpr = ?", w.next)
    t.ok("and changes that wait", f"changed     {w.next}" in
         w.keys("audit").out)


def drops(t, w):
    for fpr in (NONE, w.signer, w.weak, w.bob, w.next):
        r = w.keys("drop", fpr)
        t.ok("dropped: " + fpr, r.status == 0 and
             w.keys("show", fpr).status == 1, r)
    r = w.keys("audit")
    t.ok("then audit has nothing to say", r.status == 0 and r.out == "", r)
    t.ok("what is not there is status 1", w.keys("drop", NONE).status == 1)


def mistakes(t, w):
    r = w.keys("lsit")
    t.ok("a typo gets a suggestion", r.status == 64 and
         "did you mean 'list'?" in r.err, r)
    for words in (("pin", "alice@example.org"), ("pin", "a@b.c", "12"),
                  ("list", "--expiring", "soon"), ("expiring", "1x"),
                  ("show",), ("drop", "XYZ"), ("list", "--armor"),
                  ("fetch", "--source", "ldap", "a@b.c"), ("import",)):
        r = w.keys(*words)
        t.ok("wrong use is status 64: " + " ".join(words),
             r.status == 64 and r.err != "", r)
    r = w.keys("fetch", "a@example.org")
    t.ok("fetch without a source is told", r.status == 78 and
         "--source" in r.err, r)
    os.mkdir(w.path("locked"), 0)
    for words in (("list",), ("audit",), ("show", "a@example.org"),
                  ("publish", w.path("web")), ("pin", "a@b.c", NONE)):
        r = w.keys(*words, "-d", w.path("locked"))
        t.ok("a key directory that may not be read is status 69: " + words[0],
             r.status == 69 and "ermission denied" in r.err and
             not os.path.exists(w.path("web")), r)
    os.chmod(w.path("locked"), 0o700)
    r = w.keys("list", "-c", w.path("none.conf"))
    t.ok("a missing configuration is status 78", r.status == 78, r)


def main():
    be_nobody()
    t, w = Tap(), World()
    try:
        for part in (imports, refusals, lists, shows, exports, trusts,
                     reports, drops, mistakes):
            part(t, w)
    finally:
        w.close()
    return t.end()


if __name__ == "__main__":
    sys.exit(main())
