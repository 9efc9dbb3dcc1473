# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""The cases of t/suites/dkim_table.py that are about one tag of a signature, or
of a key record.  The signature is made over the changed text: nothing but the
tag is wrong."""
import base64

from dkim_cases import BODY, NOW, fields, signed
from dkim_make import sign

HOUR = 3600
PADDING = "RFC 6376 2.10: its grammar lets padding go; dkimpy wants it"

# name, from, to in the text before it is signed, result, why dkimpy differs
TAGS = [
    ("v= missing", b"v=1; ", b"", "permerror"),
    ("v=2", b"v=1", b"v=2", "permerror"),
    ("v= empty", b"v=1", b"v=", "permerror"),
    ("v=1.0", b"v=1", b"v=1.0", "permerror"),
    ("v= not first", b"v=1; a=rsa-sha256", b"a=rsa-sha256; v=1", "pass"),
    ("V=1", b"v=1", b"V=1", "permerror"),
    ("blanks around =", b"v=1; a=", b" v \t=\r\n 1 ;\ta = ", "pass"),
    ("a= missing", b"a=rsa-sha256; ", b"", "permerror"),
    ("a= unknown", b"rsa-sha256", b"rsa-sha512", "permerror"),
    ("a= in capitals", b"rsa-sha256", b"RSA-SHA256", "permerror"),
    ("a= of another key", b"rsa-sha256", b"ed25519-sha256", "permerror",
     "dkimpy goes by k= and does not compare it with a="),
    ("c= missing", b" c=relaxed/relaxed;", b"", "fail"),
    ("c= empty", b"c=relaxed/relaxed", b"c=", "permerror"),
    ("c= unknown", b"c=relaxed/relaxed", b"c=nofws", "permerror"),
    ("c= with an unknown body", b"relaxed/relaxed", b"relaxed/nofws",
     "permerror"),
    ("c= in capitals", b"relaxed/relaxed", b"Relaxed/relaxed", "permerror"),
    ("c= of three", b"relaxed/relaxed", b"relaxed/relaxed/x", "permerror"),
    ("d= missing", b" d=example.com;", b"", "permerror"),
    ("d= empty", b"d=example.com", b"d=", "permerror"),
    ("d= with a final dot", b"d=example.com", b"d=example.com.", "pass"),
    ("d= in capitals", b"d=example.com", b"d=Example.COM", "pass"),
    ("d= of a top-level domain", b"d=example.com", b"d=com", "permerror",
     "RFC 6376 3.5: domain-name has a dot"),
    ("d= with a blank", b"d=example.com", b"d=exa mple.com", "permerror"),
    ("d= with an empty label", b"d=example.com", b"d=example..com",
     "permerror"),
    ("d= with an @", b"d=example.com", b"d=a@example.com", "permerror"),
    ("d= as U-label", b"d=example.com", "d=bücher.example".encode(), "pass",
     "RFC 8616: dkimpy asks for the name as it stands"),
    ("d= as A-label", b"d=example.com", b"d=xn--bcher-kva.example", "pass"),
    ("d= no UTF-8", b"d=example.com", b"d=b\xfccher.example", "permerror"),
    ("s= missing", b" s=rsa;", b"", "permerror"),
    ("s= empty", b"s=rsa", b"s=", "permerror"),
    ("s= with dots", b"s=rsa", b"s=a.b", "pass"),
    ("s= in capitals", b"s=rsa", b"s=RSA", "pass"),
    ("s= with a slash", b"s=rsa", b"s=r/sa", "permerror"),
    ("s= over 63 octets", b"s=rsa", b"s=" + b"r" * 64, "permerror"),
    ("h= missing", b" h=from:to:subject:date;\r\n", b"", "permerror"),
    ("h= empty", b"h=from:to:subject:date", b"h=", "permerror"),
    ("h= folded", b"h=from:to:subject:date",
     b"h=from :\r\n to\t: subject\r\n :date", "pass"),
    ("h= in capitals", b"from:to", b"FROM:To", "pass"),
    ("h= with a colon at its end", b"subject:date", b"subject:date:", "pass"),
    ("h= with empty items", b"from:to", b"from: : :to", "pass"),
    ("h= with a blank in a name", b"from:to", b"fr om:to", "permerror"),
    ("bh= missing", b" bh=", b" xx=", "permerror"),
    ("bh= no base64", b"bh=", b"bh=*", "permerror"),
    ("bh= too short", b"bh=", b"bh=AAAA; xx=", "permerror"),
    ("bh= of another body", b"bh=", b"bh=" + b"A" * 43 + b"=; xx=", "fail"),
    ("bh= folded", b"bh=", b"bh=\r\n ", "pass"),
    ("bh= empty", b"bh=", b"bh=; xx=", "permerror"),
    ("b= missing", b" b=@B@", b"", "permerror"),
    ("b= empty", b"b=@B@", b"b=", "permerror"),
    ("b= no base64", b"b=@B@", b"b=*@B@", "permerror"),
    ("b= with a blank before =", b"b=@B@", b"b =@B@", "pass"),
    ("b= with blanks around", b"b=@B@", b"b=\t @B@ \r\n ", "pass"),
    ("b= before the end", b"b=@B@", b"b=@B@;", "pass"),
    ("another tag that ends in b", b"b=@B@", b"xb=foo; b=@B@", "pass"),
    ("t= ", b"bh=", b"t=1600000000; bh=", "pass"),
    ("t=0", b"bh=", b"t=0; bh=", "pass"),
    ("t= of the future", b"bh=", b"t=%d; bh=" % (NOW + 20 * HOUR), "fail"),
    ("t= a minute ahead", b"bh=", b"t=%d; bh=" % (NOW + 60), "pass"),
    ("t= an hour ahead", b"bh=", b"t=%d; bh=" % (NOW + HOUR), "fail",
     "dkimpy forgives clocks ten hours, we five minutes"),
    ("t= no number", b"bh=", b"t=soon; bh=", "permerror"),
    ("t= negative", b"bh=", b"t=-1; bh=", "permerror"),
    ("t= empty", b"bh=", b"t=; bh=", "permerror"),
    ("x= in time", b"bh=", b"x=%d; bh=" % (NOW + HOUR), "pass"),
    ("x= past", b"bh=", b"x=%d; bh=" % (NOW - 20 * HOUR), "fail"),
    ("x= a minute past", b"bh=", b"x=%d; bh=" % (NOW - 60), "pass"),
    ("x= an hour past", b"bh=", b"x=%d; bh=" % (NOW - HOUR), "fail",
     "dkimpy forgives clocks ten hours, we five minutes"),
    ("x= before t=", b"bh=", b"t=%d; x=%d; bh=" % (NOW, NOW - 10),
     "permerror", "dkimpy compares them only once x= is past"),
    ("x= is t=", b"bh=", b"t=%d; x=%d; bh=" % (NOW, NOW), "permerror",
     "RFC 6376 3.5: x= must be greater than t="),
    ("x= no number", b"bh=", b"x=1e9; bh=", "permerror"),
    ("x= of 30 digits", b"bh=", b"x=" + b"9" * 30 + b"; bh=", "permerror",
     "we read 18 digits: 30 thousand million years"),
    ("l= no number", b"bh=", b"l=1x; bh=", "permerror"),
    ("l= negative", b"bh=", b"l=-1; bh=", "permerror"),
    ("l= empty", b"bh=", b"l=; bh=", "permerror"),
    ("i= of d=", b"bh=", b"i=@example.com; bh=", "pass"),
    ("i= below d=", b"bh=", b"i=joe@sub.example.com; bh=", "pass"),
    ("i= in capitals", b"bh=", b"i=Joe@EXAMPLE.com; bh=", "pass"),
    ("i= elsewhere", b"bh=", b"i=joe@example.net; bh=", "permerror"),
    ("i= that only ends alike", b"bh=", b"i=joe@notexample.com; bh=",
     "permerror"),
    ("i= above d=", b"bh=", b"i=joe@com; bh=", "permerror"),
    ("i= without @", b"bh=", b"i=example.com; bh=", "permerror"),
    ("i= with a quoted octet", b"bh=", b"i==6Aoe@example.com; bh=", "pass"),
    ("i= with a broken quote", b"bh=", b"i==4@example.com; bh=", "permerror",
     "RFC 6376 2.11: \"=\" needs two hexadecimal digits"),
    ("i= with two @", b"bh=", b"i=a=40b@c@example.com; bh=", "pass"),
    ("q= as usual", b"bh=", b"q=dns/txt; bh=", "pass"),
    ("q= with more", b"bh=", b"q=foo/bar:dns/txt; bh=", "pass",
     "RFC 6376 3.5: q= is a list"),
    ("q= unknown", b"bh=", b"q=http; bh=", "permerror"),
    ("q=dns", b"bh=", b"q=dns; bh=", "permerror"),
    ("z= ", b"bh=", b"z=From:a=40b|To:c; bh=", "pass"),
    ("a tag that nobody knows", b"bh=", b"foo=bar; bh=", "pass"),
    ("d= twice", b"bh=", b"d=example.net; bh=", "permerror"),
    ("d= twice, alike", b"bh=", b"d=example.com; bh=", "permerror"),
    ("an unknown tag twice", b"bh=", b"foo=1; foo=2; bh=", "permerror"),
    ("a part that is no tag", b"bh=", b"foo; bh=", "permerror"),
    ("an empty part", b"bh=", b"; bh=", "permerror"),
    ("a tag that begins with a digit", b"bh=", b"1a=b; bh=", "permerror"),
    ("a tag with a hyphen", b"bh=", b"x-y=b; bh=", "permerror",
     "RFC 6376 3.2: names hold letters, digits and \"_\""),
    ("a control octet in a value", b"bh=", b"foo=\x01; bh=", "permerror",
     "RFC 6376 3.2: VALCHAR is printable"),
    ("over 50 tags", b"bh=", b"".join(b"x%d=; " % i for i in range(60)) +
     b"bh=", "permerror", "a limit of ours"),
    ("over 32 kB", b"bh=", b"z=" + b"From:a|" * 5000 + b"; bh=", "permerror",
     "a limit of ours"),
]


def tags(t):
    for s, d in (("a.b", "example.com"), ("rsa", "com"),
                 ("rsa", "xn--bcher-kva.example"), ("rsa", "example.net")):
        t.record(s, b"v=DKIM1; p=" + t.rsa.p(), d)
    for name, old, new, want, *differs in TAGS:
        def edit(text):
            assert old in text, name
            return text.replace(old, new, 1)
        t.case(name, want, signed(sign(t.rsa, fields(), BODY, edit=edit)),
               differs=differs[0] if differs else None)
    by_hand(t)
    lengths(t)


def by_hand(t):
    value = sign(t.rsa, fields(), BODY)
    head, _, b = value.rpartition(b" b=")
    cut = base64.b64encode(base64.b64decode(b)[:-9])
    t.case("b= cut", "fail", signed(head + b" b=" + cut))
    first = sign(t.rsa, fields(), BODY, edit=lambda text: b" b=@B@;" +
                 text.replace(b"; b=@B@", b""))
    t.case("b= first", "pass", signed(first))
    t.case("b= without padding", "pass", signed(value.rstrip(b"=")),
           differs=PADDING)
    t.case("b= of another letter case", "fail", signed(
        value[:-40] + value[-40:].swapcase()))
    t.case("field name in capitals", "pass",
           signed(value, name=b"DKIM-SIGNATURE"))
    t.case("rsa-sha1", "policy", signed(sign(t.rsa, fields(), BODY,
                                             sha1=True)),
           differs="RFC 8301 3.1: rsa-sha1 must not be verified", queries=0)
    for n, want in ((100, "pass"), (101, "permerror")):
        h = (b"from",) * n
        t.case("h= of %d items" % n, want, signed(sign(
            t.rsa, fields(), BODY, h=h)), queries=1 if n == 100 else 0,
            differs="a limit of ours" if n > 100 else None)
    t.case("h= without From", "permerror", signed(sign(
        t.rsa, fields(), BODY, h=(b"to", b"subject"))), queries=0,
        differs="RFC 6376 5.4: From must be signed")


def lengths(t):
    size = len(b"Hello,\r\n\r\nthis is a letter.\r\nBye\r\n")
    for name, n, want in (("l= of the whole body", size, "pass"),
                          ("l= of a part", size - 3, "policy"),
                          ("l=0", 0, "policy"),
                          ("l= over the body", size + 1, "fail")):
        t.case(name, want, signed(sign(
            t.rsa, fields(), BODY, limit=n, more=b" l=%d;" % n)),
            partial=want == "policy",
            differs=None if want == "pass" else
            "RFC 6376 8.2: dkimpy lets l= leave a tail" if want == "policy"
            else "RFC 6376 3.5: l= must not be over the body")
    value = sign(t.rsa, fields(), BODY, limit=size, more=b" l=%d;" % size)
    t.case("l= and a tail", "policy", signed(value, body=BODY.rstrip() +
           b"\r\nevil\r\n"), partial=True,
           differs="RFC 6376 8.2: dkimpy lets l= leave a tail")
    t.case("l= and line ends more", "pass", signed(value, body=BODY +
           b"\r\n\r\n"))
