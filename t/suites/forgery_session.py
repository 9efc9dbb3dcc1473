# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Forgeries around a message: the envelope, chains of sealers, what the DNS
answers, and what one message may make us do."""
from forgery_world import (ATTACK, BODY, FAIL, NEVER, SAYS, TRUSTED, US, WEAK_768,
                           Case, key_at, mail, name, signed, txt)
from mailsign import arc, dkim, message


def envelope():
    paths = [
        ("a name below the victim that does not exist",
         "any@nonexist.victim.example"),
        ("a stray parenthesis", "(any@victim.example"),
        ("a quoted local part", '"x@victim.example"@attack.example'),
        ("a route to the victim", "@attack.example:any@victim.example"),
        ("a route by the victim", "@victim.example:any@attack.example"),
        ("two at signs", "any@victim.example@attack.example"),
        ("two at signs, turned", "any@attack.example@victim.example"),
        ("a percent hack", "any%victim.example@attack.example"),
        ("a bang path", "victim.example!any@attack.example"),
        ("a statement as local part",
         '"x; %s"@attack.example' % SAYS.decode()),
        ("a statement that ends a quoted string",
         '"\\"; %s; x=\\""@attack.example' % SAYS.decode()),
        ("a final dot", "any@victim.example."),
        ("upper case", "any@VICTIM.EXAMPLE"),
        ("a comment before the domain", "any@(victim.example)attack.example"),
        ("a comment behind the domain", "any@victim.example(@attack.example"),
        ("an address literal", "any@[192.0.2.66]"),
        ("a line end and a field", "any@attack.example>\r\n"
         "Authentication-Results: %s; dmarc=pass" % US),
        ("a local part of 10 kB", "a" * 10000 + "@attack.example"),
        ("a blank in the domain", "any@victim.example .attack.example"),
        ("a semicolon in the domain", "any@victim.example;.attack.example"),
        ("macros in the local part", "%{d}%{i}@attack.example"),
        ("an ideographic full stop", "any@victim\u3002example"),
        ("wide letters", "any@\uff56ictim.example"),
        ("a soft hyphen", "any@vic\u00adtim.example"),
    ]
    for title, path in paths:
        yield Case("MAIL FROM", title, mail_from=path, dmarc=FAIL,
                   reply=("reject",))
    helos = [
        ("a statement", "a;" + SAYS.decode()),
        ("a statement behind quotes",
         '"; dmarc=pass header.from=victim.example; x="'),
        ("a statement behind a comment", "a) ; %s (" % SAYS.decode()),
        ("a line end", "a\r\nAuthentication-Results: %s; spf=pass" % US),
        ("the victim's name", "mail.victim.example"),
        ("the victim itself", "victim.example"),
        ("an address literal", "[192.0.2.66]"),
        ("escapes of a terminal", "\x1b[2J\x1b]0;x\x07"),
        ("an ideographic full stop", "victim\u3002example"),
    ]
    for title, helo in helos:
        for path in ("", "eve@attack.example"):
            yield Case("HELO", "%s, %s" % (title, path or "<>"), helo=helo,
                       mail_from=path, dmarc=FAIL, reply=("reject",))
    yield Case("MAIL FROM", "a forged Received-SPF", mail(more=[
        (b"Received-SPF", b" pass (x: domain of boss@victim.example "
         b"designates 192.0.2.66) client-ip=192.0.2.66;")]), dmarc=FAIL)
    yield Case("MAIL FROM", "a login that makes statements", args=(
        "--auth", "alice; " + SAYS.decode()))
    yield Case("MAIL FROM", "a certificate that makes statements", args=(
        "--macro", "{tls_version}=TLSv1.3", "--macro", "{verify}=OK",
        "--macro", "{cert_subject}=x; " + SAYS.decode(),
        "--macro", "{cert_issuer}=\"; %s; y=\"" % SAYS.decode()), dmarc=FAIL)


def chains():
    trust = 'trusted-sealers = { "trusted.example" }'
    claim = b"x.example; dmarc=pass header.from=victim.example"
    good = mail()
    evil = mail(b"eve@attack.example")
    own = arc(ATTACK, good, BODY, 1, b"attack.example", claim)
    kw = dict(dmarc=FAIL, reply=("reject",), config=trust)
    yield Case("ARC", "the attacker's own chain", own, arc=("pass",), **kw)
    yield Case("ARC", "the attacker behind a trusted hop", arc(
        ATTACK, arc(TRUSTED, evil, BODY, 1, b"trusted.example", claim)[:3] +
        good, BODY, 2, b"attack.example", claim), arc=("pass",), **kw)
    yield Case("ARC", "a trusted hop on the attacker's chain", arc(
        TRUSTED, own, BODY, 2, b"trusted.example",
        b"x.example; arc=pass; dmarc=fail header.from=victim.example"),
        arc=("pass",), **kw)
    yield Case("ARC", "a trusted seal that does not cover From", arc(
        TRUSTED, evil, BODY, 1, b"trusted.example", claim,
        names=(b"to",))[:3] + good, arc=("pass", "fail"), **kw)
    yield Case("ARC", "a trusted seal on another author", arc(
        TRUSTED, evil, BODY, 1, b"trusted.example",
        b"x.example; dmarc=pass header.from=attack.example")[:3] + good,
        arc=FAIL, **kw)
    yield Case("ARC", "a trusted seal on another body", arc(
        TRUSTED, good, b"other\r\n", 1, b"trusted.example", claim),
        arc=FAIL, **kw)
    yield Case("ARC", "From twice under a trusted seal", [
        (b"From", b" ceo@victim.example")] + arc(
            TRUSTED, good, BODY, 1, b"trusted.example", claim),
        arc=("pass", "fail"), dmarc=NEVER, reply=("reject",), config=trust)
    yield Case("ARC", "the attacker seals as trusted.example", arc(
        ATTACK, good, BODY, 1, b"trusted.example", claim), arc=FAIL, **kw)
    yield Case("ARC", "d= with a NUL", arc(
        ATTACK, good, BODY, 1, b"trusted.example\0.attack.example", claim),
        arc=FAIL, zone=key_at(b"trusted.example\0.attack.example", ATTACK),
        **kw)
    yield Case("ARC", "a name that ends in a trusted one", arc(
        ATTACK, good, BODY, 1, b"nottrusted.example", claim), arc=("pass",),
        zone=key_at("nottrusted.example", ATTACK), **kw)
    yield Case("ARC", "results that make statements", arc(
        ATTACK, good, BODY, 1, b"attack.example",
        b"x\"; " + SAYS + b"; (\r\n\t" + SAYS), arc=("pass",), **kw)
    yield Case("ARC", "results of nobody", mail(more=[
        (b"ARC-Authentication-Results", b" i=1; " + claim)]), arc=FAIL, **kw)
    for cv in (b"pass", b"fail", b"None", b"none; cv=pass", b""):
        yield Case("ARC", "cv=" + cv.decode(), arc(
            TRUSTED, good, BODY, 1, b"trusted.example", claim, cv=cv),
            arc=FAIL, **kw)
    for i in (b"0", b"51", b"99999999999", b"1x", b"-1", b"", b"1; i=2"):
        raw = message(arc(TRUSTED, good, BODY, 1, b"trusted.example", claim))
        yield Case("ARC", "i=" + i.decode(), raw=raw.replace(
            b"ARC-Seal: i=1;", b"ARC-Seal: i=%s;" % i), arc=FAIL, **kw)
    two = arc(TRUSTED, arc(TRUSTED, good, BODY, 1, b"trusted.example", claim),
              BODY, 2, b"trusted.example", claim)
    yield Case("ARC", "a gap", two[:3] + two[6:], arc=FAIL, **kw)
    yield Case("ARC", "a seal twice", two[:1] + two, arc=FAIL, **kw)
    yield Case("ARC", "b= of 4 kB", [(b"ARC-Seal", own[0][1] + b"A" * 4096)] +
               own[1:], arc=FAIL, **kw)


def dns_borne():
    def spf(title, record, zone="", path="eve@dns.attack.example", **kw):
        return Case("DNS", title, mail_from=path, zone=txt(
            "dns.attack.example", record) + zone, dmarc=FAIL, **kw)

    for title, text in (
            ("CRLF", "no\r\nAuthentication-Results: %s; dmarc=pass" % US),
            ("quotes", "\"; %s; x=\"" % SAYS.decode()),
            ("parentheses", ") ; %s (" % SAYS.decode()),
            ("a backslash", "x\\"), ("8 bits", b"\xff\xc3\xbc" + SAYS),
            ("NUL", "x\0; " + SAYS.decode()),
            ("64 macros", "%{s}" * 64), ("20 kB", "x" * 20000)):
        yield spf("explanation with " + title, "v=spf1 -all exp=e.%{d}",
                  txt("e.dns.attack.example", text))
    yield spf("explanation with the sender", "v=spf1 -all exp=e.%{d}",
              txt("e.dns.attack.example", "%{s} %{l} %{h}"),
              path='"\\"; %s; x=\\""@dns.attack.example' % SAYS.decode(),
              helo="\"; %s; x=\"" % SAYS.decode())
    for title, record in (
            ("a statement", "v=spf1 a:x;%s -all" % SAYS.decode()),
            ("control octets", "v=spf1 \x1b[2J\r\n\0 -all"),
            ("quotes", "v=spf1 \"; %s;\" -all" % SAYS.decode()),
            ("8 bits", b"v=spf1 a:\xff.example -all"),
            ("50 kB", "v=spf1 " + "ip4:203.0.113.1 " * 3000 + "-all"),
            ("truncated macros", "v=spf1 exists:%{ -all"),
            ("a macro at the end", "v=spf1 include:%"),
            ("/33", "v=spf1 ip4:0.0.0.0/33 ip6:::/129 +all"),
            ("a redirect to the victim", "v=spf1 redirect=victim.example"),
            ("an include of the victim", "v=spf1 include:victim.example ~all"),
            ("a redirect to itself", "v=spf1 redirect=dns.attack.example"),
            ("an include of itself", "v=spf1 include:dns.attack.example"),
            ("a permissive one", "v=spf1 +all")):
        yield spf("SPF record with " + title, record)
    yield spf("exists in the victim's zone", "v=spf1 exists:%{l}.%{o} -all",
              path="mail.victim.example@dns.attack.example")
    for title, ptr in (
            ("a statement", b"x;" + SAYS + b".attack.example"),
            ("quotes", b"\";" + SAYS + b";x=\".attack.example"),
            ("CRLF", b"x\r\nBcc: y.attack.example"),
            ("NUL", b"mail.victim.example\0.attack.example"),
            ("the victim's name", b"mail.victim.example")):
        yield Case("DNS", "PTR with " + title, dmarc=FAIL,
                   ptr="66.2.0.192.in-addr.arpa. PTR %s\n%s" % (
                       name(ptr), "" if ptr == b"mail.victim.example" else
                       "%s A 192.0.2.66\n" % name(ptr)))
    for title, record in (
            ("CRLF in a note", "v=DKIM1; n=x\r\nBcc: y; p="),
            ("a statement as type", "v=DKIM1; k=x) " + SAYS.decode()),
            ("50 kB", "v=DKIM1; n=" + "x" * 50000), ("NUL", "v=DKIM1\0; p=x"),
            ("nothing", "")):
        yield Case("DNS", "key record with " + title, signed(s=b"odd"),
                   zone=txt("odd._domainkey.attack.example", record),
                   dmarc=FAIL)
    at = "_dmarc.odd.example"
    for title, zone, dmarc in (
            ("a statement", txt(at, "v=DMARC1; p=reject; x=" + SAYS.decode()),
             FAIL),
            ("CRLF", txt(at, "v=DMARC1; p=reject\r\nBcc: y; rua=mailto:\"x\""),
             None),
            ("50 kB", txt(at, "v=DMARC1; p=reject; n=" + "x" * 50000), None),
            ("NUL", txt(at, "v=DMARC1; p=reject\0"), None),
            ("two records", txt(at, "v=DMARC1; p=none") +
             txt(at, "v=DMARC1; p=reject"), None),
            ("no answer", at + ". SERVFAIL\n", ("temperror",))):
        yield Case("DNS", "DMARC record with " + title, mail(b"x@odd.example"),
                   victim=("odd.example",), zone=zone, dmarc=dmarc)


def amplification():
    """What one message may make us do."""
    many = [dkim(ATTACK, mail(), BODY, b"attack.example", s=b"s%d" % i)
            for i in range(200)]
    yield Case("amplification", "200 signatures", many + mail(), dmarc=FAIL,
               most=40)
    yield Case("amplification", "the victim's behind 200", many + [dkim(
        WEAK_768, mail(), BODY, b"victim.example", s=b"w768")] + mail(),
        dmarc=FAIL, most=40)
    wide = (b"DKIM-Signature", b" v=1; a=rsa-sha256; d=attack.example; s=s; "
            b"bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA; h=from")
    for title, value in (("h= of 10,000 names", wide[1] + b":x" * 10000),
                         ("b= of 1 MB", wide[1] + b"; b=" + b"A" * 1000000),
                         ("10,000 tags", wide[1] + b"; x" * 10000 + b"=1")):
        yield Case("amplification", title, [(wide[0], value)] + mail(),
                   dmarc=FAIL, most=40)
    yield Case("amplification", "10,000 tags in each of 20", [
        (wide[0], wide[1] + b"; a%d=1" % i * 2000) for i in range(20)] +
        mail(), dmarc=FAIL, most=40)
    fields = [(n, b" i=%d; a=rsa-sha256; cv=%s; c=relaxed; d=d%d.example; "
               b"s=s%d; h=from; b=AAAA; "
               b"bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" % (
                   i, b"none" if i == 1 else b"pass", i, k))
              for i in range(1, 51)
              for k, n in enumerate((b"ARC-Seal", b"ARC-Message-Signature",
                                     b"ARC-Authentication-Results"))]
    yield Case("amplification", "50 ARC sets of 100 keys", fields + mail(),
               dmarc=FAIL, arc=FAIL, most=40)
    yield Case("amplification", "9,000 ARC fields", fields * 60 + mail(),
               dmarc=FAIL, arc=FAIL, most=40)
    tree = "".join(txt("%s.attack.example" % n, "v=spf1 %s -all" % " ".join(
        "include:%s%d.attack.example" % (n, i) for i in range(9)))
        for n in ["t"] + ["t%d" % i for i in range(9)])
    yield Case("amplification", "an include tree", mail_from="x@t."
               "attack.example", zone=tree, dmarc=FAIL, most=40)
    hosts = "".join("m.attack.example. MX %d h%d.attack.example.\n" % (i, i)
                    for i in range(200))
    yield Case("amplification", "200 hosts of a mail exchanger", zone=hosts +
               txt("m.attack.example", "v=spf1 mx mx mx mx -all"),
               mail_from="x@m.attack.example", dmarc=FAIL, most=80)
    ptrs = "".join("66.2.0.192.in-addr.arpa. PTR p%d.attack.example.\n" % i
                   for i in range(200))
    yield Case("amplification", "200 names of a client", ptr=ptrs, zone=txt(
        "r.attack.example", "v=spf1 ptr ptr:victim.example -all"),
        mail_from="x@r.attack.example", dmarc=FAIL, most=60)
    yield Case("amplification", "an author of 120 labels", mail(
        b"x@" + b"a." * 118 + b"victim.example"), dmarc=FAIL, most=40)
    yield Case("amplification", "a header of 1 MB", mail(more=[
        (b"X", b" " + b"y" * 1000000)]), dmarc=FAIL)
    yield Case("amplification", "9,000 fields", mail(more=[
        (b"X", b" y")] * 9000), dmarc=FAIL)


GROUPS = (envelope, chains, dns_borne, amplification)
