#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""A relay in a mood: t/e2e/sink.py's server, which does in one place what it is
told by the file "mood" of its folder.  A mood is "WHAT PLACE N": WHAT happens
at the Nth time that PLACE (a verb, "greeting", or "." for the end of the
data) is reached while the mood holds; N of 0 is every time.

  a reply such as "450" or "550"   instead of the good one
  slow       the good one, a second later
  hang       nothing, for ever
  close      the connection ends, nothing is kept
  half       the connection ends after half of the data
  keep       the message is kept, and the connection ends without a 250
  die        the message is kept and answered 250, and the connection is reset
"""
import argparse
import asyncio
import os
import struct
import socket
import sys

sys.path.insert(0, os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "../../t/e2e"))
from sink import EHLO, keep, path_of, read_data  # noqa: E402


class Moods:
    def __init__(self, folder):
        self.path = os.path.join(folder, "mood")
        self.last, self.passed = None, 0

    def at(self, place):
        try:
            with open(self.path, encoding="ascii") as f:
                mood = f.read()
        except OSError:
            return "good"
        if mood != self.last:
            self.last, self.passed = mood, 0
        what, where, nth = mood.split()[:3]
        if where != place:
            return "good"
        self.passed += 1
        return what if int(nth) in (0, self.passed) else "good"


class Gone(Exception):
    pass


class Session:
    def __init__(self, folder, moods, reader, writer):
        self.folder, self.moods = folder, moods
        self.reader, self.writer = reader, writer
        self.envelope = None

    def write(self, text):
        self.writer.write(text.encode() + b"\r\n")

    def reset(self):
        """RST, so that what is under way is lost."""
        self.writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    async def say(self, place, good, then=None):
        what = self.moods.at(place)
        if what == "slow":
            await asyncio.sleep(1)
        elif what == "hang":
            await asyncio.sleep(3600)
        elif what in ("close", "half"):
            raise Gone
        elif what.isdigit():
            self.write(what + " 4.0.0 as told" if what[0] == "4"
                       else what + " 5.0.0 as told")
            await self.writer.drain()
            if what == "421":
                raise Gone
            return False
        if then is not None:
            then()
        if what == "keep":
            raise Gone
        self.write(good)
        await self.writer.drain()
        if what == "die":
            await asyncio.sleep(0.05)  # so that it is read, mostly
            self.reset()
            raise Gone
        return True

    async def data(self):
        if not self.envelope or not self.envelope["to"]:
            return self.write("503 5.5.1 no recipients")
        if not await self.say("DATA", "354 go on"):
            return None
        if self.moods.at("data") == "half":
            await self.reader.read(100)
            raise Gone
        octets = await read_data(self.reader)
        if octets is None:
            raise Gone
        envelope, self.envelope = self.envelope, None
        await self.say(".", "250 2.0.0 kept",
                       lambda: keep(self.folder, envelope, octets))
        return None

    async def command(self, verb, argument):
        if verb == "EHLO":
            await self.say("EHLO", "\r\n".join(
                ["250-" + e for e in EHLO[:-1]] + ["250 " + EHLO[-1]]))
        elif verb == "MAIL":
            self.envelope = None
            if await self.say("MAIL", "250 2.1.0 ok"):
                self.envelope = {"from": path_of(argument)[0], "to": []}
        elif verb == "RCPT":
            if self.envelope is None:
                self.write("503 5.5.1 no MAIL")
            elif await self.say("RCPT", "250 2.1.5 ok"):
                self.envelope["to"].append(path_of(argument)[0])
        elif verb == "DATA":
            await self.data()
        elif verb == "RSET":
            self.envelope = None
            await self.say("RSET", "250 2.0.0 ok")
        else:
            self.write("502 5.5.1 unknown")

    async def serve(self):
        try:
            await self.say("greeting", "220 sink.invalid ESMTP")
            while True:
                line = (await self.reader.readline()).decode("latin-1")
                verb, _, argument = line.strip().partition(" ")
                if not line or verb.upper() == "QUIT":
                    break
                await self.command(verb.upper(), argument)
                await self.writer.drain()
        except (Gone, ConnectionError):
            pass
        self.writer.close()


async def main():
    p = argparse.ArgumentParser()
    p.add_argument("dir")
    o = p.parse_args()
    moods = Moods(o.dir)
    server = await asyncio.start_server(
        lambda r, w: Session(o.dir, moods, r, w).serve(), "127.0.0.1", 0,
        limit=1 << 26, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
