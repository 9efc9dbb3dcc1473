#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""The manuals are clean mdoc and say everything that the program can say:
subcommands, options, reasons, words of the log.  Reads sources as text."""
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MANUALS = ["milter/postseal.8", "etc/postseal.conf.5"]
# mandoc looks for other manuals where this machine happens to have them
NOT_OURS = re.compile(r"referenced manual not found|outdated mandoc\.db")


def text(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as f:
        return f.read()


def found(name, *patterns):
    source = text(name)
    return {w for p in patterns for w in re.findall(p, source, re.S)}


def plain():
    """postseal.8 as an administrator reads it, without its markup."""
    run = subprocess.run(["mandoc", "-T", "utf8",
                          os.path.join(ROOT, MANUALS[0])],
                         capture_output=True, text=True)
    return re.sub(r".\x08", "", run.stdout)


def lint():
    for name in MANUALS:
        if not os.path.isfile(os.path.join(ROOT, name)):
            yield f"{name} is missing"
            continue
        run = subprocess.run(["mandoc", "-T", "lint", "-W", "style",
                              os.path.join(ROOT, name)],
                             capture_output=True, text=True)
        for line in (run.stdout + run.stderr).splitlines():
            if not NOT_OURS.search(line):
                yield line


def missing(words, at_least, pattern):
    if len(words) < at_least:
        yield f"only {len(words)} found in the sources: {sorted(words)}"
    manual = plain()
    for w in sorted(words):
        if not re.search(pattern.format(re.escape(w)), manual, re.M):
            yield f"'{w}' is not in {MANUALS[0]}"


def subcommands():
    words = found("milter/main.c", r'\{"([a-z-]+)", ps_cmd_[a-z_]+,\s*"')
    return missing(words, 7, r"^   {}( |$)")


def options():
    words = found("milter/options.c", r'\{"([a-z-]+)", [a-z]+_argument')
    return missing(words - {"config"}, 8, r"--{}\b")


def reasons():
    words = (found("lib/flow/refuse.c", r'"\d{3}", "[\d.]+", "([a-z-]+)"')
             | found("lib/policy/judge.c", r'refuse\(a, c, "([a-z-]+)"',
                     r'reason = none \? "([a-z-]+)"',
                     r'reason = none \? "[a-z-]+" : "([a-z-]+)"')
             | found("lib/policy/decide.c", r'\.reason = "([a-z-]+)"')
             | found("lib/flow/send.c", r'\.reason = "([a-z-]+)"',
                     r'\.reason = hard \? "([a-z-]+)"',
                     r'\.reason = hard \? "[a-z-]+" : "([a-z-]+)"')
             | found("milter/events.c",
                     r'refuse_rcpt\([^;]*?"[\d.]+",\s*"([a-z-]+)"'))
    return missing(words, 18, r"^     {}\b")


def sender_reasons():
    words = found("lib/policy/sender_text.c",
                  r'\{PS_WORD_ON_[A-Z_]+, "([a-z-]+)"',
                  r'\[PS_FOUND_[A-Z_]+\] = \{"([a-z-]+)"')
    return missing(words, 19, r"^     ([a-z-]+, )*{}\b")


def clear_words():
    words = found("lib/policy/judge.c", r'\bclear\("([a-z-]+)"')
    return missing(words, 4, r"^     ([a-z-]+, )*{}\b")


def log_keys():
    words = found("lib/flow/event.c", r'put(?:_addr)?\([^"]*"([a-z]+)"',
                  r'"[^"]* ([a-z-]+)=', r' (would-[a-z]+)=')
    return missing(words, 14, r"^     {}\b")


def main():
    if shutil.which("mandoc") is None:
        print("1..0 # SKIP there is no mandoc here")
        return 77
    tests = [("both manuals are clean mdoc", lint),
             ("every subcommand has its section", subcommands),
             ("every option is described", options),
             ("every reason of a refusal is described", reasons),
             ("every reason about a sender is described", sender_reasons),
             ("every reason for clear mail is described", clear_words),
             ("every key of the log line is described", log_keys)]
    good = True
    print(f"1..{len(tests)}")
    for i, (title, test) in enumerate(tests, 1):
        wrong = list(test())
        good = good and not wrong
        print(f"{'not ok' if wrong else 'ok'} {i} - {title}")
        for line in wrong:
            print("#", line)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
