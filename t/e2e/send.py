#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""An SMTP client for tests: sends message files, with CRLF lines unless --raw,
and prints one reply a line.

  send.py PORT --from A --to B [--to C] [--login USER] [--client IP] FILE...

Prints "FILE<TAB>CODE TEXT"; a login and a client address are claimed by
XCLIENT, which a test's own Postfix allows.  Exit code 1 when the conversation
broke, whatever was answered.
"""
import argparse
import re
import smtplib
import sys


def reply(code, text):
    return f"{code} {text.decode('latin-1').replace(chr(10), ' ')}"


def send(smtp, o, data):
    refused = []
    smtp.rset()
    code, text = smtp.mail(o.sender, o.mail_arg)
    if code != 250:
        return reply(code, text)
    for to in o.to:
        code, text = smtp.rcpt(to)
        if code not in (250, 251):
            refused.append(reply(code, text))
    if len(refused) == len(o.to):
        return refused[-1]
    if not o.raw:
        data = re.sub(rb"\r?\n", b"\r\n", data)
    return reply(*smtp.data(data))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("port", type=int)
    p.add_argument("--from", dest="sender", default="sender@example.net")
    p.add_argument("--to", action="append", required=True)
    p.add_argument("--mail-arg", action="append", default=[])
    p.add_argument("--login")
    p.add_argument("--client")
    p.add_argument("--raw", action="store_true")
    p.add_argument("file", nargs="+")
    o = p.parse_args()
    smtp = smtplib.SMTP("127.0.0.1", o.port, "client.example.net", 330)
    smtp.ehlo()
    claims = [f"ADDR={o.client}"] if o.client else []
    claims += [f"LOGIN={o.login}"] if o.login else []
    if claims:
        code, text = smtp.docmd("XCLIENT", " ".join(claims))
        if code != 220:
            sys.exit(f"XCLIENT: {reply(code, text)}")
        smtp.ehlo()
    for name in o.file:
        with open(name, "rb") as f:
            print(name, send(smtp, o, f.read()), sep="\t", flush=True)
    smtp.quit()


if __name__ == "__main__":
    try:
        main()
    except (smtplib.SMTPException, OSError) as e:
        sys.exit(f"send.py: {e}")
