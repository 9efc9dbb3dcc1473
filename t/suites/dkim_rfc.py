#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""The signed message of RFC 8463 appendix A (RFC 6376's own, signed twice): both
signatures pass, and neither does once a word has changed."""
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "t", "lib"))
import suites

BUILD = os.environ.get("POSTSEAL_BUILD", os.path.join(ROOT, "build", "dev"))
NOW = 1600000000
ZONE = """
$ORIGIN _domainkey.football.example.com.
brisbane TXT "v=DKIM1; k=ed25519; "
 "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
test TXT "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
 "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC"
 "/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l"
 "/K4w3QIDAQAB"
""".replace("\"\n ", "\" ").replace("; \" \"p", "; p")


def verify(octets):
    with tempfile.TemporaryDirectory() as d:
        zone, mail = os.path.join(d, "zone"), os.path.join(d, "mail")
        with open(zone, "w") as f:
            f.write(ZONE)
        with open(mail, "wb") as f:
            f.write(octets)
        out = subprocess.run([os.path.join(BUILD, "t", "dkim_cases"), zone],
                             input="%s\t%d\n" % (mail, NOW), text=True,
                             capture_output=True, timeout=60)
    if out.returncode:
        raise SystemExit("Bail out! " + out.stderr)
    part = out.stdout.rstrip("\n").split("\t")
    return part[2::6], part[3::6]


def main():
    if not suites.folder():
        print("1..0 # skipped: no public suites in ../shared/suites, and "
              "POSTSEAL_SUITES names none")
        return 77
    path = os.path.join(suites.folder(), "dkim-rfc", "rfc6376.signed.msg")
    with open(path, "rb") as f:
        good = f.read().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    cases = [("as it stands", good, "pass"),
             ("a word of the body", good.replace(b"hungry", b"angry"), "fail"),
             ("a word of Subject", good.replace(b"dinner", b"lunch"), "fail"),
             ("a line end more", good + b"\r\n", "pass")]
    bad = 0
    print("1..%d" % (2 * len(cases)))
    for i, (name, octets, want) in enumerate(cases):
        results, domains = verify(octets)
        for n, algorithm in enumerate(("ed25519-sha256", "rsa-sha256")):
            right = results[n:n + 1] == [want] and \
                domains[n] == "football.example.com"
            bad += not right
            print("%s %d - %s: %s" % ("ok" if right else "not ok",
                                      2 * i + n + 1, algorithm, name))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
