#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""One message to five recipients with five policies, through a real MTA whose
re-entry port has no milters: each gets what policy says, once, and nobody
learns who was hidden.

  t/e2e/split.py postfix|sendmail
"""
import os
import re
import smtplib
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from house import House, free_port  # noqa: E402
from mta import Mta  # noqa: E402
from sealed import ARMOR, split, value  # noqa: E402

BUILD = os.environ.get("POSTSEAL_BUILD", os.path.join(
    os.path.dirname(__file__), "../../build/dev"))
KEY, SUBJECT, CLEAR, REFUSED, HIDDEN = (
    "alice@example.net", "carol@subject.example", "dave@clear.example",
    "erin@strict.example", "bob@example.net")
SERVED = (KEY, SUBJECT, CLEAR, HIDDEN)
SECRET = b"a secret place at noon"
FIELDS = (b"to", b"cc", b"from", b"message-id", b"date", b"in-reply-to",
          b"references")
DSN = {KEY: ["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;first+2Balice@x.example"],
       SUBJECT: ["NOTIFY=NEVER"],
       CLEAR: ["NOTIFY=DELAY,FAILURE"],
       REFUSED: ["NOTIFY=FAILURE"],
       HIDDEN: ["NOTIFY=FAILURE", "ORCPT=rfc822;robert@x.example"]}
POLICY = """
relay { to = "inet:%d@127.0.0.1"  ledger = "%s"  time = 30s }
peer "subject.example" { protect-subject = yes }
peer "strict.example" { on-missing-key = reject }
"""
DEFAULTS = "encrypt = when-key  on-missing-key = deliver"
REENTRY = """127.0.0.1:%d inet n - n - - smtpd
  -o smtpd_milters=
  -o smtpd_authorized_xforward_hosts=127.0.0.1
  -o smtpd_recipient_restrictions=permit_mynetworks,reject"""


def message(number, *more):
    """As a user's program makes it."""
    return b"\r\n".join((
        b"From: <a@example.org>",
        b"To: " + KEY.encode() + b",\r\n " + SUBJECT.encode(),
        b"Cc: %s, %s" % (CLEAR.encode(), REFUSED.encode()),
        b"Subject: lunch", b"Date: Tue, 24 Nov 2026 10:00:00 +0000",
        b"Message-ID: <%d@example.org>" % number,
        b"In-Reply-To: <0@example.net>",
        b"References: <00@example.net>\r\n <0@example.net>",
        *more, b"", SECRET, b""))


def replies_of(mta, octets, to, login=None):
    """("250 text" of the message or nothing, reply by recipient)"""
    got = {}
    with smtplib.SMTP("127.0.0.1", mta.port, "client.example.net", 60) as s:
        s.ehlo()
        if login:
            s.docmd("XCLIENT", "LOGIN=" + login)
            s.ehlo()
        s.mail("a@example.org", ["RET=HDRS", "ENVID=env+2B1"])
        for r in to:
            got[r] = s.rcpt(r, DSN[r])[0]
        code, text = s.data(octets)
        return "%d %s" % (code, text.decode("latin-1")), got


class Ring:
    def __init__(self, kind, house, mta, reentry):
        self.kind, self.house, self.mta = kind, house, mta
        self.reentry = reentry
        self.n_case = self.failed = self.n_arrived = 0
        self.ids = {a: self.key_ids(a) for a in (KEY, SUBJECT, HIDDEN)}

    def case(self, title, good, told=""):
        self.n_case += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.n_case, title),
              flush=True)
        if not good:
            print("# " + repr(told), flush=True)

    def gpg(self, *words, octets=None):
        return subprocess.run(
            ["gpg", "--homedir", self.house.gnupg, "--batch", *words],
            input=octets, capture_output=True, check=False).stdout

    def key_ids(self, address):
        out = self.gpg("--with-colons", "--list-keys", address).decode()
        return {line.split(":")[4] for line in out.splitlines()
                if line.startswith(("pub:", "sub:"))}

    def sealed_to(self, octets):
        """Key ids of the packets in front of the sealed data."""
        armor = ARMOR.search(split(octets)[1])
        if armor is None:
            return set()
        out = self.gpg("--list-only", "--list-packets", octets=armor.group(0))
        return set(re.findall(r":pubkey enc packet:.*keyid ([0-9A-F]{16})",
                              out.decode("latin-1")))

    def arrived(self, n, quiet_s=1.0):
        """What is new: recipient -> [(envelope, octets)]."""
        self.mta.arrived(self.n_arrived + n)
        time.sleep(quiet_s)  # one too many would come about now
        new = self.mta.arrived(self.n_arrived)[self.n_arrived:]
        self.n_arrived += len(new)
        got = {}
        for envelope, octets in new:
            for to in envelope["to"]:
                got.setdefault(to, []).append((envelope, octets))
        return got

    def log_has(self, pattern, path=None, patience_s=10):
        end = time.monotonic() + patience_s
        while True:
            with open(path or self.house.log, encoding="latin-1") as f:
                if re.search(pattern, f.read()):
                    return True
            if time.monotonic() > end:
                return False
            time.sleep(0.05)

    def log_tail(self):
        with open(self.house.log, encoding="latin-1") as f:
            return f.read()[-3000:]

    def judge(self, what, got):
        """What must hold however the message came in."""
        case, envelope_of = self.case, {}
        once = {to: len(m) for to, m in got.items()}
        case(what + "each has one copy, and nobody else",
             once == {to: 1 for to in SERVED}, (once, self.log_tail()))
        if set(SERVED) - set(got):
            return
        octets = {to: m[0][1] for to, m in got.items()}
        for to in SERVED:
            envelope_of[to] = got[to][0][0]
        for to in (KEY, SUBJECT, HIDDEN):
            ids = self.sealed_to(octets[to])
            case(what + to + " has a copy sealed to that key alone",
                 len(ids) == 1 and ids <= self.ids[to], (ids, self.ids[to]))
            clear = self.house.decrypt(octets[to]) or b""
            case(what + "it opens, and says nothing outside",
                 SECRET in clear and SECRET not in octets[to], octets[to])
        case(what + "the subject stands outside where it may",
             value(split(octets[KEY])[0], b"subject") == b"lunch" and
             value(split(octets[HIDDEN])[0], b"subject") == b"lunch")
        inner = self.house.decrypt(octets[SUBJECT]) or b""
        case(what + "and inside where it may not",
             b"lunch" not in octets[SUBJECT] and
             b"Subject: lunch" in inner, octets[SUBJECT])
        case(what + "a recipient without a key has it in clear",
             SECRET in octets[CLEAR] and not self.sealed_to(octets[CLEAR]),
             octets[CLEAR])
        others = b"".join(octets[to] for to in (KEY, SUBJECT, CLEAR))
        case(what + "nobody else's copy names the hidden one",
             not re.search(rb"(?im)bob@|^bcc:", others), others)
        for name in FIELDS:
            told = {value(split(o)[0], name) for o in octets.values()}
            case("%s%s is the same in all copies" % (what, name.decode()),
                 len(told) == 1 and b"" not in told, told)
        case(what + "each copy says where it came from",
             all(value(split(o)[0], b"received") for o in octets.values()))
        return envelope_of

    def by_smtp(self):
        reply, rcpt = replies_of(self.mta, message(1), DSN)
        self.case("who has no key under reject is refused at RCPT",
                  rcpt[REFUSED] == 550 and
                  all(rcpt[to] == 250 for to in SERVED), rcpt)
        self.case("the message is accepted", reply.startswith("250"),
                  (reply, self.log_tail()))
        envelope = self.judge("", self.arrived(len(SERVED)))
        for to in SERVED if envelope else ():
            words = [w.lower() for w in envelope[to]["rcpt"][0]]
            self.case("NOTIFY and ORCPT of %s survive" % to,
                      all(self.same_dsn(w, words) for w in DSN[to]), words)
            words = envelope[to]["words"]
            self.case("RET and ENVID survive", "RET=HDRS" in words and
                      "ENVID=env+2B1" in words, words)
        self.case("each copy has its line in the log", self.log_has(
            "copy=4/4 outcome=sent"), self.log_tail())

    @staticmethod
    def same_dsn(word, words):
        name, _, text = word.lower().partition("=")
        for w in words:
            if w.startswith(name + "="):
                return set(w[len(name) + 1:].split(",")) == set(text.split(","))
        return False

    def again(self):
        reply, _ = replies_of(self.mta, message(1), SERVED)
        self.case("the same message again is taken", reply.startswith("250"),
                  reply)
        got = self.arrived(0, 2)
        self.case("and nobody has it twice", got == {}, list(got))

    def forged(self):
        """The fields that our own copies carry, in a stranger's hands."""
        octets = b"\r\n".join((
            b"X-Postseal: sealed; keys=0123456789ABCDEF",
            b"Received: by mx.example.org (postseal) id 1; "
            b"Tue, 24 Nov 2026 10:00:00 +0000",
            b"X-Postseal-Split: 1/4", message(2)))
        reply, _ = replies_of(self.mta, octets, SERVED)
        self.case("a message with forged fields is accepted",
                  reply.startswith("250"), reply)
        self.judge("forged fields: ", self.arrived(len(SERVED)))

    def local(self):
        """A program of this machine, without Date and Message-ID."""
        text = "\n".join((
            "From: a@example.org", "To: %s,\n %s" % (KEY, SUBJECT),
            "Cc: " + CLEAR, "Bcc: " + HIDDEN, "Subject: lunch",
            "In-Reply-To: <0@example.net>", "References: <0@example.net>",
            "", SECRET.decode(), ""))
        place = os.path.dirname(self.mta.log)
        program = ["sendmail", "-C", os.path.join(place, "etc")]
        if self.kind == "sendmail":
            program = [os.path.join(place, "submit")]
        done = subprocess.run([*program, "-f", "a@example.org", "-t"],
                              input=text.encode(), check=False)
        self.case("a local program's mail is taken", done.returncode == 0)
        self.judge("local: ", self.arrived(len(SERVED)))

    def loop(self):
        """The relay's port is the front port itself."""
        self.house.stop()
        configure(self.house, self.mta.port)
        self.house.start()
        began = time.monotonic()
        reply, _ = replies_of(self.mta, message(3), SERVED)
        self.case("a relay that leads back here defers at once",
                  reply.startswith("451") and time.monotonic() - began < 10,
                  reply)
        self.case("the log says what is wrong", self.log_has(
            "reason=loop.*its port must have no milters"), self.log_tail())
        self.case("nothing arrives", self.arrived(0, 2) == {})
        self.house.stop()
        configure(self.house, self.reentry)
        self.house.start()
        reply, _ = replies_of(self.mta, message(3), SERVED)
        self.case("once it is mended, the next try is accepted",
                  reply.startswith("250"), (reply, self.log_tail()))
        self.judge("mended: ", self.arrived(len(SERVED)))


def configure(house, relay):
    house.configure(defaults=DEFAULTS, mta_size=10240000, more=POLICY % (
        relay, house.path("ledger.db")))


def start_mta(kind, house, reentry):
    if kind == "postfix":
        return Mta(kind, "smtpd_milters = inet:127.0.0.1:%d" % house.port,
                   master=REENTRY % reentry)
    return Mta(kind, house.milter,
               "DAEMON_OPTIONS(`Name=Reentry, Family=inet, Addr=127.0.0.1, "
               "Port=%d, InputMailFilters=')dnl" % reentry)


def main():
    kind = sys.argv[1] if len(sys.argv) > 1 else "postfix"
    reentry = free_port()
    with House(BUILD, (KEY, SUBJECT, HIDDEN), inet=True) as house:
        configure(house, reentry)
        house.start()
        with start_mta(kind, house, reentry) as mta:
            ring = Ring(kind, house, mta, reentry)
            ring.by_smtp()
            ring.again()
            ring.forged()
            ring.local()
            ring.loop()
            print("1..%d" % ring.n_case)
            return ring.failed != 0


if __name__ == "__main__":
    sys.exit(main())
