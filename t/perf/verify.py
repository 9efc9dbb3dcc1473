#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""What it costs to find out who sent a message: postseal against opendkim
followed by opendmarc, rspamd with its authentication modules only, and an empty
filter.  One interleaved run: the same messages over the milter socket, one
local name server, CPU of whole process trees; every message's answer is
checked, and a filter that does not state what it must ends the run.

  verify.py [--quick] [--rounds N] [--sizes N,N] [--connections N,N]
            [--dns warm,cold,far] [--peers NAME,NAME] [--no-memory] [--seed N]
            [--arc]     messages carry a chain of one set; the chain of
                        opendkim and opendmarc does not look at it

warm   every name was asked before; one session for many messages
cold   every message has names of its own, and the DNS takes 20 ms an answer;
       a session for each message
far    the same, and the client is 20 ms away

"end" is what the client waits for after its last octet.  Runs in name spaces of
its own (unshare), so that every filter asks our name server and no other."""
import argparse
import base64
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../lib"))
sys.path.insert(0, HERE)
from house import run  # noqa: E402
from peers import Chain, Missing, Null, Postseal, Rspamd  # noqa: E402

BUILD = os.path.abspath(os.environ.get("POSTSEAL_BUILD", "build/dev"))
PEERS = (Postseal, Chain, Rspamd, Null)
DNS_IP = "192.0.2.53"  # not on 127/8, which libunbound would not ask
DELAY_MS = RTT_MS = 20
LARGE = 100_000  # from here on the body is an attachment


def program(name):
    return os.path.join(BUILD, "t", name)


# A network of our own, in which our name server is the only one.
def enter_name_spaces():
    if "PS_PERF_INSIDE" in os.environ:
        return
    os.environ["PS_PERF_INSIDE"] = "1"
    root = [] if os.geteuid() == 0 else ["--map-root-user"]
    os.execvp("unshare", ["unshare", "--mount", "--net", *root,
                          sys.executable, *sys.argv])


def furnish_name_space(folder):
    run(["ip", "link", "set", "lo", "up"])
    run(["ip", "address", "add", DNS_IP + "/32", "dev", "lo"])
    conf = os.path.join(folder, "resolv.conf")
    with open(conf, "w", encoding="ascii") as f:
        f.write("nameserver %s\n" % DNS_IP)
    os.chmod(conf, 0o644)
    run(["mount", "--bind", conf, os.path.realpath("/etc/resolv.conf")])


class Dns:
    """The name server; ends with its standard input."""

    def __init__(self, key):
        der = run(["openssl", "pkey", "-in", key, "-pubout", "-outform",
                   "DER"])
        self.process = subprocess.Popen(
            [program("synthetic_dns"), DNS_IP, "53", str(DELAY_MS),
             "v=DKIM1; k=rsa; p=" + base64.b64encode(der).decode()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.process.stdout.readline() != b"ready\n":
            raise RuntimeError("the name server did not start")

    def queries(self):
        self.process.stdin.write(b"?\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline().split()[1])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Corpora:
    """Signed messages: by size, warm ones, and cold ones that are used up."""

    def __init__(self, folder, key, o):
        self.folder, self.key, self.o = folder, key, o
        self.used, self.files = o.seed % 30000, {}

    def make(self, size, first, count, cold):
        path = os.path.join(self.folder, "corpus-%d-%d-%d" %
                            (size, first, cold))
        argv = [program("signed_mail"), "--key", self.key, "--size", str(size),
                "--first", str(first), "--count", str(count)]
        argv += ["--cold"] * cold + ["--arc"] * self.o.arc + ["--attachment"] * (size >= LARGE)
        with open(path, "wb") as f:
            subprocess.run(argv, stdout=f, check=True)
        return path

    def warm(self, size):
        if size not in self.files:
            self.files[size] = self.make(size, 0, self.o.domains, False)
        return self.files[size]

    def cold(self, size, count):
        self.used += count
        return self.make(size, self.used - count, count, True)


def numbers(line):
    return {k: float(v) for k, v in
            (word.split("=", 1) for word in line.split())}


def load(peer, corpus, connections, messages, **how):
    argv = [program("milter_load"), "--corpus", corpus, "--connections",
            str(connections), "--messages", str(messages), "--timeout", "60"]
    for pid in peer.pids():
        argv += ["--pid", str(pid)]
    for text in peer.expect:
        argv += ["--expect", text]
    for name, value in how.items():
        argv += ["--" + name] + ([] if value is True else [str(value)])
    done = subprocess.run(argv + peer.sockets, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    got = numbers(done.stdout.decode()) if done.stdout else {}
    if done.returncode or got["refused"] or got["unproved"]:
        raise RuntimeError("%s: %s %s" % (peer.title, got,
                                          done.stderr.decode()[-500:]))
    return got


class Cell:
    """One row of the experiment: what came out, by peer, a value a round."""

    def __init__(self, size, connections, dns, o):
        self.size, self.connections, self.dns = size, connections, dns
        total = o.messages if size < LARGE else o.messages // 8
        if dns != "warm":
            total = min(total, max(o.messages // 12, connections * 6))
        self.each = max(2, total // connections)
        self.got = {}

    def round(self, peers, dns, corpora):
        how = {} if self.dns == "warm" else {"fresh": True}
        if self.dns == "far":
            how["rtt"] = RTT_MS
        count = self.connections * self.each
        corpus = corpora.warm(self.size) if self.dns == "warm" else \
            corpora.cold(self.size, count)
        for p in peers:
            before = dns.queries()
            got = load(p, corpus, self.connections, self.each, **how)
            got["queries"] = (dns.queries() - before) / count
            self.got.setdefault(p.name, []).append(got)
        if self.dns != "warm":
            os.unlink(corpus)

    def median(self, name, what):
        return statistics.median(g[what] for g in self.got[name])

    def ratios(self, name, what):
        return [g[what] / max(own[what], 1e-9) for g, own in
                zip(self.got[name], self.got["postseal"])]

    def title(self):
        size = "%.0f MB" % (self.size / 1e6) if self.size >= 1e6 else \
            "%.0f kB" % (self.size / 1e3)
        return "%s, %d connection%s, %s DNS, %d messages" % (
            size, self.connections, "s" * (self.connections > 1), self.dns,
            self.connections * self.each)

    def print(self, peers):
        print("\n" + self.title())
        for p in peers:
            cpu = [g["cpu_ms_each"] for g in self.got[p.name]]
            r = self.ratios(p.name, "cpu_ms_each")
            print("  %-19s %7.3f (min %7.3f) ms CPU  x%-6.2f(%.2f-%.2f)  "
                  "end p50 %7.2f p99 %7.2f ms  %6.0f msg/s  %4.1f queries" %
                  (p.title, statistics.median(cpu), min(cpu),
                   statistics.median(r), min(r), max(r),
                   self.median(p.name, "end_p50_ms"),
                   self.median(p.name, "end_p99_ms"),
                   self.median(p.name, "rate"),
                   self.median(p.name, "queries")), flush=True)

    # What is aimed at, and whether it is reached.
    def goals(self):
        def say(what, ratio, aim):
            print("  %-4s %s: x%.2f, aim x%.1f" %
                  ("good" if ratio >= aim else "OVER", what, ratio, aim))

        aims = {"chain": 4, "rspamd": 2} if self.size < LARGE else \
            {"chain": 1.5}
        for name in ("chain", "rspamd"):
            if name not in self.got or not self.got["postseal"][0]["proved"]:
                continue
            if self.dns == "warm" and name in aims:
                say("CPU of " + name, statistics.median(
                    self.ratios(name, "cpu_ms_each")), aims[name])
            if self.dns != "warm" and name == "chain":
                say("end p50 of chain", statistics.median(
                    self.ratios(name, "end_p50_ms")), 2)
            if self.connections >= 64:
                say("end p99 of " + name, statistics.median(
                    self.ratios(name, "end_p99_ms")), 1)


def memory(o, folder, corpora):
    """Of fresh processes: they have seen some messages, and then wait."""
    print("\nMemory of the whole tree in MB: resident (proportional), beside "
          "idle connections")
    widths = (1, 100, 1000)
    corpus = corpora.warm(min(o.sizes))
    print("  %-19s" % "" + "".join("%20d" % n for n in widths))
    for c in o.classes:
        p = c(folder, BUILD, DNS_IP, o.arc).open()
        try:
            load(p, corpus, 1, 20)
            row = [load(p, corpus, 1, 1, idle=n) for n in widths]
        finally:
            p.close()
        print("  %-19s" % p.title + "".join(
            "%20s" % ("%.1f (%.1f)" % (g["rss_kb"] / 1024, g["pss_kb"] / 1024))
            for g in row), flush=True)


def started(o, folder, keep):
    """The filters that run; keep ends them."""
    out = []
    for c in o.classes:
        peer = c(folder, BUILD, DNS_IP, o.arc).open()
        keep.append(peer)
        out.append(peer)
        print("# %s: %s%s" % (peer.title, peer.versions(),
                              " (" + peer.note + ")" if peer.note else ""))
    return out


def measure(o, folder, keep):
    key = os.path.join(folder, "key.pem")
    run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt",
         "rsa_keygen_bits:2048", "-out", key])
    dns = Dns(key)
    keep.append(dns)
    corpora = Corpora(folder, key, o)
    peers = started(o, folder, keep)
    for p in peers:  # untimed: caches fill, and results are seen
        for size in o.sizes:
            load(p, corpora.warm(size), 1, o.domains)
        print("# %s states %s" % (p.title, ", ".join(p.expect) or "nothing"))
    cells = [Cell(s, c, d, o) for s in o.sizes for d in o.dns
             for c in o.connections]
    for n in range(o.rounds):
        for cell in cells:
            cell.round(peers, dns, corpora)
        print("# round %d of %d done" % (n + 1, o.rounds), flush=True)
    for cell in cells:
        cell.got["postseal"][0]["proved"] = bool(peers[0].expect)
        cell.print(peers)
        cell.goals()
    for p in peers:
        p.close()
    if o.memory:
        memory(o, folder, corpora)


def options():
    def whole(text):
        return [int(n) for n in text.split(",")]

    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--quick", action="store_true", help="about a minute")
    p.add_argument("--rounds", type=int)
    p.add_argument("--messages", type=int, help="warm small ones in a cell")
    p.add_argument("--sizes", type=whole)
    p.add_argument("--connections", type=whole)
    p.add_argument("--dns", type=lambda t: t.split(","))
    p.add_argument("--peers", default="postseal,chain,rspamd,null")
    p.add_argument("--domains", type=int, default=100, help="warm ones")
    p.add_argument("--seed", type=int, default=0, help="first cold domain")
    p.add_argument("--arc", action="store_true")
    p.add_argument("--no-memory", dest="memory", action="store_false")
    o = p.parse_args()
    o.rounds = o.rounds or (1 if o.quick else 5)
    o.messages = o.messages or (240 if o.quick else 800)
    o.sizes = o.sizes or [4000, 1000000]
    o.connections = o.connections or ([1, 8] if o.quick else [1, 8, 64])
    o.dns = o.dns or (["warm", "cold"] if o.quick else
                      ["warm", "cold", "far"])
    o.classes = [c for c in PEERS if c.name in ["postseal"] +
                 o.peers.split(",")]
    return o


def allow_descriptors():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main():
    o = options()
    enter_name_spaces()
    allow_descriptors()
    folder = tempfile.mkdtemp(prefix="postseal-perf-")
    os.chmod(folder, 0o755)
    keep = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        furnish_name_space(folder)
        with open("/proc/loadavg", encoding="ascii") as f:
            print("# %d rounds, %d processors, load %s before the run; "
                  "medians, ratios to postseal with their spread" %
                  (o.rounds, os.cpu_count(), f.read().split()[0]))
        measure(o, folder, keep)
    except Missing as e:
        sys.exit("%s: contrib/deps perf" % e)
    finally:
        for k in reversed(keep):
            k.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
