#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Autocrypt headers (Autocrypt Level 1): learned from mail whose author is
proven, waiting until the administrator or the policy says that they may be
used; never from forged mail, lists, or mail of more than one author."""
import base64
import email.utils
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from outside import SECRET, Outside, Table, Web, name_server  # noqa: E402
import mailsign  # noqa: E402

GOOD_IP, BAD_IP = "192.0.2.25", "192.0.2.99"
DOMAINS = ("mail.test", "use.test")
MORE = """domain "example.org" { encrypt = never }
peer "use.test" { autocrypt = use }
"""
PENDING, NONE, SEALED = "pending", "nothing", "sealed"
ALL = (b"from", b"to", b"subject", b"date", b"autocrypt")


def zone(key):
    for d in DOMAINS:
        yield '%s. TXT "v=spf1 ip4:%s -all"' % (d, GOOD_IP)
        yield '_dmarc.%s. TXT "v=DMARC1; p=none"' % d
        yield 's._domainkey.%s. TXT "%s"' % (d, key.record())


def field(address, certificate, attributes=""):
    text = base64.b64encode(certificate).decode()
    lines = "\r\n ".join(text[i:i + 72] for i in range(0, len(text), 72))
    return b"Autocrypt", (" addr=%s; %skeydata=\r\n %s" % (
        address, attributes, lines)).encode()


class Mail:
    """One message of somebody outside; what is wrong with it by option."""

    def __init__(self, house, key):
        self.house, self.key, self.ring = house, key, house.ring

    def send(self, address, certificate=None, ip=GOOD_IP, froms=None,
             more=(), addr=None, sign=None, age_s=0, dated=True, fields=1,
             attributes=""):
        certificate = certificate or self.ring.export(address)
        head = [(b"From", b" " + (froms or address).encode()),
                (b"To", b" b@example.org"), (b"Subject", b" x")]
        if dated:
            head.append((b"Date", b" " + email.utils.formatdate(
                time.time() - age_s).encode()))
        head += [field(addr or address, certificate, attributes)] * fields
        head += list(more)
        if sign:
            head.insert(0, mailsign.dkim(
                self.key, head, SECRET + b"\r\n",
                address.split("@")[1].encode(), names=sign))
        return self.house.post(
            "b@example.org", sender=address, ip=ip,
            octets=mailsign.message(head, SECRET + b"\r\n"))[0]


# who, why, what it comes to, options
CASES = (
    ("spf", "SPF proves the author", PENDING, {}),
    ("dkim", "DKIM does, and covers key and date", PENDING,
     dict(ip=BAD_IP, sign=ALL)),
    ("mutual", "with an attribute that asks", PENDING,
     dict(attributes="prefer-encrypt=mutual; ")),
    ("forged", "nobody proves the author", NONE, dict(ip=BAD_IP)),
    ("uncovered", "DKIM does not cover the key", NONE,
     dict(ip=BAD_IP, sign=ALL[:4])),
    ("list", "mail of a list", NONE,
     dict(more=[(b"List-Id", b" <l.mail.test>")])),
    ("bulk", "bulk mail", NONE, dict(more=[(b"Precedence", b" bulk")])),
    ("multi", "two authors", NONE,
     dict(froms="multi@mail.test, list@mail.test")),
    ("report", "a report", NONE,
     dict(more=[(b"Content-Type", b" multipart/report; boundary=x")])),
    ("undated", "no date", NONE, dict(dated=False)),
    ("future", "a date of tomorrow", NONE, dict(age_s=-86400)),
    ("twice", "two keys of the author", NONE, dict(fields=2)),
    ("other", "a key of somebody else", NONE, dict(addr="spf@mail.test")),
    ("critical", "an attribute that nobody knows", NONE,
     dict(attributes="must-know=1; ")),
)


def address_of(case):
    return case[0] + "@mail.test"


def what_is_known(house, address):
    """By mail to it."""
    at = house.log_size()
    word = house.outcome(house.post(address)[0], house.ring.fpr(address))
    if word == "550 no-key":
        return PENDING if "waits for approval" in house.logged(at) else NONE
    return word


def learning(house, table, mail):
    for case in CASES:
        reply = mail.send(address_of(case), **case[3])
        if not reply[0].startswith("250"):
            print("# %s: %s" % (case[0], reply[0]))
    # Behind them all: what would have been learned has been by then.
    mail.send("last@mail.test")
    table.check("mail of proven authors is learned from",
                house.wait_for_log("key-found addr=<last@mail.test>"))
    time.sleep(2)
    for case in CASES:
        table.case(case[1], case[2], what_is_known(house, address_of(case)))


def using(house, table, mail):
    ring = house.ring
    mail.send("x@use.test")
    house.wait_for_log("key-found addr=<x@use.test>")
    table.case("by policy one is used at once", SEALED,
               what_is_known(house, "x@use.test"))
    old = ring.fpr("x@use.test")
    ring.make("x@use.test")
    new = ring.fpr("x@use.test")
    mail.send("x@use.test", ring.export(new), age_s=3600)
    time.sleep(2)  # a date is of whole seconds, and one offer at a time
    table.check("another key in older mail is nothing",
                "key=%s" % new not in house.logged() and
                "new=%s" % new not in house.logged())
    mail.send("x@use.test", ring.export(new))
    table.check("another key is an alarm", house.wait_for_log(
        "key-change addr=<x@use.test> old=%s new=%s source=autocrypt" %
        (old, new)))
    table.case("and the old one is used", SEALED, house.outcome(
        house.post("x@use.test")[0], old))
    if house.can("trust"):
        house.keys_command("trust", "spf@mail.test",
                           ring.fpr("spf@mail.test"))
        table.case("one that waited, once it is trusted", SEALED,
                   what_is_known(house, "spf@mail.test"))


def prepare(house):
    house.ring.make(*(address_of(c) for c in CASES), "last@mail.test",
                    "x@use.test")
    return MORE


def main():
    web, table, key = Web(), Table(), mailsign.Key()
    server = name_server(*zone(key))
    with Outside(os.environ["POSTSEAL_BUILD"], web, server.port,
                 timing="  lookup-wait = 10s", prepare=prepare,
                 checks="spf = report  dkim = report  dmarc = report  "
                 "arc = off") as house:
        house.start()
        mail = Mail(house, key)
        learning(house, table, mail)
        using(house, table, mail)
        table.check("the daemon ends cleanly", house.stop() == 0)
        status = table.end(house)
    web.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
