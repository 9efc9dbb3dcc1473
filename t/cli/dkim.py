#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""postseal dkim, and what postseal check says of its keys and their records,
asked from a name server on loopback."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from dns_server import Server, Zone  # noqa: E402
from house import House  # noqa: E402

BUILD = os.environ.get("POSTSEAL_BUILD", os.path.join(
    os.path.dirname(__file__), "../../build/dev"))


class Ring:
    n_case = failed = 0

    def __init__(self, house):
        self.house = house

    def case(self, title, good, told=""):
        self.n_case += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.n_case, title),
              flush=True)
        if not good:
            print("# " + repr(told), flush=True)

    def run(self, *words):
        done = subprocess.run([self.house.program, *words, "-c",
                               self.house.config], capture_output=True,
                              text=True, check=False)
        return done.returncode, done.stdout, done.stderr


def configure(house, port):
    house.configure(defaults="encrypt = never  spf = off  dkim = off  "
                    "dmarc = off  arc = off", mta_size=10240000, more="""
verify { iprev = no  resolver = "127.0.0.1@%d"  dnssec = no }
dkim { directory = "%s" }
""" % (port, house.path("dkim")))
    with open(house.config, encoding="ascii") as f:
        text = f.read()
    with open(house.config, "w", encoding="ascii") as f:
        f.write(text.replace('"example.org" { }',
                             '"example.org" { dkim-sign = "s1" }'))


def keys(ring):
    path = ring.house.path("dkim", "example.org", "s1.pem")
    code, _, said = ring.run("check")
    ring.case("check asks for a key that is not there", code == 78 and
              "run: postseal dkim key example.org s1" in said, said)
    code, zone, said = ring.run("dkim", "key", "example.org", "s1")
    ring.case("a key is made with mode 0600, its record printed",
              code == 0 and os.stat(path).st_mode & 0o777 == 0o600 and
              zone.startswith("s1._domainkey.example.org. IN TXT (\n\t\"v="
                              "DKIM1; k=rsa; p="), (code, zone, said))
    code, _, said = ring.run("dkim", "key", "example.org", "s1")
    ring.case("and is never overwritten", code == 73 and "already" in said,
              (code, said))
    code, again, said = ring.run("dkim", "record", "example.org", "s1")
    ring.case("the record is printed again", (code, again) == (0, zone), said)
    for words in (("key", "example.org"), ("key", "exa mple", "s"),
                  ("key", "example.org", "../s"), ("drop", "a.example", "s"),
                  ("key", "example.org", "s", "t")):
        code, out, said = ring.run("dkim", *words)
        ring.case("usage: %s" % (words,), code == 64 and not out and said,
                  (code, out, said))
    os.chmod(path, 0o644)
    code, _, said = ring.run("check")
    ring.case("check refuses a key that others may read",
              code == 78 and "0600" in said, said)
    os.chmod(path, 0o600)
    return zone


def records(ring, server, zone):
    for title, text, says in (
            ("no record", "", "there is no record"),
            ("another key", 's1._domainkey.example.org. TXT "v=DKIM1; k=rsa; '
             'p=AAAA"\n', "the published record holds another key"),
            ("a revoked key", 's1._domainkey.example.org. TXT "v=DKIM1; p="\n',
             "the published record revokes the key"),
            ("the record that was printed", zone, None)):
        server.zone = Zone(text.encode())
        # what it says of this machine's Postfix is not ours here
        _, _, said = ring.run("check")
        ring.case("check of " + title, "dkim-sign" not in said and
                  ("_domainkey" not in said if says is None else
                   "s1._domainkey.example.org: " + says in said), said)


def main():
    with House(BUILD) as house:
        ring = Ring(house)
        server = Server(b"")
        configure(house, server.port)
        records(ring, server, keys(ring))
        print("1..%d" % ring.n_case)
        return ring.failed != 0


if __name__ == "__main__":
    sys.exit(main())
