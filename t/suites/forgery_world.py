# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Attacks on who sent a message.  The attacker owns attack.example, its DNS, and
the client 192.0.2.66; the victim is victim.example, with p=reject, and whoever
else a case names.  Everything that a DNS server of the attacker's can answer is
fair.  Keys are made for the run.

Chen, Paxson and Jiang, "Composition Kills" (2020) is the source of many."""
from mailsign import Key, dkim, message

US = "mx.receiver.example"
GOOD_IP, EVIL_IP = "198.51.100.1", "192.0.2.66"
SAYS = b"dkim=pass header.d=victim.example"
FORGED = b" mx.receiver.example; dmarc=pass header.from=victim.example"

VICTIM, ATTACK, TRUSTED = Key(), Key(), Key()
ATTACK_ED = Key("ed25519")
WEAK_512, WEAK_768 = Key("rsa", 512), Key("rsa", 768)
LEAKED = Key()  # the attacker has it; the victim's DNS says what it is not for


def octets(text):
    return text if isinstance(text, bytes) else text.encode()


def quoted(text):
    """TXT data: strings of 255 octets."""
    raw = octets(text)
    parts = [raw[i:i + 255] for i in range(0, len(raw), 255)] or [b""]
    return " ".join('"%s"' % "".join(
        chr(c) if 32 <= c < 127 and c not in b'"\\' else "\\%03d" % c
        for c in p) for p in parts)


def name(raw):
    return "".join(chr(c) if chr(c).isalnum() and c < 128 or c in b"-_." else
                   "\\%03d" % c for c in octets(raw)) + "."


def txt(owner, text):
    return "%s TXT %s\n" % (name(owner), quoted(text))


def key_at(domain, key, selector="s", tags="v=DKIM1; "):
    return txt(octets(selector) + b"._domainkey." + octets(domain),
               key.record(tags))


ZONE = "".join([
    txt("victim.example", "v=spf1 ip4:198.51.100.1 -all"),
    txt("_dmarc.victim.example", "v=DMARC1; p=reject"),
    key_at("victim.example", VICTIM),
    key_at("victim.example", WEAK_512, "w512"),
    key_at("victim.example", WEAK_768, "w768"),
    key_at("victim.example", LEAKED, "tls", "v=DKIM1; s=tlsrpt; "),
    key_at("victim.example", LEAKED, "sha1", "v=DKIM1; h=sha1; "),
    key_at("victim.example", LEAKED, "two", "v=DKIM2; "),
    txt("gone._domainkey.victim.example", "v=DKIM1; k=rsa; p="),
    "victim.example. A 198.51.100.1\nmail.victim.example. A 198.51.100.1\n",
    txt("attack.example", "v=spf1 ip4:192.0.2.66 -all"),
    txt("_dmarc.attack.example", "v=DMARC1; p=none"),
    key_at("attack.example", ATTACK), key_at("attack.example", ATTACK_ED, "e"),
    "mail.attack.example. A 192.0.2.66\n",
    key_at("trusted.example", TRUSTED),
])
PTR = "66.2.0.192.in-addr.arpa. PTR mail.attack.example.\n"


def mail(sender=b"boss@victim.example", more=()):
    """A header: more stands above what everybody writes."""
    return list(more) + [(b"From", b" " + octets(sender)),
                         (b"To", b" clerk@receiver.example"),
                         (b"Subject", b" Invoice"),
                         (b"Date", b" Tue, 14 Nov 2023 22:13:20 +0000")]


BODY = b"Pay now.\r\n"


class Case:
    """victim: domains that must never pass.  dmarc: what it may be.  most:
    queries.  reply: what it must be; who fails DMARC is refused where nothing
    else is said.  raw: the message as it is."""

    def __init__(self, group, title, headers=None, body=BODY, raw=None,
                 ip=EVIL_IP, helo="mail.attack.example",
                 mail_from="eve@attack.example", zone="", ptr=PTR,
                 victim=("victim.example",), dmarc=None, arc=("none",),
                 most=80, reply=None, config="", args=(), control=False):
        if headers is None and raw is None:
            headers = mail()
        self.group, self.title, self.ip = group, title, ip
        self.raw = raw if raw is not None else message(headers, body)
        self.helo, self.mail_from, self.victim = helo, mail_from, victim
        self.zone, self.dmarc, self.arc = ZONE + ptr + zone, dmarc, arc
        if reply is None and dmarc in (FAIL, NEVER):
            reply = ("reject",)
        self.most, self.reply, self.config = most, reply, config
        self.args, self.control = tuple(args), control


FAIL = ("fail",)
NEVER = ("fail", "permerror")  # an author that is the victim to some reader


def signed(key=ATTACK, d=b"attack.example", header=None, body=BODY, **kw):
    header = header or mail()
    return [dkim(key, header, body, d, **kw)] + header
