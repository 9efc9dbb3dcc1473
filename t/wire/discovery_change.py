#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""What time brings in a Web Key Directory: another key under each word of
on-key-change and under a pin, an expiry put off, a revocation, rubbish where a
certificate was.  Looks are repeated every second or two."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from outside import SECRET, Outside, Table, Web, name_server  # noqa: E402

CHANGES = ("keep-old", "tempfail", "accept", "pin")
GOOD = tuple(d + ".test" for d in CHANGES) + ("life.test",)
TIMING = "  lookup-wait = 10s  refresh = 1s  absent-for = 1s  trouble-for = 1s"
LIVES_S = 25
LIFE = ("renewed@life.test", "ends@life.test", "revoked@life.test",
        "rubbish@life.test")


class Case:
    def __init__(self, house, table, web):
        self.house, self.table, self.web = house, table, web
        self.ring, self.n_clear = house.ring, 0

    def outcome(self, address, fpr=None):
        result = self.house.post(address)[0]
        self.n_clear += result[1] is not None and SECRET in result[1]
        return self.house.outcome(result, fpr)

    def becomes(self, title, address, wanted, fpr=None, patience_s=30):
        """Mail goes on until the outcome is the wanted one."""
        seen, end = [], time.monotonic() + patience_s
        while time.monotonic() < end:
            got = self.outcome(address, fpr)
            if got not in seen:
                seen.append(got)
            if got == wanted:
                break
            time.sleep(0.5)
        self.table.case(title, wanted, got, ", then ".join(seen))

    def is_still(self, title, address, wanted, fpr=None):
        """After two looks more."""
        self.looks_again(address)
        self.table.case(title, wanted, self.outcome(address, fpr))

    def looks_again(self, address):
        n = self.web.asked(address) + 2
        if not self.house.wait_until(
                lambda: self.web.asked(address) >= n):
            self.table.check("%s is looked for again" % address, False)
        time.sleep(0.5)  # read and kept

    def keys(self, action, address, fpr):
        if not self.house.can(action):
            print("# there is no \"keys %s\" yet" % action)
            return False
        self.house.keys_command(action, address, fpr)
        return True


def swap(c, word):
    """(old, new): another key in the place of the first one."""
    address = "x@%s.test" % word
    c.table.case("%s: the first key" % word, "sealed",
                 c.outcome(address, c.ring.fpr(address)))
    old = c.ring.fpr(address)
    if word == "pin" and not c.keys("pin", address, old):
        return None
    c.ring.make(address)
    new = c.ring.fpr(address)
    at = c.house.log_size()
    c.web.publish(address, c.ring.export(new))
    if word == "accept":
        c.becomes("accept: the new one is used", address, "sealed", new)
    c.table.check(
        "%s: the change is an alarm" % word, c.house.wait_for_log(
            "key-change addr=<%s> old=%s new=%s source=wkd" %
            (address, old, new), at) if word != "accept" else
        c.house.wait_for_log("new=%s" % new, at),
        next((x for x in c.house.logged(at).splitlines()
              if x.startswith("key-") and new in x), ""))
    return address, old, new


def changed(c):
    for word in ("keep-old", "pin"):
        pair = swap(c, word)
        if pair is None:
            continue
        address, old, new = pair
        c.is_still("%s: the old one is used" % word, address, "sealed", old)
        if word == "keep-old" and c.keys("trust", address, new):
            c.keys("reject", address, old)
            c.becomes("keep-old: trusted by hand, the new one is used",
                      address, "sealed", new)
    address, old, new = swap(c, "tempfail")
    c.becomes("tempfail: mail waits", address, "451 key-changed")
    c.is_still("tempfail: and waits on", address, "451 key-changed")
    if c.keys("reject", address, new):
        c.becomes("tempfail: rejected by hand, the old one is used", address,
                  "sealed", old)
    swap(c, "accept")


def life(c):
    ring, web = c.ring, c.web
    fpr = {a: ring.fpr(a) for a in LIFE}
    for address in LIFE:
        c.table.case("%s: the first try" % address, "sealed",
                     c.outcome(address, fpr[address]))
    ring.gpg("--quick-set-expire", fpr["renewed@life.test"], "1y")
    ring.gpg("--quick-set-expire", fpr["renewed@life.test"], "1y", "*")
    web.publish("renewed@life.test", ring.export(fpr["renewed@life.test"]))
    web.publish("revoked@life.test", ring.revoke(fpr["revoked@life.test"]))
    c.becomes("revoked at its place", "revoked@life.test",
              "550 unusable-key")
    c.is_still("and it stays so", "revoked@life.test", "550 unusable-key")
    last = fpr["rubbish@life.test"]
    for title, octets in (("a page", b"<!doctype html><p>Hello"),
                          ("noise", os.urandom(300)),
                          ("half a certificate", ring.export(last)[:-9]),
                          ("nothing", b"")):
        web.publish("rubbish@life.test", octets)
        c.is_still("%s instead: the last good one" % title,
                   "rubbish@life.test", "sealed", last)
    for mood in ("404", "500", "drop"):
        web.mood("life.test", mood)
        c.is_still("%s: the last good one" % mood, "rubbish@life.test",
                   "sealed", last)
    web.mood("life.test", "")
    c.becomes("one that was not renewed ends", "ends@life.test",
              "550 unusable-key", patience_s=2 * LIVES_S)
    c.table.case("one that was renewed goes on", "sealed",
                 c.outcome("renewed@life.test", fpr["renewed@life.test"]))


def prepare(house, web):
    ring = house.ring
    people = ["x@%s.test" % word for word in CHANGES]
    ring.make(*people, *LIFE[2:])
    ring.make(*LIFE[:2], expire="seconds=%d" % LIVES_S)
    for address in (*people, *LIFE):
        web.publish(address, ring.export(address))
    return "".join('peer "%s.test" { on-key-change = %s }\n' % (word, word)
                   for word in CHANGES if word != "pin")


def main():
    web, table = Web(), Table()
    server = name_server(good=GOOD)
    with Outside(os.environ["POSTSEAL_BUILD"], web, server.port,
                 timing=TIMING,
                 prepare=lambda h: prepare(h, web)) as house:
        house.start()
        c = Case(house, table, web)
        life(c)
        changed(c)
        table.check("nothing ever went out in clear", c.n_clear == 0)
        table.check("the daemon ends cleanly", house.stop() == 0)
        status = table.end(house)
    web.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
