#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""A real name server (nsd) on a free port of 127.0.0.1 with zones that are
really signed, and with signatures that are wrong on demand.

  dns_signed.py [--signed ORIGIN=FILE]... [--plain ORIGIN=FILE]...
                [--broken NAME/TYPE]... [--expired ...]... [--stripped ...]...

prints "port N" and a line "anchor DS-RECORD" for every signed zone, and ends
when its standard input does.  Broken: one octet of the signature is another;
expired: a good one of last year; stripped: there is none.  A denial is spoiled
by the NSEC that denies it.  Tests in Python use Signed."""
import argparse
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

CONF = """server:
  ip-address: 127.0.0.1@{port}
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "{dir}"
  database: ""
  pidfile: "{dir}/pid"
  xfrdfile: "{dir}/xfrd"
  zonelistfile: "{dir}/zonelist"
  xfrdir: "{dir}"
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
remote-control:
  control-enable: no
"""
ZONE = """zone:
  name: "{0}"
  zonefile: "{1}"
"""
NEEDED = ("nsd", "dnssec-keygen", "dnssec-signzone", "dnssec-dsfromkey")
LAST_YEAR = ("-s", "now-34560000", "-e", "now-31536000")


def missing():
    """The first program that is not installed, or None."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    return next((p for p in NEEDED if shutil.which(p) is None), None)


def covers(line):
    """"name/TYPE" for a signature in a zone in full form, else None"""
    words = line.split()
    if words[3:4] != ["RRSIG"]:
        return None
    return words[0].lower().rstrip(".") + "/" + words[4].upper()


def dies_with_us():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Signed:
    """Use it as a context manager.  zones: (origin, text, is it signed)."""

    def __init__(self, zones, broken=(), expired=(), stripped=()):
        self.zones = zones
        self.broken, self.expired, self.stripped = broken, expired, stripped
        self.anchors, self.nsd = [], None

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="postseal-nsd-")
        try:
            for origin, text, is_signed in self.zones:
                self.write(origin, text.replace("\r\n", "\n"))
                if is_signed:
                    self.sign(origin)
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.nsd:
            self.nsd.kill()  # it has nothing to save
            self.nsd.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def run(self, *argv):
        done = subprocess.run(argv, cwd=self.dir, text=True, check=False,
                              capture_output=True)
        if done.returncode != 0:
            raise RuntimeError("%s: %s" % (" ".join(argv), done.stderr))
        return done.stdout

    def write(self, name, text):
        with open(os.path.join(self.dir, name), "w", encoding="ascii") as f:
            f.write(text)

    def sign(self, name):
        key = self.run("dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", "-f",
                       "KSK", name).strip()
        self.anchors.append(self.run("dnssec-dsfromkey", "-2", key).strip())
        old = {covers(line): line for line in self.signed(name, *LAST_YEAR)}
        self.write(name, "".join(self.spoil(line, old)
                                 for line in self.signed(name)))

    def signed(self, name, *times):
        self.run("dnssec-signzone", "-P", "-z", "-S", "-O", "full", "-o", name,
                 "-f", "out", *times, name)
        with open(os.path.join(self.dir, "out"), encoding="ascii") as f:
            return f.readlines()

    def spoil(self, line, old):
        what = covers(line)
        if what in self.stripped:
            return ""
        if what in self.expired:
            return old[what]
        if what in self.broken:
            line = line.rstrip()
            at = len(line) - 8  # within the last word
            return line[:at] + ("B" if line[at] == "A" else "A") + \
                line[at + 1:] + "\n"
        return line

    def start(self):
        for _ in range(20):
            with socket.socket() as s:
                s.bind(("127.0.0.1", 0))
                self.port = s.getsockname()[1]
            self.write("nsd.conf", CONF.format(port=self.port, dir=self.dir) +
                       "".join(ZONE.format(z[0], z[0]) for z in self.zones))
            with open(os.path.join(self.dir, "log"), "wb") as log:
                self.nsd = subprocess.Popen(
                    ["nsd", "-d", "-c", os.path.join(self.dir, "nsd.conf")],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    preexec_fn=dies_with_us)
            if self.answers():
                return
        with open(os.path.join(self.dir, "log"), encoding="utf-8") as f:
            raise RuntimeError("nsd does not start: " + f.read())

    def answers(self):
        """By TCP, which it opens behind UDP; False when it has ended."""
        end = time.monotonic() + 20
        while self.nsd.poll() is None and time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return True
            except OSError:
                time.sleep(0.02)
        return False


def zone(argument, is_signed):
    origin, path = argument.split("=", 1)
    with open(path, encoding="ascii") as f:
        return origin, f.read(), is_signed


def main():
    p = argparse.ArgumentParser()
    for option in ("signed", "plain", "broken", "expired", "stripped"):
        p.add_argument("--" + option, action="append", default=[])
    o = p.parse_args()
    absent = missing()
    if absent:
        print("missing " + absent, flush=True)
        return
    zones = [zone(z, True) for z in o.signed] + [zone(z, False)
                                                 for z in o.plain]
    with Signed(zones, o.broken, o.expired, o.stripped) as server:
        print("port %d" % server.port)
        for ds in server.anchors:
            print("anchor " + ds)
        sys.stdout.flush()
        os.close(1)  # that is all
        sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
