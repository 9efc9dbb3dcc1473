#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Keys in the DNS (RFC 7929), from a real name server with zones really
signed: used where DNSSEC proves them, otherwise not there, and no answer at all
where the proof is wrong."""
import base64
import hashlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
import dns_signed  # noqa: E402
from house import skip  # noqa: E402
from outside import Outside, Table, Web  # noqa: E402

HEAD = """$ORIGIN %s.
$TTL 60
@  SOA  ns hostmaster 1 3600 600 86400 60
@  NS   ns
ns A    127.0.0.1
"""
SIGNED, OPEN, CALM = "dane.example", "open.example", "calm.example"
DNS, NONE, SEALED = "451 key-dns", "550 no-key", "sealed"
CASES = (
    ("secure", SIGNED, SEALED), ("broken", SIGNED, DNS),
    ("expired", SIGNED, DNS), ("stripped", SIGNED, DNS),
    ("nobody", SIGNED, NONE), ("foreign", SIGNED, NONE),
    ("rubbish", SIGNED, NONE), ("signonly", SIGNED, "550 unusable-key"),
    ("insecure", OPEN, NONE), ("nobody", OPEN, NONE),
    ("x", "nowhere.example", DNS),  # the server refuses to say
    ("secure", CALM, SEALED), ("broken", CALM, DNS), ("nobody", CALM, "CLEAR"),
)
MORE = 'peer "%s" { encrypt = when-key  on-missing-key = deliver }\n' % CALM


def name(address):
    local, domain = address.split("@")
    return "%s._openpgpkey.%s" % (
        hashlib.sha256(local.encode()).hexdigest()[:56], domain)


def record(address, octets):
    return "%s. OPENPGPKEY %s\n" % (name(address),
                                    base64.b64encode(octets).decode())


def certificate(ring, address):
    local = address.split("@")[0]
    if local == "nobody" or address.endswith("nowhere.example"):
        return None
    if local == "rubbish":
        return b"a certificate"
    if local == "foreign":
        return ring.export("local@here.test")
    ring.make(address, seals=local != "signonly")
    return ring.export(address)


def zones(ring):
    texts = {d: HEAD % d for d in (SIGNED, OPEN, CALM)}
    for local, domain, _ in CASES:
        address = "%s@%s" % (local, domain)
        octets = certificate(ring, address)
        if octets:
            texts[domain] += record(address, octets)
    return texts


def spoiled(local):
    return [name("%s@%s" % (local, d)) + "/OPENPGPKEY"
            for d in (SIGNED, CALM)]


class Signed(Outside):
    """Its name server is made of the keys that it makes."""

    def make_keys(self):
        super().make_keys()
        texts = zones(self.ring)
        self.server = dns_signed.Signed(
            [(d, text, d != OPEN) for d, text in texts.items()],
            broken=spoiled("broken"), expired=spoiled("expired"),
            stripped=spoiled("stripped")).__enter__()
        with open(self.path("anchor"), "w", encoding="ascii") as f:
            f.write(self.server.anchors[0] + "\n")
        self.dns_port = self.server.port
        self.verify = '  dnssec = yes  root-key = "%s"\n' \
            '  trust-anchors = { "%s" }' % (self.path("anchor"),
                                            self.server.anchors[1])

    def __exit__(self, *whatever):
        super().__exit__(*whatever)
        if getattr(self, "server", None):
            self.server.__exit__()


def main():
    absent = dns_signed.missing()
    if absent:
        skip(absent + " is not installed")
    web, table = Web(), Table()
    with Signed(os.environ["POSTSEAL_BUILD"], web, 0, more=MORE,
                timing="  lookup-wait = 15s") as house:
        house.start()
        for local, domain, wanted in CASES:
            address = "%s@%s" % (local, domain)
            at = house.log_size()
            fpr = None
            if wanted == SEALED:
                fpr = house.ring.fpr(address)
            got = house.outcome(house.post(address)[0], fpr)
            table.case(address, wanted, got, house.note(
                address, at).partition("; dane: ")[2])
        table.check("the daemon ends cleanly", house.stop() == 0)
        status = table.end(house)
    web.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
