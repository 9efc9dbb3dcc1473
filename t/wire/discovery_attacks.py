#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""What a hostile web server may give for an address: certificates that are not
its own, that are not whole, that are too large.  None is ever used, and the log
says of each why."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
import odd_certs as odd  # noqa: E402
from outside import Outside, Table, Web, name_server  # noqa: E402

DOMAIN = "odd.test"
MALLORY = "mallory@" + DOMAIN
OTHER = "other@" + DOMAIN
GOOD = (DOMAIN, "pinned.test")
SEALED, NONE, UNUSABLE = "sealed", "550 no-key", "550 unusable-key"


def unbound(ring, address):
    return odd.with_unbound_uid(ring.export(MALLORY), address)


def borrowed(ring, address):
    return odd.with_unbound_uid(ring.export(MALLORY), address, True)


def revoked_uid(ring, address):
    ring.make("m2@" + DOMAIN)
    fpr, uid = ring.fpr("m2@" + DOMAIN), "Test <%s>" % address
    ring.gpg("--quick-add-uid", fpr, uid)
    ring.gpg("--quick-revoke-uid", fpr, uid)
    return ring.export(fpr)


def bad_binding(ring, address):
    ring.make(address)
    return odd.with_bad_binding(ring.export(address))


def stolen_subkey(ring, address):
    ring.make(address, seals=False)
    return odd.with_subkey_of(ring.export(address), ring.export(OTHER))


def sign_only(ring, address):
    ring.make(address, seals=False)
    return ring.export(address)


def expired(ring, address):
    ring.make(address, expire="seconds=1")
    time.sleep(2)
    return ring.export(address)


def revoked(ring, address):
    ring.make(address)
    return ring.revoke(ring.fpr(address))


def of_another(ring, address):
    del address
    return ring.export(OTHER)


def flooded(n, own):
    def make(ring, address):
        ring.make(address)
        whole = ring.export(address)
        return odd.with_signatures(whole, n,
                                   whole if own else ring.export(OTHER))
    return make


def larger_than_the_cap(ring, address):
    ring.make(address)
    parts = odd.packets(ring.export(address))
    return odd.joined(parts + [(17, bytes(300 << 10))])


def many_user_ids(ring, address):
    ring.make(address)
    parts, at = odd.behind_first_uid(ring.export(address))
    more = [(odd.USER_ID, b"Nobody %d <n@example.net>" % i)
            for i in range(4000)]
    return odd.joined(parts[:at] + more + parts[at:])


def version_6(ring, address):
    del ring
    return odd.version_6(address)


def secret(ring, address):
    ring.make(address)
    return ring.gpg("--export-secret-keys", ring.fpr(address))


def half(ring, address):
    ring.make(address)
    whole = ring.export(address)
    return whole[:len(whole) - 20]


# name, what is published for it, what becomes of mail, why
CASES = (
    ("a second user id that nothing binds", unbound, NONE,
     "no signature by the key"),
    ("a second user id with the first one's signature", borrowed, NONE,
     "no self-signature that gpg accepts"),
    ("a second user id that is revoked", revoked_uid, UNUSABLE,
     "revoked"),
    ("a certificate of another address", of_another, NONE, "no user id"),
    ("an encryption subkey with a bad binding", bad_binding, UNUSABLE,
     "no encryption subkey"),
    ("somebody else's encryption subkey", stolen_subkey, UNUSABLE,
     "no encryption subkey"),
    ("a key that can only sign", sign_only, UNUSABLE,
     "no encryption subkey"),
    ("an expired key", expired, UNUSABLE, "expired"),
    ("a revoked key", revoked, UNUSABLE, "revoked"),
    ("30,000 signatures", flooded(30000, False), NONE, "larger than"),
    ("1,500 signatures of others are dropped", flooded(1500, False), SEALED,
     None),
    ("1,500 of its own", flooded(1500, True), NONE, "signatures"),
    ("larger than the cap", larger_than_the_cap, NONE, "larger than"),
    ("4,000 user ids more are dropped", many_user_ids, SEALED, None),
    ("a version 6 key", version_6, NONE, "version 6"),
    ("a secret key", secret, NONE, "secret"),
    ("half a certificate", half, NONE, "cut off"),
)


def address_of(i):
    return "case%d@%s" % (i, DOMAIN)


def prepare(house, web):
    ring = house.ring
    ring.make(MALLORY, OTHER)
    for i, (_, make, _, _) in enumerate(CASES):
        web.publish(address_of(i), make(ring, address_of(i)))
    lines = ""
    for who in ("same", "swapped", "local"):
        address = who + "@pinned.test"
        ring.make(address)
        fpr = ring.fpr(address)
        lines += ' rule "%s" { to = "%s"  key = "%s" }\n' % (who, address, fpr)
        if who != "same":  # somebody else's key, in the same name
            ring.make(address)
        web.publish(address, ring.export(address))
    return 'peer "pinned.test" {\n%s}\n' % lines


def reason(house, address, at):
    """Of the web; the DNS has nothing to say here."""
    return house.note(address, at).partition("; dane:")[0]


def odd_ones(house, table):
    for i, (title, _, wanted, why) in enumerate(CASES):
        at, start = house.log_size(), time.monotonic()
        got = house.outcome(house.post(address_of(i))[0])
        said = reason(house, address_of(i), at)
        table.case(title, wanted, got, said)
        if why is not None:
            table.check("  and the log says why", why in said and said)
        seconds = time.monotonic() - start
        if seconds > 5:
            table.check("  within %.1f s" % seconds, False)


def pinned(house, table):
    ring = house.ring
    for who, title, wanted in (
            ("same", "pinned, and the web has it", SEALED),
            ("swapped", "pinned, and the web has another", NONE),
            ("local", "pinned and imported, the web has another", SEALED)):
        address = who + "@pinned.test"
        fpr = ring.fprs(address)[0]
        if who == "local":
            with open(house.path("pinned.pgp"), "wb") as f:
                f.write(ring.export(fpr))
            house.keys_command("import", house.path("pinned.pgp"))
        at = house.log_size()
        table.case(title, wanted, house.outcome(house.post(address)[0], fpr),
                   reason(house, address, at))


def main():
    web, table = Web(), Table()
    server = name_server(good=GOOD)
    with Outside(os.environ["POSTSEAL_BUILD"], web, server.port,
                 timing="  lookup-wait = 10s",
                 prepare=lambda h: prepare(h, web)) as house:
        house.start()
        odd_ones(house, table)
        pinned(house, table)
        table.check("the daemon ends cleanly", house.stop() == 0)
        status = table.end(house)
    web.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
