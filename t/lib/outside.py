# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""A postseal that looks for keys outside, and the outside: a name server and a
web server on loopback, and keys that they give.  What comes out of the filter
is opened, not believed."""
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time

import dns_server
from house import House, skip
from odd_certs import Ring

try:
    import https_server
except ImportError:
    skip("python3-cryptography is not installed")

SECRET = b"the quick brown fox pays"
CONF = """# made for one test
log = stderr
spool-directory = "{spool}"
listen {{ milter = "{milter}"  control = "{control}" }}
identity {{ authserv-id = "mx.example.org" }}
keys {{
  directory = "{keys}"
  sources = {{ pinned, local, wkd, dane, autocrypt }}
{timing}
}}
https {{ ca-file = "{ca}"  port = {web}  private-addresses = yes }}
verify {{ iprev = no  resolver = {{ "127.0.0.1@{dns}" }}
{verify}
}}
defaults {{
  encrypt = always  on-missing-key = reject
  {checks}
}}
{more}
"""
CHECKS = "spf = off  dkim = off  dmarc = off  arc = off"
TIMING = "  lookup-wait = 3s  lookup-time = 20s"
Z_BASE_32 = "ybndrfg8ejkmcpqxot1uwisza345h769"


def wkd_hash(local):
    bits = int.from_bytes(hashlib.sha1(local.lower().encode()).digest(), "big")
    return "".join(Z_BASE_32[bits >> 5 * i & 31] for i in range(31, -1, -1))


class Web:
    """What a domain's web server gives; more than one domain a server."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="postseal-web-")
        self.server = https_server.Server(self.root)

    def publish(self, address, octets, direct=False):
        local, domain = address.split("@")
        parts = [domain] if direct else ["openpgpkey." + domain]
        parts += [".well-known", "openpgpkey"]
        parts += ["hu"] if direct else [domain, "hu"]
        folder = os.path.join(self.root, *parts)
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, wkd_hash(local))
        with open(path + ".new", "wb") as f:
            f.write(octets)
        os.rename(path + ".new", path)

    def mood(self, domain, mood):
        path = os.path.join(self.root, "openpgpkey.%s.mood" % domain)
        with open(path + ".new", "w", encoding="ascii") as f:
            f.write(mood)
        os.rename(path + ".new", path)

    def asked(self, address):
        """Requests for this address that came."""
        local, domain = address.split("@")
        return sum(domain in line and wkd_hash(local) in line
                   for line in list(self.server.log))

    def handshakes(self, domain):
        return self.server.count("tls openpgpkey." + domain)

    def close(self):
        self.server.close()
        shutil.rmtree(self.root, ignore_errors=True)


class Outside(House):
    """web: Web; dns_port: whom it asks; prepare(house): makes strangers'
    keys, and says what more the configuration holds."""

    def __init__(self, build, web, dns_port, timing=TIMING,
                 verify="  dnssec = no", more="", prepare=None,
                 checks=CHECKS, inet=False):
        super().__init__(build, ("local@here.test",), inet=inet)
        self.web, self.dns_port, self.timing = web, dns_port, timing
        self.verify, self.more = verify, more
        self.prepare, self.checks = prepare, checks

    def make_keys(self):
        super().make_keys()
        self.ring = Ring(self.gnupg)
        if self.prepare:
            self.more += self.prepare(self) or ""

    def configure(self, **_):
        with open(self.config, "w", encoding="ascii") as f:
            f.write(CONF.format(
                spool=self.spool, milter=self.milter, keys=self.keys,
                control=self.path("run", "control"), timing=self.timing,
                ca=self.web.server.ca_file, web=self.web.server.port,
                dns=self.dns_port, verify=self.verify,
                checks=self.checks, more=self.more))

    def can(self, action):
        """Is there such an action of "postseal keys"?"""
        done = subprocess.run([self.program, "keys", "--help"], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return re.search(rb"keys %s\b" % action.encode(), done.stdout)

    def logged(self, offset=0):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            f.seek(offset)
            return f.read()

    def note(self, address, offset=0):
        """What the log says of the keys of a message to this address."""
        said = re.search(r'to=<%s> .*key-note="([^"]*)"' % re.escape(address),
                         self.logged(offset))
        return said[1] if said else ""

    def log_size(self):
        return os.path.getsize(self.log)

    def wait_for_log(self, text, offset=0, patience_s=30):
        return self.wait_until(lambda: text in self.logged(offset),
                               patience_s)

    @staticmethod
    def wait_until(what, patience_s=30):
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            if what():
                return True
            time.sleep(0.1)
        return bool(what())

    def post(self, to, *, sender="a@example.org", head=b"", ip=None,
             octets=None, n=1, parallel=1, patience_s=90):
        """n messages: [(reply, octets or None)].  Several threads may."""
        folder = tempfile.mkdtemp(dir=self.dir)
        source = os.path.join(folder, "in.eml")
        with open(source, "wb") as f:
            f.write(octets or message(to, sender, head))
        done = subprocess.run(
            [self.wire, "--raw", "--timeout", str(patience_s), "--from",
             sender, "--to", to, "--out", folder, "--repeat", str(n),
             "--parallel", str(parallel), *(["--ip", ip] if ip else []),
             self.milter, source], check=False, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        out, early = [], None  # refused as a recipient: a line before
        for line in done.stdout.decode("utf-8", "replace").splitlines():
            words = line.split("\t")
            if len(words) != 4:
                out.append(("broken: " + line, None))
            elif words[1] == "rcpt":
                if early:
                    out.append((early, None))
                early = words[2]
            elif early:
                out.append((early, None))
                early = None
            elif not words[2].startswith("250"):
                out.append((words[2], None))
            else:
                with open(words[3], "rb") as f:
                    out.append((words[2], f.read()))
        if early:
            out.append((early, None))
        shutil.rmtree(folder)
        return out or [("broken: nothing said", None)]

    def outcome(self, result, to_fpr=None):
        """One word of what became of a message; what came out is opened, and
        "sealed" is said only when it is so, to that key and to no other."""
        reply, octets = result
        if octets is None:
            for said, word in SAID:
                if said in reply:
                    return "%s %s" % (reply[:3], word)
            return reply
        if b"-----BEGIN PGP MESSAGE-----" not in octets:
            return "CLEAR" if SECRET in octets else "LOST"
        if SECRET in octets:
            return "CLEAR BESIDE THE SEAL"
        clear, to = self.ring.opened(octets)
        if clear is None or SECRET not in clear:
            return "SEALED TO SOMEBODY ELSE"
        if to_fpr and not to <= self.ring.subkeys(to_fpr):
            return "SEALED TO ANOTHER KEY"
        return "sealed"


SAID = (("is being looked up", "key-lookup"), ("the DNS does not", "key-dns"),
        ("has changed", "key-changed"), ("no usable OpenPGP key", "no-key"),
        ("cannot be used", "unusable-key"),
        ("cannot be looked up", "key-trouble"))


def message(to, sender="a@example.org", head=b""):
    return (b"From: %s\r\nTo: %s\r\nSubject: x\r\n%s\r\n%s\r\n" % (
        sender.encode(), to.encode(), head, SECRET))


class Table:
    """Cases and outcomes, in TAP and for people."""

    def __init__(self):
        self.rows, self.failed = [], 0

    def case(self, title, wanted, got, said=""):
        good = got == wanted if isinstance(wanted, str) else got in wanted
        self.failed += not good
        self.rows.append((title, got, said))
        print("%s %d - %-52s %s%s" % (
            "ok" if good else "not ok", len(self.rows), title, got,
            "" if good else " (wanted %s)" % (wanted,)), flush=True)
        if said:
            print("#   " + said, flush=True)
        return good

    def check(self, title, good, said=""):
        return self.case(title, "yes", "yes" if good else "no", said)

    def end(self, house=None):
        if self.failed and house is not None:
            print("".join("# %s\n" % x
                          for x in house.logged().splitlines()[-80:]))
        print("1..%d" % len(self.rows))
        return 1 if self.failed else 0


def zone(*lines, good=()):
    """good: domains whose openpgpkey host is the web server."""
    text = "$ORIGIN test.\n@ SOA ns hostmaster 1 3600 600 86400 0\n"
    text += "".join("openpgpkey.%s. A 127.0.0.1\n" % d for d in good)
    return (text + "".join(line + "\n" for line in lines)).encode()


def name_server(*lines, good=()):
    return dns_server.Server(zone(*lines, good=good))
