# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""The cases of t/suites/dkim_table.py: canonical forms, changes on the way,
tags, keys, the DNS, several signatures.  Each says what it must be; where
dkimpy says otherwise, it says why dkimpy is no judge there."""
from dkim_make import Ed25519, Rsa, message, quoted, sign

NOW = 1700000000
FORMS = [b"simple/simple", b"simple/relaxed", b"relaxed/simple",
         b"relaxed/relaxed"]


class Table:
    def __init__(self):
        self.zone, self.txt, self.cases = [], {}, []
        self.keys = {b: Rsa(b) for b in
                     (512, 768, 1024, 2048, 4096, 8192, 16384)}
        self.rsa, self.ed = self.keys[2048], Ed25519()
        self.record("rsa", b"v=DKIM1; k=rsa; p=" + self.rsa.p())
        self.record("ed", b"v=DKIM1; k=ed25519; p=" + self.ed.p())

    def name(self, selector, domain="example.com"):
        return "%s._domainkey.%s" % (selector, domain)

    def record(self, selector, text, domain="example.com"):
        name = self.name(selector, domain)
        self.zone.append("%s. TXT %s" % (name, quoted(text)))
        self.txt.setdefault(name.encode(), text)

    def case(self, name, want, octets, now=NOW, differs=None, **more):
        """want: the result of each signature.  differs: why dkimpy does not
        say the same (of pass or not)."""
        self.cases.append(dict(name=name, want=want.split(), octets=octets,
                               now=now, differs=differs, **more))


def fields():
    return [[b"From", b" Alice <alice@example.com>\r\n"],
            [b"To", b" Bob <bob@example.org>\r\n"],
            [b"Subject", b" A letter,  folded\r\n\tonce\r\n"],
            [b"Date", b" Tue, 14 Nov 2023 22:13:20 +0000\r\n"],
            [b"Message-ID", b" <1@example.com>\r\n"]]


BODY = b"Hello,\r\n\r\nthis is  a letter. \r\nBye\r\n\r\n\r\n"


def signed(value, f=None, body=BODY, name=b"DKIM-Signature"):
    return message([[name, value + b"\r\n"]] + (f or fields()), body)


BODIES = [
    ("empty", b""), ("a line end", b"\r\n"), ("line ends", b"\r\n\r\n\r\n"),
    ("no line end at the end", b"Hello"), ("one line", b"Hello\r\n"),
    ("line ends at the end", b"Hello\r\n\r\n\r\n"),
    ("a line of blanks at the end", b"Hello\r\n \t \r\n"),
    ("blanks at ends of lines", b"Hello \r\nyou\t\r\n"),
    ("tabs and runs of blanks", b"a\t\tb  c \t d\r\n"),
    ("blanks at the start", b"  Hello\r\n\tyou\r\n"),
    ("an empty line first", b"\r\nHello\r\n"),
    ("8-bit octets", b"Gr\xc3\xbc\xc3\x9fe \xff\xfe\r\n"),
    ("a line of 3,000 octets", b"x" * 3000 + b"\r\n"),
    ("dots", b".\r\n..\r\n.a\r\n"), ("a bare CR", b"a\rb \r c\r\n"),
    ("a bare LF", b"a\nb \n c\r\n"), ("a NUL", b"a\0b\r\n"),
]


def canonical_forms(t):
    for c in FORMS + [b"simple", b"relaxed"]:
        for name, body in BODIES:
            why = "dkimpy makes a CRLF of each LF before it looks" \
                if name == "a bare LF" else None
            t.case("%s: %s" % (c.decode(), name), "pass",
                   signed(sign(t.rsa, fields(), body, c=c), body=body),
                   differs=why)


ODD = [("a form feed", b"\f"), ("a vertical tab", b"\v"), ("a NUL", b"\0"),
       ("an octet of 8 bits", b"\xff"), ("a bare CR", b"\r")]


def odd_octets(t):
    """What C and Python take for a blank or an end, and RFC 5322 does not."""
    for name, octet in ODD:
        f = fields()
        f[2][1] = b" a" + octet + b"b\r\n"
        g, ends = fields(), fields()
        g[2][1] = b" ab\r\n"
        ends[2][1] = b" ab" + octet + b"\r\n"
        for c in (b"simple/simple", b"relaxed/relaxed"):
            value = sign(t.rsa, f, BODY, c=c)
            form = c.decode()
            t.case("%s: %s in Subject" % (form, name), "pass",
                   signed(value, f))
            t.case("%s: %s lost from Subject" % (form, name), "fail",
                   signed(value, g))
            t.case("%s: %s more at Subject's end" % (form, name), "fail",
                   signed(sign(t.rsa, g, BODY, c=c), ends),
                   differs="dkimpy takes it for a blank"
                   if octet in b"\f\v\r" and c[:1] == b"r" else None)


def swap(n, old, new):
    def change(f, body):
        f[n][1] = f[n][1].replace(old, new)
        return f, body
    return change


def body_swap(old, new):
    return lambda f, body: (f, body.replace(old, new))


def on_top(name, value):
    return lambda f, body: ([[name, value]] + f, body)


# name, change, which of c= stay good: header and body part
CHANGES = [
    ("blanks doubled in Subject", swap(2, b"A letter", b"A  letter"), "r."),
    ("Subject folded elsewhere", swap(2, b",  folded\r\n\t",
                                      b",\r\n  folded\t"), "r."),
    ("blanks at the end of To", swap(1, b"\r\n", b" \t\r\n"), "r."),
    ("Subject in one word", swap(2, b"A letter", b"Aletter"), ""),
    ("Subject changed", swap(2, b"letter", b"Letter"), ""),
    ("a field's name in capitals",
     lambda f, b: ([[n.upper(), v] for n, v in f], b), "r."),
    ("blanks at ends of lines", body_swap(b"Bye", b"Bye \t"), ".r"),
    ("blanks doubled in a line", body_swap(b"is  a", b"is \t  a"), ".r"),
    ("blanks lost in a line", body_swap(b"is  a", b"isa"), ""),
    ("blank line in the middle", body_swap(b"Bye", b"\r\nBye"), ""),
    ("line ends more at the end", lambda f, b: (f, b + b"\r\n\r\n"), ".."),
    ("line ends less at the end", body_swap(b"\r\n\r\n\r\n", b"\r\n"), ".."),
    ("text more at the end", lambda f, b: (f, b + b"more\r\n"), ""),
    ("body gone", lambda f, b: (f, b""), ""),
    ("unsigned field more", on_top(b"X-Spam", b" no\r\n"), ".."),
    ("unsigned field gone", lambda f, b: (f[:-1], b), ".."),
    ("signed field gone", lambda f, b: (f[:3] + f[4:], b), ""),
    ("fields in another order", lambda f, b: (f[::-1], b), ".."),
    ("signed and absent", lambda f, b: (f, b), ".."),
    ("second Subject below", lambda f, b: (f + [[b"Subject", b" x\r\n"]], b),
     ""),
]


def is_good(c, keeps):
    return keeps != "" and all(k in (".", part[0]) for k, part in
                               zip(keeps, c.decode().split("/")))


def changes_on_the_way(t):
    for c in FORMS:
        for name, change, keeps in CHANGES:
            f, body = change(fields(), BODY)
            h = (b"from", b"to", b"subject", b"date") + \
                ((b"cc", b"sender") if name == "signed and absent" else ())
            t.case("%s: %s" % (c.decode(), name),
                   "pass" if is_good(c, keeps) else "fail",
                   signed(sign(t.rsa, fields(), BODY, c=c, h=h), f, body))
    for name in (b"Subject", b"To", b"Date", b"Content-Type", b"subject"):
        once = fields() + [[b"Content-Type", b" text/plain\r\n"]]
        f = [[name, b" another\r\n"]] + once
        h = (b"from", b"to", b"subject", b"date", b"content-type")
        value = sign(t.rsa, once, BODY, h=h)
        t.case("second %s on top" % name.decode(), "policy",
               signed(value, f), partial=True,
               differs="dkimpy looks for a second From only")
    value = sign(t.rsa, fields(), BODY)
    t.case("second From on top", "policy",
           signed(value, [[b"From", b" <eve@example.net>\r\n"]] + fields()),
           partial=True)
    twice = [[b"From", b" <eve@example.com>\r\n"]] + fields()
    t.case("two From, both signed", "pass", signed(sign(
        t.rsa, twice, BODY, h=(b"from", b"from", b"to")), twice))
    t.case("second Cc on top, Cc oversigned", "fail", signed(sign(
        t.rsa, fields(), BODY, h=(b"from", b"subject", b"subject")),
        [[b"Subject", b" x\r\n"]] + fields()))


def several_signatures(t):
    good = sign(t.rsa, fields(), BODY)
    other = sign(t.ed, fields(), BODY, s=b"ed")
    bad = sign(t.rsa, fields(), b"other")
    short = sign(t.rsa, fields(), BODY, limit=5, more=b" l=5;")

    def many(*values):
        return message([[b"DKIM-Signature", v + b"\r\n"] for v in values] +
                       fields(), BODY)
    t.case("RSA and Ed25519", "pass pass", many(good, other), queries=2)
    t.case("a bad one first", "fail pass", many(bad, other))
    t.case("a bad one last", "pass fail", many(good, bad), queries=1)
    t.case("one that is none, first", "permerror pass", many(b" x", good))
    t.case("one with l= does not shorten the other", "policy pass",
           many(short, good),
           differs="RFC 6376 8.2: dkimpy lets l= leave a tail")
    t.case("the same twice", "pass pass", many(good, good), queries=1)
    t.case("ten", " ".join(["pass"] * 10), many(*[good] * 10), ignored=0)
    t.case("thirty: ten are looked at", " ".join(["pass"] * 10),
           many(*[good] * 30), ignored=20, queries=1)
    t.case("ten bad ones hide a good one", " ".join(["fail"] * 10),
           many(*[bad] * 10 + [good]), ignored=1)
    old = [[b"DKIM-Signature", other + b"\r\n"]] + fields()
    t.case("one that signs an older one", "pass pass", signed(sign(
        t.rsa, old, BODY, h=(b"from", b"dkim-signature")), old))
    t.case("one that signs an older one, which is changed", "fail fail",
           signed(sign(t.rsa, old, BODY, h=(b"from", b"dkim-signature")),
                  [[b"DKIM-Signature", bad + b"\r\n"]] + fields()))
