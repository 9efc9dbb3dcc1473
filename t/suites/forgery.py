#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Forgeries (forgery_*.py), a TAP line a case, through "postseal verify":

- the victim never passes by any method, in the field or in the JSON;
- the field is one line that python3-authres reads, and it makes no statement
  that the JSON does not make;
- nothing crashes, hangs, or asks the DNS more than the case allows;
- DMARC, ARC and the reply are what the case says, where it says something.

  t/suites/forgery.py          all of them
  t/suites/forgery.py WORD     those with the word in group or title, and more
                               is said"""
import collections
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "t", "lib"))
BUILD = os.environ.get("POSTSEAL_BUILD", os.path.join(ROOT, "build", "dev"))
PROGRAM = os.path.join(BUILD, "milter", "postseal")
NOW = "1700000000"
LIMIT_S = 20
LEAST = 60
# What is anybody's to choose: a login, a selector.
NO_IDENTITY = ("smtp.auth", "header.s")

try:
    import authres
    import forgery_message
    import forgery_session
    from forgery_world import US
except ImportError as missing:
    print("1..0 # skipped: %s" % missing)
    raise SystemExit(77)

CONF = """identity {
  authserv-id = "%s"
}
verify {
  %s
}
domain "receiver.example" {
}
"""


class Fault(Exception):
    pass


def domain_of(value):
    return value.rpartition("@")[2].strip().lower().rstrip(".")


def names(value, victims):
    """Is the value in a victim's domain, or would a reader say so?"""
    d = domain_of(value or "")
    return any(d == v or d.endswith("." + v) for v in victims)


def run(case, folder, more=()):
    paths = {n: os.path.join(folder, n) for n in ("message", "zone", "conf")}
    with open(paths["message"], "wb") as f:
        f.write(case.raw)
    with open(paths["zone"], "w") as f:
        f.write(case.zone)
    with open(paths["conf"], "w") as f:
        f.write(CONF % (US, case.config))
    argv = [PROGRAM, "verify", "-c", paths["conf"], "--zone", paths["zone"],
            "--client-ip", case.ip, "--helo", case.helo,
            "--mail-from", case.mail_from, "--now", NOW,
            "--authserv-id", US,
            "--rcpt", "clerk@receiver.example",
            *case.args, *more, paths["message"]]
    try:
        done = subprocess.run(argv, capture_output=True, timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        raise Fault("no end within %d s" % LIMIT_S)
    if done.returncode != 0:
        raise Fault("exit %d: %s" % (done.returncode, done.stderr.decode(
            "utf-8", "replace").strip()[-400:]))
    return done.stdout


def read_field(out):
    """The statements of the field: (method, result, {property: value})."""
    lines = out.decode().split("\n")
    if len(lines) != 3 or lines[2] or not lines[1].startswith("reply: "):
        raise Fault("not a field and a reply: %r" % out[:400])
    if any(ord(c) < 32 or ord(c) == 127 for c in lines[0] + lines[1]):
        raise Fault("control octets: %r" % out[:400])
    plain = "".join(c if ord(c) < 128 else "x" for c in lines[0])
    try:
        field = authres.AuthenticationResultsHeader.parse(plain)
    except authres.AuthResError as e:
        raise Fault("unreadable: %s: %s" % (e, plain))
    if field.authserv_id != US:
        raise Fault("id " + field.authserv_id)
    return [(r.method, r.result, {
        p.type + "." + p.name: p.value for p in r.properties})
        for r in field.results]


def judge_field(case, statements, methods):
    said = collections.Counter((m["method"], m["result"]) for m in methods)
    extra = collections.Counter((m, r) for m, r, _ in statements) - said
    if extra:
        raise Fault("statements of nobody: %s" % dict(extra))
    for method, result, properties in statements:
        for key, value in properties.items():
            if result == "pass" and key not in NO_IDENTITY and \
                    names(value, case.victim):
                raise Fault("%s=pass for %s=%s" % (method, key, value))


def judge_methods(case, methods):
    got = {m["method"]: m for m in methods}
    for m in methods:
        if m["result"] != "pass" or m["method"] in ("auth", "x-tls"):
            continue
        for key in ("identity", "agent", "aligned", "trusted_sealer"):
            if names(m.get(key), case.victim):
                raise Fault("%s passes for %s" % (m["method"], m[key]))
    for method, allowed in (("dmarc", case.dmarc), ("arc", case.arc)):
        if allowed and method in got and got[method]["result"] not in allowed:
            raise Fault("%s=%s (%s)" % (method, got[method]["result"],
                                        got[method]["reason"]))
    if case.dmarc and "dmarc" not in got:
        raise Fault("DMARC says nothing")


def judge(case):
    """What was seen, or a Fault."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        answer = json.loads(run(case, folder, ("--json",)))
        took = time.monotonic() - began
        statements = read_field(run(case, folder))
    judge_field(case, statements, answer["methods"])
    judge_methods(case, answer["methods"])
    if answer["dns_queries"] > case.most:
        raise Fault("%d queries, not %d" % (answer["dns_queries"], case.most))
    reply = answer["reply"]
    if case.reply and reply["action"] not in case.reply:
        raise Fault("reply %s: %s" % (reply["action"], reply["text"]))
    return {"queries": answer["dns_queries"], "s": took, "said": statements,
            "reply": reply}


def attempt(case):
    try:
        return judge(case), None
    except Fault as fault:
        return None, str(fault)


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    groups = forgery_message.GROUPS + forgery_session.GROUPS
    table = [c for g in groups for c in g()
             if word in c.group + ": " + c.title]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        seen = list(pool.map(attempt, table))
    bad = 0
    for i, (case, (result, fault)) in enumerate(zip(table, seen), 1):
        bad += fault is not None
        print("%s %d - %s: %s" % ("not ok" if fault else "ok", i, case.group,
                                  case.title.encode("ascii", "replace")
                                  .decode().replace("#", "")))
        if fault:
            print("# " + fault.encode("ascii", "backslashreplace").decode())
        elif word:
            print("# %s" % result)
    good = [r for r, _ in seen if r]
    groups = collections.Counter(c.group for c in table)
    attacks = len(table) - groups["control"]
    print("# " + ", ".join("%s %d" % g for g in sorted(groups.items())))
    print("# %d forgeries, %d wrong, %d controls; most queries %d, longest "
          "%.2f s" % (attacks, bad, groups["control"],
                      max([r["queries"] for r in good], default=0),
                      max([r["s"] for r in good], default=0)))
    print("1..%d" % len(table))
    return 1 if bad or not word and attacks < LEAST else 0


if __name__ == "__main__":
    sys.exit(main())
