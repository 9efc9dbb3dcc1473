# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""The DMARC cases of t/suites/dmarc_table.py.  A case says who wrote (From),
who authenticated, what the DNS has, and the right answer: result, and policy
where the mail fails, or would ("permerror/reject": the From field is ambiguous,
an owner in it asks for that).  Two answers: by the tree walk of RFC 9989, and
by the public suffix list; records are read by RFC 9989 either way."""
from collections import namedtuple

Case = namedtuple("Case", "title header ids zone walk by_list plain")
CASES = []
V = "v=DMARC1; "
REJECT = {"corp-a.com": V + "p=reject"}


def case(title, author, ids, walk, zone=REJECT, by_list=None, plain=False):
    """author: a domain, a value of From, or header fields that end in LF.
    zone: records by domain, a text of lines under "lines".  plain: even
    libopendmarc by itself gets it right, or the harness is broken."""
    if "@" not in author and ":" not in author:
        author = "user@" + author
    if not author.endswith("\n"):
        author = "From: %s\n" % author
    CASES.append(Case(title, author, ids, zone, walk, by_list or walk, plain))


def at(domain, tags="p=reject"):
    return {domain: V + tags}


# Labels of one letter.
for author, ids, tags in [
        ("q.com", "dkim/pass/evil.com", "p=reject"),
        ("q.com", "spf/pass/evil.com", "p=reject"),
        ("q.com", "dkim/pass/z.com", "p=reject; adkim=s"),
        ("evil.com", "dkim/pass/z.com", "p=reject"),
        ("x.com", "dkim/pass/evil.com", "p=reject"),
        ("victim.com", "dkim/pass/x.com", "p=reject"),
        ("t.co", "dkim/pass/evil.co", "p=reject"),
        ("g.co", "spf/pass/evil.co", "p=quarantine")]:
    case("one letter: %s is not %s" % (ids, author), author, ids,
         "fail/" + tags.split(";")[0][2:], at(author, tags))
case("one letter: its own signature", "x.com", "dkim/pass/x.com", "pass",
     at("x.com"), plain=True)
case("one letter: its own subdomain", "x.com", "dkim/pass/mail.x.com", "pass",
     at("x.com"))

# Public suffixes.
for author, ids in [
        ("corp-a.com", "dkim/pass/com"), ("victim.com", "spf/pass/com"),
        ("aaa.co.uk", "dkim/pass/co.uk"), ("aaa.co.uk", "dkim/pass/bbb.co.uk"),
        ("one.github.io", "dkim/pass/github.io"),
        ("evil.github.io", "dkim/pass/victim.github.io"),
        ("aaa.bbb.ck", "dkim/pass/ccc.bbb.ck"),
        ("aaa.xxx.kawasaki.jp", "dkim/pass/bbb.xxx.kawasaki.jp"),
        ("aaa.xn--55qx5d.cn", "dkim/pass/bbb.xn--55qx5d.cn")]:
    case("suffix: %s is not %s" % (ids, author), author, ids, "fail/reject",
         at(author))
for author, ids in [("github.io", "dkim/pass/two.github.io"),
                    ("blogspot.com", "spf/pass/evil.blogspot.com"),
                    ("co.uk", "dkim/pass/evil.co.uk")]:
    case("suffix as author: %s" % ids, author, ids, "pass", at(author),
         by_list="fail/reject")
    case("suffix as author that says so: %s" % ids, author, ids, "fail/reject",
         at(author, "p=reject; psd=y"))
case("suffix: below a wildcard rule", "xx.aaa.bbb.ck",
     "dkim/pass/yy.aaa.bbb.ck", "pass", at("aaa.bbb.ck"))
case("suffix: a top level that no list has", "aa.corp.nosuchtld",
     "dkim/pass/bb.corp.nosuchtld", "pass", at("corp.nosuchtld"))
case("suffix: the same, unsigned", "ss.corp.nosuchtld", "", "fail/reject",
     at("corp.nosuchtld"))

# Strict and relaxed alignment.
S = "p=reject; adkim=s; aspf=s"
for author, domain, want, plain in [
        ("corp-a.com", "mail.corp-a.com", "fail/reject", False),
        ("a.example.com", "example.com", "fail/reject", False),
        ("a.example.com", "b.example.com", "fail/reject", False),
        ("a.example.com", "a.b.example.com", "fail/reject", False),
        ("a.b.example.com", "b.example.com", "fail/reject", True),
        ("a.example.com", "example.com.", "fail/reject", False),
        ("co.uk", "x.co.uk", "fail/reject", False),
        ("x.co.uk", "co.uk", "fail/reject", False),
        ("example.com", "example.com", "pass", True),
        ("example.com", "example.com.", "pass", False),
        ("example.com", "EXAMPLE.COM", "pass", True)]:
    case("strict: %s, DKIM %s" % (author, domain), author,
         "dkim/pass/" + domain, want, at(author, S), plain=plain)
    case("strict: %s, SPF %s" % (author, domain), author,
         "spf/pass/" + domain, want, at(author, S))
case("strict in upper case", "corp-a.com", "dkim/pass/mm.corp-a.com",
     "fail/reject", at("corp-a.com", "p=reject; adkim=S"))
case("strict DKIM leaves SPF relaxed", "corp-a.com", "spf/pass/mm.corp-a.com",
     "pass", at("corp-a.com", "p=reject; adkim=s"), plain=True)
case("strict SPF leaves DKIM relaxed", "corp-a.com", "dkim/pass/mm.corp-a.com",
     "pass", at("corp-a.com", "p=reject; aspf=s"), plain=True)
for author, domain, want, where, plain in [
        ("sub.example.com", "other.example.com", "pass", "example.com", True),
        ("sub.example.com", "example.com", "pass", "example.com", True),
        ("example.com", "deep.sub.example.com", "pass", "example.com", True),
        ("sub.EXAMPLE.CO.UK", "x.example.co.uk", "pass", "example.co.uk", 0),
        ("sub.example.co.uk", "X.Example.CO.uk", "pass", "example.co.uk", 0),
        ("notexample.com", "example.com", "fail/reject", "notexample.com", 1),
        ("example.com", "notexample.com", "fail/reject", "example.com", 1),
        ("example.com", "example.com.evil.net", "fail/reject", "example.com",
         True),
        ("example.com", "example.net", "fail/reject", "example.com", True)]:
    case("relaxed: %s, DKIM %s" % (author, domain), author,
         "dkim/pass/" + domain, want, at(where), plain=bool(plain))
case("relaxed: a parent without a record is no organisation",
     "sub.example.com", "dkim/pass/example.com", "fail/reject",
     at("sub.example.com"), by_list="pass")
case("relaxed: nor of its children", "sub.example.com",
     "dkim/pass/other.example.com", "fail/reject", at("sub.example.com"),
     by_list="pass")

# The set of signatures is judged, not its order.
M, N, X, O = ("mail.example.com", "news.example.com", "example.com",
              "other.net")
for sequence, want, plain in [
        ([(M, "pass"), (N, "fail")], "pass", False),
        ([(M, "pass"), (X, "fail")], "pass", False),
        ([(X, "pass"), (M, "fail")], "pass", True),
        ([(O, "pass"), (M, "pass"), (O, "fail")], "pass", True),
        ([(O, "fail"), (M, "pass")], "pass", True),
        ([(O, "pass"), (M, "fail")], "fail/reject", True),
        ([(N, "fail"), (M, "pass"), (N, "fail")], "pass", False),
        ([(O, "pass"), (O, "pass"), (O, "pass")], "fail/reject", True)]:
    ids = " ".join("dkim/%s/%s" % (r, d) for d, r in sequence)
    case("order: " + ids, "example.com", ids, want, at("example.com"),
         plain=plain)
case("order: a subdomain's own failed signature last", "mm.corp-a.com",
     "dkim/pass/corp-a.com dkim/fail/mm.corp-a.com", "pass")
case("SPF passes where DKIM fails", "corp-a.com",
     "dkim/fail/corp-a.com spf/pass/corp-a.com", "pass", plain=True)
case("DKIM passes where SPF fails", "corp-a.com",
     "spf/fail/corp-a.com dkim/pass/corp-a.com", "pass", plain=True)
case("an aligned SPF did not finish", "corp-a.com", "spf/temp/s.corp-a.com",
     "temperror")
case("a stranger's SPF did not finish", "corp-a.com", "spf/temp/evil.com",
     "fail/reject", plain=True)

# Upper case.
for author in ["CORP-A.COM", "Mail.CORP-A.com", "SUB.CORP-A.COM",
               "sub.corp-a.COM"]:
    case("upper case: " + author, author, "", "fail/reject")
    case("upper case: %s, signed" % author, author, "dkim/pass/Corp-A.com",
         "pass")
case("upper case: A.B.EXAMPLE.CO.UK", "A.B.EXAMPLE.CO.UK", "", "fail/reject",
     at("example.co.uk"))

# What stands at a name.
case("another TXT first", "corp-a.com", "", "fail/reject",
     {"corp-a.com": ["v=spf1 -all", V + "p=reject"]})
case("text of 700 octets first", "corp-a.com", "", "fail/reject",
     {"corp-a.com": ["x" * 700, V + "p=reject"]})
case("eight of 250 octets first", "corp-a.com", "", "fail/reject",
     {"corp-a.com": ["%d" % i + "x" * 249 for i in range(8)] +
      [V + "p=reject"]})
case("two records", "corp-a.com", "", "none",
     {"corp-a.com": [V + "p=reject", V + "p=none"]})
case("two records, alike in meaning", "corp-a.com", "dkim/pass/corp-a.com",
     "none", {"corp-a.com": [V + "p=reject", V + "p=reject;"]})
case("two records at the author, one above", "s.corp-a.com", "", "none",
     {"s.corp-a.com": [V + "p=reject", V + "p=none"],
      "corp-a.com": V + "p=reject"})
case("two records on the way up", "s.t.corp-a.com", "", "fail/reject",
     {"t.corp-a.com": [V + "p=none", V + "p=none; psd=n"],
      "corp-a.com": V + "p=reject"})
case("one record and one of another version", "corp-a.com", "", "fail/reject",
     {"corp-a.com": [V + "p=reject", "v=DMARC2; p=none"]})
case("SERVFAIL at the author, a record above", "ss.corp-a.com", "",
     "temperror", {"corp-a.com": V + "p=reject",
                   "lines": "_dmarc.ss.corp-a.com. SERVFAIL\n"})
case("SERVFAIL at the author", "corp-a.com", "", "temperror",
     {"lines": "_dmarc.corp-a.com. SERVFAIL\n"}, plain=True)
case("SERVFAIL at the organisation", "ss.corp-a.com", "", "temperror",
     {"lines": "_dmarc.corp-a.com. SERVFAIL\n"}, plain=True)
case("SERVFAIL at a signer of the organisation", "corp-a.com",
     "dkim/pass/s.corp-a.com", "temperror",
     {"corp-a.com": V + "p=reject",
      "lines": "_dmarc.s.corp-a.com. SERVFAIL\n"}, by_list="pass")
case("no record", "corp-a.com", "dkim/pass/corp-a.com", "none", {}, plain=True)
case("an alias of a record", "corp-a.com", "", "fail/reject",
     {"lines": "_dmarc.corp-a.com. CNAME r.corp-b.com.\n"
      "r.corp-b.com. TXT \"v=DMARC1; p=reject\"\n"}, plain=True)
case("a record in two strings", "corp-a.com", "", "fail/reject",
     {"lines": '_dmarc.corp-a.com. TXT "v=DMARC1; p=re" "ject"\n'}, plain=True)

# Names beyond ASCII.
B = {"xn--bcher-kva.com": V + "p=reject"}
case("U-labels in From", "u@b\u00fccher.com", "", "fail/reject", B)
case("U-labels in From, A-labels signed", "u@b\u00fccher.com",
     "dkim/pass/xn--bcher-kva.com", "pass", B)
case("U-labels in From, somebody else signed", "u@B\u00dcCHER.com",
     "dkim/pass/evil.com", "fail/reject", B)
case("A-labels in From", "xn--bcher-kva.com", "dkim/pass/b\u00fccher.com",
     "pass", B)

# Record syntax.
for record, want, ids, plain in [
        ("v=DMARC1; p=none", "fail/none", "", True),
        ("v=DMARC1; p=quarantine", "fail/quarantine", "", True),
        ("v=DMARC1;p=reject;", "fail/reject", "", True),
        ("v = DMARC1 ;  p = reject ; ", "fail/reject", "", False),
        ("v=DMARC1; p=Reject", "fail/reject", "", True),
        ("v=DMARC1; sp=none; p=reject", "fail/reject", "", True),
        ("v=dmarc1; p=reject", "none", "", False),
        ("v=DMARC1x; p=reject", "none", "", False),
        ("p=reject; v=DMARC1", "none", "", False),
        ("foo v=DMARC1; p=reject", "none", "", False),
        ("v=DMARC1; p=rej", "none", "", False),
        ("v=DMARC1; p=n", "none", "", False),
        ("v=DMARC1; adkim=s", "none", "", False),
        ("v=DMARC1; rua=mailto:a@b.com", "fail/none", "", False),
        ("v=DMARC1; p=block; rua=mailto:a@b.com", "fail/none", "", False),
        ("v=DMARC1; p=reject; sp=foo; rua=mailto:a@b.com", "fail/none", "",
         False),
        ("v=DMARC1; p=reject; sp=foo", "none", "", False),
        ("v=DMARC1; p=reject; pct=150", "fail/reject", "", False),
        ("v=DMARC1; p=reject; pct=abc", "fail/reject", "", False),
        ("v=DMARC1; p=reject; pct=-5", "fail/reject", "", False),
        ("v=DMARC1; p=reject; fo=z", "fail/reject", "", False),
        ("v=DMARC1; p=reject; fo=1:z", "fail/reject", "", False),
        ("v=DMARC1; p=reject; ri=1d", "fail/reject", "", False),
        ("v=DMARC1; p=reject; rf=xyz", "fail/reject", "", False),
        ("v=DMARC1; p=reject; rf=iodef", "pass", "spf/pass/mm.corp-a.com",
         False),
        ("v=DMARC1; p=reject; adkim=x", "pass", "dkim/pass/mm.corp-a.com",
         False),
        ("v=DMARC1; p=reject; unknown=1; tag", "fail/reject", "", False),
        ("v=DMARC1; p=reject; rua=mailto:a@b.com!10m", "fail/reject", "",
         True)]:
    case("record: " + record, "corp-a.com", ids, want, {"corp-a.com": record},
         plain=plain)

# The From field; corp-a.com asks for rejection, evil.com for nothing.
TWO = {"corp-a.com": V + "p=reject", "evil.com": V + "p=none"}
for value, want, plain in [
        ('A <a@corp-a.com>', "fail/reject", True),
        ('"b@evil.com" <a@corp-a.com>', "fail/reject", True),
        ('=?utf-8?q?b=40evil=2Ecom?= <a@corp-a.com>', "fail/reject", True),
        ('<"a@evil.com"@corp-a.com>', "fail/reject", False),
        ('<"a>b"@corp-a.com>', "fail/reject", False),
        ('<@evil.com:a@corp-a.com>', "fail/reject", False),
        ("o'brien@corp-a.com", "fail/reject", False),
        ('A <a@ corp-a.com >', "fail/reject", False),
        ('A <a@(c)corp-a.com>', "fail/reject", False),
        ('(<x@evil.com>) a@corp-a.com', "fail/reject", False),
        ('a@corp-a.com (b@evil.com)', "fail/reject", True),
        ('<a@corp-a.com> (x <y@evil.com>)', "fail/reject", False),
        ('b@evil.com, a@corp-a.com', "fail/reject", False),
        ('a@corp-a.com, b@evil.com', "fail/reject", True),
        ('<b@evil.com>, "x, y" <a@corp-a.com>', "fail/reject", False),
        ('<a@corp-a.com> <b@evil.com>', "permerror/reject", False),
        ('a@corp-a.com <b@evil.com>', "permerror/reject", False),
        ('b@evil.com <a@corp-a.com>', "permerror/reject", False),
        ('a@corp-a.com.', "permerror/reject", False),
        ('g: a@corp-a.com, b@evil.com;', "permerror/reject", False),
        ('undisclosed:;', "permerror", False),
        ('a@corp-a.com@evil.com', "permerror/reject", False),
        ('<a@corp-a.com', "permerror/reject", False),
        ('a@corp-a.com\tx', "permerror/reject", False),
        ('a@[192.0.2.1]', "permerror", False),
        ('root', "permerror", False),
        ('a@corp-a.com\nFrom: b@evil.com\n', "permerror/reject", False),
        ('b@evil.com\nFROM : a@corp-a.com\n', "permerror/reject", False)]:
    case("From: " + value.replace("\n", " | ").replace("\t", "<TAB>"),
         "From: %s\n" % value if not value.endswith("\n")
         else "From: " + value, "dkim/pass/evil.com", want, TWO, plain=plain)
case("no From field", "Subject: x\n", "dkim/pass/evil.com", "permerror")
case("an empty From field", "From: \n", "dkim/pass/evil.com", "permerror")
case("two authors, both signed", "a@corp-a.com, b@evil.com",
     "dkim/pass/corp-a.com dkim/pass/evil.com", "pass", TWO)
case("two authors, one without a record", "a@corp-a.com, b@corp-b.com",
     "dkim/pass/corp-a.com dkim/pass/corp-b.com", "none")

# Subdomain policies.
SP = V + "p=reject; sp=quarantine"
for author, zone, want, by_list, plain in [
        ("corp-a.com", {"corp-a.com": SP}, "fail/reject", None, True),
        ("s.corp-a.com", {"corp-a.com": SP}, "fail/quarantine", None, True),
        ("s.corp-a.com", {"corp-a.com": SP, "s.corp-a.com": V + "p=none"},
         "fail/none", None, True),
        ("s.corp-a.com", {"corp-a.com": V + "p=none",
                          "s.corp-a.com": V + "p=reject; sp=none"},
         "fail/reject", None, True),
        ("a.b.corp-a.com", {"corp-a.com": V + "p=reject",
                            "b.corp-a.com": V + "p=none"},
         "fail/reject", None, True)]:
    case("subdomain: %s under %s" % (author, " ".join(sorted(zone))), author,
         "", want, zone, by_list, plain)

# RFC 9989 alone.
NP = V + "p=none; sp=quarantine; np=reject"
case("np: does not exist", "nx.corp-a.com", "", "fail/reject",
     {"corp-a.com": V + "p=none; np=reject"})
case("np: exists by its address", "ex.corp-a.com", "", "fail/quarantine",
     {"corp-a.com": NP, "lines": "ex.corp-a.com. A 192.0.2.1\n"}, plain=True)
case("np: exists by what is below it", "ent.corp-a.com", "",
     "fail/quarantine", {"corp-a.com": NP,
                         "lines": "x.ent.corp-a.com. A 192.0.2.1\n"})
case("np: nobody knows", "dead.corp-a.com", "", "temperror",
     {"corp-a.com": NP, "lines": "dead.corp-a.com. SERVFAIL\n"})
case("np: of the organisation itself", "corp-a.com", "", "fail/none",
     {"corp-a.com": NP})
case("t=y: one level below reject", "corp-a.com", "", "fail/quarantine",
     at("corp-a.com", "p=reject; t=y"))
case("t=y: one level below quarantine", "corp-a.com", "", "fail/none",
     at("corp-a.com", "p=quarantine; t=y"))
case("t=y: of sp", "s.corp-a.com", "", "fail/quarantine",
     at("corp-a.com", "p=none; sp=reject; t=y"))
case("pct=0 is gone", "corp-a.com", "", "fail/reject",
     at("corp-a.com", "p=reject; pct=0"))
case("psd=n ends the walk", "aa.bb.corp-a.com", "", "fail/none",
     {"corp-a.com": V + "p=reject", "bb.corp-a.com": V + "p=none; psd=n"},
     by_list="fail/reject")
case("psd=n bounds alignment", "aa.bb.corp-a.com", "dkim/pass/corp-a.com",
     "fail/quarantine",
     {"corp-a.com": V + "p=reject",
      "bb.corp-a.com": V + "p=quarantine; psd=n"}, by_list="pass")
case("psd=y: the label below is the organisation", "one.psd-c.com",
     "dkim/pass/two.psd-c.com", "fail/reject",
     {"psd-c.com": V + "p=none; psd=y", "one.psd-c.com": V + "p=reject"},
     by_list="pass")
case("psd=y: below one organisation", "a.one.psd-c.com",
     "dkim/pass/b.one.psd-c.com", "pass",
     {"psd-c.com": V + "p=reject; psd=y"})
case("psd=y: the organisation's own record comes first", "a.one.psd-c.com", "",
     "fail/quarantine",
     {"psd-c.com": V + "p=reject; psd=y",
      "one.psd-c.com": V + "p=none; sp=quarantine"}, by_list="fail/reject")
case("psd=y: its policy is the last resort", "a.one.psd-c.com", "",
     "fail/quarantine",
     {"psd-c.com": V + "p=reject; sp=quarantine; psd=y"})
case("a record at a suffix", "aaa.co.uk", "", "fail/reject", at("co.uk"),
     by_list="none")
case("a long name, its organisation", "a.b.c.d.e.f.g.h.i.corp-a.com",
     "dkim/pass/x.corp-a.com", "pass")
case("a long name, a record that the walk jumps over",
     "a.b.c.d.e.f.g.h.i.corp-a.com", "", "fail/reject",
     {"corp-a.com": V + "p=reject", "c.d.e.f.g.h.i.corp-a.com": V + "p=none"})
