#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""OpenPGP signatures of authors, verified by the daemon with gpg: what
Authentication-Results say, who requires a signature, and whom one lets in
though SPF fails."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
import dns_server  # noqa: E402
import gpg_signed  # noqa: E402
from house import House  # noqa: E402

ANNA, EVE = "anna@example.com", "eve@example.com"
GOOD_IP, BAD_IP = "192.0.2.25", "192.0.2.99"
PLAIN = (b"From: anna@example.com\r\nTo: b@example.org\r\nSubject: x\r\n\r\n"
         b"Pay 100 now.\r\n")
ZONE = b'example.com. TXT "v=spf1 ip4:%s -all"\n' % GOOD_IP.encode()
MORE = """
verify { resolver = { "127.0.0.1@%d" }  dnssec = no  iprev = no }
domain "strict.example" { require-signature = yes }
domain "known.example" {
  rule "anna" { signed-by = { "%s" }  on-spf-fail = accept }
}
"""


class Signed(House):
    """Anna's key is known to the daemon, Eve's is not."""

    def __init__(self, build, dns_port):
        super().__init__(build, (ANNA,))
        self.dns_port = dns_port

    def make_keys(self):
        super().make_keys()
        self.anna = gpg_signed.fpr(self.gnupg, ANNA)
        self.eve = gpg_signed.make(self.gnupg, EVE)

    def configure(self, **_):
        super().configure(
            defaults="encrypt = never  spf = enforce  dkim = off  dmarc = off"
            "  arc = off", more=MORE % (self.dns_port, self.anna))

    def post(self, octets, to="b@example.org", ip=GOOD_IP, sender=ANNA):
        return self.send(octets, to, 60, sender, ("--ip", ip))


class Table:
    n = failed = 0

    def case(self, title, good, note):
        self.n += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.n, title),
              flush=True)
        if not good:
            print("# %r" % (note,), flush=True)

    def says(self, title, got, pattern):
        """Of the item x-openpgp; "" where there is none."""
        reply, octets = got
        text = re.sub(r"\s+", " ", (octets or b"").decode("latin-1"))
        item = re.search(r"x-openpgp=[^;]*", text.split(" From: ")[0])
        self.case(title, reply.startswith("250") and re.search(
            pattern, item[0] if item else ""), got)

    def replies(self, title, got, pattern):
        self.case(title, re.search(pattern, got[0]), got)


def results(house, table, good):
    table.says("the author's signature passes, with key and scope",
               house.post(good), "^x-openpgp=pass .*x-openpgp.fpr=%s "
               "x-openpgp.signed=\\S+Z\"? x-openpgp.scope=whole "
               "header.from=%s" % (house.anna, ANNA))
    table.says("an altered text fails",
               house.post(good.replace(b"Pay 100", b"Pay 900")),
               "^x-openpgp=fail .*reason=\"?bad-signature")
    table.says("a key that is not known is neutral",
               house.post(gpg_signed.signed(house.gnupg, house.eve, ANNA)),
               "^x-openpgp=neutral .*reason=\"?unknown-key")
    table.says("a known key under another's name is no pass",
               house.post(gpg_signed.signed(house.gnupg, house.anna, EVE)),
               "^x-openpgp=policy .*reason=\"?not-the-author")
    table.says("of what is not signed nothing is said", house.post(PLAIN),
               "^$")


def policy(house, table, good):
    strict, known = "b@strict.example", "b@known.example"
    table.replies("who requires a signature refuses mail without one",
                  house.post(PLAIN, strict),
                  "^550 5.7.1 .*no OpenPGP signature by the author.*"
                  "signature-missing")
    table.replies("and mail by a key that is not known", house.post(
        gpg_signed.signed(house.gnupg, house.eve, ANNA), strict),
                  "^550 5.7.1 .*signature-missing")
    table.replies("and takes a good one", house.post(good, strict), "^250")
    table.replies("SPF fails: refused though signed",
                  house.post(good, ip=BAD_IP), "^550 .*[Ss][Pp][Ff]")
    table.replies("a rule lets in who signed", house.post(
        good, known, BAD_IP), "^250")
    table.replies("but no altered text", house.post(
        good.replace(b"Pay 100", b"Pay 900"), known, BAD_IP),
                  "^550 .*[Ss][Pp][Ff]")
    table.replies("nor one without a signature", house.post(
        PLAIN, known, BAD_IP), "^550 .*[Ss][Pp][Ff]")


def main():
    table = Table()
    server = dns_server.Server(ZONE)
    with Signed(os.environ["POSTSEAL_BUILD"], server.port) as house:
        house.start()
        good = gpg_signed.signed(house.gnupg, house.anna, ANNA)
        results(house, table, good)
        policy(house, table, good)
        status = house.stop()
        table.case("the daemon ends cleanly", status == 0, status)
        if table.failed:
            with open(house.log, encoding="utf-8", errors="replace") as f:
                print("".join("# " + line for line in f.readlines()[-40:]))
    server.close()
    print("1..%d" % table.n)
    return table.failed != 0


if __name__ == "__main__":
    sys.exit(main())
