#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Keys that are only in a Web Key Directory: what a message gets in time, what
it gets too late, what it gets when nobody can be asked; many messages at once
to a slow domain and to a dead one, and what others notice of it."""
import os
import statistics
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from outside import Outside, Table, Web, name_server  # noqa: E402

GOOD = ("fast.test", "late.test", "absent.test", "error.test", "expired.test",
        "wronghost.test", "selfsigned.test", "html.test", "away.test",
        "endless.test", "slow.test", "dead.test", "whenkey.test",
        "whenabsent.test", "whenlate.test", "armored.test")
ZONE = ("direct.test. A 127.0.0.1",
        "openpgpkey.down.test. A 127.0.0.2",  # nobody listens there
        "openpgpkey.servfail.test. SERVFAIL", "servfail.test. SERVFAIL",
        "openpgpkey.whendns.test. SERVFAIL", "whendns.test. SERVFAIL")
MORE = "".join('peer "%s" { encrypt = when-key  on-missing-key = deliver }\n' %
               d for d in ("whenkey.test", "whenabsent.test", "whenlate.test",
                           "whendns.test"))
TIMING = "  lookup-wait = 3s  lookup-time = 20s  lookups = 8"
MOODS = {"late.test": "slow:5", "whenlate.test": "slow:5",
         "error.test": "500", "expired.test": "expired",
         "wronghost.test": "wrong-host", "selfsigned.test": "self-signed",
         "html.test": "html", "endless.test": "endless",
         "armored.test": "armored", "slow.test": "slow:7",
         "away.test": "redirect:https://openpgpkey.fast.test:%p/",
         "dead.test": "slow-accept:40"}
KEYS = ("x@fast.test", "x@late.test", "x@direct.test", "x@expired.test",
        "x@wronghost.test", "x@selfsigned.test", "x@error.test",
        "x@endless.test", "x@slow.test", "x@whenkey.test", "x@whenlate.test",
        "x@armored.test", "x@dead.test")
N = 50


def publish(house, web):
    house.ring.make(*KEYS)
    for address in KEYS:
        web.publish(address, house.ring.export(address),
                    direct=address == "x@direct.test")
    for domain, mood in MOODS.items():
        web.mood(domain, mood)


def one(house, table, title, address, wanted):
    fpr = house.ring.fpr(address) if address in KEYS else None
    at = house.log_size()
    got = house.outcome(house.post(address)[0], fpr)
    table.case(title, wanted, got,
               house.note(address, at).partition("; dane:")[0])


def single(house, table, web):
    one(house, table, "in time: the first try", "x@fast.test", "sealed")
    one(house, table, "from memory: the second", "x@fast.test", "sealed")
    table.check("one look-up for both", web.asked("x@fast.test") == 1)
    one(house, table, "the direct method", "x@direct.test", "sealed")
    one(house, table, "an armored certificate", "x@armored.test", "sealed")
    one(house, table, "when-key, and there is one", "x@whenkey.test",
        "sealed")
    one(house, table, "slower than lookup-wait", "x@late.test",
        "451 key-lookup")
    one(house, table, "the same, when-key", "x@whenlate.test",
        "451 key-lookup")
    for address in ("x@late.test", "x@whenlate.test"):
        found = house.wait_for_log("key-found addr=<%s>" % address)
        table.check("%s is found behind the mail" % address, found)
        one(house, table, "and the retry", address, "sealed")
    for title, domain in (
            ("no such host", "nohost.test"), ("the server says 404",
                                              "absent.test"),
            ("nobody listens", "down.test"), ("the server says 500",
                                              "error.test"),
            ("its certificate has expired", "expired.test"),
            ("its certificate is another host's", "wronghost.test"),
            ("its certificate is its own", "selfsigned.test"),
            ("a page that says welcome", "html.test"),
            ("a body without end", "endless.test"),
            ("a redirect to another host", "away.test")):
        one(house, table, title, "x@" + domain, "550 no-key")
    one(house, table, "no key, when-key: the policy's word",
        "x@whenabsent.test", "CLEAR")
    one(house, table, "the DNS is broken", "x@servfail.test", "451 key-dns")
    one(house, table, "the same, when-key: not clear", "x@whendns.test",
        "451 key-dns")
    one(house, table, "and again, from memory", "x@servfail.test",
        "451 key-dns")


class Others:
    """Mail to somebody whose key is known, one after the other."""

    def __init__(self, house):
        self.house, self.stop = house, threading.Event()
        self.seconds, self.outcomes = [], set()

    def one(self):
        start = time.monotonic()
        result = self.house.post("local@here.test")[0]
        self.seconds.append(time.monotonic() - start)
        self.outcomes.add(self.house.outcome(result))

    def go_on(self):
        while not self.stop.is_set():
            self.one()
            time.sleep(0.3)

    def __enter__(self):
        self.thread = threading.Thread(target=self.go_on)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


def figures(name, seconds):
    return "%s: median %.3f s, longest %.3f s of %d" % (
        name, statistics.median(seconds), max(seconds), len(seconds))


def beside(house, table, what, crowd):
    """Others' mail alone, then while the crowd is at it."""
    alone = Others(house)
    for _ in range(10):
        alone.one()
    with Others(house) as meanwhile:
        crowd()
    alone_s, beside_s = (statistics.median(o.seconds)
                         for o in (alone, meanwhile))
    table.check("%s: mail to others is sealed" % what,
                meanwhile.outcomes == {"sealed"})
    # A busy machine, and fifty processes of this test: not a second more.
    table.check("%s: and does not wait for it" % what,
                beside_s < alone_s + 1,
                "%s; %s" % (figures("alone", alone.seconds),
                            figures("meanwhile", meanwhile.seconds)))


def crowd_at_one(house, table, web):
    """Fifty messages to one address of one slow domain."""
    got = []

    def crowd():
        start = time.monotonic()
        got.extend(house.post("x@slow.test", n=N, parallel=N))
        print("# %d answers after %.1f s" % (len(got),
                                             time.monotonic() - start))

    beside(house, table, "one slow address", crowd)
    words = [house.outcome(r) for r in got]
    table.check("all %d are told to come again" % N,
                words == ["451 key-lookup"] * N, str(set(words)))
    table.check("and the key comes",
                house.wait_for_log("key-found addr=<x@slow.test>"))
    fpr = house.ring.fpr("x@slow.test")
    words = [house.outcome(r, fpr)
             for r in house.post("x@slow.test", n=5, parallel=5)]
    table.check("the retries are sealed", words == ["sealed"] * 5,
                str(set(words)))
    n = web.asked("x@slow.test")
    table.check("and there was one look-up", n == 1, "%d requests" % n)


def crowd_at_many(house, table, web):
    """Fifty messages to fifty addresses of one dead domain."""
    got = []

    def crowd():
        threads = [threading.Thread(target=lambda i=i: got.extend(
            house.post("u%d@dead.test" % i))) for i in range(N)]
        start = time.monotonic()
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        print("# %d answers after %.1f s" % (len(got),
                                             time.monotonic() - start))

    beside(house, table, "a dead domain", crowd)
    words = [house.outcome(r) for r in got]
    table.check("nobody's mail goes out", len(words) == N and
                set(words) <= {"451 key-lookup", "550 no-key"},
                str({w: words.count(w) for w in set(words)}))
    start = time.monotonic()
    word = house.outcome(house.post("y@whenkey.test", patience_s=30)[0])
    table.check("another domain is looked at meanwhile", word == "CLEAR",
                "%s after %.1f s" % (word, time.monotonic() - start))
    house.wait_for_log("@dead.test> source=wkd outcome=trouble")
    got.clear()
    start = time.monotonic()
    crowd()
    words = {house.outcome(r) for r in got}
    table.check("once it is known to be dead nobody waits for it",
                words == {"550 no-key"} and time.monotonic() - start < 10,
                "%s after %.1f s" % (words, time.monotonic() - start))
    n = web.handshakes("dead.test")
    table.check("and few look-ups were begun", 1 <= n <= 4,
                "%d handshakes" % n)


def main():
    web, table = Web(), Table()
    server = name_server(*ZONE, good=GOOD)
    with Outside(os.environ["POSTSEAL_BUILD"], web, server.port,
                 timing=TIMING, more=MORE) as house:
        publish(house, web)
        house.start()
        single(house, table, web)
        crowd_at_one(house, table, web)
        crowd_at_many(house, table, web)
        table.check("the daemon ends cleanly", house.stop() == 0)
        status = table.end(house)
    web.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
