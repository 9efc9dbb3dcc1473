# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""The cases of t/suites/dkim_table.py that are about the key record, and about
what the DNS does instead of giving it."""
from dkim_cases import BODY, fields, signed
from dkim_make import Ed25519, Rsa, quoted, sign

K = b"%K"  # what p= holds

# name, record, result, why dkimpy differs
RECORDS = [
    ("without v=", b"k=rsa; p=" + K, "pass"),
    ("p= alone", b"p=" + K, "pass"),
    ("blanks everywhere", b" v = DKIM1 ;\tk = rsa ; p = " + K + b" ; ",
     "pass"),
    ("p= with blanks inside", b"v=DKIM1; p=%H %T", "pass"),
    ("v=DKIM2", b"v=DKIM2; p=" + K, "permerror"),
    ("v= in small letters", b"v=dkim1; p=" + K, "permerror"),
    ("v= not first", b"k=rsa; v=DKIM1; p=" + K, "permerror",
     "RFC 6376 3.6.1: v= must be first"),
    ("h=sha256", b"h=sha256; p=" + K, "pass"),
    ("h= with more", b"h=sha1 : sha256 : foo; p=" + K, "pass"),
    ("h=sha1", b"h=sha1; p=" + K, "permerror", "dkimpy does not read h="),
    ("h= unknown", b"h=md5; p=" + K, "permerror", "dkimpy does not read h="),
    ("k= unknown", b"k=dsa; p=" + K, "permerror"),
    ("k= in capitals", b"k=RSA; p=" + K, "permerror"),
    ("k=ed25519 with an RSA key", b"k=ed25519; p=" + K, "permerror"),
    ("s=email", b"s=email; p=" + K, "pass"),
    ("s=*", b"s=*; p=" + K, "pass"),
    ("s= with email", b"s=foo:email; p=" + K, "pass",
     "RFC 6376 3.6.1: s= is a list"),
    ("s=tlsrpt", b"s=tlsrpt; p=" + K, "permerror"),
    ("s= unknown", b"s=foo; p=" + K, "permerror"),
    ("t=y", b"t=y; p=" + K, "pass"),
    ("t= unknown", b"t=foo; p=" + K, "pass"),
    ("n= of 1,500 octets first", b"n=" + b"note " * 300 + b"; p=" + K,
     "pass"),
    ("n= of 8 bits", "n=Schlüssel; p=".encode() + K, "pass"),
    ("g= of RFC 4871", b"g=; p=" + K, "pass"),
    ("a tag that nobody knows", b"foo=bar; p=" + K, "pass"),
    ("over 4 kB", b"n=" + b"note " * 900 + b"; p=" + K, "permerror",
     "a limit of ours"),
    ("p= missing", b"v=DKIM1; k=rsa", "permerror"),
    ("p= empty", b"v=DKIM1; p=", "permerror"),
    ("p= twice", b"p=" + K + b"; p=" + K, "permerror"),
    ("p= twice, the first of another key", b"p=MIGf; p=" + K, "permerror"),
    ("an unknown tag twice", b"n=a; n=b; p=" + K, "permerror"),
    ("p= no base64", b"p=*" + K, "permerror",
     "dkimpy's decoder skips what is no base64"),
    ("p= cut", b"p=%H", "permerror"),
    ("p= with more behind", b"p=%MAAAA", "permerror",
     "its DER has a tail: we take no key that is not whole"),
    ("a part that is no tag", b"p=" + K + b"; foo", "permerror"),
    ("an empty part", b"k=rsa;; p=" + K, "permerror"),
    ("SPF's record", b"v=spf1 -all", "permerror"),
    ("an empty record", b"", "permerror"),
]


def fill(text, p):
    pad = p.rstrip(b"=")
    return text.replace(K, p).replace(b"%H", pad[:100]).replace(
        b"%T", p[100:]).replace(b"%M", p[:len(p) // 4 * 4].rstrip(b"="))


def records(t):
    for i, (name, text, want, *differs) in enumerate(RECORDS):
        selector = "r%d" % i
        t.record(selector, fill(text, t.rsa.p()))
        t.case("key: " + name, want, signed(sign(
            t.rsa, fields(), BODY, s=selector.encode())),
            differs=differs[0] if differs else None,
            testing=name == "t=y")
    flags(t)
    sizes(t)
    other_kinds(t)


def flags(t):
    t.record("test", b"t=y; p=" + t.rsa.p())
    value = sign(t.rsa, fields(), BODY, s=b"test")
    t.case("key: t=y, the body has changed", "neutral",
           signed(value, body=b"other\r\n"), testing=True)
    t.record("strict", b"t=s; p=" + t.rsa.p())
    for i, want in ((b"@example.com", "pass"), (b"a@example.com", "pass"),
                    (b"@sub.example.com", "permerror")):
        t.case("key: t=s, i=%s" % i.decode(), want, signed(sign(
            t.rsa, fields(), BODY, s=b"strict", more=b" i=%s;" % i)),
            differs="dkimpy does not read t=" if want != "pass" else None)


def sizes(t):
    for bits, want in ((512, "policy"), (768, "policy"), (1024, "pass"),
                       (4096, "pass"), (8192, "pass"), (16384, "policy")):
        key = t.keys[bits]
        t.record("k%d" % bits, b"v=DKIM1; k=rsa; p=" + key.p())
        t.case("key: RSA, %d bits" % bits, want, signed(sign(
            key, fields(), BODY, s=b"k%d" % bits)), bits=bits,
            differs="a limit of ours" if bits > 8192 else None)
    for bits in (1024, 2048, 8192):
        key = t.keys[bits]
        t.record("b%d" % bits, b"v=DKIM1; k=rsa; p=" + key.bare_p())
        t.case("key: bare PKCS#1, %d bits" % bits, "pass", signed(sign(
            key, fields(), BODY, s=b"b%d" % bits)), bits=bits)
    key = t.keys[8192]
    t.case("key: RSA, 8192 bits, the body has changed", "fail", signed(
        sign(key, fields(), BODY, s=b"k8192"), body=b"x\r\n"))
    f = fields()
    f[2][1] = b" another\r\n"
    t.case("key: RSA, 8192 bits, Subject has changed", "fail", signed(
        sign(key, fields(), BODY, s=b"k8192"), f))
    t.case("key: of another signer", "fail", signed(sign(
        Rsa(2048), fields(), BODY)))


def other_kinds(t):
    for c in (b"simple/simple", b"relaxed/relaxed"):
        t.case("key: Ed25519, %s" % c.decode(), "pass", signed(sign(
            t.ed, fields(), BODY, c=c, s=b"ed")), bits=256)
    t.case("key: Ed25519 of another signer", "fail", signed(sign(
        Ed25519(), fields(), BODY, s=b"ed")))
    f = fields()
    f[2][1] = b" another\r\n"
    t.case("key: Ed25519, Subject has changed", "fail", signed(sign(
        t.ed, fields(), BODY, s=b"ed"), f))
    t.record("wrap", b"k=ed25519; p=" + t.ed.wrapped_p())
    t.case("key: Ed25519 in SubjectPublicKeyInfo", "permerror", signed(sign(
        t.ed, fields(), BODY, s=b"wrap")))
    t.record("norsa", b"k=rsa; p=" + t.ed.p())
    t.case("key: k=rsa with an Ed25519 key", "permerror", signed(sign(
        t.ed, fields(), BODY, s=b"norsa")))
    t.record("nok", b"p=" + t.ed.p())
    t.case("key: Ed25519 without k=", "permerror", signed(sign(
        t.ed, fields(), BODY, s=b"nok")))


def look_ups(t):
    good = quoted(b"p=" + t.rsa.p())
    t.zone += ["two._domainkey.example.com. TXT " + good] * 1 + [
        "two._domainkey.example.com. TXT \"v=spf1 -all\"",
        "away._domainkey.example.com. CNAME rsa._domainkey.example.com.",
        "loop._domainkey.example.com. CNAME loop._domainkey.example.com.",
        "nowhere._domainkey.example.com. CNAME none.example.com.",
        "host._domainkey.example.com. A 192.0.2.1",
        "deep.host._domainkey.example.com. TXT " + good,
        "dead._domainkey.example.com. SERVFAIL",
        "slow._domainkey.example.com. TIMEOUT",
        "shut._domainkey.example.com. REFUSED",
        "lies._domainkey.example.com. BOGUS",
        "*.wild._domainkey.example.com. TXT " + good,
        "$SECURE on", "safe._domainkey.example.com. TXT " + good,
        "void._domainkey.example.com. A 192.0.2.1", "$SECURE off"]
    for name in ("away", "deep.host", "x.wild", "safe"):
        t.txt[t.name(name).encode()] = b"p=" + t.rsa.p()
    for name, want in (
            ("none", "permerror"), ("two", "permerror"), ("away", "pass"),
            ("loop", "temperror"), ("nowhere", "permerror"),
            ("host", "permerror"), ("deep.host", "pass"),
            ("dead", "temperror"), ("slow", "temperror"),
            ("shut", "temperror"), ("lies", "temperror"), ("x.wild", "pass"),
            ("safe", "pass"), ("void", "permerror")):
        t.case("DNS: %s" % name, want, signed(sign(
            t.rsa, fields(), BODY, s=name.encode())), queries=1,
            secure=name in ("safe", "void"))
    t.case("DNS: dead, the body has changed", "temperror", signed(sign(
        t.rsa, fields(), b"x", s=b"dead")))
