#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Messages whose domains have name servers that are slow, dead or mad: each
ends within its budget with the right results, and messages of other domains
on other connections do not wait for them.  Prints figures; asserts results and
generous deadlines."""
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from house import House  # noqa: E402

DNS_S, BUSY_S = 2, 6  # the budget; what a busy machine may add
GOOD, PARALLEL = 300, 8
# How a domain's SPF record and policy are served -> what SPF says of it.
FAULTS = {
    "good": "pass", "slow": "pass", "dead": "temperror",
    "failing": "temperror", "id": "temperror", "question": "temperror",
    "cut": "temperror", "count": "temperror", "pointer": "temperror",
    "noise": "temperror", "tc": "temperror", "loop": "temperror",
    "many": "pass", "fat": "pass",
}
ZONE = """$ORIGIN example.com.
@       SOA ns hostmaster 1 3600 600 86400 0
%s
dead    TIMEOUT
_dmarc.dead    TIMEOUT
failing SERVFAIL
_dmarc.failing SERVFAIL
loop    CNAME pool
pool    CNAME loop
_dmarc.loop CNAME loop
"""


def zone():
    lines = []
    for name in FAULTS:
        if name in ("dead", "failing", "loop"):
            continue
        spf = {"many": "a:hosts.many.example.com"}.get(name, "ip4:192.0.2.25")
        lines.append('%s TXT "v=spf1 %s -all"' % (name, spf))
        lines.append('_dmarc.%s TXT "v=DMARC1; p=reject"' % name)
    # An SPF record among as much text as a reply holds.
    lines += ['fat TXT "%s"' % (("%03d" % i) * 80) for i in range(200)]
    lines.append("hosts.many A 192.0.2.25")
    return ZONE % "\n".join(lines)


def options():
    out = ["--many", "hosts.many.example.com=10000"]
    for name in ("id", "question", "cut", "count", "pointer", "noise", "tc"):
        for prefix in ("", "_dmarc."):
            out += ["--wrong", "%s%s.example.com=%s" % (prefix, name, name)]
    return out + ["--slow", "slow.example.com=700",
                  "--slow", "_dmarc.slow.example.com=700"]


class Place(House):
    def __init__(self, build):
        super().__init__(build, ("alice@example.net",))

    def furnish(self):
        with open(self.path("zone"), "w", encoding="ascii") as f:
            f.write(zone())
        self.server = subprocess.Popen(
            [os.path.join(os.path.dirname(__file__), "../lib/dns_server.py"),
             self.path("zone"), *options()], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        self.dns = int(self.server.stdout.readline().split()[1])
        super().furnish()

    def __exit__(self, *_):
        super().__exit__()
        self.server.communicate()

    def configure(self, **_):
        super().configure(defaults="encrypt = never", more="""
verify { resolver = { "127.0.0.1@%d" }  dns-time = %ds  query-time = %ds }
""" % (self.dns, DNS_S, DNS_S))
        with open(self.config, encoding="ascii") as f:
            text = f.read()
        with open(self.config, "w", encoding="ascii") as f:
            f.write(text.replace(
                "identity {", 'identity { internal-networks = "10.0.0.0/8" '))

    def begin(self, fault, n=1, parallel=1):
        """A client that sends n messages of a domain; lines of it are replies,
        and the messages go into a folder of the domain's name."""
        domain = fault + ".example.com"
        out = self.path("out-" + fault)
        os.makedirs(out, exist_ok=True)
        return subprocess.Popen(
            [self.wire, "--raw", "--timeout", "60", "--ip",
             "192.0.2.25", "--from", "a@" + domain, "--to", "b@example.org",
             "--out", out, "--repeat", str(n), "--parallel", str(parallel),
             self.milter, self.letter(domain)], stdout=subprocess.PIPE)

    def letter(self, domain):
        path = self.path(domain + ".eml")
        with open(path, "wb") as f:
            f.write(b"From: a@%s\r\nTo: b@example.org\r\nSubject: x\r\n\r\n"
                    b"text\r\n" % domain.encode())
        return path

    def took(self, fault):
        """What the log says of a domain's messages, in ms, sorted."""
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return sorted(int(m[1]) for m in re.finditer(
                r"from=<a@%s\.example\.com> .* ms=all:(\d+)" % fault,
                f.read()))


def case(results, title, wrong=None):
    results.append(not wrong)
    print("%s %d - %s%s" % ("not ok" if wrong else "ok", len(results), title,
                            ": %s" % wrong if wrong else ""), flush=True)


def said(octets):
    """spf of MAIL FROM and dmarc, as the message says"""
    value = re.sub(rb"\r\n[ \t]", b" ", octets).decode()
    spf = re.search(r"spf=(\w+)[^;]* smtp\.mailfrom=", value)
    dmarc = re.search(r"dmarc=(\w+)", value)
    return tuple(m and m[1] for m in (spf, dmarc))


def each_alone(place, results):
    for fault, wanted in FAULTS.items():
        start = time.monotonic()
        client = place.begin(fault)
        lines = client.communicate()[0].decode().splitlines()
        seconds = time.monotonic() - start
        with open(place.path("out-" + fault, "00000.out"), "rb") as f:
            spf, dmarc = said(f.read())
        print("# %-8s %5.2f s  spf=%s dmarc=%s" % (fault, seconds, spf, dmarc))
        wrong = None
        if len(lines) != 1 or "\t250" not in lines[0]:
            wrong = lines
        elif (spf, dmarc) != (wanted, wanted):
            wrong = "spf=%s dmarc=%s" % (spf, dmarc)
        elif seconds > DNS_S + BUSY_S:
            wrong = "%.1f s" % seconds
        case(results, "%s: a message in time, with %s" % (fault, wanted), wrong)


def figures(when, took):
    print("# good %s: %d messages, half within %d ms, 99 %% within %d, all "
          "within %d" % (when, len(took), took[len(took) // 2],
                         took[len(took) * 99 // 100], took[-1]))


def all_beside(place, results):
    """Good ones alone, and beside all the others at once."""
    n = len(place.took("good"))
    place.begin("good", GOOD, PARALLEL).communicate()
    alone = place.took("good")
    figures("alone", alone)
    ill = [place.begin(fault, 8, 4) for fault in FAULTS if fault != "good"]
    well = place.begin("good", GOOD, PARALLEL)
    lines = well.communicate()[0].decode().splitlines()
    busy = sum(i.poll() is None for i in ill)
    answers = [i.communicate()[0].decode().splitlines() for i in ill]
    beside = place.took("good")
    for ms in alone:
        beside.remove(ms)
    figures("beside %d bad clients" % len(ill), beside)
    print("# %d of those were not yet done" % busy)
    case(results, "every good message is answered", None if len(lines) == GOOD
         and len(beside) == GOOD and len(alone) == GOOD + n else len(beside))
    case(results, "all within what a busy machine takes",
         None if beside[-1] < 1000 * BUSY_S else beside[-1])
    case(results, "and half of them do not even wait for one budget",
         None if beside[GOOD // 2] < 1000 * DNS_S else beside[GOOD // 2])
    case(results, "every bad message is answered too",
         None if all(len(a) == 8 and all("\t250" in line for line in a)
                     for a in answers) else answers)
    worst = max(place.took(fault)[-1] for fault in FAULTS)
    print("# the slowest message of all took %d ms" % worst)
    case(results, "and none later than its budget",
         None if worst < 1000 * (DNS_S + BUSY_S) else worst)


def main():
    results = []
    with Place(os.environ["POSTSEAL_BUILD"]) as place:
        place.start()
        each_alone(place, results)
        all_beside(place, results)
        case(results, "the daemon ends cleanly", place.stop() != 0)
        with open(place.log, encoding="utf-8", errors="replace") as f:
            case(results, "no sanitizer has a word", "Sanitizer" in f.read())
        if not all(results):
            with open(place.log, encoding="utf-8", errors="replace") as f:
                print("".join("# " + line for line in f.readlines()[-40:]))
    print("1..%d" % len(results))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
