#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Writes the messages of contrib/demo:  messages.py FOLDER GNUPGHOME"""
import os
import subprocess
import sys
from email.message import EmailMessage
from email.policy import SMTP

INVITATION = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//example//demo//EN\r
METHOD:REQUEST\r
BEGIN:VEVENT\r
UID:1@example.net\r
DTSTAMP:20261124T100000Z\r
DTSTART:20261201T100000Z\r
SUMMARY:Budget\r
END:VEVENT\r
END:VCALENDAR\r
"""


def message(subject, sender="Alice <alice@example.net>"):
    m = EmailMessage(policy=SMTP.clone(cte_type="8bit"))
    m["Date"] = "Tue, 24 Nov 2026 10:00:00 +0000"
    m["From"], m["To"] = sender, "bob@example.org"
    m["Subject"] = subject
    m["Message-ID"] = "<%s@example.net>" % subject.replace(" ", ".")
    return m


def encrypted(home):
    armor = subprocess.run(
        ["gpg", "--homedir", home, "--batch", "--quiet", "--trust-model",
         "always", "--armor", "--encrypt", "-r", "bob@example.org"],
        input=b"Content-Type: text/plain\r\n\r\nend to end\r\n",
        capture_output=True, check=True).stdout.replace(b"\n", b"\r\n")
    head = message("end to end").as_bytes().rstrip(b"\r\n")
    return head + (
        b"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/encrypted;\r\n"
        b" protocol=\"application/pgp-encrypted\"; boundary=\"e2e\"\r\n\r\n"
        b"--e2e\r\nContent-Type: application/pgp-encrypted\r\n\r\n"
        b"Version: 1\r\n\r\n--e2e\r\nContent-Type: application/octet-stream;"
        b" name=\"encrypted.asc\"\r\n\r\n" + armor + b"\r\n--e2e--\r\n")


def main():
    folder, home = sys.argv[1:]
    plain = message("plain text")
    plain.set_content("Dear Bob,\n\nthe figures are attached to no one.\n")
    html = message("figures")
    html.set_content("Grüße aus Köln\n", cte="8bit")
    html.add_alternative("<p>Grüße aus <b>Köln</b></p>\n", subtype="html",
                         cte="8bit")
    html.add_attachment(os.urandom(3000), "application", "pdf",
                        filename="figures.pdf")
    calendar = message("Invitation", "Calendar <calendar@example.net>")
    calendar.set_content(INVITATION, subtype="calendar",
                         params={"method": "REQUEST"})
    for name, octets in (("plain", plain.as_bytes()),
                         ("html", html.as_bytes()),
                         ("encrypted", encrypted(home)),
                         ("calendar", calendar.as_bytes())):
        with open(os.path.join(folder, name + ".eml"), "wb") as f:
            f.write(octets)


if __name__ == "__main__":
    main()
