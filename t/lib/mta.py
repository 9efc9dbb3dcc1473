# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""A private Postfix or Sendmail with a sink behind it, for tests in Python;
t/e2e/postfix.sh and sendmail.sh know how they are made."""
import glob
import json
import os
import smtplib
import subprocess
import time

UP = os.path.join(os.path.dirname(__file__), "../e2e/up")


class Mta:
    """Use it as a context manager: Mta("postfix", "main.cf line", ...)."""

    def __init__(self, kind, *lines, master=""):
        self.argv = [UP, kind, *lines]
        self.environment = {**os.environ, "PF_MASTER": master}

    def __enter__(self):
        self.up = subprocess.Popen(self.argv, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True,
                                   env=self.environment)
        line = self.up.stdout.readline()
        if line.startswith("1..0"):  # it cannot be had here
            print(line, end="")
            raise SystemExit(77)
        port, self.sink, self.log = line.split()
        self.port = int(port)
        return self

    def __exit__(self, *_):
        self.up.communicate()

    def send(self, octets, to, sender="a@example.org", login=None):
        """The last reply, "250 text"."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=330) as smtp:
            smtp.ehlo("client.example.net")
            if login:
                smtp.docmd("XCLIENT", "LOGIN=" + login)
                smtp.ehlo("client.example.net")
            for verb in ("mail", "rcpt", "data"):
                code, text = (smtp.mail(sender) if verb == "mail" else
                              smtp.rcpt(to) if verb == "rcpt" else
                              smtp.data(octets))
                if code not in (250, 251):
                    break
            return "%d %s" % (code, text.decode("latin-1"))

    def arrived(self, n, patience_s=60):
        """The first n messages that left, as (envelope, octets)."""
        end = time.monotonic() + patience_s
        while True:
            names = sorted(glob.glob(self.sink + "/*.eml"))
            if len(names) >= n:
                return [self.read(name) for name in names]
            if time.monotonic() > end:
                raise TimeoutError("%d of %d arrived" % (len(names), n))
            time.sleep(0.05)

    @staticmethod
    def read(name):
        with open(name.removesuffix("eml") + "json", encoding="utf-8") as f:
            envelope = json.load(f)
        with open(name, "rb") as f:
            return envelope, f.read()
