# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""What the campaigns on splitting share: a daemon with a relay, messages to one
to four groups, a client that tries again as an MTA does, and the judgement
of everything that arrived.  Policies may change between two tries: a copy is
held against the one that was in force when it was made, which its own
Received field tells (each try's daemon has a name of its own)."""
import base64
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
sys.path.insert(0, os.path.join(ROOT, "t/lib"))
from house import House, run, GPG  # noqa: E402
from sealed import ARMOR, split, value  # noqa: E402

ALICE, CAROL, BOB, DAVE, FRANK = (
    "alice@example.net", "carol@subject.example", "bob@example.net",
    "dave@clear.example", "frank@clear.example")
# Of 1 to 4 groups; who is not in VISIBLE is hidden.
TO = {1: (ALICE,), 2: (ALICE, DAVE, FRANK), 3: (ALICE, DAVE, FRANK, CAROL),
      4: (ALICE, DAVE, FRANK, CAROL, BOB)}
VISIBLE = (ALICE, DAVE, FRANK, CAROL)
# name of a policy -> who has a key under it
HAS_KEY = {"same": (ALICE, CAROL, BOB), "removed": (CAROL, BOB),
           "added": (ALICE, CAROL, BOB, DAVE), "never": ()}
SECRET = b"this line must never be readable outside"
MUST = """peer "clear.example" { encrypt = when-key  on-missing-key = deliver }
peer "subject.example" { encrypt = when-key  protect-subject = yes }
"""
RELAY = 'relay { to = "inet:%d@127.0.0.1"  ledger = "%s"  time = %ds }\n'


class SplitHouse(House):
    """A daemon whose policy and keys are one of HAS_KEY."""

    def __init__(self, build, spool_size=None):
        super().__init__(build, (ALICE, CAROL, BOB, DAVE),
                         spool_size=spool_size)
        self.relay_port, self.relay_s = 1, 30

    def furnish(self):
        self.ledger = os.path.join(tempfile.gettempdir(), "unused")
        super().furnish()
        self.ids = {a: self.key_ids(a) for a in self.recipients}
        self.all_keys = self.keys
        for name, who in HAS_KEY.items():
            if name == "never":
                continue
            self.keys = self.path("keys-" + name)
            os.mkdir(self.keys, 0o700)
            self.configure()
            public = self.path("public-%s.asc" % name)
            with open(public, "wb") as f:
                f.write(run([GPG, "--homedir", self.gnupg, "--armor",
                             "--export", *["=Test <%s>" % a for a in who]]))
            self.keys_command("import", public)

    def key_ids(self, address):
        out = run([GPG, "--homedir", self.gnupg, "--with-colons",
                   "--list-keys", address]).decode()
        return {line.split(":")[4] for line in out.splitlines()
                if line.startswith("sub:")}

    def use(self, policy, attempt, ledger):
        self.keys = self.path("keys-" + ("same" if policy == "never"
                                         else policy))
        encrypt = "never" if policy == "never" else "when-key"
        rules = "" if policy == "never" else MUST
        self.configure(
            defaults="encrypt = %s  on-missing-key = deliver" % encrypt,
            more=RELAY % (self.relay_port, ledger, self.relay_s) + rules,
            mta_size=10240000)
        with open(self.config, encoding="ascii") as f:
            text = f.read()
        with open(self.config, "w", encoding="ascii") as f:
            f.write(text.replace('"mx.example.org"', '"try%d-%s.example.org"' %
                                 (attempt, policy)))

    def begin(self, **environment):
        """start() with an environment of its own."""
        kept = dict(os.environ)
        os.environ.update(environment)
        try:
            self.start()
        finally:
            os.environ.clear()
            os.environ.update(kept)

    def kill(self):
        """As the kernel's OOM killer: the front process and its milter."""
        for pid in self.descendants("serve"):
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                pass
        self.daemon.kill()
        self.daemon.wait()
        self.daemon = None

    def offer(self, octets, to, patience_s=60, tag="0"):
        """(reply or "broken", message if the MTA keeps it, those it takes)"""
        folder = self.path("mail-" + tag)
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        source = os.path.join(folder, "in.eml")
        with open(source, "wb") as f:
            f.write(octets)
        words = []
        for r in to:
            words += ["--to", r]
        done = subprocess.run(
            [self.wire, "--raw", "--timeout", str(patience_s), "--from",
             "a@example.org", *words, "--out", folder, self.milter, source],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        lines = [x.split("\t") for x in done.stdout.decode().splitlines()]
        if done.returncode != 0 or not lines:
            return "broken", None, ()
        no = {x[3].strip("<>") for x in lines if x[1] == "rcpt"}
        taken = tuple(r for r in to if r not in no)
        reply = lines[-1][2]
        if reply != "250 accepted":
            return reply, None, taken
        with open(lines[-1][3], "rb") as f:
            return reply, f.read(), taken


class Sink:
    """Where copies arrive."""

    program = os.path.join(ROOT, "t/e2e/sink.py")

    def __enter__(self):
        self.tmp = tempfile.TemporaryDirectory(prefix="postseal-sink-")
        self.folder = self.tmp.name
        self.process = subprocess.Popen(
            [sys.executable, self.program, self.folder],
            stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL)
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.tmp.cleanup()

    def mood(self, word):
        name = os.path.join(self.folder, "mood")
        with open(name + ".new", "w", encoding="ascii") as f:
            f.write(word)
        os.rename(name + ".new", name)

    def all(self):
        """Message-ID -> [(recipients, octets)]"""
        got = collections.defaultdict(list)
        for name in sorted(os.listdir(self.folder)):
            if not name.endswith(".eml"):
                continue
            path = os.path.join(self.folder, name)
            with open(path, "rb") as f:
                octets = f.read()
            with open(path[:-3] + "json", encoding="utf-8") as f:
                to = json.load(f)["to"]
            got[value(split(octets)[0], b"message-id")].append((to, octets))
        return got


def message(number):
    return b"\r\n".join((
        b"From: a@example.org", b"To: " + ", ".join(VISIBLE).encode(),
        b"Subject: a campaign", b"Message-ID: <%d@example.org>" % number,
        b"Date: Tue, 24 Nov 2026 10:00:00 +0000", b"", SECRET, b""))


def packet_ids(octets):
    """Key ids of the packets in front (RFC 9580 4.2, 5.1.1), or None: clear."""
    armor = ARMOR.search(split(octets)[1])
    if armor is None:
        return None
    body = armor.group(0).split(b"\r\n\r\n", 1)[1]
    data = base64.b64decode(re.sub(rb"(?m)^[=-].*$", b"", body) + b"==")
    ids, at = set(), 0
    while data[at] & 0x3f == 1 or data[at] & 0x7c == 4:
        if data[at] & 0x40:
            size, head = data[at + 1], 2
            if size >= 192:
                size, head = ((size - 192) << 8) + data[at + 2] + 192, 3
        else:
            head = 1 + (1 << (data[at] & 3))
            size = int.from_bytes(data[at + 1:at + head], "big")
        ids.add(data[at + head + 1:at + head + 9].hex().upper())
        at += head + size
    return ids


class Judge:
    """Counts what is wrong over a campaign; says each of them."""

    WRONG = ("lost", "in clear", "sealed wrongly", "strange", "double")

    def __init__(self, house):
        self.house = house
        self.tally = collections.Counter()

    def wrong(self, what, about, told):
        self.tally[what] += 1
        print("%s: %s: %s" % (about, what, told), flush=True)

    def copy(self, about, to, octets, in_place):
        """in_place: the policy that was in force, where it left that way"""
        policy = in_place
        if policy is None:
            trace = value(split(octets)[0], b"received").decode("latin-1")
            found = re.search(r"by try\d+-(\w+)\.example\.org", trace)
            if found is None:
                return self.wrong("strange", about, trace)
            policy = found.group(1)
        ids = packet_ids(octets)
        want = [a for a in to if a in HAS_KEY[policy]]
        if ids is None and want:
            return self.wrong("in clear", about, (policy, to))
        if ids is None:
            return None if SECRET in octets else self.wrong(
                "strange", about, octets)
        good = SECRET not in octets and len(want) == len(to) == len(ids) and \
            all(ids & self.house.ids[a] for a in want)
        return None if good else self.wrong(
            "sealed wrongly", about, (policy, to, ids))

    def opens(self, about, octets):
        clear = self.house.decrypt(octets)
        if clear is None or SECRET not in clear:
            self.wrong("strange", about, "does not open")

    def message(self, about, to, got, excused, window):
        """got: recipient -> copies; excused: those the sender was told of"""
        for r in to:
            if got[r] == 0 and r not in excused:
                self.wrong("lost", about, r)
            if got[r] > 0 and r in excused:
                self.wrong("strange", about, "refused, and yet has it: " + r)
            if got[r] > 1 and not (window and got[r] == 2):
                self.wrong("double", about, (r, got[r]))
            if got[r] == 2 and window:
                self.tally["double in the window"] += 1

    def failed(self):
        return sum(self.tally[w] for w in self.WRONG)

    def say(self, *more):
        for w in (*more, *self.WRONG, "double in the window"):
            print("%-26s %d" % (w, self.tally[w]))


class Mail:
    """One message on its way: what the MTA in front would know of it."""

    def __init__(self, number, groups):
        self.number, self.to = number, TO[groups]
        self.octets = message(number)
        self.id = b"<%d@example.org>" % number
        self.open = list(self.to)  # recipients that the MTA still owes
        self.excused = set()
        self.in_place = []  # (recipients, octets, policy)
        self.replies = []
        self.done = False

    def attempt(self, house, policy, patience_s=60):
        reply, kept, taken = house.offer(
            self.octets, self.open, patience_s, str(self.number))
        self.replies.append(reply)
        if reply.startswith(("250", "5")):  # the MTA is rid of it
            self.excused |= set(self.open) - set(taken)
            self.done = True
        if reply.startswith("5"):
            self.excused |= set(self.open)
        if kept is not None:
            self.in_place.append((list(taken), kept, policy))
        return self.done

    def until_done(self, house, policy, tries=8, pause_s=0.1):
        for _ in range(tries):
            if self.attempt(house, policy):
                return True
            time.sleep(pause_s)
        return False


def settle(judge, mails, sink, opened=10):
    """After a campaign: mails is [(about, Mail, window)]."""
    time.sleep(1)
    arrived = sink.all()
    for n, (about, mail, window) in enumerate(mails):
        got = collections.Counter()
        left = [(to, o, None) for to, o in arrived.get(mail.id, ())]
        for to, octets, policy in left + mail.in_place:
            got.update(to)
            judge.copy(about, to, octets, policy)
            if n % opened == 0 and packet_ids(octets) is not None:
                judge.opens(about, octets)
        judge.message(about, mail.to, got, mail.excused, window)
        judge.tally["copies"] += len(left) + len(mail.in_place)
