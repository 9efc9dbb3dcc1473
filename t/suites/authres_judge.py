#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""What we write, read by python3-authres: whatever stands in a value, a comment
or a reason, the field has the statements that we made and no other."""
import io
import os
import random
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.environ.get("POSTSEAL_BUILD", os.path.join(ROOT, "build", "dev"))

try:
    import authres
except ImportError:
    print("1..0 # skipped: python3-authres is not installed")
    raise SystemExit(77)

EVIL = [b"", b" ", b";", b"=", b"\"", b"\\", b"(", b")", b"(x", b"x)", b"\\\"",
        b"a\\", b"a; dkim=pass header.d=victim.example",
        b"\"; dkim=pass header.d=victim.example; x=\"",
        b"x) ; dkim=pass header.d=victim.example (y",
        b"\\\"; dkim=pass header.d=victim.example",
        b"x\r\n; dkim=pass", b"x\r\nBcc: y", b"x\n\n\nbody", b"x\0y", b"\0",
        b"x\r\n\tdkim=pass", b"x y@example.org", b"\"x y\"@example.org",
        b"x;dkim=pass@example.org", b"x\"@example.org", b"x\\@example.org",
        b"(x)@example.org", b"@", b"@@", b"a@b@example.org", b"a@", b"@a",
        b"a@[192.0.2.1]", b"a@-", b"a@.", b"a@b.", b"a@.b", b".a@b", b"a..b@c",
        b"bounce+u=x.example@example.org", b"2001:db8::1", b"/", b"?", b"[]",
        b"\xff\xfe", b"b\xc3\xbccher.example", b"\xe2\x80\xae", b"x" * 10000,
        b"a@" + b"x" * 10000, b"\"" * 10000, b"\\" * 320, b"(" * 500,
        b"a" * 300 + b"@victim.example" + b"." + b"b" * 400,
        b"spf=pass smtp.mailfrom=victim.example", b"none", b"reason=x"]
ALPHABET = [b"\"", b"\\", b"(", b")", b";", b"=", b"@", b".", b" ", b"\t",
            b"\r\n", b"\r", b"\n", b"\0", b"a", b"dkim", b"pass", b"header.d=",
            b"\xc3", b"\xbc", b"\xff", b"/", b",", b"<", b">", b"reason"]


def evil():
    yield from EVIL
    r = random.Random(8601)
    for _ in range(1500):
        yield b"".join(r.choice(ALPHABET) for _ in range(r.randint(1, 12)))


def cases():
    """Each value in every place, between statements that are good."""
    for e in evil():
        h = e.hex() or "-"
        no_nul = e.replace(b"\0", b"").hex() or "-"
        yield e, None, [("spf", "fail", h, [("smtp", "helo")]),
                        ("dkim", "none", "", [])]
        yield e, "middle", [
            ("dkim", "fail", h, [("header", "i"), ("header", "s=tok")]),
            ("dmarc", "fail", "", [])]
        yield e, "comment", [("spf", "fail", no_nul, []),
                             ("dkim", "none", "", [])]
        yield e, "reason", [("spf", "fail", no_nul, []),
                            ("dkim", "none", "", [])]


def lines(where, statements):
    for method, result, h, props in statements:
        h = h or "-"
        print("M", method, result, h if where == "comment" else "-",
              h if where == "reason" else "-", file=OUT)
        for ptype, name in props:
            name, _, token = name.partition("=")
            print("P", ptype, name, token.encode().hex() or h, file=OUT)
    print("E", file=OUT)


def ascii_only(octets):
    """The judge knows no UTF-8."""
    return "".join(chr(c) if c < 128 else "x" for c in octets)


def unquoted(value):
    if value.startswith('"'):
        end = value.rindex('"')
        value = value[1:end] + value[end + 1:]
    out, i = "", 0
    while i < len(value):
        if value[i] == "\\" and i + 1 < len(value):
            i += 1
        out += value[i]
        i += 1
    return out


def same(want, got):
    """Equal, but for octets that nobody should see."""
    want = ascii_only(want)
    return len(want) == len(got) and all(
        w == g or (g == "?" and (w < " " or w == "\x7f" or w == "x"))
        for w, g in zip(want, got))


def judge(field, e, where, statements):
    if any(len(line) > 998 for line in field.split(b"\r\n")):
        return "a line over 998 octets"
    text = ascii_only(field.replace(b"\r\n\t", b" "))
    if any(c < " " or c > "~" for c in text):
        return "control octets"
    parsed = authres.parse_value(text.strip())
    if parsed.authserv_id != "mx.example.org":
        return "another id: %s" % parsed.authserv_id
    got = [(r.method, r.result) for r in parsed.results]
    if got != [(m, r) for m, r, _, _ in statements]:
        return "other statements: %r" % got
    first = parsed.results[0]
    for p in first.properties:
        if (p.type, p.name) not in [(t, n.partition("=")[0])
                                    for t, n in statements[0][3]]:
            return "another property: %s.%s" % (p.type, p.name)
    if where is None and len(e) <= 320:
        if len(first.properties) != 1:
            return "no property"
        if b"\xc3" not in e and b"\xe2" not in e and \
                not same(e, unquoted(first.properties[0].value)):
            return "another value: %s" % first.properties[0].value
    if len(parsed.results[1].properties) > 0:
        return "a property of the second statement"
    return None


all_cases = list(cases())
OUT = io.StringIO()
for _, where, statements in all_cases:
    lines(where, statements)
done = subprocess.run([os.path.join(BUILD, "t", "authres_cases")],
                      input=OUT.getvalue().encode(), stdout=subprocess.PIPE,
                      check=True)
fields = [bytes.fromhex(x) for x in done.stdout.decode().split()]
bad = [] if len(fields) == len(all_cases) else ["not a field for each case"]
for field, (e, where, statements) in zip(fields, all_cases):
    try:
        wrong = judge(field, e, where, statements)
    except Exception as error:  # the judge's own, of a field that it rejects
        wrong = "rejected: %s" % error
    if wrong:
        bad.append("%s: %r as %s in %r" % (wrong, e[:60], where or "value",
                                           field[:200]))
for b in bad[:20]:
    print("# " + b)
print("%sok 1 - %d fields have our statements and no others"
      % ("not " if bad else "", len(fields)))
print("1..1")
sys.exit(1 if bad else 0)
