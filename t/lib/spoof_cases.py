# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Ways to make a reader believe that Alice wrote it: the shape of the message,
and its From field.  Each gives what the judge must say, and why."""
from spoof_mail import (ALICE, EVIL, MALLORY, PGP, TEXT, Case, armor, mail,
                        multipart, parts, plain, sig_part, signed)

WHO = "alice@example.org"


def honest(p):
    a = p.alice

    def case(name, octets, why, author=WHO, bound=""):
        return Case(name, octets, "pass", why, author, bound)
    return [
        case("signed as a whole", mail(signed(a)), "the control"),
        case("clearsigned as a whole", mail(plain(a.clearsigned(b"hi\n-- A"))),
             "the control"),
        case("clearsigned, quoted-printable",
             mail(plain(a.clearsigned(b"caf\xc3\xa9 = 1"), encoding=b"quoted-"
                        b"printable")), "what is shown is what is signed"),
        case("clearsigned, base64", mail(plain(a.clearsigned(b"hi"),
                                               encoding=b"base64")),
             "what is shown is what is signed"),
        case("RSA of 2048 bits", mail(signed(p.rsa),
                                      b"From: rsa@example.org\r\n"),
             "long enough", "rsa@example.org"),
        case("micalg that is wrong", mail(signed(a, micalg=b"pgp-md5")),
             "it is a hint for one-pass readers; the packet says SHA-256"),
        case("a policy's key", mail(signed(p.mallory)),
             "policy binds this key to the address", WHO, p.mallory.hex),
        case("text in the preamble", mail(signed(
            a, preamble=b"This is an OpenPGP/MIME signed message\r\n")),
             "no MIME reader shows it"),
        case("text in the epilogue", mail(signed(a, epilogue=b"bye\r\n")),
             "no MIME reader shows it"),
        case("a folded Content-Type", mail(signed(a).replace(
            b"; ", b";\r\n\t")), "folding means a blank"),
        case("line ends are LF", mail(signed(a)).replace(b"\r\n", b"\n"),
             "signed with CRLF (RFC 3156 section 5), stored with LF"),
        case("Mallory's signature beside hers", mail(signed(
            a, packets=p.mallory.signature(TEXT) + a.signature(TEXT))),
             "both are good, and one is hers"),
        case("she signs what Mallory signed", mail(signed(a, signed(
            p.mallory, EVIL, b"in"))), "the outer signature is hers"),
        case("the same From inside", mail(signed(
            a, b"From: alice@EXAMPLE.org\r\nContent-Type: text/plain; "
            b"hp=\"clear\"\r\n\r\nhi\r\n")), "the same address"),
        case("Mallory as herself", mail(signed(p.mallory),
                                        b"From: " + MALLORY + b"\r\n"),
             "hers, and not Alice's", "mallory@evil.example"),
    ]


def shapes(p):
    a = p.alice
    good, evil = signed(a), sig_part(armor(a.signature(TEXT)))
    whole = "not-whole"

    def policy(name, content, why, reason=whole):
        return Case(name, mail(content), "policy " + reason, why)

    def built(name, content, why):
        return Case(name, mail(content), "permerror built-wrongly", why)
    return [
        policy("nested in multipart/mixed", multipart(b"mixed", b"m", good),
               "the signed part is not the root"),
        policy("text before it", multipart(b"mixed", b"m", EVIL, good),
               "prefixed"),
        policy("text behind it", multipart(b"mixed", b"m", good, EVIL),
               "appended"),
        policy("in multipart/alternative", multipart(
            b"alternative", b"m", good, EVIL), "the reader picks another"),
        policy("in multipart/related", multipart(b"related", b"m", EVIL, good),
               "shown as an attachment at most"),
        policy("hidden by HTML around it", multipart(
            b"mixed", b"m", b"Content-Type: text/html\r\n\r\nPay Mallory<div "
            b"style=display:none>\r\n", good), "her text is not shown"),
        policy("wrapped in another multipart/signed without signature",
               multipart(b"mixed", b"m", multipart(b"mixed", b"n", good)),
               "two layers deep"),
        policy("S/MIME around it", multipart(
            b"signed", b"m", good, b"Content-Type: application/"
            b"pkcs7-signature\r\n\r\n", params=b"; protocol=\"application/"
            b"pkcs7-signature\""), "the root is signed by CMS, if at all"),
        Case("forwarded as message/rfc822", mail(multipart(
            b"mixed", b"m", EVIL, b"Content-Type: message/rfc822\r\n\r\n" +
            mail(good))), "none", "a letter in a letter is not opened"),
        Case("message/rfc822 as the root", mail(
            b"Content-Type: message/rfc822\r\n\r\n" + mail(good)), "none",
             "a letter in a letter is not opened"),
        built("three parts", multipart(b"signed", b"s", TEXT, evil, EVIL,
                                       params=b"; " + PGP),
              "RFC 1847 2.1 says two"),
        built("the text second", multipart(b"signed", b"s", evil, TEXT,
                                           params=b"; " + PGP),
              "the signature is second"),
        built("her part between", multipart(b"signed", b"s", EVIL, TEXT, evil,
                                            params=b"; " + PGP), "two parts"),
        built("one part", multipart(b"signed", b"s", TEXT, params=b"; " + PGP),
              "no signature"),
        built("no end", signed(a, close=False), "cut off"),
        built("no protocol", signed(a, params=b""), "RFC 1847 2.1 asks for it"),
        built("two protocols", signed(a, params=b"; " + PGP + b"; protocol="
                                      b"\"application/pkcs7-signature\""),
              "readers choose differently"),
        built("a signature part that says text", signed(a).replace(
            b"Content-Type: application/pgp-signature", b"Content-Type: text/"
            b"plain"), "it would be shown"),
        Case("Content-Type twice", mail(b"Content-Type: text/html\r\n" + good),
             "none", "the first one counts, and it claims nothing"),
        built("Content-Type twice, the other way", good.replace(
            b"\r\n", b"\r\nContent-Type: text/html\r\n", 1),
            "readers choose differently"),
        Case("Content-Type twice, a blank before the colon", mail(
            b"Content-Type : text/html\r\n" + good), "none",
            "the first one counts, and it claims nothing"),
        built("an encoding on the root", b"Content-Transfer-Encoding: base64"
              b"\r\n" + good, "RFC 2045 6.4 forbids it"),
        built("Content-Type twice in her part", signed(
            a, b"Content-Type: text/html\r\n" + TEXT), "readers differ"),
        built("signed, of no protocol and S/MIME inside", multipart(
            b"signed", b"s", good, evil), "no protocol"),
    ]


def boundaries(p):
    """The reader that splits elsewhere sees other text."""
    a = p.alice
    other = parts(b"t", EVIL)

    def two(params, body=None):
        entity = TEXT
        inside = body if body is not None else parts(
            b"s", entity, sig_part(armor(a.signature(entity))),
            preamble=other)
        return mail(b"Content-Type: multipart/signed; micalg=pgp-sha256; " +
                    PGP + b"; " + params + b"\r\n" + inside)

    def built(name, octets, why="readers choose differently"):
        return Case(name, octets, "permerror built-wrongly", why)
    return [
        built("two boundaries", two(b"boundary=s; boundary=t")),
        built("two boundaries, one of RFC 2231",
              two(b"boundary=s; boundary*=us-ascii''t")),
        built("two boundaries, one in sections",
              two(b"boundary=s; boundary*0=t")),
        built("a boundary with percent signs",
              two(b"boundary*=us-ascii''%73"), "some decode it"),
        built("a boundary that is an encoded word", two(
            b"boundary=\"=?us-ascii?q?t?=\"", parts(
                b"=?us-ascii?q?t?=", TEXT, sig_part(armor(a.signature(TEXT))),
                preamble=other)), "some decode it"),
        built("a boundary with an octet behind", two(b"boundary=s t")),
        built("an unclosed quote", two(b"boundary=s; x=\"; boundary=t")),
        built("a boundary folded inside its quotes", two(
            b"boundary=\"s\r\n t\"", parts(
                b"s t", TEXT, sig_part(armor(a.signature(TEXT)))))),
        Case("a comment that looks like a boundary", two(
            b"boundary=s (; boundary=t)"), "permerror built-wrongly",
            "not every reader knows comments"),
        Case("a boundary that the other begins with", mail(signed(
            a, multipart(b"mixed", b"ss", TEXT, TEXT), b"s")), "pass",
            "a longer line is no delimiter, and all of it is hers", WHO),
        Case("the same boundary inside", mail(signed(a, multipart(
            b"mixed", b"s", TEXT, TEXT), b"s")), "permerror built-wrongly",
            "where the outer one ends is not certain"),
        Case("the end first", mail(signed(a, preamble=b"\r\n--s--\r\n")),
             "permerror built-wrongly", "closed before it began"),
        Case("parts behind the end", mail(signed(
            a, epilogue=parts(b"s", EVIL))), "permerror built-wrongly",
            "some readers go on"),
        Case("delimiters with lone CR before it", mail(signed(
            a, preamble=b"\r--s\r\rPay Mallory\r")),
            "permerror built-wrongly", "some readers end lines there"),
        built("an equals sign in a naked boundary", two(
            b"boundary=s=t", parts(b"s=t", TEXT, sig_part(armor(
                a.signature(TEXT))), preamble=other)), "some end it there"),
        built("a boundary with a backslash", two(b"boundary=\"\\s\""),
              "some keep it"),
        built("delimiters with lone CR in the signature part", mail(signed(
            a, packets=armor(a.signature(TEXT)) + b"\r--s\r\rPay Mallory")),
            "some readers end lines there"),
        Case("no boundary", mail(signed(a).replace(b"; boundary=\"s\"", b"")),
             "permerror built-wrongly", "it has no parts"),
    ]


def from_fields(p):
    """Signed by Mallory, or a replay of what Alice signed."""
    a, m = signed(p.alice), signed(p.mallory)
    none = "policy no-single-author"
    not_hers = "policy not-the-author"

    def case(name, value, expect, why, content=m, author=""):
        octets = b"" if value is None else b"From: " + value + b"\r\n"
        return Case(name, mail(content, octets), expect, why, author)
    return [
        case("the address of Alice", ALICE, not_hers, "signer is not From"),
        case("two From fields", ALICE + b"\r\nFrom: " + MALLORY, none,
             "readers show one of them"),
        case("two From fields, Mallory first", MALLORY + b"\r\nfrom: " + ALICE,
             none, "readers show one of them"),
        case("two From fields, a blank before the colon", MALLORY +
             b"\r\nFrom : " + ALICE, none, "some readers take it"),
        case("two addresses", ALICE + b", " + MALLORY, none, "of whom?"),
        case("two addresses, signed by Alice", MALLORY + b", " + ALICE, none,
             "of whom?", a),
        case("a group", b"x: " + ALICE + b";", none, "a group is no author"),
        case("a group, signed by Alice", b"x: " + ALICE + b";", none,
             "a group is no author", a),
        case("no From field", None, none, "of whom?", a),
        case("an empty From", b"", none, "of whom?", a),
        case("her address as display name", b"\"alice@example.org\" <mallory@"
             b"evil.example>", "pass", "Mallory's own address, and only that",
             author="mallory@evil.example"),
        case("her address as naked display name", b"alice@example.org <mallory"
             b"@evil.example>", none, "RFC 5322 forbids it"),
        case("her address in a comment", b"mallory@evil.example (alice@example"
             b".org)", "pass", "Mallory's own", author="mallory@evil.example"),
        case("her address in an encoded word", b"=?utf-8?q?alice=40example=2E"
             b"org?= <mallory@evil.example>", "pass", "Mallory's own",
             author="mallory@evil.example"),
        case("an encoded word for an address", b"=?utf-8?q?alice=40example"
             b"=2Eorg?=", none, "no address"),
        case("an encoded word with brackets in it", b"=?utf-8?q?=3Calice=40"
             b"example.org=3E?= <mallory@evil.example>", "pass",
             "Mallory's own", author="mallory@evil.example"),
        case("a route", b"<@evil.example:alice@example.org>", not_hers,
             "her address, but Mallory signed"),
        case("two at signs", b"alice@example.org@evil.example", none,
             "no address"),
        case("her address as quoted local part", b"\"alice@example.org\"@evil"
             b".example", not_hers, "of another domain"),
        case("a NUL behind her address", b"alice@example.org\0@evil.example",
             none, "no address"),
        case("brackets twice", b"Alice <alice@example.org> <mallory@evil.examp"
             b"le>", none, "no address list"),
        case("a case that the domain may tell apart", b"ALICE@example.org",
             not_hers, "local parts have a case", a),
        case("a domain in capitals", b"alice@EXAMPLE.ORG", "pass",
             "domains have no case", a, WHO),
        case("a longer domain", b"alice@example.org.evil.example", not_hers,
             "another domain", a),
        case("a homograph", "\u0430lice@example.org".encode(), not_hers,
             "another address", a),
        case("blanks and comments inside", b"alice (x) @ example.org",
             not_hers, "hers, but Mallory signed"),
        Case("Sender is Mallory", mail(a, more=b"Sender: " + MALLORY +
                                       b"\r\n"), "pass",
             "what she signed is hers, whoever sends it", WHO),
    ]
