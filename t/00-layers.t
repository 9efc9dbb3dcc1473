#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""The house rules that a compiler does not enforce, as TAP: layers, owners of
foreign headers, ceilings on size, licence lines, headers that stand alone.
Knows nothing of what the code does."""
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LAYERS = ["base", "mail", "dns", "https", "store", "openpgp", "dkim",
          "crypto", "keys", "discovery", "auth", "policy", "flow", "milter"]
BESIDE = {"relay": "policy"}  # rooms on one floor do not see each other
OWNERS = {  # foreign header -> the only files that may include it
    r"gpgme\.h|gpg-error\.h": r"lib/crypto/|t/perf/bare_gpgme\.c",
    r"idn2\.h": r"lib/mail/idna\.c",
    r"unbound\.h": r"lib/dns/dns_unbound\.c",
    r"confuse\.h": r"lib/policy/conf[a-z_]*\.c",
    r"sqlite3\.h": r"lib/store/",
    r"curl/.*": r"lib/https/https_curl[a-z_]*\.[ch]",
    r"libpsl\.h": r"lib/dns/orgdom\.c",
    r"(opendkim/)?dkim\.h": r"lib/dkim/dkim_lib\.c",
    r"opendmarc/dmarc\.h": (r"lib/auth/dmarc_check\.c|"
                            r"t/suites/opendmarc_naive\.c"),
    r"jansson\.h": r"milter/verify_json\.c|milter/keys/keys_json\.c",
    r"libmilter/.*": r"milter/|t/perf/null_filter\.c",
}
MAX_FILE, MAX_FUNCTION = 500, 60
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def tracked():
    """What git knows or would take; every file where there is no git."""
    try:
        out = subprocess.run(["git", "-C", ROOT, "ls-files", "-co",
                              "--exclude-standard"], capture_output=True,
                             text=True)
        if out.returncode == 0:
            return [f for f in out.stdout.split("\n") if is_file(f)]
    except FileNotFoundError:
        pass
    found = []
    for folder, subs, names in os.walk(ROOT):
        subs[:] = [s for s in subs if s != ".git" and
                   not s.startswith("build")]
        found += [os.path.relpath(os.path.join(folder, n), ROOT)
                  for n in names]
    return found


def is_file(name):
    return name and os.path.isfile(os.path.join(ROOT, name))


def text(name):
    with open(os.path.join(ROOT, name), encoding="utf-8",
              errors="replace") as f:
        return f.read()


def layer(name):
    part = name.split("/")
    if part[0] == "milter":
        return "milter"
    return part[1] if part[0] == "lib" and len(part) > 2 else None


def floor(room):
    return LAYERS.index(BESIDE.get(room, room))


def upward(name):
    own = layer(name)
    if own is None:
        return
    for kind, target in INCLUDE.findall(text(name)):
        first = target.split("/")[0]
        if kind == "<" or "/" not in target:
            continue
        if first not in LAYERS and first not in BESIDE:
            yield f"{name} includes {target}: no such room"
        elif first != own and floor(first) >= floor(own):
            yield f"{name} includes {target}: {own} is not above {first}"


def foreign(name):
    for _, target in INCLUDE.findall(text(name)):
        for header, owner in OWNERS.items():
            if re.fullmatch(header, target) and not re.match(owner, name):
                yield f"{name} includes {target}: its owner is {owner}"


def file_size(name):
    n = text(name).count("\n")
    if n > MAX_FILE:
        yield f"{name} has {n} lines, {MAX_FILE} is the ceiling"


def function_size(name):
    start, head, previous = None, "", ""
    for i, line in enumerate(text(name).split("\n"), 1):
        if line == "{":
            start, head = i, previous
        elif line.startswith("}") and start is not None:
            if i - start + 1 > MAX_FUNCTION:
                yield (f"{name}:{start} {head.strip()} has {i - start + 1} "
                       f"lines, {MAX_FUNCTION} is the ceiling")
            start = None
        elif line and not line[0].isspace():
            previous = line


def licence(name):
    head = "\n".join(text(name).split("\n")[:4])
    for mark in ("SPDX-License-Identifier: BSD-2-Clause",
                 "SPDX-FileCopyrightText: 2026 the postseal authors"):
        if mark not in head and not name.endswith("CMakeLists.txt"):
            yield f"{name} does not say {mark} in its first lines"


def alone(name):
    run = subprocess.run(
        [os.environ.get("CC", "cc"), "-std=c17", "-D_GNU_SOURCE", "-Wall",
         "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
         "-I", os.path.join(ROOT, "lib"), "-include", name, "-x", "c",
         "/dev/null"], cwd=ROOT, capture_output=True, text=True)
    if run.returncode != 0:
        yield f"{name} does not compile alone: {run.stderr.splitlines()[0]}"


def check(number, title, files, rule):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [f for part in pool.map(lambda n: list(rule(n)), files)
                 for f in part]
    print(f"{'not ok' if found or not files else 'ok'} {number} - {title}"
          f" ({len(files)} files)")
    for f in found:
        print("#", f)
    return not found and bool(files)


def main():
    files = tracked()
    c = [f for f in files if f.endswith((".c", ".h"))]
    scripts = [f for f in files if f.endswith((".sh", ".py", ".t", ".cmake"))
               or (f.startswith(("contrib/", ".ci/")) and "." not in
                   os.path.basename(f) and text(f).startswith("#!"))]
    headers = [f for f in c if f.startswith("lib/") and f.endswith(".h")]
    rules = [("no file includes from a layer above its own", c, upward),
             ("a foreign header stays with its owner", c, foreign),
             (f"no file is over {MAX_FILE} lines", c + scripts, file_size),
             (f"no function is over {MAX_FUNCTION} lines", c, function_size),
             ("every source says its licence and owner", c + scripts, licence),
             ("every public header compiles alone", headers, alone)]
    print(f"1..{len(rules)}")
    good = [check(i, *r) for i, r in enumerate(rules, 1)]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
