#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""postseal verify as an administrator types it: statuses, lines, JSON, policy
by sections, "what if", and files that no mail program ever made."""
import json
import os
import random
import subprocess
import sys
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, SOURCE + "/t/lib")
import gpg_signed  # noqa: E402

BUILD = os.environ.get("POSTSEAL_BUILD", SOURCE + "/build/dev")
POSTSEAL = os.environ.get("PS_POSTSEAL", BUILD + "/milter/postseal")

ZONE = r"""
$ORIGIN example.com.
@       TXT "v=spf1 ip4:192.0.2.1 -all"
_dmarc  TXT "v=DMARC1; p=reject"
mx      A   192.0.2.1
soft    TXT "v=spf1 ~all"
slow    TIMEOUT
quiet   TXT "v=spf1 -all"
_dmarc.quiet TXT "v=DMARC1; p=quarantine"
list    TXT "v=spf1 ip4:198.51.100.7 -all"
1.2.0.192.in-addr.arpa. PTR mx.example.com.
"""
MAIL = b"""From: Anna <anna@example.com>
To: bob@example.org
Authentication-Results: mx.example.org; dmarc=pass header.from=example.com
Subject: hello

hello
"""
n_test = 0
failed = 0


def ok(name, good, note=""):
    global n_test, failed
    n_test += 1
    print(f"{'ok' if good else 'not ok'} {n_test} - {name}")
    if not good:
        failed += 1
        print(f"# {note}")


class Run:
    def __init__(self, *args, mail=None, config=None, zone=ZONE,
                 ip="192.0.2.1", sender="anna@example.com",
                 helo="mx.example.com", rcpt=("bob@example.org",)):
        files = {"zone": zone.encode(), "mail": mail,
                 "conf": (config or 'identity { authserv-id = '
                          '"mx.example.org" }').encode()}
        with tempfile.TemporaryDirectory() as tmp:
            for name, octets in files.items():
                if octets is not None:
                    with open(f"{tmp}/{name}", "wb") as f:
                        f.write(octets)
            command = [POSTSEAL, "verify", "-c", tmp + "/conf", "--zone",
                       tmp + "/zone", "--client-ip", ip, "--helo", helo,
                       "--mail-from", sender]
            for r in rcpt:
                command += ["--rcpt", r]
            command += list(args)
            if mail is not None:
                command.append(tmp + "/mail")
            p = subprocess.run(command, capture_output=True, timeout=60)
        self.status, self.err = p.returncode, p.stderr.decode()
        self.out = p.stdout.decode()
        self.line = self.out.split("\n")
        self.field = self.line[0]
        self.reply = self.line[1] if len(self.line) > 1 else ""

    def says(self, *words):
        return self.status == 0 and all(w in self.field for w in words)

    def note(self):
        return f"status {self.status}: {self.out!r} {self.err!r}"


def expect(name, run, *words, reply=None):
    ok(name, run.says(*words) and
       (reply is None or run.reply.startswith("reply: " + reply)), run.note())


def status(args):
    return subprocess.run([POSTSEAL, "verify", *args],
                          capture_output=True).returncode


ENVELOPE = ["--client-ip", "192.0.2.1", "--helo", "mx.example.com",
            "--mail-from", "anna@example.com"]

expect("a message that SPF proves is accepted", Run(mail=MAIL),
       "Authentication-Results: mx.example.org;", "spf=pass", "dmarc=pass",
       "iprev=pass", "dkim=none", "arc=none", reply="accept 250")
expect("the same with CRLF lines", Run(mail=MAIL.replace(b"\n", b"\r\n")),
       "spf=pass", "dmarc=pass", reply="accept")
expect("from elsewhere, its owner asks to refuse it",
       Run(mail=MAIL, ip="203.0.113.5"), "spf=fail",
       "dmarc=fail", reply="reject 550 5.7.")
expect("an owner who asks for quarantine gets it",
       Run(mail=MAIL.replace(b"anna@example.com", b"q@quiet.example.com"),
           sender="q@quiet.example.com"), "dmarc=fail", reply="quarantine 250")
expect("DNS trouble loses nothing by default",
       Run(mail=MAIL.replace(b"anna@", b"x@slow."),
           sender="x@slow.example.com"), "spf=temperror", reply="accept")
expect("an envelope alone is judged by SPF, iprev and TLS",
       Run("--macro", "tls_version=TLSv1.3", "--macro", "cipher_bits=256"),
       "spf=pass", "iprev=pass", "x-tls=pass", reply="accept")
r = Run(sender="")
ok("an empty sender is the HELO name's", r.says("smtp.helo=mx.example.com"),
   r.note())
expect("a login is noted and nothing else checked",
       Run("--auth", "anna", mail=MAIL, ip="203.0.113.5"), "auth=pass",
       reply="accept")
expect("what if the list signed for itself",
       Run("--assume", "dkim=pass/example.com", mail=MAIL, ip="203.0.113.5"),
       "dkim=pass", "dmarc=pass", reply="accept")
expect("what if SPF passed for another",
       Run("--assume", "spf=pass/other.example", mail=MAIL), "spf=pass",
       "dmarc=fail", reply="reject")
expect("a rule may excuse a proven list", Run(
    mail=MAIL.replace(b"Subject", b"List-Id: <l.list.example.com>\nSubject"),
    sender="bounce@list.example.com", ip="198.51.100.7",
    config='identity { authserv-id = "mx.example.org" }\n'
           'verify { trusted-lists = "list.example.com" }\n'
           'defaults { dmarc = enforce }\n'
           'domain "example.org" { }'), "spf=pass", "dmarc", reply="accept")
expect("a peer's section may say report", Run(
    mail=MAIL, ip="203.0.113.5",
    config='identity { authserv-id = "mx.example.org" }\n'
           'peer "example.com" { dmarc = report }'),
       "dmarc=fail", reply="accept")
expect("spf = enforce refuses", Run(
    mail=MAIL, ip="203.0.113.5", config='defaults { spf = enforce '
    'dmarc = report }'), "spf=fail", reply="reject 550")
expect("what is off is not asked", Run(
    mail=MAIL, config='defaults { spf = off dmarc = off dkim = off '
    'arc = off } verify { iprev = no }'), "auth=none", reply="accept")
r = Run(mail=MAIL, config='defaults { spf = off dmarc = off dkim = off }')
ok("and not said", "spf=" not in r.field and "dmarc=" not in r.field, r.note())
LIMITS = 'identity { authserv-id = "mx.example.org" } limits { %s }'
for name, limit, mail in (
        ("octets", "max-message = 1k", MAIL + b"x" * 1024),
        ("octets of header", "max-header = 1k", b"A: " + b"x" * 1024 +
         b"\n" + MAIL),
        ("fields", "max-header-fields = 10", b"A: b\n" * 9 + MAIL)):
    r = Run(mail=mail, config=LIMITS % limit)
    ok("more %s than the milter takes are refused, not cut" % name,
       r.says("spf=pass") and "dkim=" not in r.field and
       r.reply.startswith("reply: reject 552 5.3.4"), r.note())
r = Run("--json", mail=MAIL, ip="203.0.113.5")
try:
    got = json.loads(r.out)
    methods = {m["method"]: m for m in got["methods"]}
    good = (methods["dmarc"]["result"] == "fail" and
            methods["dmarc"]["identity"] == "example.com" and
            got["reply"]["action"] == "reject" and
            all({"result", "reason", "identity", "dnssec"} <= set(m)
                for m in got["methods"]))
except (ValueError, KeyError) as e:
    good = False
ok("one JSON object has results, reasons, identities and the reply", good,
   r.note())
r = Run("--explain", mail=MAIL)
ok("explain shows whose policy, and the record",
   "v=DMARC1; p=reject" in r.out and "on-dmarc-reject" in r.out, r.note())
r = Run("--json", mail=MAIL, zone="$SECURE on\n" + ZONE)
ok("the DNSSEC bit is told",
   r.status == 0 and '"dnssec":true' in r.out, r.note())


def signed_mail():
    """By a key in the key directory, and by one that is not there."""
    with tempfile.TemporaryDirectory() as tmp:
        os.mkdir(tmp + "/gnupg", 0o700)
        os.mkdir(tmp + "/keys", 0o700)
        home, author = tmp + "/gnupg", "anna@example.com"
        config = ('identity { authserv-id = "mx.example.org" } '
                  'keys { directory = "%s/keys" } '
                  'domain "example.org" { require-signature = yes }' % tmp)
        known = gpg_signed.make(home, author)
        for name, octets in (("key", gpg_signed.gpg(home, "--export")),
                             ("conf", config.encode())):
            with open(f"{tmp}/{name}", "wb") as f:
                f.write(octets)
        subprocess.run([POSTSEAL, "keys", "import", "-c", tmp + "/conf",
                        tmp + "/key"], check=True, capture_output=True)
        other = gpg_signed.make(home, "eve@example.com")
        expect("a signature by the author, which is required",
               Run(mail=gpg_signed.signed(home, known, author), config=config),
               "x-openpgp=pass", "x-openpgp.fpr=" + known, reply="accept")
        expect("a signature by a key that is not known",
               Run(mail=gpg_signed.signed(home, other, author), config=config),
               "x-openpgp=neutral", "unknown-key", reply="reject 550 5.7.1")
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"],
                       check=False, capture_output=True)


signed_mail()
ok("a wrong command line is 64", status(["--helo", "x"]) == 64)
ok("an address that is none is 64",
   status(["--client-ip", "1.2.3", "--helo", "x", "--mail-from", "a@b"]) == 64)
ok("a result that is none is 64",
   status(ENVELOPE + ["--assume", "spf=good/example.com"]) == 64)
ok("a message that is not there is 66",
   status(ENVELOPE + ["--zone", "/dev/null", "/nonexistent/m"]) == 66)
ok("a zone file that is not there is 66",
   status(ENVELOPE + ["--zone", "/nonexistent/z"]) == 66)
ok("a wrong configuration is 78",
   Run(config="defaults { dmrac = enforce }").status == 78)

random.seed(20261124)
HOSTILE = [b"", b"\n", b"\0" * 4096, b"From: " + b"<" * 60000,
           b"From: " + b"(" * 60000, b"From: a@b\n" * 20000,
           b"From: " + b"a@b.example," * 20000 + b"\n\n",
           b"DKIM-Signature: " + b"a=b;" * 30000 + b"\n\nx",
           b"ARC-Seal: i=1; cv=none\n" * 3000 + b"\nx",
           b"Authentication-Results: " + b"(" * 50000 + b"\n\n",
           b"VBR-Info: md=" + b"x." * 5000 + b"; mv=a; mc=all\n\n",
           b"From: a@" + b"x" * 100000 + b"\n\n"]
for k in range(60):
    HOSTILE.append(bytes(random.choice(
        b"\0\r\n\t :;=@<>()\"\\.,aFrom:DKIM-Signature:\xff\xc3")
        for _ in range(2000)))
bad = []
for k, mail in enumerate(HOSTILE):
    r = Run(mail=mail)
    if r.status not in (0, 65) or (r.status == 0 and (
            not r.reply.startswith("reply: ") or len(r.line) != 3)):
        bad.append((k, r.status, r.err[-200:]))
ok(f"{len(HOSTILE)} hostile files get a verdict or a complaint", not bad, bad)
print(f"1..{n_test}")
sys.exit(failed > 0)
