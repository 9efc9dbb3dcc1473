#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""What a DKIM signature costs: postseal with and without dkim-sign, opendkim
that signs with the same key, and an empty filter, in turn, over the milter
socket.  CPU of whole process trees (the crypto workers too), in microseconds a
message, medians over the rounds; no name server is asked.

  dkim_sign.py [--build DIR] [--rounds N] [--messages N]
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "."))
from peers import Missing, Null, Peer, Postseal, need  # noqa: E402

SIZES = (4_000, 100_000, 1_000_000)
HEADER = (b"From: A <a@example.org>\r\nTo: B <b@example.net>\r\n"
          b"Subject: a word or two\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\n"
          b"Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
          b"Content-Type: text/plain; charset=us-ascii\r\n"
          b"Content-Transfer-Encoding: 7bit\r\n\r\n")
NET = "192.0.2.0/24"  # where milter_load says that it comes from


class Plain(Postseal):
    """Ours, and nothing to do."""

    name, title, sign = "plain", "postseal, unsigned", ""

    def start(self):
        for d in ("spool", "keys"):
            os.mkdir(self.path(d), 0o700)
        conf = self.write("postseal.conf", """log = stderr
spool-directory = "%(dir)s/spool"
listen { milter = "unix:%(dir)s/s"  control = "unix:%(dir)s/control" }
identity { authserv-id = "mx.example.org"  internal-networks = "%(net)s" }
keys { directory = "%(dir)s/keys" }
limits { mta-message-size = 10240000 }
verify { iprev = no }
defaults { encrypt = never spf = off dkim = off dmarc = off arc = off }
domain "example.org" { %(sign)s }
""" % {"dir": self.folder, "net": NET, "sign": self.sign})
        self.serve([self.binary(), "serve", "-c", conf], self.path("s"))


class Rsa(Plain):
    name, title = "rsa", "postseal, RSA"
    expect = ("a=rsa-sha256",)

    def __init__(self, *words, keys):
        super().__init__(*words)
        self.sign = 'dkim-sign = { "s:%s/example.org/s.pem" }' % keys


class Both(Plain):
    name, title = "both", "postseal, RSA and Ed25519"
    expect = ("a=rsa-sha256", "a=ed25519-sha256")

    def __init__(self, *words, keys):
        super().__init__(*words)
        self.sign = ('dkim-sign = { "s:%s/example.org/s.pem", '
                     '"s-ed:%s/example.org/s-ed.pem" }' % (keys, keys))


class Opendkim(Peer):
    name, title = "opendkim", "opendkim -b s, RSA"
    expect = ("a=rsa-sha256",)

    def __init__(self, *words, keys):
        super().__init__(*words)
        self.keys = keys

    def start(self):
        conf = self.write("opendkim.conf", """Mode s
Domain example.org
Selector s
KeyFile %s/example.org/s.pem
Canonicalization relaxed/relaxed
OversignHeaders From,Subject,To,Cc,Reply-To,MIME-Version,Content-Type
InternalHosts %s
Socket local:%s
UMask 007
Background no
Syslog no
RequireSafeKeys no
""" % (self.keys, NET, self.path("k")))
        self.serve([need("opendkim"), "-f", "-x", conf], self.path("k"))


def load(build, peer, octets, messages):
    with tempfile.NamedTemporaryFile() as f:
        f.write(octets)
        f.flush()
        words = ["--pid=%d" % pid for pid in peer.pids()]
        out = subprocess.run(
            [os.path.join(build, "t", "milter_load"), "--connections", "2",
             "--messages", str(messages), "--file", f.name, *words,
             "--from", "<a@example.org>", "--to", "<b@example.net>",
             *("--expect=" + e for e in peer.expect), *peer.sockets],
            check=True, stdout=subprocess.PIPE, text=True).stdout
    return 1e3 * float(dict(w.split("=", 1) for w in out.split())
                       ["cpu_ms_each"]), out


def measure(build, peers, rounds, messages):
    line = b"the quick brown fox jumps over the lazy dog, again and again.\r\n"
    for size in SIZES:
        octets = HEADER + line * (size // len(line))
        n = max(20, messages * 4000 // size)
        got = {p.title: [] for p in peers}
        for r in range(rounds + 1):  # the first one warms up
            for p in peers:
                us, out = load(build, p, octets, n)
                if r == 0:
                    print("# %s: %s" % (p.title, out.strip()), flush=True)
                else:
                    got[p.title].append(us)
        middle = {t: statistics.median(v) for t, v in got.items()}
        base = middle.get("opendkim -b s, RSA")
        bare = middle["postseal, unsigned"]
        for title, us in middle.items():
            spread = "%.0f to %.0f" % (min(got[title]), max(got[title]))
            print("%8d octets  %-26s %7.0f us  (%s)%s" % (
                size, title, us, spread, "  all of it %.2f, signing %.2f "
                "of opendkim" % (us / base, (us - bare) / base)
                if base and title.startswith("postseal,") else ""),
                flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=500)
    args = parser.parse_args()
    build = os.path.abspath(args.build)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        keys, opened = os.path.join(folder, "made"), []
        subprocess.run([os.path.join(build, "milter/postseal"), "dkim", "key",
                        "example.org", "s", "--both", "-d", keys], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        common = (folder, build, "127.0.0.1", False)
        try:
            for make in (lambda: Null(*common), lambda: Plain(*common),
                         lambda: Rsa(*common, keys=keys),
                         lambda: Both(*common, keys=keys),
                         lambda: Opendkim(*common, keys=keys)):
                try:
                    opened.append(make().open())
                except Missing as e:
                    print("# skipped:", e)
            measure(build, opened, args.rounds, args.messages)
        finally:
            for p in opened:
                p.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
