#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""What leaves is signed with OpenPGP: messages of every shape through a real
MTA, judged by gpg, sq, rnp and notmuch; signed and sealed ones opened by gpg
and sq; forged senders, and a home without its keys.

  t/e2e/openpgp_sign.py postfix|sendmail
"""
import email
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
import sealed  # noqa: E402
import signed_readers as readers  # noqa: E402
from dkim_shapes import PARTS, PLAIN, WHOLE, messages  # noqa: E402
from dkim_sign import BUILD, CLEAR, KEY, REENTRY, OurMta  # noqa: E402
from house import GPG, House, free_port, run, skip  # noqa: E402

for program in ("sq", "rnp", "notmuch"):
    if shutil.which(program) is None:
        skip(program + " is not installed")

UMLAUT = "Größe: 5 €\r\n.\r\nFrom here\r\n".encode()
PART = b"--=_b\r\nContent-Type: %s\r\n%s\r\n%s\r\n"
MORE = [
    ("nested parts", WHOLE + PARTS + b"\r\n--=_b\r\nContent-Type: "
     b"multipart/alternative; boundary=inner\r\n\r\n--inner\r\nContent-Type: "
     b"text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
     UMLAUT + b"\r\n--inner\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n"
     b"--inner--\r\n\r\n" + PART % (b"application/octet-stream",
     b"Content-Transfer-Encoding: base64\r\n", b"AAECAwQ=") + b"--=_b--\r\n"),
    ("a message inside", WHOLE + PARTS + b"\r\n" + PART % (
        b"message/rfc822", b"Content-Transfer-Encoding: 8bit\r\n",
        b"From: x@example.com\r\nSubject: inner\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: 8bit\r\n\r\n" + UMLAUT) + b"--=_b--\r\n"),
    ("quoted-printable", WHOLE + b"MIME-Version: 1.0\r\nContent-Type: "
     b"text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
     b"quoted-printable\r\n\r\ncaf=C3=A9 =\r\nsoft \r\n"),
    ("binary", WHOLE + b"MIME-Version: 1.0\r\nContent-Type: "
     b"application/x-y\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
     bytes(range(128, 256)) * 8 + b"\r\n"),
]


def leaves(octets):
    """What a reader gets of every leaf, line ends at its end aside."""
    return [(part.get_content_type(),
             (part.get_payload(decode=True) or b"").rstrip(b"\r\n"))
            for part in email.message_from_bytes(octets).walk()
            if not part.is_multipart()]


class OurHouse(House):
    """With a home of secret keys beside the one that opens mail."""

    def make_keys(self):
        super().make_keys()
        self.secret, self.certs = self.path("secret"), self.path("signers.pgp")
        self.word = self.path("passphrase")
        self.public = self.path("public-home")
        os.mkdir(self.secret, 0o700)
        os.mkdir(self.public, 0o700)
        with open(self.word, "w", encoding="ascii") as f:
            f.write("correct horse\n")
        self.fpr = {}
        for who in ("domain@example.org", "alice@user.example"):
            run([GPG, "--homedir", self.secret, "--batch", "--pinentry-mode",
                 "loopback", "--passphrase-file", self.word, "--quick-gen-key",
                 who, "future-default", "default", "never"])
            said = run([GPG, "--homedir", self.secret, "--batch",
                        "--with-colons", "-k", who]).decode()
            self.fpr[who] = re.search(r"(?m)^fpr:+([0-9A-F]{40}):", said)[1]
        with open(self.certs, "wb") as f:
            f.write(run([GPG, "--homedir", self.secret, "--export"]))
        self.kill_agent()
        for home in (self.public, self.gnupg):
            run([GPG, "--homedir", home, "--batch", "--import", self.certs])
            with open(os.path.join(home, "gpg.conf"), "w",
                      encoding="ascii") as f:
                f.write("trust-model always\n")
        with open(self.path("reader.key"), "wb") as f:
            f.write(run([GPG, "--homedir", self.gnupg, "--batch",
                         "--export-secret-keys"]))

    def kill_agent(self):
        subprocess.run([GPG + "conf", "--homedir", self.secret, "--kill",
                        "all"], check=False, stderr=subprocess.DEVNULL)

    def __exit__(self, *_):
        self.kill_agent()
        super().__exit__(*_)

    def furnish_policy(self, reentry):
        self.configure(
            defaults="encrypt = when-key  on-missing-key = deliver",
            mta_size=10240000, more="""
relay { to = "inet:%d@127.0.0.1"  ledger = "%s"  time = 30s }
domain "user.example" { sign = user }
signer "example.org" { key = "%s" }
signer "alice@user.example" { key = "%s" }
login "alice" { addresses = { "alice@user.example" } }
login "bob" { addresses = { "bob@user.example" } }
""" % (reentry, self.path("ledger.db"), self.fpr["domain@example.org"],
       self.fpr["alice@user.example"]))
        with open(self.config, encoding="ascii") as f:
            text = f.read()
        text = text.replace('domain "example.org" { }',
                            'domain "example.org" { sign = domain }')
        text = text.replace("keys { ", 'keys { secret-home = "%s"  '
                            'passphrase-file = "%s"  ' % (self.secret,
                                                          self.word))
        with open(self.config, "w", encoding="ascii") as f:
            f.write(text)


class Ring:
    def __init__(self, house, mta):
        self.house, self.mta = house, mta
        self.n_case = self.failed = self.n_arrived = 0
        self.fpr = house.fpr["domain@example.org"]

    def case(self, title, wrong):
        self.n_case += 1
        self.failed += bool(wrong)
        print("%s %d - %s" % ("not ok" if wrong else "ok", self.n_case, title),
              flush=True)
        if wrong:
            print("# " + repr(wrong)[:2000], flush=True)

    def next(self, n=1):
        got = self.mta.arrived(self.n_arrived + n)[self.n_arrived:]
        self.n_arrived += len(got)
        return got

    def wrong_with(self, octets, fpr=None):
        return readers.wrong_with(octets, fpr or self.fpr, self.house.public,
                                  self.house.certs)

    def shapes(self):
        signed = {}
        for name, octets in messages()[::2] + MORE:
            reply = self.mta.send(octets, CLEAR)
            if not reply.startswith("250"):
                self.case(name, reply)
                continue
            got = signed[name] = self.next()[0][1]
            wrong = self.wrong_with(got)
            if not wrong and leaves(got)[:-1] != leaves(sealed.crlf(octets)):
                wrong = "other content", leaves(got), octets
            self.case("%s: gpg, sq and rnp" % name, wrong)
        said = readers.notmuch_says(signed, self.house.public)
        self.case("notmuch finds all %d good" % len(signed),
                  {n: s for n, s in said.items() if s != "good"} or
                  len(signed) < 30)

    def wrong_with_sealed(self, sent, arrived):
        verdict = sealed.judge(self.house.gnupg, sent, arrived)
        if verdict != "sealed":
            return verdict
        armor = sealed.ARMOR.search(arrived)[0]
        done = subprocess.run(
            [GPG, "--homedir", self.house.gnupg, "--batch", "--status-fd", "2",
             "-d"], input=armor, capture_output=True, check=False)
        valid = readers.valid_by(done.stderr.decode("utf-8", "replace"))
        if valid is None or valid[1] != self.fpr:
            return done.stderr
        done = subprocess.run(
            ["sq", "decrypt", "--recipient-key", self.house.path("reader.key"),
             "--signer-cert", self.house.certs], input=armor,
            capture_output=True, check=False)
        return None if done.returncode == 0 and \
            done.stdout == sealed.content_of(sent) else done.stderr

    def sealed(self):
        for name, octets in MORE:
            octets = octets.replace(CLEAR.encode(), KEY.encode())
            reply = self.mta.send(octets, KEY)
            self.case("%s: sealed with a good signature" % name,
                      self.wrong_with_sealed(octets, self.next()[0][1])
                      if reply.startswith("250") else reply)

    def by_relay(self):
        octets = MORE[0][1]
        reply = self.mta.send_to(octets, (KEY, CLEAR))
        self.case("a message that is split is taken",
                  not reply.startswith("250") and reply)
        for envelope, got in self.next(2):
            clear = CLEAR in str(envelope["to"])
            self.case("the copy of %s is signed" % envelope["to"],
                      self.wrong_with(got) if clear else
                      self.wrong_with_sealed(octets, got))

    def left_alone(self):
        self.mta.send(PLAIN + b"\r\nhello\r\n", CLEAR)
        first = self.next()[0][1]
        self.mta.send(first, CLEAR)
        again = self.next()[0][1]
        self.case("what is signed is not signed again",
                  readers.parts(first) != readers.parts(again))
        octets = PLAIN.replace(b"a@example.org", b"x@other.example") + \
            b"\r\nhello\r\n"
        self.mta.send(octets, CLEAR, "x@other.example")
        self.case("others' mail is not signed",
                  b"multipart/signed" in self.next()[0][1])

    def refused(self, title, octets, want, **how):
        reply = self.mta.send(octets, CLEAR, **how)
        self.case(title, None if re.search(want, reply) else reply)

    def senders(self):
        octets = PLAIN.replace(b"a@example.org", b"alice@user.example") + \
            b"\r\nhello\r\n"
        alice = "alice@user.example"
        self.mta.send(octets, CLEAR, sender=alice, login="alice")
        self.case("a user's key signs for the user", self.wrong_with(
            self.next()[0][1], self.house.fpr[alice]))
        self.refused("who forges another's address is refused", octets,
                     r"^550 .*not-(entitled|allowed)",
                     sender="bob@user.example", login="bob")
        self.refused("so is a login that nobody gave an address", octets,
                     r"^550 .*may not sign as <alice@user.example>.*"
                     r"not-entitled", sender=alice, login="carol")
        self.refused("a user without a key waits",
                     octets.replace(b"alice@", b"bob@"),
                     r"^451 .*no-signing-key", sender="bob@user.example",
                     login="bob")

    def faults(self):
        octets = PLAIN + b"\r\nhello\r\n"
        self.refused("what cannot be brought to 7bit is refused",
                     WHOLE + b"MIME-Version: 1.0\r\nContent-Type: "
                     b"message/partial; id=x; number=1; total=2\r\n"
                     b"Content-Transfer-Encoding: 8bit\r\n\r\n" + UMLAUT,
                     "^550 .*unsignable")
        with open(self.house.word, "w", encoding="ascii") as f:
            f.write("wrong\n")
        self.house.kill_agent()
        self.refused("a wrong passphrase defers", octets, "^451.*sign-trouble")
        reply = self.mta.send(octets.replace(CLEAR.encode(), KEY.encode()),
                              KEY)
        self.case("what would be sealed and signed, too", None if re.search(
            "^451.*sign-trouble", reply) else reply)
        with open(self.house.word, "w", encoding="ascii") as f:
            f.write("correct horse\n")
        os.rename(self.house.secret, self.house.secret + ".x")
        self.refused("so does a home that is gone", octets,
                     "^451.*sign-trouble")
        os.rename(self.house.secret + ".x", self.house.secret)
        reply = self.mta.send(octets + b"mended\r\n", CLEAR)
        got = self.next()
        self.case("nothing left meanwhile, and the next is signed",
                  len(got) != 1 or b"mended" not in got[0][1] or
                  self.wrong_with(got[0][1]))


def commands(ring, house):
    with open(house.path("m.eml"), "wb") as f:
        f.write(PLAIN + b"\r\nhello\r\n")
    done = readers.run([house.program, "seal", house.path("m.eml"), "-c",
                        house.config, "--from", "a@example.org", "--to", CLEAR,
                        "--client", "local"])
    ring.case("postseal seal shows the signed message and its key",
              ring.wrong_with(done.stdout) or
              (b"sign=" + ring.fpr.encode()) not in done.stderr)
    done = readers.run([house.program, "check", "-c", house.config])
    ring.case("postseal check finds the signers' keys",
              b"signer" in done.stderr and done.stderr)
    with open(house.config, encoding="ascii") as f:
        text = f.read()
    with open(house.path("other.conf"), "w", encoding="ascii") as f:
        f.write(text.replace(ring.fpr, "0" * 40))
    done = readers.run([house.program, "check", "-c",
                        house.path("other.conf")])
    ring.case("and says when one is missing", done.returncode == 0 or
              b"there is no secret key " + b"0" * 40 not in done.stderr)


def start_mta(kind, house, reentry):
    if kind == "postfix":
        return OurMta(kind, "smtpd_milters = inet:127.0.0.1:%d" % house.port,
                      master=REENTRY % reentry)
    return OurMta(kind, house.milter,
                  "DAEMON_OPTIONS(`Name=Reentry, Family=inet, Addr=127.0.0.1, "
                  "Port=%d, InputMailFilters=')dnl" % reentry)


def main():
    kind = sys.argv[1] if len(sys.argv) > 1 else "postfix"
    reentry = free_port()
    with OurHouse(BUILD, (KEY,), inet=True) as house:
        house.furnish_policy(reentry)
        house.start()
        with start_mta(kind, house, reentry) as mta:
            ring = Ring(house, mta)
            ring.shapes()
            ring.sealed()
            ring.by_relay()
            ring.left_alone()
            if kind == "postfix":  # knows XCLIENT
                ring.senders()
            ring.faults()
        commands(ring, house)
        print("1..%d" % ring.n_case)
        if ring.failed:
            with open(house.log, encoding="utf-8", errors="replace") as f:
                print("".join("# " + line for line in f.readlines()[-30:]))
        return ring.failed != 0


if __name__ == "__main__":
    sys.exit(main())
