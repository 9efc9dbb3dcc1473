#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Real mail through a real MTA: who sent it is proven by a signed zone, a DKIM
signature, a client certificate or a login, and what arrives says so once, on
top, and nothing that a stranger wrote in our name.

  verified.py postfix|sendmail
"""
import glob
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

import verified_place as place  # skips before what may be missing

import authres
from mta import Mta
from sealed import name, split

SECRET = b"nobody outside may read this line"
BANK = b"bank.example"  # in all that is forged
FORGED = [
    b"Authentication-Results: mx.example.org; dmarc=pass header.from=%s",
    b"Authentication-Results:\r\n\tmx.example.org;\r\n\tspf=pass"
    b" smtp.mailfrom=boss@%s",
    b"Authentication-Results: \"mx.example.org\"; dkim=pass header.d=%s",
    b"Authentication-Results: (a) mx.example.org (b); dkim=pass header.d=%s",
    b"Authentication-Results: mx.example.org 1; dkim=pass header.d=%s",
    b"AUTHENTICATION-RESULTS: MX.Example.ORG; dkim=pass header.d=%s",
    b"authentication-results:mx.example.org;dkim=pass header.d=%s",
    b"Authentication-Results: mx.example.org.; dkim=pass header.d=%s",
    b"Authentication-Results : mx.example.org; dkim=pass header.d=%s",
]
KEPT = [b"Authentication-Results: mx.other.example; spf=pass",
        b"Authentication-Results: amx.example.org; spf=pass",
        b"X-Kept: mx.example.org; spf=pass"]


def message(author="a@sender.example", to="b@example.org", more=(),
            body=SECRET):
    return b"\r\n".join([
        *more, b"From: A <%s>" % author.encode(), b"To: " + to.encode(),
        b"Subject: lunch", b"Date: Tue, 24 Nov 2026 10:00:00 +0000",
        b"Message-ID: <1@sender.example>", b"", body, b""])


def without_comments(text):
    while re.search(r"\([^()]*\)", text):
        text = re.sub(r"\([^()]*\)", "", text)
    return text


def ours(fields):
    """(place, value on one line) of each A-R that has our id"""
    out = []
    for i, f in enumerate(fields):
        value = re.sub(rb"\r\n[ \t]", b" ", f).decode().partition(":")[2]
        if name(f) == b"authentication-results" and re.match(
                r'\s*"?mx\.example\.org\b', without_comments(value), re.I):
            out.append((i, value.strip()))
    return out


def statements(value):
    """"spf=pass smtp.helo=x" and so on, without comments"""
    return [re.sub(r"\s+", " ", s).strip()
            for s in without_comments(value).split(";")[1:]]


class Ring:
    def __init__(self, kind, house, mta):
        self.kind, self.house, self.mta = kind, house, mta
        self.client = place.Client(kind, mta.port)
        self.n_arrived = 0

    n_case = failed = 0

    def case(self, title, wrong=None):
        Ring.n_case += 1
        Ring.failed += bool(wrong)
        print("%s %d - %s%s" % ("not ok" if wrong else "ok", Ring.n_case, title,
                                ": %s" % wrong if wrong else ""), flush=True)

    def arrival(self, octets, to="b@example.org", sender="a@sender.example",
                **how):
        """What arrives, or the reply that said no."""
        reply = self.client.send(octets, to, sender, **how)
        if not reply.startswith("250"):
            return reply
        self.n_arrived += 1
        return self.mta.arrived(self.n_arrived)[self.n_arrived - 1][1]

    def arrives(self, title, octets, wanted, unwanted=(), within=(), **how):
        """With one A-R of ours on top: statements that begin with what is
        wanted, and texts that it has and has not."""
        arrived = self.arrival(octets, **how)
        if isinstance(arrived, str):
            return self.case(title, arrived)
        fields, body = split(arrived)
        of_us = ours(fields)
        if len(of_us) != 1:
            return self.case(title, "%d fields of ours" % len(of_us))
        sent = {f.split(b":")[0].strip().lower() for f in split(octets)[0]}
        at, value = of_us[0]
        if any(name(f) in sent for f in fields[:at]):
            return self.case(title, "field %d is ours" % at)
        try:  # an independent reader
            authres.AuthenticationResultsHeader.parse(
                "Authentication-Results: " + value)
        except authres.AuthResError as e:
            return self.case(title, "%s is no A-R: %r" % (value, e))
        for part in wanted:
            if not any(s.startswith(part) for s in statements(value)):
                return self.case(title, "no %s in %s" % (part, value))
        for part in (*unwanted, *within):
            if (part in value) != (part in within):
                return self.case(title, "%s: %s" % (part, value))
        if SECRET not in body:
            return self.case(title, "another body")
        return self.case(title)


def who_sent_it(ring, names, certs):
    """The methods, over TLS and in clear."""
    signed = names.sender.sign(message())
    partner = certs.client(certs.certificate(
        "partner", "/O=Partner/CN=mx1.partner.example"))
    stranger = certs.client(certs.certificate(
        "stranger", "/CN=mx1.partner.example", None))
    iprev = "iprev=pass policy.iprev=192.0.2.25"
    if ring.kind == "sendmail":  # its client is on loopback, a zone of its own
        iprev = "iprev="
    tls = "x-tls=pass smtp.version=TLSv1."
    all_pass = ["spf=pass smtp.helo=mail.sender.example",
                "spf=pass smtp.mailfrom=a@sender.example",
                "dkim=pass header.d=sender.example", "arc=none",
                "dmarc=pass header.from=sender.example", "auth=none", iprev]
    ring.arrives("a signed message over TLS with a client certificate",
                 signed, all_pass + [tls], (), ["mx1.partner.example"],
                 tls=partner)
    ring.arrives("a certificate of nobody's proves nothing", signed,
                 all_pass + [tls], ["certificate verified"], tls=stranger)
    ring.arrives("the same in clear", signed, all_pass + ["x-tls=none"])
    ring.arrives("from elsewhere, DKIM carries it", signed,
                 ["spf=fail smtp.mailfrom=a@sender.example",
                  "dkim=pass header.d=sender.example", "dmarc=pass"],
                 address=place.ODD)
    ring.arrives("a changed body leaves SPF to carry it",
                 signed + b"PS: pay at once\r\n",
                 ["spf=pass", "dkim=fail header.d=sender.example",
                  "dmarc=pass"])
    ring.arrives("a name nobody says anything of", message("x@none.example"),
                 ["spf=none smtp.mailfrom=x@none.example", "dkim=none",
                  "dmarc=none header.from=none.example"],
                 sender="x@none.example", helo="none.example")


def dnssec(ring, names, certs):
    arrived = ring.arrival(names.sender.sign(message()))
    value = "" if isinstance(arrived, str) else ours(split(arrived)[0])[0][1]
    for method in ("spf=pass", "dkim=pass"):
        said = re.search(method + r"\s+\(([^()]|\([^()]*\))*dnssec", value)
        ring.case("%s says that the zone is signed" % method,
                  None if said else value or arrived)
    arrived = ring.arrival(names.quiet.sign(message("q@quiet.example")),
                           sender="q@quiet.example")
    value = "" if isinstance(arrived, str) else ours(split(arrived)[0])[0][1]
    good = re.search(r"dkim=pass\s+\([^()]*\)\s+header.d=quiet", value)
    ring.case("and an unsigned zone is not said to be",
              None if good and "dnssec" not in good[0] else value or arrived)
    ring.arrives("a key with a broken signature is an error for now",
                 names.broken.sign(message("a@broken.example")),
                 ["spf=fail", "dkim=temperror header.d=broken.example",
                  "dmarc=temperror header.from=broken.example"],
                 sender="a@broken.example", address=place.ODD)


def forgery(ring, names, certs):
    more = [f % BANK for f in FORGED]
    mixed = [more[i // 2] if i % 2 == 0 else KEPT[i // 2 % len(KEPT)]
             for i in range(2 * len(more))]
    arrived = ring.arrival(b"\r\n".join(
        [*mixed, names.sender.sign(message())]))
    if isinstance(arrived, str):
        return ring.case("forged results go", arrived)
    fields = split(arrived)[0]
    bad = [f for f in fields if BANK in f]
    ring.case("what others wrote in our name is gone", bad or None)
    ring.case("one field is ours", None if len(ours(fields)) == 1 else fields)
    for kept in KEPT:
        n = sum(kept == f.rstrip(b"\r\n") for f in fields)
        ring.case("%s stays" % kept[:40].decode(),
                  None if n == mixed.count(kept) else "%d times" % n)
    return None


def queued(ring):
    """Messages that the MTA holds: name -> its octets in the queue."""
    base, held = os.path.dirname(ring.mta.log), {}
    pattern = "spool/hold/**" if ring.kind == "postfix" else "queue/hf*"
    for path in glob.glob(os.path.join(base, pattern), recursive=True):
        parts = [path, re.sub(r"/hf", "/df", path)]  # Sendmail: header, body
        for part in filter(os.path.isfile, sorted(set(parts))):
            with open(part, "rb") as f:
                held[path] = held.get(path, b"") + f.read()
    return held


def held(ring, to):
    """p=quarantine: what the MTA holds of a new message, or why not"""
    before = queued(ring)
    reply = ring.client.send(message("h@hold.example", to), to,
                             "h@hold.example")
    if not reply.startswith("250"):
        return reply, b""
    new = [octets for path, octets in queued(ring).items()
           if path not in before]
    if len(new) != 1:
        return "%d messages are held" % len(new), b""
    return None if b"dmarc=fail" in new[0] else "no verdict in it", new[0]


def policy(ring, names, certs):
    spoof = message("boss@sender.example")
    reply = ring.client.send(spoof, "b@example.org", "x@quiet.example")
    ring.case("a forged author is refused in the dialogue, with the reason",
              None if re.match(
                  r"550 5\.7\.26 .*sender\.example fails DMARC", reply)
              else reply)
    ring.arrives("p=none lets it in and says so", message("q@quiet.example"),
                 ["dmarc=fail header.from=quiet.example"],
                 sender="q@quiet.example", address=place.ODD)
    wrong, octets = held(ring, "b@example.org")
    ring.case("p=quarantine: the message is held, with the verdict", wrong)
    ring.case("as it is", None if SECRET in octets else "changed")
    wrong, octets = held(ring, "sealed@example.org")
    ring.case("one that must be sealed is held, with the verdict", wrong)
    ring.case("sealed", None if b"BEGIN PGP MESSAGE" in octets and
              SECRET not in octets else "it is not")
    time.sleep(0.5)
    n = len(glob.glob(ring.mta.sink + "/*.eml"))
    ring.case("and neither is delivered", None if n == ring.n_arrived else n)


def login(ring, names, certs):
    tls = certs.client()
    more = [FORGED[0] % BANK, KEPT[0]]
    octets = message("boss@sender.example", "c@example.net", more)
    arrived = ring.arrival(octets, "c@example.net", "q@example.org", tls=tls,
                           login=True)
    title = "mail of who logged in leaves, unchecked"
    if isinstance(arrived, str):
        return ring.case(title, arrived)
    fields = split(arrived)[0]
    ring.case(title)
    ring.case("without a result of ours", ours(fields) or None)
    ring.case("without his login", arrived if place.LOGIN.encode() in arrived
              else None)
    ring.case("with what others said", None if any(
        f.startswith(KEPT[0]) for f in fields) else fields)
    ring.arrives("within the house it says who he is",
                 message("boss@sender.example"),
                 ["auth=pass smtp.auth=" + place.LOGIN],
                 ["spf=", "dkim=", "dmarc="], tls=tls, login=True)
    return None


def relay(ring, names, certs):
    """An MX of ours has looked already, and its word is taken."""
    del certs
    spoof = message("boss@sender.example")
    word = b"Authentication-Results: mx.example.org;\r\n\tdmarc=pass" \
        b" header.from=sender.example"
    arrived = ring.arrival(word + b"\r\n" + spoof, address=place.RELAY)
    kept = [] if isinstance(arrived, str) else [
        f.rstrip(b"\r\n") for f in split(arrived)[0]
        if name(f) == b"authentication-results"]
    ring.case("a relay of ours is believed, and its field stays as it is",
              None if kept == [word] else arrived)
    reply = ring.client.send(spoof, "b@example.org", "x@quiet.example",
                             address=place.RELAY)
    ring.case("where it says nothing, we look", None if reply.startswith("550")
              else reply)
    ring.arrives("and add what we see", names.sender.sign(message()),
                 ["dkim=pass", "dmarc=pass"], address=place.RELAY)


def program(ring, names, certs):
    """A program of this machine is one of us; and "postseal verify" sees what
    the milter saw."""
    del certs
    octets = names.sender.sign(message())
    with open(ring.house.path("message"), "wb") as f:
        f.write(octets)
    value = ours(split(ring.arrival(octets))[0])[0][1]
    address = place.GOOD if ring.kind == "postfix" else \
        place.LOOPBACK[place.GOOD]
    told = subprocess.run(
        [ring.house.program, "verify", "-c", ring.house.config, "--client-ip",
         address, "--helo", "mail.sender.example", "--mail-from",
         "a@sender.example", "--rcpt", "b@example.org",
         ring.house.path("message")], stdout=subprocess.PIPE, check=False)
    line = told.stdout.decode().split("\n")[0].partition(":")[2]
    ring.case("the command says what the milter said", None if sorted(
        statements(line)) == sorted(statements(value)) else
        "%s is not %s" % (line, value))
    if ring.kind != "postfix":
        return
    mail = message("boss@sender.example", more=[FORGED[0] % BANK])
    subprocess.run(["sendmail", "-C", os.path.join(
        os.path.dirname(ring.mta.log), "etc"), "-f", "boss@sender.example",
        "b@example.org"], input=mail.replace(b"\r\n", b"\n"), check=True)
    ring.n_arrived += 1
    arrived = ring.mta.arrived(ring.n_arrived)[-1][1]
    ring.case("mail of a program here is not checked", None if not re.search(
        rb"(spf|dkim|dmarc)=", arrived.partition(b"\r\n\r\n")[0])
        else arrived)


def silence(ring, names, certs):
    """The DNS says nothing at all: late, and no later than that."""
    took = {}

    def timed(what, **how):
        start = time.monotonic()
        took[what] = ring.client.send(
            names.sender.sign(message()), "b@example.org", "a@sender.example",
            **how), time.monotonic() - start

    slow = threading.Thread(target=timed, args=("slow",))
    slow.start()
    time.sleep(0.3)
    timed("beside", tls=certs.client(), login=True)
    slow.join()
    for what, (reply, seconds) in took.items():
        print("# %s: %s in %.2f s" % (what, reply[:3], seconds))
    reply, seconds = took["slow"]
    ring.case("without DNS a message is accepted within its budget",
              None if reply.startswith("250") and seconds < 2 + 4 else
              "%s after %.1f s" % (reply, seconds))
    reply, seconds = took["beside"]
    ring.case("one that asks nothing does not wait for it",
              None if reply.startswith("250") and seconds < 1.5 else
              "%s after %.1f s" % (reply, seconds))
    ring.n_arrived += 2
    ring.mta.arrived(2)
    ring.arrives("what is not known is temperror", names.sender.sign(message()),
                 ["iprev=" + ("temperror" if ring.kind == "postfix" else ""),
                  "spf=temperror smtp.helo", "spf=temperror smtp.mailfrom",
                  "dkim=temperror", "dmarc=temperror"])


def run(kind, build, names, certs, parts, silent):
    with place.Place(build, names, silent) as house:
        house.start()
        lines = getattr(place, kind + "_lines")(
            house, certs, certs.path("silent" if silent else "sasl"))
        with Mta(kind, *lines) as mta:
            ring = Ring(kind, house, mta)
            for part in parts:
                part(ring, names, certs)
        if Ring.failed:
            with open(house.log, encoding="utf-8", errors="replace") as f:
                print("".join("# " + line for line in f.readlines()[-40:]))


def main():
    kind, build = sys.argv[1], os.environ["POSTSEAL_BUILD"]
    names = place.Names()
    # Sendmail takes no key file below a folder that everybody may write to.
    with names.server, tempfile.TemporaryDirectory(dir=build) as folder:
        os.chmod(folder, 0o755)
        certs = place.Certificates(folder)
        run(kind, build, names, certs,
            (who_sent_it, dnssec, forgery, login, relay, program, policy),
            False)
        run(kind, build, names, certs, (silence,), True)
    print("1..%d" % Ring.n_case)
    return 1 if Ring.failed else 0


if __name__ == "__main__":
    sys.exit(main())
