#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""The relay's SMTP client against a real Postfix: copies arrive once and whole,
a refused recipient keeps all of them back, options and origin are passed on.
"""
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from mta import Mta  # noqa: E402

BUILD = os.environ.get("POSTSEAL_BUILD", os.path.join(
    os.path.dirname(__file__), "../../build/dev"))
POSTFIX = ("smtpd_authorized_xforward_hosts = 127.0.0.1",
           "smtpd_recipient_restrictions = check_recipient_access inline:"
           "{{bad@example.net=550 5.1.1 no such user}}, permit_mynetworks, "
           "reject")
BODY = b"caf\xc3\xa9\r\n.\r\n..\r\n.dot\r\nlast"
MESSAGE = (b"From: <a@example.org>\r\nSubject: s\r\n folded\r\n"
           b"Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n"
           b"Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
           b"Content-Type: text/plain; charset=utf-8\r\n"
           b"Content-Transfer-Encoding: 8bit\r\n\r\n" + BODY)


class Ring:
    def __init__(self, mta):
        self.mta = mta
        self.n_case = self.failed = self.n_arrived = 0

    def case(self, title, good, told=""):
        self.n_case += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.n_case, title),
              flush=True)
        if not good:
            print("# " + repr(told))

    def send(self, *to, sender="<a@example.org>", message=MESSAGE):
        port = "inet:%d@127.0.0.1" % self.mta.port
        run = subprocess.run(
            [os.path.join(BUILD, "t/relay_send"), port, sender, *to],
            input=message, capture_output=True, check=False)
        return run.stdout.decode("latin-1").splitlines()

    def arrived(self, n):
        """The next n messages, by their one recipient."""
        new = self.mta.arrived(self.n_arrived + n)[self.n_arrived:]
        self.n_arrived += len(new)
        return {tuple(e["to"]): (e, octets) for e, octets in new}

    def log(self, pattern, patience_s=10):
        end = time.monotonic() + patience_s
        while True:
            with open(self.mta.log, encoding="utf-8", errors="replace") as f:
                if re.search(pattern, f.read()):
                    return True
            if time.monotonic() > end:
                return False
            time.sleep(0.05)

    def copies(self):
        to = ["b%d@example.net" % i for i in range(15)]
        told = self.send(*to)
        acknowledged = [t for t in told if t.startswith("ok acknowledged 250")]
        self.case("fifteen copies are acknowledged", len(acknowledged) == 15,
                  told)
        got = self.arrived(15)
        self.case("each recipient has one", sorted(got) ==
                  sorted((t,) for t in to), sorted(got))
        self.case("every octet of the body arrives, dots and 8 bits",
                  all(o.endswith(b"\r\n\r\n" + BODY + b"\r\n")
                      for _, o in got.values()), got)
        words = next(iter(got.values()))[0]["words"]
        self.case("RET and ENVID are passed on", "RET=HDRS" in words and
                  "ENVID=envelope+20id" in words, words)

    def refusal(self):
        told = self.send("c@example.net", "bad@example.net", "d@example.net")
        self.case("a recipient that is refused is told with the reply",
                  len(told) >= 1 and "refused 550" in told[0] and
                  "no such user" in told[0], told)
        self.send("e@example.net")
        got = self.arrived(1)
        self.case("and nobody else has got anything",
                  list(got) == [("e@example.net",)], got)

    def origin(self):
        self.case("the log says where the message came from", self.log(
            r"orig_queue_id=4F1C0A7E5F6, "
            r"orig_client=client\.example\.net\[192\.0\.2\.7\]"))

    def utf8(self):
        told = self.send("\u00e9@example.net")
        self.case("an address in UTF-8 is carried or refused at once",
                  "acknowledged" in told[-1] or len(told) < 3, told)
        if "acknowledged" in told[-1]:
            self.arrived(1)

    def large(self):
        big = MESSAGE + b"\r\n" + b"x" * 70 + b"\r\n" * 200000
        told = self.send("f@example.net", message=big)
        self.case("a large message arrives", "acknowledged" in told[-1], told)
        got = self.arrived(1)
        self.case("and is whole", [o for _, o in got.values()][0]
                  .count(b"\r\n") >= 200000)
        told = self.send("g@example.net", message=MESSAGE + b"y" * (11 << 20))
        self.case("one over the limit is not begun", "over the relay's limit"
                  in told[0] and "failed" in told[0], told)


def main():
    with Mta("postfix", *POSTFIX) as mta:
        ring = Ring(mta)
        ring.copies()
        ring.utf8()
        ring.refusal()
        ring.origin()
        ring.large()
        print("1..%d" % ring.n_case)
        return ring.failed != 0


if __name__ == "__main__":
    sys.exit(main())
