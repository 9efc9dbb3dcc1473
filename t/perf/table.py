#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""What postseal costs, as ratios: every row against a baseline of the same
interleaved run, medians and spread over the rounds, CPU of whole process trees.

  table.py [--rounds N] [--certificates N] [ROW...]     rows: a b c d e f g

Keys for the loads are made once and kept in the build folder.
"""
import argparse
import os
import resource
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from house import House, free_port, run  # noqa: E402

BUILD = os.path.abspath(os.environ.get("POSTSEAL_BUILD", "build/dev"))
SMALL, LARGE = 10_000, 5_000_000
TO, TO_CLEAR = "<load-5@example.com>", "<anyone@clear.example>"
POLICY = 'peer "clear.example" { encrypt = never }\n'


def program(name):
    return os.path.join(BUILD, "t", name)


def numbers(line):
    """name=value name=value -> dict"""
    return {k: float(v) for k, v in
            (word.split("=", 1) for word in line.split())}


# Keys: made by mkcerts, imported by postseal, kept for the next time.
def key_directory(n):
    folder = os.path.join(BUILD, "perf", "keys-%d" % n)
    certs = os.path.join(BUILD, "perf", "certs-%d" % n)
    if os.path.exists(folder + ".done"):
        return folder
    print("# importing %d certificates (once)" % n, flush=True)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    with open(certs, "wb") as f:
        subprocess.run([program("mkcerts"), str(n)], stdout=f, check=True)
    run([os.path.join(BUILD, "milter", "postseal"), "keys", "import", "-d",
         folder, certs])
    with open(folder + ".done", "w", encoding="ascii"):
        pass
    return folder


class Loaded(House):
    """A daemon with n certificates, under a reaper so that CPU is counted."""

    wrap = (program("reaper"),)

    def __init__(self, n, inet=False):
        super().__init__(BUILD, recipients=(), inet=inet)
        self.n = n

    def make_keys(self):
        self.keys = key_directory(self.n)

    def keys_command(self, *_):
        return b""

    def configure(self, **how):
        super().configure(more=POLICY, **how)

    def load(self, **how):
        return load(self.milter, self.daemon.pid, **how)


class Null:
    """The empty filter with the same negotiation."""

    def __init__(self, socket):
        self.milter = socket

    def __enter__(self):
        self.process = subprocess.Popen(
            [program("reaper"), program("null_filter"), self.milter],
            stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def load(self, **how):
        return load(self.milter, self.process.pid, **how)


def load(socket, pid, **how):
    argv = [program("milter_load"), "--pid", str(pid)]
    for name, value in how.items():
        argv += ["--" + name] + ([] if value is True else [str(value)])
    got = numbers(run(argv + [socket]).decode())
    if got["broken"] or got["refused"]:
        raise RuntimeError("the load was refused: %s" % got)
    return got


# Peers of a and c.
class Peers:
    def __init__(self, house):
        self.cert = house.path("cert")
        self.home = house.path("bare")
        os.mkdir(self.home, 0o700)
        with open(os.path.join(self.home, "gpg.conf"), "w",
                  encoding="ascii") as f:
            f.write("no-keyring\nlock-never\nno-random-seed-file\n"
                    "no-auto-check-trustdb\ntrust-model always\n"
                    "no-auto-key-locate\n")
        with open(self.cert, "wb") as f:
            f.write(run([program("mkcerts"), "1"]))

    def bare(self, count, size):
        """CPU ms a message of GPGME alone."""
        return numbers(run([program("bare_gpgme"), self.home, self.cert,
                            str(count), str(size)]).decode())["cpu_ms_each"]

    def gpg(self, count, size):
        """CPU ms a message of gpg's command line."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        clear = b"a line of text that goes on for a while\r\n" * (size // 41)
        for _ in range(count):
            subprocess.run(["gpg", "--homedir", self.home, "--batch", "-z0",
                            "--armor", "--encrypt", "-f", self.cert],
                           input=clear, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime - before.ru_utime +
                after.ru_stime - before.ru_stime) * 1000 / count


class Table:
    def __init__(self):
        self.ours, self.base = {}, {}

    def add(self, title, ours, base):
        self.ours.setdefault(title, []).append(ours)
        self.base.setdefault(title, []).append(base)

    def line(self, title, unit, must, aim):
        ours, base = self.ours[title], self.base[title]
        ratios = [o / b for o, b in zip(ours, base)]
        ratio = statistics.median(ratios)
        goal = "" if must is None else "  must %s aim %s  %s" % (
            must, aim, "good" if ratio <= aim else
            "ok" if ratio <= must else "OVER")
        print("%-52s %9.2f %9.2f %s  x%.2f (%.2f-%.2f)%s" %
              (title, statistics.median(ours), statistics.median(base), unit,
               ratio, min(ratios), max(ratios), goal), flush=True)


A = "a  10 kB sealed, against bare GPGME"
B = "b  the same, many certificates against 10"
C = "c  5 MB sealed, against bare GPGME"
G = "g  10 kB sealed, against gpg's command line"
F = "f  left alone, unix, %d connections, against null"
INET = "f  left alone, inet, against null"


def sealing(rounds, n_certs, rows):
    t = Table()
    with Loaded(10) as small, Loaded(n_certs) as big:
        peers = Peers(small)
        small.start()
        big.start()
        small.load(messages=5, to=TO)
        big.load(messages=5, to=TO)
        for _ in range(rounds):
            ours = small.load(messages=40, size=SMALL, to=TO)["cpu_ms_each"]
            t.add(A, ours, peers.bare(40, SMALL))
            if "b" in rows:
                t.add(B, big.load(messages=40, size=SMALL,
                                  to=TO)["cpu_ms_each"], ours)
            if "g" in rows:
                t.add(G, ours, peers.gpg(40, SMALL))
            if "c" in rows:
                t.add(C, small.load(messages=6, size=LARGE,
                                    to=TO)["cpu_ms_each"],
                      peers.bare(6, LARGE))
    t.line(A, "ms CPU", 1.5, 1.15)
    for title, row, must, aim in ((B, "b", 1.2, 1.0), (C, "c", 1.5, 1.15),
                                  (G, "g", None, None)):
        if row in rows:
            t.line(title, "ms CPU", must, aim)


def rates(rounds):
    widths = (1, 2, 8, 32, 100)
    got = {c: [] for c in widths}
    with Loaded(10) as house:
        house.start()
        for _ in range(rounds):
            for c in widths:
                got[c].append(house.load(connections=c, size=SMALL, to=TO,
                                         messages=max(2, 200 // c)))
    two = statistics.median(g["rate"] for g in got[2])
    for c in widths:
        rate = statistics.median(g["rate"] for g in got[c])
        p50, p99 = (statistics.median(g["total_%s_ms" % p] for g in got[c])
                    for p in ("p50", "p99"))
        print("d  %3d connections: %7.1f msg/s (x%.2f of 2), p50 %7.1f ms, "
              "p99 %7.1f ms" % (c, rate, rate / two, p50, p99), flush=True)


def memory():
    with Loaded(10) as house:
        house.start()
        house.load(connections=2, messages=5, to=TO)
        one = house.load(idle=1, messages=1, to=TO)["anon_kb"]
        many = house.load(idle=1000, messages=1, to=TO)["anon_kb"]
        held = house.load(connections=100, size=10_000_000, hold=True,
                          timeout=600, to=TO)
    print("e  100 connections that hold 10 MB: %.1f MB anonymous (must 150)" %
          (held["held_anon_kb"] / 1024))
    print("e  1000 idle connections: %.1f MB more than with one (must 10)" %
          ((many - one) / 1024), flush=True)


def left_alone(rounds):
    t = Table()
    stall = []
    inet = "inet:%d@127.0.0.1" % free_port()
    with Loaded(10) as unix, Loaded(10, inet=True) as tcp, \
            Null("unix:" + unix.path("null")) as null, Null(inet) as null_tcp:
        unix.start()
        tcp.start()
        how = {"size": 4000, "to": TO_CLEAR}
        for filter_ in (unix, tcp, null, null_tcp):
            filter_.load(messages=50, **how)
        for _ in range(rounds):
            for c in (1, 8):
                n = 2000 // c
                t.add(F % c,
                      unix.load(connections=c, messages=n,
                                **how)["cpu_ms_each"],
                      null.load(connections=c, messages=n,
                                **how)["cpu_ms_each"])
            ours = tcp.load(messages=1000, **how)
            t.add(INET, ours["cpu_ms_each"],
                  null_tcp.load(messages=1000, **how)["cpu_ms_each"])
            stall.append(ours["total_p50_ms"])
    for title in (F % 1, F % 8, INET):
        t.line(title, "ms CPU", 1.5, 1.1)
    print("f  inet, a message takes %.2f ms (40 ms is the stall)" %
          statistics.median(stall), flush=True)


def versions(rounds):
    gpg = run(["gpg", "--version"]).decode().split("\n", 1)[0]
    with open("/proc/loadavg", encoding="ascii") as f:
        busy = f.read().split()[0]
    print("# %d rounds, %s, %d processors, load %s before the run; medians, "
          "ratio with its spread" % (rounds, gpg, os.cpu_count(), busy))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--certificates", type=int, default=50_000)
    p.add_argument("row", nargs="*", default=list("abcdefg"))
    o = p.parse_args()
    versions(o.rounds)
    if set("abcg") & set(o.row):
        sealing(o.rounds, o.certificates, o.row)
    if "d" in o.row:
        rates(o.rounds)
    if "e" in o.row:
        memory()
    if "f" in o.row:
        left_alone(o.rounds)


if __name__ == "__main__":
    main()
