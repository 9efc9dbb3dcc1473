#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""What the number of certificates costs: one row of figures each for 10, 1,000
and 100,000 of them.

  size.py [--rounds N] [--keys FOLDER] [COUNT...]

Key directories are made once and kept, by default in the build folder: a
hundred thousand certificates go through gpg, which takes minutes.  The rate of
that import is printed when it is made.
"""
import argparse
import os
import statistics
import subprocess
import time

from table import BUILD, SMALL, TO, Loaded, program, run, versions
from house import GPG

FIRST_LOOK_S = 8  # the keeper looks at every file 2 s after the start


def key_directory(keys, n):
    folder = os.path.join(keys, "keys-%d" % n)
    certs = os.path.join(keys, "certs-%d" % n)
    done = folder + ".done"
    if not os.path.exists(done):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with open(certs, "wb") as f:
            subprocess.run([program("mkcerts"), str(n)], stdout=f, check=True)
        began = time.monotonic()
        run([os.path.join(BUILD, "milter", "postseal"), "keys", "import",
             "-d", folder, certs])
        rate = n / (time.monotonic() - began)
        with open(done, "w", encoding="ascii") as f:
            f.write("%.0f\n" % rate)
    with open(done, encoding="ascii") as f:
        return folder, f.read().strip() or "-"


class Sized(Loaded):
    def __init__(self, keys, n):
        super().__init__(n)
        self.kept = keys

    def make_keys(self):
        self.keys, self.rate = key_directory(self.kept, self.n)

    def milter_process(self):
        """The largest below the reaper: spawner and workers are small."""
        below = self.descendants("serve")
        return max(below, key=lambda pid: memory(pid)["VmRSS"])


def memory(pid):
    """Kilobytes by name."""
    with open("/proc/%d/status" % pid, encoding="ascii") as f:
        return {k: int(v.split()[0]) for k, v in
                (line.split(":", 1) for line in f) if k.startswith(
                    ("VmRSS", "VmHWM", "RssAnon"))}


def starts(house, rounds):
    """Seconds to the first answer, each with a look-up at its end."""
    took = []
    for _ in range(rounds):
        began = time.monotonic()
        house.start()
        house.load(messages=1, to=TO)
        took.append(time.monotonic() - began)
        house.stop()
    return statistics.median(took)


def measure(keys, n, rounds):
    row = {"n": n}
    with Sized(keys, n) as house:
        row["import"] = house.rate
        row["start"] = starts(house, rounds)
        house.start()
        house.load(messages=5, to=TO)
        time.sleep(FIRST_LOOK_S)
        got = memory(house.milter_process())
        row["rss"], row["peak"] = got["RssAnon"] / 1024, got["VmHWM"] / 1024
        row["seal"] = statistics.median(
            house.load(messages=40, size=SMALL, to=TO)["cpu_ms_each"]
            for _ in range(rounds))
        house.stop()
        said = run([program("key_lookup"), house.keys, str(n), "1", "9"])
        row["lookup"] = float(said.decode().split(": ")[1].split()[0])
    return row


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--keys", default=os.path.join(BUILD, "perf"))
    p.add_argument("count", nargs="*", type=int,
                   default=[10, 1_000, 100_000])
    o = p.parse_args()
    os.makedirs(o.keys, exist_ok=True)
    versions(o.rounds)
    print("certificates  look-up    seal 10 kB  start and     anonymous  "
          "peak of      imported")
    print("              us CPU     ms CPU      first mail s  MB         "
          "the start MB a second", flush=True)
    first = None
    for n in o.count:
        r = measure(o.keys, n, o.rounds)
        first = first or r
        print("%12d  %5.1f x%.2f %5.1f x%.2f  %12.2f  %9.1f  %12.1f  %8s" %
              (n, r["lookup"], r["lookup"] / first["lookup"], r["seal"],
               r["seal"] / first["seal"], r["start"], r["rss"], r["peak"],
               r["import"]), flush=True)
    print("# must: look-up and sealing x1.2 (aim 1.0) of the first row, start "
          "3 s, memory 64 MB more; %s" %
          run([GPG, "--version"]).decode().split("\n", 1)[0])


if __name__ == "__main__":
    main()
