#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""An SMTP server that takes everything and writes it down: NUMBER.eml has the
octets of a message with CRLF lines, NUMBER.json its envelope ("words" stood
behind MAIL's path, "rcpt" are the words behind each of "to").  Stands where
the next MTA would stand; knows nothing of filters.

  sink.py DIR [--port N]     prints its port, then serves until it is killed
"""
import argparse
import asyncio
import itertools
import json
import os

COUNTER = itertools.count(1)
EHLO = ["sink.invalid", "PIPELINING", "SIZE 0", "8BITMIME", "SMTPUTF8", "DSN"]


def path_of(argument):
    """MAIL FROM:<a@b> SIZE=1 -> a@b and the words behind it"""
    text = argument.split(":", 1)[-1].strip()
    path, _, rest = text.partition(">")
    return path.lstrip("<"), rest.split()


async def read_data(reader):
    lines = []
    while True:
        line = await reader.readline()
        if not line or line == b".\r\n":
            return b"".join(lines) if line else None
        lines.append(line[1:] if line.startswith(b".") else line)


def keep(folder, envelope, data):
    """The envelope first: a message that is seen is complete."""
    name = os.path.join(folder, f"{next(COUNTER):05d}")
    with open(name + ".json", "w", encoding="utf-8") as f:
        json.dump(envelope, f)
    with open(name + ".part", "wb") as f:
        f.write(data)
    os.rename(name + ".part", name + ".eml")


async def serve(folder, reader, writer):
    envelope = {}

    async def say(*lines):
        for i, line in enumerate(lines):
            last = i == len(lines) - 1
            code, _, text = line.partition(" ")
            writer.write(f"{code}{' ' if last else '-'}{text}\r\n".encode())
        await writer.drain()

    await say("220 sink.invalid ESMTP")
    while True:
        line = (await reader.readline()).decode("latin-1")
        verb, _, argument = line.strip().partition(" ")
        verb = verb.upper()
        if not line or verb == "QUIT":
            break
        if verb == "EHLO":
            await say(*["250 " + e for e in EHLO])
        elif verb == "MAIL":
            sender, words = path_of(argument)
            envelope = {"from": sender, "words": words, "to": [],
                        "rcpt": []}
            await say("250 2.1.0 ok")
        elif verb == "RCPT":
            to, words = path_of(argument)
            envelope["to"].append(to)
            envelope["rcpt"].append(words)
            await say("250 2.1.5 ok")
        elif verb == "DATA":
            await say("354 go on")
            data = await read_data(reader)
            if data is None:
                break
            keep(folder, envelope, data)
            await say("250 2.0.0 kept")
        elif verb in ("HELO", "RSET", "NOOP"):
            await say("250 2.0.0 ok")
        else:
            await say("502 5.5.1 unknown")
    writer.close()


async def main():
    p = argparse.ArgumentParser()
    p.add_argument("dir")
    p.add_argument("--port", type=int, default=0)
    o = p.parse_args()
    os.makedirs(o.dir, exist_ok=True)
    server = await asyncio.start_server(
        lambda r, w: serve(o.dir, r, w), "127.0.0.1", o.port,
        limit=1 << 26, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
