#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Many connections at once, several messages on each, the configuration
reloaded and keys imported meanwhile: every message is sealed.  Under the
thread sanitizer this is where races would show."""
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from house import House  # noqa: E402

CONNECTIONS, MESSAGES, RELOADS = 8, 80, 10


def reload_often(house, results):
    for _ in range(RELOADS):
        done = subprocess.run([house.program, "reload", "-c", house.config],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False)
        results.append(done.returncode == 0 and b"ok:" in done.stdout)
        house.keys_command("import", house.path("public.asc"))


def check(results, name, good):
    results.append(good)
    print("%s %d - %s" % ("ok" if good else "not ok", len(results), name))


def main():
    results, reloads = [], []
    with House(os.environ["POSTSEAL_BUILD"]) as house:
        house.start()
        with open(house.path("in.eml"), "wb") as f:
            f.write(b"From: a@example.org\r\nTo: alice@example.net\r\n"
                    b"Subject: x\r\n\r\nsecret line\r\n")
        out = house.path("out")
        os.mkdir(out)
        other = threading.Thread(target=reload_often, args=(house, reloads))
        other.start()
        done = subprocess.run(
            [house.wire, "--raw", "--parallel", str(CONNECTIONS), "--repeat",
             str(MESSAGES), "--to", "alice@example.net", "--out", out,
             "--timeout", "120", house.milter, house.path("in.eml")],
            stdout=subprocess.PIPE, check=False)
        other.join()
        lines = done.stdout.decode().splitlines()
        left = [open(os.path.join(out, n), "rb").read()
                for n in os.listdir(out) if n.endswith(".out")]
        check(results, "every message is answered", done.returncode == 0 and len(lines) == MESSAGES)
        check(results, "every message is accepted", all("250" in x for x in lines))
        check(results, "every message is sealed", len(left) == MESSAGES
              and all(b"BEGIN PGP" in m and b"secret" not in m for m in left))
        check(results, "every reload is answered", len(reloads) == RELOADS and all(reloads))
        check(results, "the daemon ends cleanly", house.stop() == 0)
        log = open(house.log, errors="backslashreplace").read()
        check(results, "no sanitizer has a word", "Sanitizer" not in log)
    print("1..%d" % len(results))
    if not all(results):
        sys.stdout.write("".join("# %s\n" % x for x in log.splitlines()[-60:]))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
