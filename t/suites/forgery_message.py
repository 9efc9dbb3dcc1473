# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Forgeries inside a message: signatures, their identities and tails, authors,
fields in our name."""
from forgery_world import (ATTACK, ATTACK_ED, BODY, FAIL, FORGED, GOOD_IP, LEAKED,
                           NEVER, TRUSTED, VICTIM, WEAK_512, WEAK_768, Case,
                           key_at, mail, signed, txt)
from mailsign import arc, dkim, message


def controls():
    """What is no attack must pass, or nothing here means anything."""
    good = mail()
    yield Case("control", "the victim's own mail", [dkim(
        VICTIM, good, BODY, b"victim.example")] + good, ip=GOOD_IP,
        helo="mail.victim.example", mail_from="boss@victim.example",
        victim=(), dmarc=("pass",), reply=("accept",), control=True)
    yield Case("control", "the victim's mail by a forwarder", [dkim(
        VICTIM, good, BODY, b"victim.example")] + good, victim=(),
        dmarc=("pass",), reply=("accept",), control=True)
    yield Case("control", "the attacker in its own name", mail(
        b"eve@attack.example"), dmarc=("pass",), reply=("accept",))
    chain = arc(TRUSTED, good, BODY, 1, b"trusted.example",
                b"lists.trusted.example; dmarc=pass header.from=victim.example")
    yield Case("control", "a list of a trusted sealer", chain, victim=(),
               dmarc=FAIL, arc=("pass",), reply=("accept",), control=True,
               config='trusted-sealers = { "trusted.example" }')


# What IDNA maps to victim.example.
SPELLINGS = ("victim\u3002example", "\uff56ictim.example",
             "vic\u00adtim.example", "VICTIM\uff0eexample")


def identities():
    for c in b"\0(\"'\\,;<>@/ \t:\xa0\x01\x7f":
        for d in (b"victim.example%c.attack.example" % c,
                  b"attack.example%cvictim.example" % c):
            yield Case("DKIM identity", "octet %d in d=%s" % (
                c, d.split(bytes([c]))[0].decode()), signed(d=d),
                zone=key_at(d, ATTACK), dmarc=NEVER)
    for s in (b"s\0._domainkey.attack.example.", b"s; d=victim.example",
              b"x" * 255, b"s._domainkey.victim.example.", b"..", b"s\r\n x"):
        where = s[:60].replace(b"..", b"").rstrip(b".")
        yield Case("DKIM identity", "s=%r" % s[:30], signed(s=s), dmarc=FAIL,
                   zone=key_at("attack.example", ATTACK, where) if where
                   else "")
    for title, says in (
            ("outside d=", b"i=@victim.example; "),
            ("with two at signs", b"i=x@victim.example@attack.example; "),
            ("quoted", b"i=\"@victim.example\"@attack.example; "),
            ("that makes statements", b"i==3B=20dkim=3Dpass=20header.d=3D"
             b"victim.example@attack.example; "),
            ("that makes statements in clear",
             b"i=\" (x) dkim=pass header.d=victim.example\"@attack.example; "),
            ("with a line end", b"i=x\r\n\t@victim.example; ")):
        yield Case("DKIM identity", "i= " + title, signed(says=says),
                   dmarc=FAIL)
    for title, says in (("twice", b"d=victim.example; "),
                        ("in upper case", b"D=victim.example; "),
                        ("behind an empty tag", b"; d=victim.example; ")):
        yield Case("DKIM identity", "d= " + title, signed(says=says),
                   dmarc=FAIL)
        yield Case("DKIM identity", "d= %s, turned" % title, signed(
            d=b"victim.example", says=says.replace(b"victim", b"attack")),
            dmarc=FAIL)
    for d in SPELLINGS:
        yield Case("DKIM identity", "d=" + d, signed(d=d.encode()),
                   zone=key_at(d, ATTACK), dmarc=FAIL)
    bad = dkim(ATTACK, mail(), BODY, b"victim.example")
    good = dkim(ATTACK, mail(), BODY, b"attack.example")
    for title, fields in (("before", [bad, good]), ("behind", [good, bad])):
        yield Case("DKIM identity", "a bad one of the victim's %s a good one"
                   % title, fields + mail(), dmarc=FAIL)
    for d in (b"notvictim.example", b"example", b"im.example", b"victim",
              b"victim.example.attack.example", b"attack.example."):
        yield Case("DKIM identity", "d=" + d.decode(), signed(d=d), dmarc=FAIL,
                   zone=key_at(d.rstrip(b"."), ATTACK))
    yield Case("DKIM identity", "d= is a public suffix", signed(
        d=b"co.uk", header=mail(b"x@bank.co.uk")), victim=("bank.co.uk",),
        zone=key_at("co.uk", ATTACK) +
        txt("_dmarc.bank.co.uk", "v=DMARC1; p=reject"), dmarc=FAIL)
    yield Case("DKIM identity", "a sibling by a public suffix", signed(
        d=b"eve.github.io", header=mail(b"x@victim.github.io")),
        victim=("victim.github.io",), zone=key_at("eve.github.io", ATTACK) +
        txt("_dmarc.victim.github.io", "v=DMARC1; p=reject"), dmarc=FAIL)
    yield Case("DKIM identity", "a one-letter domain", signed(
        d=b"x.com", header=mail(b"x@victim.com")), victim=("victim.com",),
        zone=key_at("x.com", ATTACK) +
        txt("_dmarc.victim.com", "v=DMARC1; p=reject"), dmarc=FAIL)
    yield Case("DKIM identity", "Ed25519 in the victim's name", signed(
        key=ATTACK_ED, d=b"victim.example"), dmarc=FAIL)


def weak_crypto():
    good = mail()
    for title, kw in (
            ("rsa-sha1 by the victim's key", dict(sha1=True)),
            ("expired", dict(says=b"t=1600000000; x=1600000001; ")),
            ("of the future", dict(says=b"t=1900000000; ")),
            ("of another version", dict(version=b"v=2; ")),
            ("without a version", dict(version=b"")),
            ("with q= of another kind", dict(says=b"q=http; "))):
        yield Case("weak", "a signature " + title, [dkim(
            VICTIM, good, BODY, b"victim.example", **kw)] + good, dmarc=FAIL)
    for title, key, s in (("512 bits", WEAK_512, b"w512"),
                          ("768 bits", WEAK_768, b"w768"),
                          ("for TLS reports", LEAKED, b"tls"),
                          ("for sha1", LEAKED, b"sha1"),
                          ("of another version", LEAKED, b"two"),
                          ("revoked", LEAKED, b"gone")):
        yield Case("weak", "a key " + title, [dkim(
            key, good, BODY, b"victim.example", s=s)] + good, dmarc=FAIL)
    yield Case("weak", "the key's record says nothing", [dkim(
        LEAKED, good, BODY, b"victim.example", s=b"down")] + good,
        zone="down._domainkey.victim.example. SERVFAIL\n",
        dmarc=("fail", "temperror"))


def replays():
    good = mail()
    own = dkim(VICTIM, good, BODY, b"victim.example")
    short = dkim(VICTIM, good, BODY, b"victim.example", limit=0, says=b"l=0; ")
    part = dkim(VICTIM, good, BODY, b"victim.example", limit=8,
                says=b"l=8; ")
    whole = dkim(VICTIM, good, BODY, b"victim.example", limit=10,
                 says=b"l=10; ")
    tail = BODY + b"<h1>and to another account</h1>\r\n"
    for title, field, body in (("l=0", short, tail), ("l=8", part, tail),
                               ("l= of the old body", whole, tail),
                               ("no l=", own, tail), ("another body", own,
                                                      b"other\r\n")):
        yield Case("l= and tails", title, [field] + good, body, dmarc=NEVER)
    yield Case("l= and tails", "a new Content-Type over l=0", [
        (b"Content-Type", b" text/html"), short] + good, tail, dmarc=NEVER)
    for limit in (b"18446744073709551626", b"-1", b"99", b"1e1", b""):
        field = dkim(VICTIM, good, BODY, b"victim.example",
                     says=b"l=%s; " % limit)
        yield Case("l= and tails", "l=" + limit.decode(), [field] + good,
                   tail, dmarc=NEVER)
    for title, extra in (
            ("Subject", (b"Subject", b" Changed")),
            ("To", (b"To", b" other@receiver.example")),
            ("From", (b"From", b" eve@attack.example")),
            ("From in upper case", (b"FROM", b" eve@attack.example")),
            ("From of the victim", (b"From", b" boss@victim.example"))):
        yield Case("duplicates", title + " above", [extra, own] + good,
                   dmarc=NEVER)
        yield Case("duplicates", title + " below", [own] + good + [extra],
                   dmarc=NEVER)
    typed = good + [(b"Content-Type", b" text/plain"),
                    (b"MIME-Version", b" 1.0")]
    both = dkim(VICTIM, typed, BODY, b"victim.example", names=(
        b"from", b"to", b"subject", b"content-type", b"date"))
    for extra in ((b"Content-Type", b" text/html"),
                  (b"Date", b" Wed, 15 Nov 2023 22:13:20 +0000")):
        yield Case("duplicates", extra[0].decode() + " above",
                   [extra, both] + typed, dmarc=NEVER)
    bare = dkim(VICTIM, good, BODY, b"victim.example",
                names=(b"to", b"subject"))
    yield Case("duplicates", "h= without From", [bare] + mail(
        b"ceo@victim.example"), dmarc=FAIL)
    yield Case("duplicates", "another To", [own] + good[:1] + [
        (b"To", b" other@receiver.example")] + good[2:], dmarc=FAIL)


def authors():
    """Passing for attack.example is the attacker's right; so is a From that is
    its own to every reader.  Where a reader may see the victim, neither."""
    both = [
        ("two addresses", b"eve@attack.example, boss@victim.example"),
        ("two addresses, turned", b"boss@victim.example, eve@attack.example"),
        ("two angle addresses", b"<eve@attack.example> <boss@victim.example>"),
        ("an address before an angle address",
         b"boss@victim.example <eve@attack.example>"),
        ("a group", b"x: boss@victim.example, eve@attack.example;"),
        ("a route", b"<@attack.example:boss@victim.example>"),
        ("a comment with another", b"boss@victim.example (<eve@attack.example>)"),
        ("a quoted local part", b"<\"eve@attack.example\"@victim.example>"),
        ("a final dot", b"boss@victim.example."),
        ("mixed case", b"boss@ViCtIm.ExAmPlE"),
        ("folding", b"\r\n boss@victim.example"),
        ("an open comment", b"eve@attack.example (boss@victim.example"),
        ("an open quote", b"\"eve@attack.example <boss@victim.example>"),
        ("a NUL", b"boss@victim.example\0@attack.example"),
        ("two at signs", b"boss@victim.example@attack.example"),
        ("a zero-width space", b"boss@victim.example\xe2\x80\x8b"),
        ("a bare CR", b"boss@victim.example\rX: <eve@attack.example>"),
        ("two commas", b"eve@attack.example,,boss@victim.example"),
        ("a semicolon", b"eve@attack.example; boss@victim.example"),
        ("nothing", b""), ("an empty address", b"<>"),
        ("an open angle", b"boss <boss@victim.example"),
        ("a comment in the domain", b"boss@victim(x).example"),
        ("20,000 comments", b"(" * 20000 + b"boss@victim.example"),
        ("10,000 addresses",
         b"eve@attack.example, " * 10000 + b"boss@victim.example"),
        ("a stray bracket", b"eve@attack.example> <boss@victim.example>"),
        ("an address literal", b"boss@[victim.example]"),
    ]
    both += [("as " + d, ("boss@" + d).encode()) for d in SPELLINGS]
    for title, value in both:
        # where nobody is named, no owner asks for more than a tag
        named = b"@" in value and b"[" not in value
        yield Case("From", title, signed(header=mail(value)), dmarc=NEVER,
                   reply=("reject",) if named else ("reject", "tag"))
    own = [
        ("an encoded name",
         b"=?utf-8?q?boss=40victim=2Eexample?= <eve@attack.example>"),
        ("a quoted name", b"\"boss@victim.example\" <eve@attack.example>"),
        ("a quoted angle", b"\"<boss@victim.example>\" <eve@attack.example>"),
        ("a comment", b"eve@attack.example (<boss@victim.example>)"),
        ("a percent hack", b"boss%victim.example@attack.example"),
    ]
    for title, value in own:
        yield Case("From", title, signed(header=mail(value)),
                   dmarc=("pass",) + NEVER)
    rest = mail()[1:]
    v, e = (b"From", b" boss@victim.example"), (b"From", b" eve@attack.example")
    for title, fields in (
            ("two fields", [v, e]), ("two fields, turned", [e, v]),
            ("a blank before the colon", [(b"From ", v[1]), e]),
            ("a blank before the colon, turned", [e, (b"From ", v[1])]),
            ("none but Sender", [(b"Sender", v[1])]),
            ("none but Resent-From", [(b"Resent-From", v[1])]),
            ("none at all", [])):
        named = any(field in fields for field in (v, e))
        yield Case("From", title, signed(header=fields + rest), dmarc=NEVER,
                   reply=("reject",) if named else ("reject", "tag"))
    text = message(signed(header=[e] + rest))
    for title, raw in (
            ("a field that begins with a blank", b" From: <boss@victim.example>"
             b"\r\n" + text),
            ("a folded name", b"From\r\n : boss@victim.example\r\n" + text),
            ("an 8-bit name", b"From\xa0: boss@victim.example\r\n" + text),
            ("a name with NUL", b"From\0: boss@victim.example\r\n" + text),
            ("a field behind a bare CR",
             b"X: a\rFrom: boss@victim.example\r\n" + text),
            ("no colon", b"From boss@victim.example\r\n" + text)):
        yield Case("From", title, raw=raw)
    idn = "xn--bcher-kva.example"
    yield Case("From", "a U-label", signed(header=mail(
        "boss@b\u00fccher.example")), victim=(idn, "b\u00fccher.example"),
        zone=txt("_dmarc." + idn, "v=DMARC1; p=reject"), dmarc=FAIL)
    yield Case("From", "a name that does not exist", mail(
        b"boss@no.such.victim.example"), dmarc=FAIL, reply=("reject",))


def vouchers():
    info = mail(more=[(b"VBR-Info", b" md=victim.example; mc=all; "
                       b"mv=certifier.example")])
    yield Case("VBR", "a domain that nobody proved", info, zone=txt(
        "victim.example._vouch.certifier.example", "all"), dmarc=FAIL,
        config='vbr-certifiers = { "certifier.example" }')
    info[0] = (b"VBR-Info", info[0][1].replace(b"certifier", b"attack"))
    yield Case("VBR", "the attacker's own certifier", info, zone=txt(
        "victim.example._vouch.attack.example", "all"), dmarc=FAIL,
        config='vbr-certifiers = { "certifier.example" }')


def own_ids():
    for title, value in (
            ("as it is", FORGED),
            ("in upper case", FORGED.upper()),
            ("quoted", b" \"mx.receiver.example\"; dmarc=pass "
             b"header.from=victim.example"),
            ("behind a comment", b" (x) " + FORGED),
            ("with a version", FORGED.replace(b";", b" 1;", 1)),
            ("folded", FORGED.replace(b";", b"\r\n\t;", 1)),
            ("with a final dot", FORGED.replace(b";", b".;", 1))):
        for field in (b"Authentication-Results",
                      b"ARC-Authentication-Results"):
            v = (b" i=1;" if field.startswith(b"ARC") else b"") + value
            yield Case("forged id", "%s, %s" % (title, field.decode()),
                       mail(more=[(field, v)]), dmarc=FAIL, arc=(
                           "none", "fail"), reply=("reject",))
    yield Case("forged id", "100 of them", mail(more=[
        (b"Authentication-Results", FORGED)] * 100), dmarc=FAIL)
    yield Case("forged id", "a relay of ours by its name", mail(more=[
        (b"Authentication-Results", FORGED)]), helo="mx.receiver.example",
        config='trusted-relays = { "192.0.2.25" }', dmarc=FAIL)


GROUPS = (controls, identities, weak_crypto, replays, authors, vouchers,
          own_ids)
