#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""What signatures cost, as ratios: the engine against the bare tools, rounds
interleaved, CPU of whole trees with the agent's, start-up taken off.

  openpgp.py [--rounds N] [--messages N]

The key with a passphrase comes twice: as gpg makes it, whose derivation takes
the agent 100 ms or more for every signature, and with the least s2k-count.
"""
import argparse
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

BUILD = os.path.abspath(os.environ.get("POSTSEAL_BUILD", "build/dev"))
SIZE = 10_000
WARM = 3
PASSPHRASE = "three secret words"


def program(name):
    return os.path.join(BUILD, "t", name)


def gpg(home, *argv, **how):
    return subprocess.run(["/usr/bin/gpg", "--homedir", home, "--batch", "-q",
                           *argv], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, **how).stdout


def make_home(folder, name, passphrase="", s2k_count=None):
    """A home with one key, its fingerprint."""
    home = os.path.join(folder, name)
    os.mkdir(home, 0o700)
    # Both sides read it: no wait for a lock of the seed file or a trust
    # check on one of them.
    with open(os.path.join(home, "gpg.conf"), "w", encoding="ascii") as f:
        f.write("trust-model always\nno-auto-check-trustdb\n")
    if s2k_count:
        with open(os.path.join(home, "gpg-agent.conf"), "w",
                  encoding="ascii") as f:
            f.write("s2k-count %d\n" % s2k_count)
    gpg(home, "--pinentry-mode", "loopback", "--passphrase", passphrase,
        "--quick-gen-key", name + "@example.org", "future-default", "default",
        "never")
    fpr = [line.split(":")[9] for line in gpg(
        home, "--with-colons", "-k").decode().split("\n")
        if line.startswith("fpr")][0]
    kill_agent(home)
    return home, fpr


def kill_agent(home):
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "gpg-agent"],
                   check=True)


def spent(run, n):
    """CPU and wall ms a message, with what n = WARM takes taken off."""
    took = []
    for count in (WARM, WARM + n):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.monotonic()
        run(count)
        wall = time.monotonic() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append((after.ru_utime - before.ru_utime + after.ru_stime -
                     before.ru_stime, wall))
    return [(b - a) * 1000 / n for a, b in zip(*took)]


def quiet(*argv):
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)


def signer(folder, cert, clear, name, passphrase="", s2k_count=None):
    home, fpr = make_home(folder, name, passphrase, s2k_count)
    secret, words = "-", ()
    if passphrase:
        secret, words = os.path.join(folder, name + ".pass"), (passphrase,)
        with open(secret, "w", encoding="ascii") as f:
            f.write(passphrase + "\n")

    def ours(n):
        quiet(program("crypto_load"), "seal", home, secret, str(n), cert, fpr,
              clear)

    def bare(n):
        quiet(program("bare_gpgme"), home, cert, str(n), str(SIZE), fpr,
              *words)
    return ours, bare


def verifier(folder, clear):
    home, fpr = make_home(folder, "known")
    cert, signature = (os.path.join(folder, n) for n in ("known.pgp", "sig"))
    gpg(home, "-o", cert, "--export", fpr)
    gpg(home, "-o", signature, "--detach-sign", clear)
    kill_agent(home)

    def ours(n):
        quiet(program("crypto_load"), "verify", "-", "-", str(n), cert,
              signature, clear)

    def bare(n):
        for _ in range(n):
            gpg(home, "--verify", signature, clear)
    return ours, bare


def make_rows(folder):
    cert, clear = (os.path.join(folder, n) for n in ("to.pgp", "clear"))
    home, _ = make_home(folder, "reader")
    gpg(home, "-o", cert, "--export")
    with open(clear, "wb") as f:
        f.write((b"Content-Type: text/plain\r\n\r\n" +
                 b"a line of text that goes on for a while\r\n" *
                 SIZE)[:SIZE])
    return {
        "a  signed and sealed, no passphrase":
            signer(folder, cert, clear, "open"),
        "a  the same, passphrase, as gpg counts":
            signer(folder, cert, clear, "locked", PASSPHRASE),
        "a  the same, passphrase, s2k-count 65536":
            signer(folder, cert, clear, "least", PASSPHRASE, 65536),
        "b  verified, against gpg --verify": verifier(folder, clear),
    }


def line(title, rounds):
    out = "%-42s" % title
    for k, what in enumerate(("CPU", "wall")):
        ours, base = ([r[side][k] for r in rounds] for side in (0, 1))
        ratios = [o / max(b, 0.01) for o, b in zip(ours, base)]
        out += " %8.2f %8.2f ms %s x%.2f (%.2f-%.2f)" % (
            statistics.median(ours), statistics.median(base), what,
            statistics.median(ratios), min(ratios), max(ratios))
    print(out, flush=True)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--messages", type=int, default=20)
    o = p.parse_args()
    with open("/proc/loadavg", encoding="ascii") as f:
        print("# %d rounds of %d messages of 10 kB, %s, load %s before the "
              "run; ours, theirs, ratio with its spread" %
              (o.rounds, o.messages, gpg("/", "--version").decode().split(
                  "\n", 1)[0], f.read().split()[0]))
    folder = tempfile.mkdtemp(prefix="postseal-t-")
    try:
        rows = make_rows(folder)
        got = {title: [] for title in rows}
        for _ in range(o.rounds):
            for title, sides in rows.items():
                got[title].append([spent(s, o.messages) for s in sides])
        for title, rounds in got.items():
            line(title, rounds)
    finally:
        for name in os.listdir(folder):
            if os.path.isdir(os.path.join(folder, name)):
                kill_agent(os.path.join(folder, name))
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
