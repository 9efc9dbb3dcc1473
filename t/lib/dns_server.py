#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""A small authoritative name server for tests, on loopback: UDP and TCP, answers
cut with TC, CNAMEs, NXDOMAIN and NODATA with a SOA, failures and latency by
name, a log of every query.  Reads the zone files that lib/dns reads; TIMEOUT
there means that nothing is answered.

  dns_server.py ZONE [--ttl S] [--latency MS] [--slow NAME=MS] [--log FILE]
                [--many NAME=COUNT] [--wrong NAME=HOW]

--many adds as many A records, of which an answer holds what fits.  --wrong:
the reply has another id, another question, ends early (cut), says 10,000
records (count), has a name that points to itself (pointer), is octets that
mean nothing (noise), or is cut with TC and TCP says nothing (tc).  It
prints "port N" once it listens, and ends when its standard input does.  Started
with a free port; a test that wants it in its own process uses Server."""
import argparse
import base64
import ipaddress
import os
import random
import re
import socket
import socketserver
import struct
import sys
import threading

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15,
         "TXT": 16, "AAAA": 28, "OPENPGPKEY": 61, "TYPE61": 61, "SPF": 99}
FAILURES = {"SERVFAIL": 2, "REFUSED": 5, "TIMEOUT": None, "BOGUS": 2}
ANY_TYPE = 0
TOKEN = re.compile(rb'"((?:\\.|[^"\\])*)"|([()])|(;[^\n]*)|(\n)|([ \t\r]+)|'
                   rb'((?:\\.|[^ \t\r\n;()"\\])+)', re.S)


def unescape(text):
    def one(m):
        return (bytes([int(m[1])]) if m[1].isdigit() else m[1])
    return re.sub(rb"\\(\d{3}|.)", one, text, flags=re.S)


def lines(text):
    """Lists of (token, quoted), with the blank before the first one told."""
    depth, line, blank, at = 0, [], False, 0
    while at < len(text):
        m = TOKEN.match(text, at)
        if not m:
            raise ValueError("not a zone at octet %d" % at)
        if m[2]:
            depth += 1 if m[2] == b"(" else -1
        elif m[4] and not depth:
            if line:
                yield blank, line
            line, blank = [], text[at + 1:at + 2] in (b" ", b"\t")
        elif m[1] is not None or m[6]:
            line.append((m[1] if m[1] is not None else m[6],
                         m[1] is not None))
        at = m.end()
    if line:
        yield blank, line


def labels(text, origin=()):
    if text == b"@":
        return origin
    if text == b".":
        return ()
    parts = [unescape(p) for p in re.findall(rb"(?:\\.|[^.\\])+", text)]
    own = () if text.endswith(b".") and not text.endswith(b"\\.") else origin
    return tuple(p.lower() for p in parts) + own


def wire_name(name):
    return b"".join(bytes([len(p)]) + p for p in name) + b"\0"


def txt(strings):
    out = b""
    for s in strings:
        s = unescape(s)
        for i in range(0, len(s) or 1, 255):
            out += bytes([len(s[i:i + 255])]) + s[i:i + 255]
    return out


def openpgpkey(words):
    """RFC 7929 2.3: base64, or the generic form of RFC 3597 section 5"""
    if words[0] == rb"\#":
        return bytes.fromhex(b"".join(words[2:]).decode())
    return base64.b64decode(b"".join(words), validate=True)


class Zone:
    def __init__(self, text):
        self.records = {}   # name -> type -> list of rdata
        self.failures = {}  # (name, type) -> rcode, None for silence
        self.exists = {()}
        origin, owner = (), ()
        for blank, tokens in lines(text.replace(b"\r\n", b"\n")):
            words = [t for t, _ in tokens]
            if words[0].startswith(b"$"):
                if words[0].upper() == b"$ORIGIN":
                    origin = labels(words[1])
                continue
            if not blank:
                owner = labels(words.pop(0), origin)
            while words[0].upper() == b"IN" or words[0][:1].isdigit():
                words.pop(0)
            self.add(owner, words[0].decode().upper(), words[1:], origin)

    def add(self, owner, kind, rest, origin):
        for i in range(len(owner)):
            self.exists.add(owner[i:])
        if kind in FAILURES:
            for t in rest or [None]:
                t = TYPES[t.decode().upper()] if t else ANY_TYPE
                self.failures[owner, t] = FAILURES[kind]
            return
        types = self.records.setdefault(owner, {})
        rdata = types.setdefault(TYPES.get(kind, 65280), [])
        if kind == "A" or kind == "AAAA":
            rdata.append(ipaddress.ip_address(rest[0].decode()).packed)
        elif kind in ("PTR", "CNAME", "NS"):
            rdata.append(wire_name(labels(rest[0], origin)))
        elif kind == "MX":
            rdata.append(struct.pack("!H", int(rest[0])) +
                         wire_name(labels(rest[1], origin)))
        elif kind == "TXT":
            rdata.append(txt(rest) or b"\0")  # none at all is not legal
        elif TYPES.get(kind) == 61:
            rdata.append(openpgpkey(rest))

    def owner(self, name):
        if name in self.exists:
            return name
        for i in range(1, len(name)):
            if (b"*",) + name[i:] in self.exists:
                return (b"*",) + name[i:]
            if name[i:] in self.exists:
                return None
        return None

    def answer(self, name, kind):
        """rcode (None: silence) and a list of (owner, type, rdata)"""
        out = []
        for _ in range(12):
            at = self.owner(name)
            if at is None:
                return 3, out
            types = self.records.get(at, {})
            if (at, kind) in self.failures:
                return self.failures[at, kind], []
            if types.get(kind):
                return 0, out + [(name, kind, r) for r in types[kind]]
            if 5 in types:
                out.append((name, 5, types[5][0]))
                name = read_name(types[5][0], 0)[0]
                continue
            return self.failures.get((at, ANY_TYPE), 0), out
        return 0, out  # a loop, as real servers tell it


def read_name(data, at):
    out = []
    while data[at]:
        if data[at] > 63:
            raise ValueError("a compressed question")
        out.append(data[at + 1:at + 1 + data[at]].lower())
        at += 1 + data[at]
    return tuple(out), at + 1


def record(owner, kind, ttl, rdata):
    return (owner + struct.pack("!HHIH", kind, 1, ttl, len(rdata)) + rdata)


def soa(ttl):
    mname = wire_name((b"ns", b"invalid"))
    return record(b"\0", 6, ttl, mname * 2 +
                  struct.pack("!5I", 1, 3600, 600, 86400, ttl))


def spoil(reply, how):
    """A whole reply, wrong in one way."""
    head, rest = reply[:12], reply[12:]
    if how == "id":
        return bytes([reply[0] ^ 0x5a]) + reply[1:]
    if how == "question":
        return head + rest[:1] + bytes([rest[1] ^ 3]) + rest[2:]
    if how == "cut":
        return reply[:-5]
    if how == "count":
        return reply[:6] + struct.pack("!H", 10000) + reply[8:]
    if how == "pointer":
        at = read_name(reply, 12)[1] + 4
        return reply[:at] + struct.pack("!H", 0xc000 | at) + reply[at + 2:]
    if how == "noise":
        return random.Random(1).randbytes(300)
    raise ValueError(how)


class Server:
    """zone: text as octets.  log: a list of (transport, name, type)."""

    def __init__(self, zone, ttl=0, latency_ms=0, slow=None, log_file=None,
                 wrong=None):
        self.zone = Zone(zone)
        self.ttl, self.latency_ms = ttl, latency_ms
        self.slow = {labels(k.encode()): v for k, v in (slow or {}).items()}
        self.wrong = {labels(k.encode()): v for k, v in (wrong or {}).items()}
        self.log, self.log_file = [], log_file
        self.lock = threading.Lock()
        self.bind()

    def bind(self):
        for _ in range(50):
            self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.udp.bind(("127.0.0.1", 0))
            self.port = self.udp.getsockname()[1]
            try:
                self.tcp = socketserver.ThreadingTCPServer(
                    ("127.0.0.1", self.port), self.tcp_handler())
                break
            except OSError:
                self.udp.close()
        self.tcp.daemon_threads = True
        for f in (self.serve_udp, self.tcp.serve_forever):
            threading.Thread(target=f, daemon=True).start()

    def tcp_handler(server):
        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                while True:
                    head = self.rfile.read(2)
                    if len(head) < 2:
                        return
                    query = self.rfile.read(struct.unpack("!H", head)[0])
                    reply, delay = server.reply(query, "tcp", 65535)
                    if reply is None:
                        continue
                    threading.Event().wait(delay)
                    self.wfile.write(struct.pack("!H", len(reply)) + reply)
        return Handler

    def serve_udp(self):
        while True:
            try:
                query, peer = self.udp.recvfrom(4096)
                reply, delay = self.reply(query, "udp", None)
            except (IndexError, ValueError, struct.error):
                continue
            except OSError:
                return
            if reply is None:
                continue
            if delay:
                threading.Timer(delay, self.udp.sendto,
                                (reply, peer)).start()
            else:
                self.udp.sendto(reply, peer)

    def note(self, transport, name, kind):
        shown = ".".join(p.decode("latin-1") for p in name)
        with self.lock:
            self.log.append((transport, shown, kind))
            if self.log_file:
                self.log_file.write("%s %s %d\n" % (transport, ascii(shown),
                                                    kind))
                self.log_file.flush()

    def reply(self, query, transport, size):
        ident, flags, _, _, _, extra = struct.unpack("!6H", query[:12])
        name, at = read_name(query, 12)
        kind = struct.unpack("!H", query[at:at + 2])[0]
        question = query[12:at + 4]
        edns = b""
        if extra and query[at + 4:at + 7] == b"\0\0\x29":
            asked = struct.unpack("!H", query[at + 7:at + 9])[0]
            size = size or max(512, min(asked, 1232))
            edns = b"\0\0\x29" + struct.pack("!HIH", 1232, 0, 0)
        self.note(transport, name, kind)
        rcode, found = self.zone.answer(name, kind)
        how = self.wrong.get(self.zone.owner(name))
        if rcode is None or (how == "tc" and transport == "tcp"):
            return None, 0
        body = [record(b"\xc0\x0c" if o == name else wire_name(o), t,
                       self.ttl, r) for o, t, r in found]
        negative = rcode in (0, 3) and not (found and found[-1][1] == kind)
        authority = soa(self.ttl) if negative else b""
        flags = 0x8400 | (flags & 0x0100) | 0x80 | rcode
        room = (size or 512) - 12 - len(question) - len(authority) - len(edns)
        if sum(map(len, body)) > room or how == "tc":
            if transport == "udp":
                body, authority, flags = [], b"", flags | 0x0200
            while sum(map(len, body)) > room:
                body = body[:len(body) * 9 // 10]
        head = struct.pack("!6H", ident, flags, 1, len(body),
                           1 if authority else 0, 1 if edns else 0)
        delay = self.slow.get(name, self.latency_ms) / 1000
        reply = head + question + b"".join(body) + authority + edns
        if how not in (None, "tc"):
            reply = spoil(reply, how)
        return reply, delay

    def close(self):
        self.tcp.shutdown()
        self.tcp.server_close()
        self.udp.close()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("zone")
    p.add_argument("--ttl", type=int, default=0)
    p.add_argument("--latency", type=int, default=0)
    p.add_argument("--slow", action="append", default=[])
    p.add_argument("--many", action="append", default=[])
    p.add_argument("--wrong", action="append", default=[])
    p.add_argument("--log")
    o = p.parse_args()
    with open(o.zone, "rb") as f:
        text = f.read()
    slow, many, wrong = (dict(s.rsplit("=", 1) for s in option)
                         for option in (o.slow, o.many, o.wrong))
    for name, count in many.items():
        text += b"".join(b"%s. A 10.0.%d.%d\n" %
                         (name.encode(), i // 256 % 256, i % 256)
                         for i in range(int(count)))
    log = open(o.log, "a") if o.log else None
    server = Server(text, o.ttl, o.latency,
                    {k: int(v) for k, v in slow.items()}, log, wrong)
    print("port %d" % server.port)
    sys.stdout.flush()
    os.close(1)  # that is all
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
