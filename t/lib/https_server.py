#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""A web server for tests, on loopback: HTTPS with a CA of its own, a folder a
host (by the name that TLS asks for), hosts that misbehave, a log of every
request.

  https_server.py ROOT [--mood HOST=MOOD]... [--log FILE] [--ca FILE] [--bind A]

ROOT/HOST/PATH is what https://HOST/PATH gives, as application/octet-stream.
How a host behaves stands in the file ROOT/HOST.mood, read anew for each
connection, or in --mood; without either it behaves.  Moods of its certificate:

  expired, early, wrong-host, self-signed

and of what it says:

  type:T          calls everything T
  html            a page, whatever is asked for, with status 200
  armored         as type:text/plain, the file in ASCII armor
  404, 500, ...   that status and a page
  redirect:URL    to URL; "%h" there is the host, "%p" the port
  once:URL        redirects there, but not when its path is asked for
  slow-accept:S   waits S seconds before it begins TLS
  slow:S          waits S seconds before it answers
  slow-body:S     waits S seconds in the middle of the body
  endless         a body that never ends, of no announced length
  huge            announces a body of 1 GiB
  header          a header that never ends
  short           announces more than comes
  gzip            compresses, unasked
  drop            closes without an answer
  noise           octets that are no HTTP

It prints "port N" and "ca FILE" once it listens, and ends when its standard
input does.  A line of the log is "tls HOST" for each handshake that begins,
and "get HOST PATH STATUS" for each request (0: none was told).  A test that
wants it in its own process uses Server, which can also know no TLS but what is
too old."""
import argparse
import base64
import datetime
import gzip
import os
import socket
import ssl
import sys
import tempfile
import threading
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


def title(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def pem_key(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption())


class Authority:
    """Makes certificates: good ones, and ones with a fault."""

    def __init__(self, name="postseal test CA"):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = title(name)
        now = datetime.datetime.utcnow()
        self.cert = (
            self.builder(self.name, self.name, self.key, now - DAY,
                         now + 30 * DAY)
            .add_extension(x509.BasicConstraints(True, None), True)
            .sign(self.key, hashes.SHA256()))
        self.pem = self.cert.public_bytes(serialization.Encoding.PEM)

    @staticmethod
    def builder(subject, issuer, key, begin, end):
        return (x509.CertificateBuilder().subject_name(subject)
                .issuer_name(issuer).public_key(key.public_key())
                .serial_number(x509.random_serial_number())
                .not_valid_before(begin).not_valid_after(end))

    def leaf(self, host, fault=None):
        """PEM: key and certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.utcnow()
        begin, end = {"expired": (now - 9 * DAY, now - DAY),
                      "early": (now + DAY, now + 9 * DAY)}.get(
                          fault, (now - DAY, now + 9 * DAY))
        named = "other.invalid" if fault == "wrong-host" else host
        itself = fault == "self-signed"
        cert = (self.builder(title(named),
                             title(named) if itself else self.name, key,
                             begin, end)
                .add_extension(x509.SubjectAlternativeName(
                    [x509.DNSName(named)]), False)
                .sign(key if itself else self.key, hashes.SHA256()))
        return (pem_key(key) +
                cert.public_bytes(serialization.Encoding.PEM))


def armor(octets):
    text = base64.b64encode(octets).decode()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return ("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n%s\n"
            "-----END PGP PUBLIC KEY BLOCK-----\n" %
            "\n".join(lines)).encode()


class Server:
    """root: a folder.  moods: host -> mood.  log: a list of lines."""

    def __init__(self, root, moods=None, log_file=None, ca_file=None,
                 bind="127.0.0.1", old_tls=False):
        self.root, self.moods = root, dict(moods or {})
        self.log, self.log_file = [], log_file
        self.lock = threading.Lock()
        self.contexts = {}
        self.authority = Authority()
        self.folder = tempfile.TemporaryDirectory(prefix="postseal-https-")
        self.ca_file = ca_file or os.path.join(self.folder.name, "ca.pem")
        with open(self.ca_file, "wb") as f:
            f.write(self.authority.pem)
        self.first = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.first.sni_callback = self.on_name
        if old_tls:
            self.first.set_ciphers("ALL:@SECLEVEL=0")
            self.first.minimum_version = ssl.TLSVersion.TLSv1
            self.first.maximum_version = ssl.TLSVersion.TLSv1_1
        self.listener = socket.create_server((bind, 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def mood(self, host):
        try:
            with open(os.path.join(self.root, host + ".mood")) as f:
                text = f.read().strip()
        except OSError:
            text = self.moods.get(host, "")
        word, _, value = text.partition(":")
        return word, value

    def note(self, *words):
        line = " ".join(str(w) for w in words)
        with self.lock:
            self.log.append(line)
            if self.log_file:
                self.log_file.write(line + "\n")
                self.log_file.flush()

    def count(self, text):
        with self.lock:
            return sum(text in line for line in self.log)

    def context(self, host, fault):
        with self.lock:
            c = self.contexts.get((host, fault))
            if c is not None:
                return c
            c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            path = os.path.join(self.folder.name, "leaf.pem")
            with open(path, "wb") as f:
                f.write(self.authority.leaf(host, fault))
            c.load_cert_chain(path)
            self.contexts[host, fault] = c
            return c

    def on_name(self, sock, name, _):
        if name is None:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        self.note("tls", name)
        word, value = self.mood(name)
        if word == "slow-accept":
            time.sleep(float(value))
        known = ("expired", "early", "wrong-host", "self-signed")
        sock.context = self.context(name, word if word in known else None)
        sock.host = name
        return None

    def serve(self):
        while True:
            try:
                raw, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.connection, args=(raw,),
                             daemon=True).start()

    def connection(self, raw):
        try:
            raw.settimeout(60)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.first.wrap_socket(raw, server_side=True) as sock:
                self.requests(sock, getattr(sock, "host", ""))
        except (OSError, ValueError):
            pass
        finally:
            raw.close()

    def requests(self, sock, host):
        with sock.makefile("rb") as lines:
            while True:
                first = lines.readline(8192).split()
                if len(first) < 2:
                    return
                while lines.readline(8192) not in (b"\r\n", b"\n", b""):
                    pass
                self.answer(sock, host, first[1].decode("latin-1"))

    def content(self, host, path):
        name = path.partition("?")[0].lstrip("/")
        try:
            with open(os.path.join(self.root, host, name), "rb") as f:
                return f.read()
        except (OSError, ValueError):
            return None

    def location(self, host, value):
        return "Location: %s\r\n" % value.replace("%h", host).replace(
            "%p", str(self.port))

    def answer(self, sock, host, path):
        word, value = self.mood(host)
        body, kind, status = (self.content(host, path),
                              "application/octet-stream", 200)
        more = ""
        if word.isdigit():
            body, status = None, int(word)
        elif word == "redirect":
            body, status = b"elsewhere", 302
            more = self.location(host, value)
        elif word == "once" and not value.endswith(path):
            body, status = b"moved", 301
            more = self.location(host, value)
        elif word == "html":
            body, kind = b"<!doctype html><p>Welcome!", "Text/HTML; charset=x"
        elif body is None:
            status = 404
        if body is None:
            body, kind = b"<p>An error.", "text/html"
        elif word == "type":
            kind = value
        elif word == "armored" and status == 200:
            body, kind = armor(body), "text/plain"
        elif word == "gzip":
            body, more = gzip.compress(body), "Content-Encoding: gzip\r\n"
        self.note("get", host, path,
                  0 if word in ("drop", "noise", "header") else status)
        head = "HTTP/1.1 %d Status\r\nContent-Type: %s\r\n%s" % (
            status, kind, more)
        self.send(sock, word, value, head, body)

    def send(self, sock, word, value, head, body):
        if word == "slow":
            time.sleep(float(value))
        elif word == "drop":
            raise OSError
        elif word == "noise":
            sock.sendall(b"\0\1\2 no HTTP at all\r\n\r\n")
            raise OSError
        elif word == "header":
            sock.sendall(head.encode())
            while True:
                sock.sendall(b"X-More: %s\r\n" % (b"x" * 1000))
        if word == "endless":
            sock.sendall(head.encode() + b"\r\n" + body)
            while True:
                sock.sendall(b"x" * 4096)
        length = {"huge": 1 << 30, "short": len(body) + 1}.get(word,
                                                               len(body))
        sock.sendall(("%sContent-Length: %d\r\n\r\n" %
                      (head, length)).encode())
        half = len(body) // 2
        sock.sendall(body[:half])
        if word == "slow-body":
            time.sleep(float(value))
        sock.sendall(body[half:])
        if word in ("huge", "short"):
            raise OSError

    def close(self):
        self.listener.close()
        self.folder.cleanup()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("root")
    p.add_argument("--mood", action="append", default=[])
    p.add_argument("--log")
    p.add_argument("--ca")
    p.add_argument("--bind", default="127.0.0.1")
    o = p.parse_args()
    server = Server(o.root, dict(m.split("=", 1) for m in o.mood),
                    open(o.log, "a") if o.log else None, o.ca, o.bind)
    print("port %d\nca %s" % (server.port, server.ca_file))
    sys.stdout.flush()
    os.close(1)  # that is all
    sys.stdin.buffer.read()
    server.close()
    os._exit(0)


if __name__ == "__main__":
    main()
