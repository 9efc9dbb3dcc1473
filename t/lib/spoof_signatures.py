# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""More ways to make a reader believe that Alice wrote it: what stands in
signatures, keys and user ids, and in text that is signed inline."""
import base64

from pgp_make import sub
from spoof_mail import (ALICE, DAY, EVIL, MADE, TEXT, Case, Key, armor, mail,
                        multipart, plain, signed)

WHO = "alice@example.org"


def user_ids(p):
    """Each on a key of Mallory's that the administrator has."""
    alice = p.alice.hex.encode()
    status = (b"\n[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG " + alice[24:] + b" " +
              ALICE + b"\n[GNUPG:] VALIDSIG " + alice + b" 2020-09-14 "
              b"1600086400 0 4 0 22 8 00 " + alice + b"\n[GNUPG:] TRUST_FULLY"
              b"\n")
    tricks = [
        ("her address in front", b"alice@example.org <mallory@evil.example>"),
        ("her address in a comment", b"M (alice@example.org) <m@evil.example>"),
        ("brackets twice", ALICE + b" <mallory@evil.example>"),
        ("brackets twice, hers last", b"<m@evil.example> " + ALICE + b" x"),
        ("a longer domain", b"Alice <alice@example.org.evil.example>"),
        ("a longer local part", b"Alice <xalice@example.org>"),
        ("text behind the brackets", ALICE + b".evil.example"),
        ("brackets inside brackets", b"<m@evil.example<alice@example.org>>"),
        ("another case", b"Alice <ALICE@example.org>"),
        ("an encoded word", b"=?utf-8?q?alice=40example.org?="),
        ("percent signs", b"Alice %3Calice%40example.org%3E"),
        ("escapes", b"Alice \\x3calice@example.org\\x3e"),
        ("a NUL behind the address", b"alice@example.org\0.evil.example"),
        ("a NUL in brackets", b"A <alice@example.org\0@evil.example>"),
        ("a line end in front of it", b"m\nAlice <alice@example.org>\nx"),
        ("control octets", b"\x1b[2K\r\x08alice@example.org\x7f"),
        ("a homograph", "Alice <\u0430lice@example.org>".encode()),
        ("a wide at sign", "Alice <alice\uff20example.org>".encode()),
        ("status lines", b"x" + status),
        ("status lines with CR", b"x" + status.replace(b"\n", b"\r\n")),
        ("status lines in percent signs", b"x" + status.replace(
            b"\n", b"%0A")),
        ("her fingerprint", alice),
    ]
    p.tricky = [(name, Key(uid)) for name, uid in tricks]
    return [Case("a user id with " + name, mail(signed(key)),
                 "policy not-the-author", "no user id is her address alone")
            for name, key in p.tricky] + [
        Case("her user id on a key that nothing trusts", mail(signed(
            p.claimant)), "policy not-the-author", "anybody can claim it"),
        Case("her user id on a key that nobody knows", mail(signed(
            p.unknown)), "neutral unknown-key", "anybody can claim it"),
        Case("her user id, revoked", mail(signed(p.dropped)),
             "policy not-the-author", "withdrawn"),
        Case("policy binds another key", mail(signed(p.alice)),
             "policy not-the-author", "then user ids are not asked",
             bound=p.mallory.hex),
    ]


def keys(p):
    a, at = p.alice, MADE + 60 * DAY

    def case(name, key, who, expect, why, **how):
        return Case(name, mail(signed(key, **how), b"From: " + who + b"\r\n"),
                    expect, why)
    return [
        case("SHA-1", a, ALICE, "policy weak-digest",
             "collisions cost little", hash_id=2),
        case("MD5", a, ALICE, "policy weak", "gpg refuses it", hash_id=1),
        case("RSA of 1024 bits", p.short, b"short@example.org",
             "policy weak-key", "it can be broken"),
        case("a signature that expired", a, ALICE, "policy signature-expired",
             "she said until when", lasts=DAY),
        case("an expired key", p.expired, b"expired@example.org",
             "policy key-expired", "gpg says so of all its signatures"),
        case("made after its key expired", p.expired, b"expired@example.org",
             "policy key-expired", "anybody may have it by now", made=at),
        case("a revoked key", p.revoked, b"revoked@example.org",
             "policy key-revoked", "she said that it is no more hers"),
        case("made before its key", a, ALICE, "permerror unreadable",
             "gpg refuses it", made=MADE - DAY),
        case("status lines in a notation", p.mallory, ALICE,
             "policy not-the-author", "data is not status", more=sub(
                 20, b"\x80\0\0\0\0\x0e\0\x3bx@evil.example\n[GNUPG:] VALIDSIG "
                 + a.hex.encode())),
        case("a notation that is cut off", p.mallory, ALICE,
             "permerror unreadable", "gpg cannot read it", more=sub(
                 20, b"\x80\0\0\0\0\x0f\0\x40x@evil.example")),
        case("her fingerprint as a second issuer", p.mallory, ALICE,
             "policy not-the-author", "the signed one counts",
             unhashed=sub(33, b"\x04" + a.fpr) + sub(16, a.id)),
        case("her fingerprint as the issuer", p.mallory, ALICE,
             "fail bad-signature", "Mallory's octets are not hers",
             issuer=a.fpr),
        case("names of files with status lines", p.mallory, ALICE,
             "policy not-the-author", "names are not read", sig_params=b"; "
             b"name=\"x\n [GNUPG:] GOODSIG " + a.hex[24:].encode() + b"\""),
    ]


def slots(p):
    """What stands where the signature is expected."""
    a, m = p.alice, p.mallory
    old = a.signature(EVIL)
    cert, over = a.certification(ALICE)

    def case(name, packets, expect, why, entity=TEXT):
        return Case(name, mail(signed(a, entity, packets=packets)), expect,
                    why)
    unreadable = "permerror unreadable"
    return [
        case("her signature of other text", old, "fail bad-signature",
             "a replay"),
        case("her part with a blank more", a.signature(TEXT), "fail "
             "bad-signature", "not what she signed", TEXT + b" \r\n"),
        case("her part under another header", a.signature(TEXT), "fail "
             "bad-signature", "not what she signed", b"Content-Type: text/"
             b"html\r\n\r\nPay Bob 10 EUR.\r\n"),
        case("Mallory's good one and her bad one", m.signature(TEXT) + old,
             "fail bad-signature", "all must be good"),
        case("her bad one and Mallory's good one", old + m.signature(TEXT),
             "fail bad-signature", "all must be good"),
        case("hers twice, one of them bad", a.signature(TEXT) + old,
             "fail bad-signature", "all must be good"),
        case("hers and one of a stranger", a.signature(TEXT) +
             p.unknown.signature(TEXT), "neutral unknown-key",
             "all must be good"),
        case("eight of Mallory's", 8 * m.signature(TEXT),
             "policy not-the-author", "as many as are judged"),
        case("nine signatures", 8 * m.signature(TEXT) + a.signature(TEXT),
             "policy too-many-signatures", "each costs"),
        case("a message with her text in it", armor(a.opaque(TEXT),
                                                    b"MESSAGE"),
             "permerror built-wrongly", "its text is not what is shown"),
        case("a message under the name of a signature", a.opaque(TEXT),
             unreadable, "its text is not what is shown", EVIL),
        case("a literal packet named as status lines", m.opaque(
            TEXT, b"x\n[GNUPG:] GOODSIG " + a.hex[24:].encode()), unreadable,
            "no signature"),
        case("one-pass packets", a.one_pass() + a.signature(TEXT), unreadable,
             "RFC 3156 section 5 asks for signatures"),
        case("clearsigned text", a.clearsigned(b"Pay Bob 10 EUR."),
             "fail bad-signature", "its text is not what is shown", EVIL),
        case("her self-signature", cert, unreadable,
             "it signs her key and no text", b"x\r\n"),
        case("her self-signature over what it signs", cert, unreadable,
             "it signs her key and no text", over),
        case("a standalone signature", a.signature(b"", kind=2), unreadable,
             "it signs no text"),
        case("a timestamp signature", a.signature(TEXT, kind=0x40),
             unreadable, "it says when, not who"),
        Case("a text signature", mail(signed(
            a, packets=a.signature(TEXT, kind=1))), "pass",
            "class 0x01 is hers too", WHO),
        case("her certificate", a.octets, unreadable, "no signature"),
        case("nothing", b"-", "permerror built-wrongly", "no signature"),
        case("garbage", b"\x88\x05\x04\x00\x16\x08", unreadable, "cut off"),
        Case("a signature of nothing over nothing", mail(signed(a, b"")),
             "permerror built-wrongly", "nothing is signed"),
        Case("a signature of nothing over text", mail(signed(
            a, EVIL, packets=a.signature(b""))), "fail bad-signature",
            "a replay"),
        Case("two armors, hers second", mail(signed(
            a, EVIL, packets=armor(old) + armor(a.signature(TEXT)))), "pass",
            "the first one signs it", WHO),
        Case("another author inside", mail(signed(
            a, b"From: bob@example.net\r\nContent-Type: text/plain; hp=\"clear"
            b"\"\r\n\r\nhi\r\n")), "policy inner-from-differs",
            "RFC 9788 section 4.4"),
        Case("another author inside, the old way", mail(signed(
            a, b"From: bob@example.net\r\nContent-Type: text/plain; protected-"
            b"headers=\"v1\"\r\n\r\nhi\r\n")), "policy inner-from-differs",
            "the memory hole"),
        Case("two authors inside", mail(signed(
            a, b"From: bob@example.net\r\nFrom: " + ALICE + b"\r\nContent-"
            b"Type: text/plain; hp=\"clear\"\r\n\r\nhi\r\n")),
            "policy inner-from-differs", "of whom?"),
        Case("Mallory signs what she signed", mail(signed(
            m, signed(a, TEXT, b"in"))), "policy not-the-author",
            "the outer signature is Mallory's"),
        Case("a forged root around what she signed", mail(signed(
            a, signed(a, TEXT, b"in"), packets=old)), "fail bad-signature",
            "the root is judged"),
    ]


def inline(p):
    a = p.alice
    block = a.clearsigned(b"Pay Bob 10 EUR.\n- or 20\n-- \nAlice")
    evil = b"Pay Mallory 9999 EUR.\r\n"
    end = b"-----END PGP SIGNATURE-----"
    begin = b"-----BEGIN PGP SIGNED MESSAGE-----"
    built, whole = "permerror built-wrongly", "policy not-whole"

    def case(name, text, expect, why, **how):
        return Case("inline, " + name, mail(plain(text, **how)), expect, why)

    def in_head(name, line, expect, why):
        return case(name, block.replace(b"Hash: SHA256\r\n", line), expect,
                    why)
    return [
        case("text before", evil + block, whole, "outside"),
        case("text behind", block + evil, whole, "outside"),
        case("a no-break space behind", block + b"\xc2\xa0\r\n", whole,
             "not nothing"),
        case("two blocks", block + block, whole, "the second is outside"),
        case("text in front of the first line", evil[:-2] + b" " + block,
             built, "it does not begin a line"),
        case("text behind the first line", block.replace(begin, begin + b" x"),
             built, "no first line"),
        case("text behind the last line", block.replace(end, end + b" x"),
             built, "no last line"),
        case("text changed", block.replace(b"Bob", b"Eve"),
             "fail bad-signature", "not what she signed"),
        case("an unescaped dash", block.replace(b"- - or", b"- or"), "fail "
             "bad-signature", "not what she signed"),
        case("a line with a dash", block.replace(b"- -- ", b"-- "), built,
             "RFC 9580 7.1 asks to escape it"),
        case("a form feed", block.replace(b"10", b"10\x0c"), built,
             "readers hide it, and gpg once dropped it"),
        case("a NUL", block.replace(b"10", b"10\0"), built, "readers differ"),
        case("a lone CR", block.replace(b"10", b"10\r9999"), built,
             "readers differ"),
        in_head("another armor header", b"Comment: pay Mallory\r\n", built,
                "shown, and not signed"),
        in_head("text as Hash", b"Hash: SHA256, and pay Mallory\r\n", built,
                "shown, and not signed"),
        in_head("two Hash lines, one of text", b"Hash: SHA256\r\nHash: Pay\r\n",
                built, "shown, and not signed"),
        case("a comment in the signature", a.clearsigned(
            b"hi", armor_headers=b"Comment: P.S. Pay Mallory\r\n"), whole,
            "shown, and not signed"),
        Case("inline, base64 with more behind its padding", mail(
            plain(block, encoding=b"base64") + base64.encodebytes(evil)),
            whole, "outside"),
        case("quoted-printable with text behind", block + evil, whole,
             "outside", encoding=b"quoted-printable"),
        case("in UTF-16", block, whole, "the charset is not signed",
             charset=b"utf-16"),
        case("in UTF-7", block, whole, "the charset is not signed",
             charset=b"utf-7"),
        case("in EBCDIC", block, whole, "the charset is not signed",
             charset=b"cp037"),
        case("8-bit text under another charset", a.clearsigned(
            b"\xc2\xa3 10"), whole, "the charset is not signed",
            charset=b"iso-8859-1"),
        Case("inline, ASCII text under Latin-1", mail(plain(
            block, charset=b"iso-8859-1")), "pass", "reads alike", WHO),
        Case("inline, two charsets", mail(plain(
            block, charset=b"utf-8; charset=utf-7")), whole,
            "readers choose differently"),
        Case("inline, in HTML", mail(b"Content-Type: text/html\r\n\r\n<p>Pay "
                                     b"Mallory<div style=display:none>\r\n" +
                                     block), built, "markup hides it"),
        Case("inline, HTML without tags", mail(
            b"Content-Type: text/html\r\n\r\n" + block), built,
            "markup is not what is signed"),
        Case("inline, beside HTML", mail(multipart(
            b"alternative", b"m", plain(block), b"Content-Type: text/html"
            b"\r\n\r\n" + evil)), whole, "the reader picks the other"),
        Case("inline, the only part", mail(multipart(
            b"mixed", b"m", plain(block))), whole, "not the root"),
        Case("inline, by Mallory", mail(plain(p.mallory.clearsigned(b"hi"))),
             "policy not-the-author", "signer is not From"),
        Case("inline, nothing in it", mail(plain(a.clearsigned(b""))),
             built, "nothing is signed"),
        Case("inline, her detached signature below it", mail(plain(
            block[:block.index(b"-----BEGIN PGP SIGNATURE")] +
            armor(a.signature(TEXT)))), "fail bad-signature", "a replay"),
        Case("inline, Content-Type twice", mail(
            b"Content-Type: text/html\r\n" + plain(block)), built,
            "readers choose differently"),
        Case("inline, in an unknown encoding", mail(plain(
            block, encoding=b"x-uuencode")), whole, "readers decode it"),
        Case("inline, inside what Mallory signed", mail(signed(
            p.mallory, plain(block))), "policy not-the-author",
            "the root is judged"),
    ]
