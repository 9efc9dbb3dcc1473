# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Asks t/suites/spoof_judge.c what it makes of messages."""
import collections
import os
import subprocess

Said = collections.namedtuple(
    "Said", "result reason scope shape state fpr author")


def keys(dir, local, found):
    """The administrator's certificates, and those that others gave."""
    for name, octets in (("local", local), ("found", found)):
        certs = os.path.join(dir, name, "certs")
        os.makedirs(certs, 0o750)
        if octets:
            with open(os.path.join(certs, "all.pgp"), "wb") as file:
                file.write(octets)


def judge(build, dir, messages):
    """messages: (octets, fingerprint that policy binds or "")."""
    lines = []
    for i, (octets, bound) in enumerate(messages):
        path = os.path.join(dir, "%d.eml" % i)
        with open(path, "wb") as file:
            file.write(octets)
        lines.append(path + ("\t" + bound if bound else ""))
    out = subprocess.run(
        [os.path.join(build, "t", "spoof_judge"), dir],
        input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True,
        check=True, errors="surrogateescape").stdout
    said = [Said(*line.split("\t")) for line in out.split("\n")[:-1]]
    assert len(said) == len(messages), (len(said), len(messages))
    return said
