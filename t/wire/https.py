#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Documents and certificates over HTTPS, by the real code against a web server
and a name server on loopback: the table of cases and outcomes, once in a row
and once side by side, and what the servers were asked."""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from house import skip  # noqa: E402
import dns_server  # noqa: E402

try:
    import https_server
except ImportError:
    skip("python3-cryptography is not installed")

PROBE = os.path.join(os.environ.get("POSTSEAL_BUILD", "build/dev"),
                     "t/https_probe")
HASH = "iy9q119eutrkn8s1mk4r39qejnbu3n5q"  # of joe.doe
CERT = b"\x98\x33\x04 a certificate, as far as the place knows"
HEX = CERT.hex()
SLOW_S, MS, BUSY_MS = 20, 10000, 5000
LATE_MS = 700  # for those that are slower

ZONE = """$ORIGIN test.
@ SOA ns hostmaster 1 3600 600 86400 0
*.here A 127.0.0.1
two.both A 127.0.0.3
two.both A 127.0.0.1
six.both AAAA ::1
six.both A 127.0.0.1
noaaaa.both A 127.0.0.1
noaaaa.both TIMEOUT AAAA
alias.both CNAME good.here
mixed.both A 127.0.0.1
mixed.both SERVFAIL AAAA
dead.dns SERVFAIL
silent.dns TIMEOUT
half.dns SERVFAIL AAAA
half.dns TXT "no address"
text.dns TXT "no address"
private.out A 10.0.0.1
loop6.out AAAA ::1
mapped.out AAAA ::ffff:127.0.0.1
meta.out A 169.254.169.254
closed.here2 A 127.0.0.2
adv.wkd TXT "no address of its own"
openpgpkey.adv.wkd A 127.0.0.1
direct.wkd A 127.0.0.1
noadv.wkd A 127.0.0.1
openpgpkey.noadv.wkd TXT "exists, but has no address"
both.wkd A 127.0.0.1
openpgpkey.both.wkd A 127.0.0.1
none.wkd MX 10 mail.test.
dead.wkd A 127.0.0.1
openpgpkey.dead.wkd SERVFAIL
dead2.wkd SERVFAIL
*.moods.wkd A 127.0.0.1
""".encode()


def get(what, host, mood, outcome, text, ms=MS, path="/doc", size=4096,
        status=None, verb="get"):
    return dict(what=what, host=host, mood=mood, outcome=outcome, text=text,
                status=status,
                line="%s %s %s %d %d" % (verb, host, path, size, ms))


def here(name, *rest, **kw):
    return get(name, name.replace(" ", "-") + ".here.test", *rest, **kw)


GETS = [
    here("good", "", "found", HEX, status="200"),
    here("largest", "", "found", HEX, size=len(CERT)),
    here("one octet too large", "", "refused", "larger than", size=len(CERT)
         - 1),
    here("type", "type:Text/HTML; charset=x", "found", HEX),
    here("not found", "404", "absent", "answers 404", status="404"),
    here("gone", "410", "absent", "answers 410", status="410"),
    here("forbidden", "403", "refused", "answers 403", status="403"),
    here("too many", "429", "trouble", "answers 429", status="429"),
    here("error", "500", "trouble", "answers 500", status="500"),
    here("overload", "503", "trouble", "answers 503", status="503"),
    here("no content", "204", "refused", "answers 204", status="204"),
    here("same host", "once:/moved", "found", HEX, status="200"),
    here("same host whole", "once:https://same-host-whole.here.test:%p/moved",
         "found", HEX),
    here("loop", "redirect:/doc", "refused", "more than 3 times",
         status="302"),
    here("other host", "redirect:https://good.here.test:%p/doc", "refused",
         "redirects to another place, https://good.here.test:"),
    here("other port", "redirect:https://%h:1/doc", "refused",
         "redirects to another place"),
    here("plain http", "redirect:http://%h:%p/doc", "refused",
         "redirects to another place"),
    here("a file", "redirect:file:///etc/passwd", "refused",
         "redirects to another place"),
    here("a login", "redirect:https://me:pw@%h:%p/doc", "refused",
         "redirects to another place"),
    here("an address", "redirect:https://127.0.0.1:%p/doc", "refused",
         "redirects to another place"),
    here("no scheme", "redirect://good.here.test:%p/doc", "refused",
         "redirects to another place"),
    here("endless", "endless", "refused", "larger than 4096 octets"),
    here("huge", "huge", "refused", "larger than 4096 octets"),
    here("header", "header", "refused", "header"),
    here("short", "short", "trouble", "cannot be asked"),
    here("drop", "drop", "trouble", "cannot be asked"),
    here("noise", "noise", "refused", "cannot be asked"),
    here("compressed", "gzip", "refused", "compressed unasked"),
    here("expired", "expired", "refused", "not valid: certificate has "
         "expired"),
    here("not yet", "early", "refused", "not valid: certificate is not yet "
         "valid"),
    here("wrong host", "wrong-host", "refused", "is for another host"),
    here("self-signed", "self-signed", "refused", "not valid: self"),
    here("slow accept", "slow-accept:%d" % SLOW_S, "trouble",
         "no secure connection in time", ms=LATE_MS),
    here("slow", "slow:%d" % SLOW_S, "trouble", "answers too slowly",
         ms=LATE_MS),
    here("slow body", "slow-body:%d" % SLOW_S, "trouble",
         "answers too slowly", ms=LATE_MS),
    here("slow but in time", "slow:0.3", "found", HEX),
    here("stopped", "slow:%d" % SLOW_S, "trouble", "the filter is stopping",
         ms=200, verb="stop"),
    get("nobody listens", "closed.here2.test", "", "trouble",
        "cannot be asked"),
    get("second address", "two.both.test", "", "found", HEX),
    get("second family", "six.both.test", "", "found", HEX),
    get("AAAA swallowed", "noaaaa.both.test", "", "found", HEX),
    get("AAAA failing", "mixed.both.test", "", "found", HEX),
    get("alias", "alias.both.test", "", "found", HEX),
    get("NXDOMAIN", "nowhere.test", "", "no-host", "does not exist"),
    get("no address", "text.dns.test", "", "no-host", "does not exist"),
    get("SERVFAIL", "dead.dns.test", "", "dns-trouble", "DNS of"),
    get("SERVFAIL of AAAA", "half.dns.test", "", "dns-trouble", "DNS of"),
    get("DNS silent", "silent.dns.test", "", "dns-trouble", "DNS of",
        ms=LATE_MS),
    get("address as name", "127.0.0.1", "", "refused", "is no host name"),
    get("number as name", "2130706433", "", "refused", "is no host name"),
    get("hexadecimal", "0x7f.1", "", "refused", "is no host name"),
    get("user in name", "a@good.here.test", "", "refused",
        "is no host name"),
    get("port in name", "good.here.test:1", "", "refused",
        "is no host name"),
    get("no path", "good.here.test", "", "refused", "no path",
        path="doc"),
    get("fragment", "good.here.test", "", "refused", "no path",
        path="/doc#x"),
]

PRIVATE = [
    get("loopback", "good.here.test", "", "refused",
        "the address 127.0.0.1 of good.here.test is not of the public"),
    get("RFC 1918", "private.out.test", "", "refused", "10.0.0.1"),
    get("IPv6 loopback", "loop6.out.test", "", "refused", "::1"),
    get("mapped", "mapped.out.test", "", "refused", "::ffff:127.0.0.1"),
    get("metadata", "meta.out.test", "", "refused", "169.254.169.254"),
]


def wkd(what, domain, hosts, outcome, text, whole="-", ms=MS):
    """hosts: host -> mood, or None for one that has no certificate."""
    return dict(what=what, hosts=hosts, domain=domain, outcome=outcome,
                text=text, status=whole,
                line="wkd Joe.Doe@%s - 0 %d" % (domain, ms))


def moody(what, mood, outcome, text, **kw):
    domain = what.replace(" ", "-") + ".moods.wkd.test"
    # The wildcard gives the sub-domain an address too.
    return wkd(what, domain, {"openpgpkey." + domain: mood}, outcome, text,
               **kw)


WKDS = [
    wkd("advanced", "adv.wkd.test", {"openpgpkey.adv.wkd.test": ""}, "found",
        HEX),
    wkd("direct", "direct.wkd.test", {"direct.wkd.test": ""}, "found", HEX),
    wkd("advanced without address", "noadv.wkd.test", {"noadv.wkd.test": ""},
        "found", HEX),
    wkd("advanced has none, direct has", "both.wkd.test",
        {"openpgpkey.both.wkd.test": "404", "both.wkd.test": ""}, "absent",
        "openpgpkey.both.wkd.test answers 404"),
    wkd("no host at all", "none.wkd.test", {}, "absent",
        "neither openpgpkey.none.wkd.test nor none.wkd.test is a host",
        whole="whole"),
    wkd("advanced SERVFAIL, direct has", "dead.wkd.test",
        {"dead.wkd.test": ""}, "dns-trouble",
        "DNS of openpgpkey.dead.wkd.test"),
    wkd("all SERVFAIL", "dead2.wkd.test", {}, "dns-trouble", "DNS of"),
    moody("wildcard", "", "found", HEX),
    moody("wrong type", "type:text/plain", "found", HEX),
    moody("page for all", "html", "refused", "is no certificate (text/html"),
    moody("armored", "armored", "found", HEX),
    moody("absent", "404", "absent", "answers 404"),
    moody("failing", "500", "trouble", "answers 500"),
    moody("redirected", "redirect:https://good.here.test:%p/doc", "refused",
          "redirects to another place"),
    moody("endless key", "endless", "refused", "larger than 262144 octets"),
    moody("expired", "expired", "refused", "certificate has expired"),
    moody("wrong host", "wrong-host", "refused", "is for another host"),
    moody("slow", "slow:%d" % SLOW_S, "trouble", "answers too slowly",
          ms=LATE_MS),
]


class World:
    def __init__(self, root):
        self.root = root
        for case in GETS:
            host = case["host"]
            if "/" not in host:
                self.put(host, "doc", case["mood"])
                self.put(host, "moved", case["mood"])
        for case in WKDS:
            for host, mood in case["hosts"].items():
                tree = ".well-known/openpgpkey/"
                if host.startswith("openpgpkey."):
                    tree += case["domain"] + "/"
                self.put(host, tree + "hu/" + HASH, mood)
        self.dns = dns_server.Server(ZONE)
        self.web = https_server.Server(root)

    def put(self, host, path, mood):
        full = os.path.join(self.root, host, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as f:
            f.write(CERT)
        with open(os.path.join(self.root, host + ".mood"), "w") as f:
            f.write(mood)

    def probe(self, lines, threads, address="private", ca=None, env=None):
        run = subprocess.run(
            [PROBE, "127.0.0.1@%d" % self.dns.port, ca or self.web.ca_file,
             str(self.web.port), str(threads), address],
            input="".join(line + "\n" for line in lines), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=dict(os.environ, **(env or {})))
        if run.returncode not in (0, 2) or run.stderr:
            print("# exit %d" % run.returncode)
            for line in run.stderr.splitlines()[:40]:
                print("# " + line)
        return [line.split("\t") for line in run.stdout.splitlines()]


class Tap:
    number = bad = 0

    def say(self, good, title):
        self.number += 1
        self.bad += not good
        print("%sok %d - %s" % ("" if good else "not ", self.number, title))


def fault(case, got, alone):
    if len(got) != 6:
        return "no answer: %r" % got
    outcome, status, _, octets, ms, text = got
    limit = int(case["line"].split()[-1]) + BUSY_MS
    if outcome != case["outcome"]:
        return "%s, not %s" % (outcome, case["outcome"])
    if case["status"] is not None and status != case["status"]:
        return "status %s" % status
    if int(ms) > limit:
        return "%s ms" % ms
    if "in time" in text + case["text"] and not alone:
        return None  # how far it came is for the scheduler to say
    told = octets if outcome == "found" else text
    if not told.startswith(case["text"]) and case["text"] not in text:
        return "says %s" % told
    return None


def table(tap, world, title, cases, threads, address="private"):
    got = world.probe([c["line"] for c in cases], threads, address)
    print("# %s, %d at once" % (title, threads))
    print("# %-30s %-12s %-6s %6s  %s" % ("case", "outcome", "status", "ms",
                                         "text"))
    for case, answer in zip(cases, got + [[]] * (len(cases) - len(got))):
        wrong = fault(case, answer, threads == 1)
        if len(answer) == 6:
            print("# %-30s %-12s %-6s %6s  %s" % (
                case["what"], answer[0], answer[1], answer[4], answer[5]))
        tap.say(not wrong, "%s, %d at once: %s" % (title, threads,
                                                   case["what"]))
        if wrong:
            print("# " + wrong)


def requests(tap, world):
    """What the servers were asked in the first run."""
    log = world.web.log
    for host, paths in (("good", 1), ("same-host", 2), ("loop", 4),
                        ("other-host", 1), ("expired", 0), ("wrong-host", 0),
                        ("not-found", 1)):
        n = world.web.count("get %s.here.test " % host)
        tap.say(n == paths, "%d requests at %s" % (paths, host))
    tap.say(world.web.count("get both.wkd.test ") == 0,
            "the direct method is left alone where the sub-domain exists")
    tap.say(world.web.count("get dead.wkd.test ") == 0,
            "the direct method is left alone where the DNS is broken")
    tap.say("get openpgpkey.adv.wkd.test /.well-known/openpgpkey/"
            "adv.wkd.test/hu/%s?l=Joe.Doe 200" % HASH in log,
            "the advanced method asks for what the draft says")
    tap.say("get direct.wkd.test /.well-known/openpgpkey/hu/%s"
            "?l=Joe.Doe 200" % HASH in log,
            "the direct method asks for what the draft says")


def settings(tap, world):
    good = GETS[0]["line"]
    odd = {"https_proxy": "http://127.0.0.1:9", "ALL_PROXY":
           "socks5://127.0.0.1:9", "SSL_CERT_FILE": world.web.ca_file,
           "CURL_CA_BUNDLE": world.web.ca_file}
    got = world.probe([good], 1, env=odd)
    tap.say(got and got[0][0] == "found", "no proxy of the environment")
    got = world.probe([good], 1, ca="-", env=odd)
    tap.say(got and got[0][0] == "refused" and "not valid" in got[0][5],
            "the system's CAs do not know ours, whatever the environment "
            "says")
    other = os.path.join(world.root, "other.pem")
    with open(other, "wb") as f:
        f.write(https_server.Authority("another CA").pem)
    got = world.probe([good], 1, ca=other)
    tap.say(got and got[0][0] == "refused", "another CA is not believed")
    for text in (b"", b"no PEM"):
        with open(other, "wb") as f:
            f.write(text)
        got = world.probe([good], 1, ca=other)
        tap.say(got and "no certificate" in got[0][0],
                "a CA file without a certificate is refused at once")
    got = world.probe([good], 1, ca=other + ".not")
    tap.say(got and "No such file" in got[0][0],
            "a CA file that is not there is refused at once")


def old_tls(tap, world):
    new, world.web = world.web, https_server.Server(world.root, old_tls=True)
    got = world.probe([GETS[0]["line"]], 1)
    tap.say(got and got[0][0] == "refused" and world.web.count("get") == 0,
            "TLS 1.1 is refused: %s" % (got and got[0][5:]))
    world.web.close()
    world.web = new


def main():
    if not os.access(PROBE, os.X_OK):
        skip("%s is not built" % PROBE)
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="postseal-https-") as root:
        world = World(root)
        table(tap, world, "get", GETS, 1)
        table(tap, world, "wkd", WKDS, 1)
        requests(tap, world)
        table(tap, world, "public only", PRIVATE, 1, "public")
        table(tap, world, "get", GETS, 16)
        table(tap, world, "wkd", WKDS * 3, 32)
        settings(tap, world)
        old_tls(tap, world)
    print("1..%d" % tap.number)
    return 1 if tap.bad else 0


if __name__ == "__main__":
    sys.exit(main())
