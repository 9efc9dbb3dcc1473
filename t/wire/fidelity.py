#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Every message of the public suites through the milter, under "always": what
is sealed opens in gpg and sq to the octets received, what was sealed already
passes unchanged, and other readers read a sample.  With "postfix": a sample
through a real Postfix."""
import email
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
import sealed  # noqa: E402
import suites  # noqa: E402
from house import House, run, skip  # noqa: E402
from mta import Mta  # noqa: E402

SUITES = ("mimekit", "thunderbird-openpgp", "autocrypt-spec")
TO = "alice@example.net"


class Case:
    def __init__(self, name, octets):
        self.name, self.octets = name, octets
        self.reply, self.received, self.left = "nothing", None, None

    def is_sealed(self):
        return self.left is not None and sealed.is_ours(self.left)


def sample(cases, n):
    """n of them, evenly spread."""
    return [cases[i * len(cases) // n] for i in range(n)][:len(cases)]


def through_wire(house, cases):
    os.mkdir(house.path("mail"))
    os.mkdir(house.path("out"))
    by_file = {}
    for i, c in enumerate(cases):
        by_file[house.path("mail", str(i))] = c
        with open(house.path("mail", str(i)), "wb") as f:
            f.write(c.octets)
    out = subprocess.run(
        [house.wire, "--parallel", "4", "--from", "a@example.org", "--to", TO,
         "--out", house.path("out"), house.milter, *by_file],
        stdout=subprocess.PIPE, check=False).stdout.decode("latin-1")
    for line in out.splitlines():
        file, stage, reply, left = line.split("\t")
        if stage == "rcpt":
            continue
        case = by_file[file]
        case.reply = reply
        with open(left, "rb") as f:
            case.left = f.read()
        with open(left.removesuffix("out") + "in", "rb") as f:
            case.received = f.read()


# Independent judges: does it open, and to what?
def sq_opens(house, message):
    armor = sealed.ARMOR.search(message).group(0)
    done = subprocess.run(
        ["sq", "decrypt", "--recipient-key", house.path("secret.asc")],
        input=armor, capture_output=True, check=False,
        env=dict(os.environ, HOME=house.dir))
    return done.stdout if done.returncode == 0 else None


def rnp_opens(house, message):
    armor = sealed.ARMOR.search(message).group(0)
    done = subprocess.run(
        ["rnp", "--keyfile", house.path("secret.asc"), "--password", "",
         "--decrypt", "--output", "-", "-"],
        input=armor, capture_output=True, check=False,
        env=dict(os.environ, HOME=house.dir))
    return done.stdout if done.returncode == 0 else None


def wholly_sealed(house, message):
    """The second opinion on "already sealed", by other parsers: S/MIME whose
    content is enveloped; or nothing in it but OpenPGP messages that gpg calls
    encrypted, and the version parts beside them."""
    m = email.message_from_bytes(message)
    if m.get_content_type() in ("application/pkcs7-mime",
                                "application/x-pkcs7-mime"):
        shown = subprocess.run(
            ["openssl", "cms", "-cmsout", "-print", "-noout", "-inform",
             "DER"], input=m.get_payload(decode=True), capture_output=True,
            check=False).stdout
        return b"nvelopedData" in shown[:200]
    leaves = [p.get_payload(decode=True) or b"" for p in m.walk()
              if not p.is_multipart()]
    leaves = [p.replace(b"\xc2\xa0", b" ").strip() for p in leaves]
    sealed_leaves = [p for p in leaves if is_encrypted(house, p)]
    return bool(sealed_leaves) and all(
        p in (b"", b"Version: 1") for p in leaves if p not in sealed_leaves)


def is_encrypted(house, armor):
    if not sealed.ARMOR.fullmatch(armor):
        return False
    listed = subprocess.run(["gpg", "--homedir", house.gnupg, "--batch",
                             "--list-packets"], input=armor,
                            capture_output=True, check=False).stdout
    return b":encrypted data packet:" in listed and \
        b"mdc_method: 0" not in listed


def judge(house, case):
    """None, or what is wrong."""
    if not case.reply.startswith("250"):
        return "refused: " + case.reply
    if not case.is_sealed():
        if case.left != case.received:
            return "changed and not sealed"
        return None if wholly_sealed(house, case.received) else "left in clear"
    want = sealed.content_of(case.received)
    for reader, opens in (("gpg", house.decrypt),
                          ("sq", lambda m: sq_opens(house, m))):
        got = opens(case.left)
        if got is None:
            return reader + " does not open it"
        if got != want:
            return reader + " opens it to other octets"
    return None


class Tap:
    def __init__(self):
        self.n = self.failed = 0

    def ok(self, title, wrong):
        self.n += 1
        self.failed += bool(wrong)
        print("%s %d - %s" % ("not ok" if wrong else "ok", self.n, title))
        for w in wrong:
            print("#", w)
        sys.stdout.flush()

    def finish(self):
        print("1..%d" % self.n)
        return 1 if self.failed else 0


def wrong_ones(cases, rule):
    with ThreadPoolExecutor(4) as pool:
        return ["%s: %s" % (c.name, w)
                for c, w in zip(cases, pool.map(rule, cases)) if w]


def notmuch_reads(house, cases):
    """What notmuch says of each; it decrypts with gpg, and parses with GMime
    what is inside."""
    mail = house.path("maildir")
    for d in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(mail, d))
    for i, c in enumerate(cases):
        with open(os.path.join(mail, "cur", "%d:2,S" % i), "wb") as f:
            f.write(re.sub(rb"\r\n", b"\n", c.left))
    config = house.path("notmuch-config")
    with open(config, "w", encoding="ascii") as f:
        f.write("[database]\npath=%s\n[new]\ntags=\n[user]\nname=a\n"
                "primary_email=a@example.org\n" % mail)
    env = dict(os.environ, NOTMUCH_CONFIG=config, GNUPGHOME=house.gnupg,
               HOME=house.dir)
    run(["notmuch", "new", "--quiet"], env=env)
    wrong = []
    for i, c in enumerate(cases):
        found = run(["notmuch", "show", "--format=json", "--decrypt=true",
                     "--entire-thread=false", "--include-html",
                     "path:cur/** and id:" + message_id(house, env, i)],
                    env=env)
        if b'"encstatus": [{"status": "good"' not in found:
            wrong.append("%s: notmuch does not read it" % c.name)
    return wrong


def message_id(house, env, number):
    """notmuch makes one up where there is none: asked by file name."""
    for line in run(["notmuch", "search", "--output=messages", "*"],
                    env=env).decode().splitlines():
        files = run(["notmuch", "search", "--output=files", line], env=env)
        if ("/%d:2,S" % number).encode() in files:
            return line.removeprefix("id:")
    return "none"


def wire_ring(house, cases, tap):
    through_wire(house, cases)
    kept = [c for c in cases if c.left is not None and not c.is_sealed()]
    sealed_ones = [c for c in cases if c.is_sealed()]
    print("# %d messages: %d sealed, %d unchanged, %d refused" %
          (len(cases), len(sealed_ones), len(kept),
           sum(not c.reply.startswith("250") for c in cases)))
    tap.ok("every message is sealed to the octets received, or was sealed",
           wrong_ones(cases, lambda c: judge(house, c)))
    tap.ok("what was sealed already passes unchanged",
           [c.name for c in cases if c.received and
            wholly_sealed(house, c.received) and c.left != c.received])
    ten = sample(sealed_ones, 10)
    tap.ok("rnp opens a sample of 10", wrong_ones(
        ten, lambda c: None if rnp_opens(house, c.left) ==
        sealed.content_of(c.received) else "other octets"))
    tap.ok("notmuch reads a sample of 10", notmuch_reads(house, ten))
    tap.ok("the daemon lives", [] if house.daemon.poll() is None else ["no"])


def postfix_ring(house, cases, tap):
    forty = sample(cases, 40)
    through_wire(house, forty)  # what Postfix hands over, by our own client
    with Mta("postfix", "smtpd_milters = " +
             "inet:127.0.0.1:%d" % house.port) as mta:
        n = 0
        for c in forty:
            c.received = without_content_length(c.received)
            c.reply = mta.send(sealed.crlf(c.octets), TO)
            c.left = None
            if c.reply.startswith("250"):
                n += 1
                c.left = mta.arrived(n)[-1][1]
    tap.ok("a sample of 40 goes through Postfix",
           wrong_ones(forty, lambda c: judge_postfix(house, c)))


def without_content_length(message):
    """Postfix drops that field before any filter sees it (cleanup(8),
    message_drop_headers)."""
    fields, body = sealed.split(message)
    return b"".join(f for f in fields if sealed.name(f) != b"content-length") \
        + b"\r\n" + body


def judge_postfix(house, case):
    if case.left is not None and not case.is_sealed():
        if sealed.content_of(case.left) != sealed.content_of(case.received):
            return "changed and not sealed"
        return None if wholly_sealed(house, case.received) else "left in clear"
    return judge(house, case)


def main():
    if suites.folder() is None:
        skip("no public suites: neither ../shared/suites nor $POSTSEAL_SUITES")
    cases = [Case(*m) for m in suites.messages(*SUITES)]
    ring = postfix_ring if "postfix" in sys.argv[1:] else wire_ring
    tap = Tap()
    with House(os.environ["POSTSEAL_BUILD"], inet=ring is postfix_ring) as house:
        with open(house.path("secret.asc"), "wb") as f:
            f.write(run(["gpg", "--homedir", house.gnupg, "--batch", "--armor",
                         "--export-secret-keys"]))
        house.start()
        ring(house, cases, tap)
        if tap.failed:
            with open(house.log, encoding="utf-8", errors="replace") as f:
                print("".join("# " + s for s in f.readlines()[-40:]))
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
