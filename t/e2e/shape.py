#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""The shape of what arrives through a real MTA, field by field: MTAs differ in
how they count, place and delete them.

  shape.py postfix|sendmail
"""
import email
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
import sealed  # noqa: E402
from house import House  # noqa: E402
from mta import Mta  # noqa: E402

ALICE, BOB = "alice@example.net", "bob@example.net"
SECRET = b"nobody outside may read this line"
POLICY = """
peer "example.net" {
  rule "hidden" { to = { "bob@example.net" }  protect-subject = yes }
}
peer "example.com" { encrypt = when-key }
"""
SINGLE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version",
          "Content-Type", "X-Postseal")


def message(subject="lunch", body=SECRET, to=ALICE):
    return (b"From: A <a@example.org>\r\nTo: %s\r\nSubject: %s\r\n"
            b"Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n"
            b"Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: text/plain; charset=utf-8\r\n"
            b"Content-Transfer-Encoding: 8bit\r\n"
            b"X-Postseal: sealed; by=mx.example.org\r\n\r\n%s\r\n"
            % (to.encode(), subject.encode(), body))


class Ring:
    def __init__(self, house, mta):
        self.house, self.mta = house, mta
        self.n_arrived = self.n_case = self.failed = 0

    def case(self, title, wrong):
        self.n_case += 1
        self.failed += wrong is not None
        print("%s %d - %s%s" % ("not ok" if wrong else "ok", self.n_case,
                                title, ": " + wrong if wrong else ""),
              flush=True)

    def next(self):
        """The next message in the sink."""
        self.n_arrived += 1
        return self.mta.arrived(self.n_arrived)[self.n_arrived - 1]

    def arrives_sealed(self, title, to, octets=None, subject=None, **how):
        octets = octets or message()
        reply = self.mta.send(octets, to, **how)
        if not reply.startswith("250"):
            return self.case(title, reply)
        return self.case(title, self.judge(octets, self.next()[1], subject))

    def judge(self, sent, arrived, subject):
        if SECRET in arrived:
            return "in clear"
        if subject:
            clear = sealed.decrypt(self.house.gnupg, arrived)
            if clear is None or SECRET not in clear:
                return "does not open"
        else:
            verdict = sealed.judge(self.house.gnupg, sent, arrived)
            if verdict != "sealed":
                return verdict
        m = email.message_from_bytes(arrived)
        for name in SINGLE:
            if len(m.get_all(name, [])) != 1:
                return "%d fields %s" % (len(m.get_all(name, [])), name)
        if m["Subject"] != (subject or "lunch"):
            return "subject " + m["Subject"]
        return None if m["Message-ID"] == "<1@example.org>" else "Message-ID"


def both(ring):
    ring.arrives_sealed("sealed mail has each field once", ALICE)
    ring.arrives_sealed("a protected subject does not show", BOB,
                        subject="[...]", octets=message(to=BOB))
    ring.arrives_sealed("a large message arrives whole", ALICE,
                        message(body=(SECRET + b"\r\n") * 100000))
    clear = ring.mta.send(message(), "c@example.com")
    ring.case("when-key without a key goes in clear",
              None if clear.startswith("250") and SECRET in ring.next()[1]
              else clear)


def main():
    kind = sys.argv[1]
    with House(os.environ["POSTSEAL_BUILD"], (ALICE, BOB), inet=True) as house:
        house.configure(more=POLICY, mta_size=10240000)
        house.start()
        where = "inet:%d@127.0.0.1" % house.port
        if kind == "postfix":
            where = "smtpd_milters = inet:127.0.0.1:%d" % house.port
        with Mta(kind, where) as mta:
            ring = Ring(house, mta)
            both(ring)
            if kind == "postfix":
                ring.arrives_sealed("so is what a logged-in sender sends",
                                    ALICE, login="alice")
        print("1..%d" % ring.n_case)
        if ring.failed:
            with open(house.log, encoding="utf-8", errors="replace") as f:
                print("".join("# " + line for line in f.readlines()[-30:]))
        return 1 if ring.failed else 0


if __name__ == "__main__":
    sys.exit(main())
