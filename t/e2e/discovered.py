#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""A real Postfix in front of a postseal that looks for keys in Web Key
Directories: mail to a key that comes in time arrives sealed, mail to one that
comes late, or that no DNS says anything of, waits in the queue and arrives
sealed by the retry.  Nothing ever arrives in clear."""
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
import dns_server  # noqa: E402
from house import free_port  # noqa: E402
from mta import Mta  # noqa: E402
from outside import (SECRET, Outside, Table, Web, message,  # noqa: E402
                     name_server, zone)

FAST, SLOW, BROKEN = "x@fast.test", "x@slow.test", "x@broken.test"
TIMING = "  lookup-wait = 4s  lookup-time = 30s  trouble-for = 2s"
GOOD = ("fast.test", "slow.test")
# Two servers in one Postfix: the first takes mail for the queue and hands it on
# to the second, behind which the filter is; so it is Postfix that tries again.
MASTER = """127.0.0.1:%d inet n - n - - smtpd
  -o content_filter=smtp:[127.0.0.1]:%d
127.0.0.1:%d inet n - n - - smtpd
  -o smtpd_milters=inet:127.0.0.1:%d
"""


class Queue:
    def __init__(self, mta, port):
        self.mta, self.base = mta, os.path.dirname(mta.log)
        mta.port = port

    def run(self, *words):
        return subprocess.run(
            ["postqueue", "-c", os.path.join(self.base, "etc"), *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"},
            check=False).stdout

    def why(self, to, patience_s=30):
        """What the queue says of mail that waits for this recipient."""
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            text = self.run("-p")
            if to in text and "(" in text:
                return " ".join(text.partition("(")[2].partition(
                    "\n\n")[0].split())
            time.sleep(0.2)
        return "nothing: " + self.run("-p")

    def retry_until(self, n, patience_s=60):
        """Runs the queue until n messages have arrived."""
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            self.run("-f")
            try:
                return self.mta.arrived(n, 3)
            except TimeoutError:
                pass
        return self.mta.arrived(0)


def last(house, got, n, to):
    if len(got) != n:
        return "%d of %d arrived" % (len(got), n)
    envelope, octets = got[-1]
    if envelope["to"] != [to]:
        return "to %s" % envelope["to"]
    return house.outcome(("250", octets), house.ring.fpr(to))


def cases(house, table, mta, queue, server):
    mta.send(message(FAST), FAST)
    table.case("a key in time: arrives by the first try", "sealed",
               last(house, mta.arrived(1), 1, FAST))
    mta.send(message(SLOW), SLOW)
    why = queue.why(SLOW)
    table.check("a key that is late: Postfix keeps the mail",
                "451" in why and "looked up" in why, why[:150])
    house.wait_for_log("key-found addr=<%s>" % SLOW)
    table.check("and nothing has arrived", len(mta.arrived(0)) == 1)
    table.case("the retry arrives", "sealed",
               last(house, queue.retry_until(2), 2, SLOW))
    mta.send(message(BROKEN), BROKEN)
    why = queue.why(BROKEN)
    table.check("a broken DNS: Postfix keeps the mail",
                "451" in why and "DNS" in why, why[:150])
    queue.run("-f")
    time.sleep(4)
    table.check("and again", len(mta.arrived(0)) == 2)
    server.zone = dns_server.Zone(zone(good=(*GOOD, "broken.test")))
    table.case("the DNS is mended: the retry arrives", "sealed",
               last(house, queue.retry_until(3), 3, BROKEN))
    table.check("nothing arrived in clear", all(
        SECRET not in octets for _, octets in mta.arrived(0)))


def prepare(house, web):
    house.ring.make(FAST, SLOW, BROKEN)
    for address in (FAST, SLOW, BROKEN):
        web.publish(address, house.ring.export(address))
    web.mood("slow.test", "slow:8")


def main():
    web, table = Web(), Table()
    port, behind = free_port(), free_port()
    server = name_server("openpgpkey.broken.test. SERVFAIL",
                         "broken.test. SERVFAIL", good=GOOD)
    with Outside(os.environ["POSTSEAL_BUILD"], web, server.port,
                 timing=TIMING, inet=True,
                 prepare=lambda h: prepare(h, web)) as house:
        house.start()
        with Mta("postfix", master=MASTER % (port, behind, behind,
                                             house.port)) as mta:
            cases(house, table, mta, Queue(mta, port), server)
        status = table.end(house)
    web.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
