#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Does a signature make the victim an author who is not?  Every case of the
tables is judged with a real gpg; printed as a table, a TAP line a case."""
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "t", "lib"))
BUILD = os.environ.get("POSTSEAL_BUILD", os.path.join(ROOT, "build", "dev"))
GPG = "/usr/bin/gpg"
LEAST = 60


def skip(reason):
    print("1..0 # skipped: " + reason)
    raise SystemExit(77)


try:
    import cryptography  # noqa: F401
except ImportError:
    skip("cryptography is not installed")
if not os.path.exists(GPG):
    skip("there is no " + GPG)
import spoof_cases
import spoof_judge
import spoof_mail
import spoof_signatures


def by_gpg(people, dir):
    """A key and a signature that gpg made, so that our own packets are not the
    only ones that pass."""
    home = os.path.join(dir, "home")
    os.mkdir(home, 0o700)

    def gpg(*args, data=b""):
        return subprocess.run(
            [GPG, "--homedir", home, "-q", "--batch", "--passphrase", "",
             "--pinentry-mode", "loopback", *args], input=data, check=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    try:
        gpg("--quick-gen-key", "Gail <gail@example.org>", "future-default",
            "default", "never")
        packets = gpg("--detach-sign", data=spoof_mail.TEXT)
        octets = gpg("--export")
    finally:
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"],
                       check=False)
    return octets, spoof_mail.Case(
        "signed by gpg", spoof_mail.mail(spoof_mail.signed(
            people.alice, packets=packets), b"From: gail@example.org\r\n"),
        "pass", "the control", "gail@example.org")


def every_case(people, dir):
    octets, control = by_gpg(people, dir)
    cases = [control]
    for make in (spoof_cases.honest, spoof_cases.shapes,
                 spoof_cases.boundaries, spoof_cases.from_fields,
                 spoof_signatures.user_ids, spoof_signatures.keys,
                 spoof_signatures.slots, spoof_signatures.inline):
        cases += make(people)
    local = octets + b"".join(k.octets for k in people.local())
    return cases, local, b"".join(k.octets for k in people.found())


def main():
    with tempfile.TemporaryDirectory(prefix="postseal-t-") as dir:
        cases, local, found = every_case(spoof_mail.People(), dir)
        spoof_judge.keys(dir, local, found)
        said = spoof_judge.judge(BUILD, dir, [(c.octets, c.bound)
                                              for c in cases])
    bad = credited = 0
    print("1..%d" % (len(cases) + 1))
    for i, (c, r) in enumerate(zip(cases, said), 1):
        want = (c.expect.split(" ")[0], (c.expect + " ").split(" ")[1],
                c.author)
        good = (r.result, r.reason, r.author) == want
        wrong = r.author not in ("", c.author)
        credited += wrong
        bad += not good
        print("%sok %d - %-44s %s %s: %s" % (
            "" if good else "not ", i, c.name, r.result,
            r.author or r.reason, c.why))
        if not good:
            print("# wanted %s; scope %s, shape %s, state %s" % (
                want, r.scope, r.shape, r.state))
    enough = len([c for c in cases if not c.author]) >= LEAST
    print("%sok %d - %d cases, %d credited wrongly" % (
        "" if enough and not credited else "not ", len(cases) + 1, len(cases),
        credited))
    return 1 if bad or credited or not enough else 0


sys.exit(main())
