#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Messages that no client should write: each ends in a clean decision, and
what is sealed opens to the octets that were sent."""
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from house import House  # noqa: E402

HEAD = b"From: a@example.org\r\nTo: alice@example.net\r\nSubject: awkward\r\n"
BODY = b"a line of text\r\n"


def nested(depth):
    top = b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n"
    parts = b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n"
        % (i, i + 1) for i in range(depth))
    return HEAD + b"MIME-Version: 1.0\r\n" + top + parts + BODY


def many_parts(n):
    return (HEAD + b"MIME-Version: 1.0\r\n"
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            + b"--b\r\n\r\nx\r\n" * n + b"--b--\r\n")


# name, message, replies that are right ("sealed" or the beginning of a code)
CASES = [
    ("no MIME-Version", HEAD + b"\r\n" + BODY, ["sealed"]),
    ("no body", HEAD + b"\r\n", ["sealed"]),
    ("no newline at the end", HEAD + b"\r\nno newline", ["sealed"]),
    ("NUL in the body", HEAD + b"\r\na\0b\r\n", ["sealed"]),
    ("bare CR in the body", HEAD + b"\r\na\rb\r\n", ["sealed"]),
    ("bare LF in the body", HEAD + b"\r\na\nb\r\n", ["sealed"]),
    ("bare CR in a field", HEAD + b"X-Odd: a\rb\r\n\r\n" + BODY, ["sealed"]),
    ("8-bit fields", HEAD + b"X-Odd: \xe4\xff\xfe\r\nContent-Description: \xc3\xa4\r\n\r\n" + BODY, ["sealed"]),
    ("dots and From lines", HEAD + b"\r\n.\r\n..\r\nFrom x\r\n", ["sealed"]),
    ("a line of 1 MB", HEAD + b"\r\n" + b"x" * 1000000 + b"\r\n", ["sealed"]),
    ("9,000 fields", HEAD + b"X-Many: 1\r\n" * 9000 + b"\r\n" + BODY, ["sealed"]),
    ("10,001 fields", HEAD + b"X-Many: 1\r\n" * 10001 + b"\r\n" + BODY, ["552"]),
    ("9,000 content fields", HEAD + b"Content-Odd: 1\r\n" * 9000 + b"\r\n" + BODY, ["sealed"]),
    ("1 MB of header", HEAD + (b"X-Long: " + b"y" * 50000 + b"\r\n") * 20 + b"\r\n" + BODY, ["sealed"]),
    # a packet over 64 kB is no milter protocol: libmilter hangs up
    ("a field of 1 MB", HEAD + b"X-Long: " + b"y" * 1000000 + b"\r\n\r\n" + BODY, ["broken", "552"]),
    ("3 MB of header", HEAD + (b"X-Long: " + b"y" * 60000 + b"\r\n") * 50 + b"\r\n" + BODY, ["552"]),
    ("20,000 parts", many_parts(20000), ["sealed"]),
    ("depth 5,000", nested(5000), ["sealed"]),
    ("60 MB", HEAD + b"\r\n" + (b"z" * 998 + b"\r\n") * 60000, ["552"]),
    ("two Content-Types", HEAD + b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\n" + BODY, ["sealed"]),
    ("boundary without parts", HEAD + b"Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n" + BODY, ["sealed"]),
    ("the GMime hang", HEAD + b"Content-Type: multipart/mixed; " + b"A" * 71 + b"=\"\xe4\"\r\n\r\n" + BODY, ["sealed"]),
    ("a label without a seal", HEAD + b"Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\r\n\r\n--b\r\n\r\nclear\r\n--b--\r\n", ["sealed"]),
    ("a forged marker", HEAD + b"X-Postseal: sealed; by=mx.example.org\r\n\r\n" + BODY, ["sealed"]),
]


def content_of(message):
    """The Content-* fields and the body of what was sent."""
    head, body = message.split(b"\r\n\r\n", 1)
    fields = [f for f in head.split(b"\r\n") if f.lower().startswith(b"content-")]
    return b"".join(f + b"\r\n" for f in fields) + b"\r\n" + body


def judge(house, message, reply, left, right):
    if "sealed" not in right or not reply.startswith("250"):
        return None if any(reply.startswith(r) for r in right) else reply
    clear = house.decrypt(left)
    if clear is None:
        return "cannot be opened"
    return None if clear == content_of(message) else "opens to other octets"


def scan(house):
    """What monitors and port scanners do to a listener."""
    for number in range(300):
        s = socket.socket(socket.AF_UNIX)
        s.connect(house.socket)
        if number % 3:
            s.sendall([b"GET / HTTP/1.0\r\n\r\n", b"\xff" * 100, b"\0\0\0\1",
                       b"\0\0\0\1Q", b"\0\0\0\0"][number % 5])
        s.close()


def notified(house):
    """Start with a socket as systemd gives one; what comes to it."""
    path = house.path("notify")
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind(path)
    s.settimeout(10)
    os.environ["NOTIFY_SOCKET"] = path
    house.start()
    del os.environ["NOTIFY_SOCKET"]
    return s.recv(100) == b"READY=1"


def say(number, name, wrong):
    print("%s %d - %s%s" % ("not ok" if wrong else "ok", number, name,
                            ": " + wrong if wrong else ""), flush=True)


def main():
    failed = 0
    print("1..%d" % (len(CASES) + 2))
    with House(os.environ["POSTSEAL_BUILD"]) as house:
        wrong = None if notified(house) else "it is not"
        failed += wrong is not None
        say(len(CASES) + 1, "readiness is told", wrong)
        scan(house)
        wrong = "the daemon died" if house.daemon.poll() is not None else None
        failed += wrong is not None
        say(len(CASES) + 2, "port scans do no harm", wrong)
        for number, (name, message, right) in enumerate(CASES, 1):
            reply, left = house.send(message, "alice@example.net", 60)
            wrong = judge(house, message, reply, left, right)
            if house.daemon.poll() is not None:
                wrong = "the daemon died"
            failed += wrong is not None
            say(number, name, wrong)
        if house.stop() != 0:
            print("# the daemon did not end cleanly")
            failed += 1
        if failed:
            sys.stdout.write("".join(
                "# " + line for line in open(house.log).readlines()[-20:]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
