#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""The public SPF suites, a TAP line a case: RFC 7208's must be right to the
last; RFC 4408's and pyspf's own where the answer is what RFC 7208 says, and
every case that differs is named below with the reason.

  t/suites/spf.py zone      by the static zone adapter
  t/suites/spf.py resolver  by libunbound and t/lib/dns_server.py over the wire

Counts queries too: no check may ask more than RFC 7208 4.6.4 allows."""
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "t", "lib"))
BUILD = os.environ.get("POSTSEAL_BUILD", os.path.join(ROOT, "build", "dev"))
MAX_QUERY = 1 + 10 * (1 + 10) + (1 + 10) + 1
SUITES = [("rfc7208-tests.yml", 203), ("rfc4408-tests.yml", 191),
          ("test.yml", 16)]

# (suite, case) -> (what RFC 7208 makes of it, why the suite says otherwise)
DIFFERENT = {
    ("test.yml", "default-modifier"): (
        "neutral", "section 6: an unknown modifier (default=, of the drafts "
        "before RFC 4408) is ignored"),
    ("test.yml", "default-modifier-harsh"): (
        "neutral", "section 6, as above; \"ambiguous\" is pyspf's own word, "
        "not a result"),
}


def skip(reason):
    print("1..0 # skipped: " + reason)
    raise SystemExit(77)


def suites():
    for d in (os.path.join(ROOT, "..", "shared", "suites"),
              os.environ.get("POSTSEAL_SUITES", "")):
        if d and os.path.isdir(os.path.join(d, "rfc7208")):
            return os.path.join(d, "rfc7208")
    skip("no public suites in ../shared/suites, and POSTSEAL_SUITES names none")


def octets(value):
    """YAML's \\xNN are characters 128 to 255: octets of the record."""
    return str(value).encode("latin-1", "replace")


def quoted(raw):
    out = "".join(chr(c) if 32 <= c < 127 and c not in b'"\\' else
                  "\\%03d" % c for c in raw)
    return '"%s"' % out


def name(raw):
    raw = octets(raw).rstrip(b".")
    return "".join(chr(c) if chr(c).isalnum() and c < 128 or c in b"-_." else
                   "\\%03d" % c for c in raw) + "."


def txt(value):
    parts = value if isinstance(value, list) else [value]
    return "TXT " + " ".join(quoted(octets(p)) for p in parts)


def records(owner, entries):
    """A name's lines; "SPF" stands for TXT unless there is a TXT entry."""
    pairs = [e if isinstance(e, dict) else {e: None} for e in entries]
    has_txt = any("TXT" in e for e in pairs)
    for e in pairs:
        for kind, value in e.items():
            if kind == "SPF" and not has_txt or \
                    kind == "TXT" and value != "NONE":
                yield owner, txt(value)
            elif kind == "MX":
                yield owner, "MX %d %s" % (value[0], name(value[1]))
            elif kind in ("PTR", "CNAME"):
                yield owner, "%s %s" % (kind, name(value))
            elif kind in ("A", "AAAA"):
                yield owner, "%s %s" % (kind, value)
            elif kind == "TIMEOUT":
                yield owner, "SERVFAIL"
            elif kind == "SPF" or kind == "TXT":
                yield owner, "SPF"


def zone_text(zonedata):
    out = []
    for owner, entries in (zonedata or {}).items():
        owner = name(str(owner).lower())
        out += ["%s %s" % r for r in records(owner, entries)]
    return "\n".join(out) + "\n"


def percent(raw):
    return "".join("%%%02X" % c for c in raw)


def line(case):
    sender = octets(case["mailfrom"])
    local, _, domain = sender.rpartition(b"@")
    return "\t".join([case["host"], percent(octets(case["helo"])),
                      percent(local), percent(domain)]) + "\n"


def run(zone, lines, over_the_wire):
    with tempfile.NamedTemporaryFile("w", suffix=".zone") as f:
        f.write(zone)
        f.flush()
        where, server = f.name, None
        if over_the_wire:
            from dns_server import Server
            server = Server(zone.encode())
            where = "127.0.0.1@%d" % server.port
        try:
            out = subprocess.run([os.path.join(BUILD, "t", "spf_cases"), where],
                                 input="".join(lines), capture_output=True,
                                 text=True, timeout=300)
        finally:
            if server:
                server.close()
    if out.returncode:
        raise SystemExit("Bail out! %s" % out.stderr)
    return [l.split("\t", 3) for l in out.stdout.splitlines()]


def fault(suite, title, case, got):
    """What is wrong with an answer, or None."""
    word, _, queries, explanation = got
    want = case["result"]
    want = want if isinstance(want, list) else [want]
    if (suite, title) in DIFFERENT:
        want = [DIFFERENT[suite, title][0]]
    if word not in want:
        return "%s, not %s" % (word, " or ".join(want))
    if int(queries) > MAX_QUERY:
        return "%s queries" % queries
    explain = case.get("explanation")
    if explain is not None and word == "fail":
        explain = "" if explain == "DEFAULT" else str(explain)
        if explanation != explain:
            return "explanation %r, not %r" % (explanation, explain)
    return None


def scenarios(path):
    import yaml
    with open(path, "rb") as f:
        # Base loader: "1.2" stays text and no word becomes a boolean.
        for s in yaml.load_all(f, Loader=loader(yaml)):
            if s:
                yield s


def loader(yaml):
    class Text(yaml.SafeLoader):
        pass
    Text.yaml_implicit_resolvers = {
        k: [r for r in v if r[0].endswith((":int", ":null"))]
        for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
    return Text


def main():
    over_the_wire = sys.argv[1:] == ["resolver"]
    folder = suites()
    try:
        import yaml  # noqa: F401
    except ImportError:
        skip("python3-yaml is not installed")
    number, bad, most = 0, 0, 0
    for suite, expected in SUITES:
        right = count = 0
        for s in scenarios(os.path.join(folder, suite)):
            cases = list(s["tests"].items())
            got = run(zone_text(s.get("zonedata")),
                      [line(c) for _, c in cases], over_the_wire)
            for (title, case), answer in zip(cases, got, strict=True):
                wrong = fault(suite, title, case, answer)
                number, count = number + 1, count + 1
                right += not wrong
                most = max(most, int(answer[2]))
                note = DIFFERENT.get((suite, title))
                print("%s %d - %s %s%s" % (
                    "not ok" if wrong else "ok", number, suite, title,
                    ": RFC 7208 differs: " + note[1] if note else ""))
                if wrong:
                    print("# " + wrong)
        print("# %s: %d of %d" % (suite, right, count))
        bad += count - right
        if count != expected:
            print("# %d cases, not %d" % (count, expected))
            bad += 1
    print("# most queries of one check: %d (%d are legal)" % (most, MAX_QUERY))
    print("1..%d" % number)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
