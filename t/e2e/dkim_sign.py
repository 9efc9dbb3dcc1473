#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""What leaves is signed, and what is signed verifies: a hundred messages of
every shape in clear, some sealed, some by the relay, through a real MTA; dkimpy
judges both signatures, Mail::DKIM the RSA one.  Then faults: a key that cannot
be used defers, and nothing leaves unsigned.

  t/e2e/dkim_sign.py postfix|sendmail
"""
import importlib.util
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from dkim_shapes import PLAIN, messages  # noqa: E402
from house import House, free_port, skip  # noqa: E402
from mta import Mta  # noqa: E402

if importlib.util.find_spec("dkim") is None:
    skip("python3-dkim is not installed")
from dkim_judges import by_dkimpy, by_mail_dkim, read_zone  # noqa: E402

BUILD = os.environ.get("POSTSEAL_BUILD", os.path.join(
    os.path.dirname(__file__), "../../build/dev"))
KEY, CLEAR = "alice@example.net", "b@clear.example"
REENTRY = """127.0.0.1:%d inet n - n - - smtpd
  -o smtpd_milters=
  -o smtpd_authorized_xforward_hosts=127.0.0.1
  -o smtpd_recipient_restrictions=permit_mynetworks,reject"""


class Ring:
    def __init__(self, house, mta, zone):
        self.house, self.mta, self.zone = house, mta, zone
        self.n_case = self.failed = self.n_arrived = 0

    def case(self, title, good, told=""):
        self.n_case += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.n_case, title),
              flush=True)
        if not good:
            print("# " + repr(told), flush=True)

    def next(self, n=1):
        got = self.mta.arrived(self.n_arrived + n)[self.n_arrived:]
        self.n_arrived += len(got)
        return got

    def verify(self, title, octets):
        wrong = by_dkimpy(self.zone, octets, 2)
        self.case(title, wrong == [] and
                  octets.count(b"d=example.org; s=s1") == 2,
                  (wrong, octets[:3000]))

    def shapes(self):
        """One after the other, so that names and messages agree."""
        files, folder = [], tempfile.mkdtemp(dir=self.house.dir)
        for name, octets in messages():
            reply = self.mta.send(octets, CLEAR)
            if not reply.startswith("250"):
                self.case(name, False, reply)
                continue
            got = self.next()[0][1]
            self.verify(name, got)
            files.append((name, os.path.join(folder, "%d" % len(files))))
            with open(files[-1][1], "wb") as f:
                f.write(got)
        try:
            said = by_mail_dkim(self.zone, [path for _, path in files])
        except (subprocess.CalledProcessError, FileNotFoundError):
            self.case("# SKIP Mail::DKIM: it is not installed", True)
            return
        bad = [(name, s) for (name, _), s in zip(files, said)
               if "example.org/s1=pass" not in s]
        self.case("Mail::DKIM verifies all %d" % len(files),
                  len(said) == len(files) == 100 and not bad, bad)

    def sealed(self):
        for n in range(3):
            reply = self.mta.send(PLAIN + b"\r\nsecret %d" % n, KEY)
            octets = self.next()[0][1] if reply.startswith("250") else b""
            self.verify("sealed mail %d is signed as it leaves" % n, octets)
            self.case("and it is sealed", b"BEGIN PGP MESSAGE" in octets and
                      b"secret" not in octets, octets[:500])

    def by_relay(self):
        reply = self.mta.send_to(PLAIN + b"\r\n.dots\r\nno end",
                                 (KEY, CLEAR))
        self.case("a message that is split is taken",
                  reply.startswith("250"), reply)
        for envelope, octets in self.next(2):
            self.verify("the copy of %s is signed" % envelope["to"], octets)

    def outside(self):
        octets = PLAIN.replace(b"a@example.org", b"x@other.example")
        self.mta.send(octets + b"\r\nx\r\n", CLEAR, "x@other.example")
        self.case("another domain's mail is not signed",
                  b"DKIM-Signature" not in self.next()[0][1])

    def faults(self):
        path = self.house.path("dkim", "example.org", "s1-ed.pem")
        for title, break_it, mend in (
                ("is gone", lambda: os.rename(path, path + ".x"),
                 lambda: os.rename(path + ".x", path)),
                ("may be read by all", lambda: os.chmod(path, 0o644),
                 lambda: os.chmod(path, 0o600))):
            break_it()
            reply = self.mta.send(PLAIN + b"\r\nx\r\n", CLEAR)
            self.case("a key that %s defers the message" % title,
                      reply.startswith("451") and "DKIM" in reply, reply)
            mend()
        reply = self.mta.send(PLAIN + b"\r\nmended\r\n", CLEAR)
        got = self.next()
        self.case("nothing left meanwhile, and the next is signed",
                  len(got) == 1 and b"mended" in got[0][1] and
                  by_dkimpy(self.zone, got[0][1], 2) == [], (reply, got))


def dkim_command(house, *words):
    return subprocess.run(
        [house.program, "dkim", *words, "-d", house.path("dkim"), "-c",
         house.config], check=True, capture_output=True, text=True).stdout


def configure(house, relay):
    house.configure(
        defaults="encrypt = when-key  on-missing-key = deliver",
        mta_size=10240000, more="""
relay { to = "inet:%d@127.0.0.1"  ledger = "%s"  time = 30s }
dkim { directory = "%s"  expire = 7d }
""" % (relay, house.path("ledger.db"), house.path("dkim")))
    with open(house.config, encoding="ascii") as f:
        text = f.read()
    with open(house.config, "w", encoding="ascii") as f:
        f.write(text.replace(
            'domain "example.org" { }',
            'domain "example.org" { dkim-sign = { "s1", "s1-ed" } }'))


class OurMta(Mta):
    def send_to(self, octets, recipients):
        import smtplib
        with smtplib.SMTP("127.0.0.1", self.port, timeout=330) as smtp:
            smtp.ehlo("client.example.net")
            smtp.mail("a@example.org")
            for r in recipients:
                smtp.rcpt(r)
            code, text = smtp.data(octets)
            return "%d %s" % (code, text.decode("latin-1"))


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
    with House(BUILD, (KEY,), inet=True) as house:
        configure(house, reentry)
        zone = read_zone(dkim_command(house, "key", "example.org", "s1",
                                      "--both"))
        house.start()
        with start_mta(kind, house, reentry) as mta:
            ring = Ring(house, mta, zone)
            ring.shapes()
            ring.sealed()
            ring.by_relay()
            ring.outside()
            ring.faults()
            print("1..%d" % ring.n_case)
            return ring.failed != 0


if __name__ == "__main__":
    sys.exit(main())
