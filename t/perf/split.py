#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""What splitting costs: a message whose five recipients need a sealed copy each
(nobody sees another one's key id), against five messages to one of them each,
sealed in place.  Both in each round, in turn; CPU of the daemon, its workers
and gpg, and the time that the client waits.  The relay is a sink on loopback,
the ledger is a file of this disk.

usage: t/perf/split.py [--build DIR] [--rounds N] [--messages N]
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
sys.path.insert(0, os.path.join(ROOT, "t/lib"))
sys.path.insert(0, os.path.join(ROOT, "contrib/campaign"))
from house import House  # noqa: E402
from splitting import Sink  # noqa: E402

TO = tuple("r%d@example.net" % i for i in range(5))
TICK = os.sysconf("SC_CLK_TCK")


class Splitting(House):
    relay_port = 1

    def configure(self, **how):
        super().configure(
            defaults="encrypt = when-key  on-missing-key = deliver",
            more='relay { to = "inet:%d@127.0.0.1"  ledger = "%s" }\n'
            % (self.relay_port, self.path("ledger")), mta_size=10240000, **how)

    def cpu_s(self):
        """Of the daemon and all below it, the dead ones too."""
        ticks = 0
        for pid in [self.daemon.pid, *self.descendants("")]:
            try:
                with open("/proc/%d/stat" % pid, encoding="ascii",
                          errors="replace") as f:
                    word = f.read().rsplit(")", 1)[1].split()
                ticks += sum(int(w) for w in word[11:15])
            except (FileNotFoundError, ProcessLookupError):
                pass
        return ticks / TICK

    def mail(self, numbers, to):
        """(CPU, seconds) for these messages over one connection."""
        folder = self.path("mail")
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        files = []
        for n in numbers:
            files.append(os.path.join(folder, "%d.eml" % n))
            with open(files[-1], "w", encoding="ascii") as f:
                f.write("From: a@example.org\r\nTo: list@example.net\r\n"
                        "Message-ID: <%d@example.org>\r\nSubject: s\r\n\r\n%s"
                        % (n, "x" * 70 + "\r\n"))
        words = [w for r in to for w in ("--to", r)]
        cpu, begin = self.cpu_s(), time.monotonic()
        out = subprocess.run(
            [self.wire, "--raw", "--timeout", "60", "--from", "a@example.org",
             *words, self.milter, *files], check=True,
            stdout=subprocess.PIPE).stdout.decode()
        took = time.monotonic() - begin
        good = [x for x in out.splitlines() if "\t250" in x or "discard" in x]
        if len(good) != len(files):
            raise SystemExit("refused:\n" + out)
        return self.cpu_s() - cpu, took


def main():
    args = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    args.add_argument("--build", default=os.path.join(ROOT, "build/dev"))
    args.add_argument("--rounds", type=int, default=5)
    args.add_argument("--messages", type=int, default=20)
    how = args.parse_args()
    rows = {"cpu": [], "wait": []}
    number = 0
    with Sink() as sink, Splitting(how.build, TO) as house:
        house.relay_port = sink.port
        house.configure()
        house.start()
        for turn in range(how.rounds + 1):
            one = [0.0, 0.0]
            split = house.mail(range(number, number + how.messages), TO)
            number += how.messages
            for r in TO:
                got = house.mail(range(number, number + how.messages), (r,))
                number += how.messages
                one = [one[0] + got[0], one[1] + got[1]]
            if turn == 0:
                continue  # warm
            for i, name in enumerate(rows):
                rows[name].append((split[i] / how.messages * 1000,
                                   one[i] / how.messages * 1000))
        arrived = sum(len(x) for x in sink.all().values())
    if arrived != (how.rounds + 1) * how.messages * len(TO):
        raise SystemExit("%d copies arrived" % arrived)
    print("one message in 5 sealed copies, against 5 messages of 1; %d rounds "
          "of %d" % (how.rounds, how.messages))
    for name, unit in (("cpu", "ms CPU"), ("wait", "ms of waiting")):
        ratio = sorted(a / b for a, b in rows[name])
        print("%-6s split %7.2f  one by one %7.2f %s  x%.2f (%.2f-%.2f)  "
              "must x1.50, aim x1.10" % (
                  name, statistics.median(a for a, _ in rows[name]),
                  statistics.median(b for _, b in rows[name]), unit,
                  statistics.median(ratio), ratio[0], ratio[-1]))


if __name__ == "__main__":
    main()
