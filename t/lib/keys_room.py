# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""A key directory, a configuration and a private gpg for tests of "postseal
keys".  Root goes on as nobody: none of it needs more."""
import fcntl
import json
import os
import pty
import shutil
import struct
import subprocess
import sys
import tempfile
import termios

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.environ.get("POSTSEAL_BUILD", SOURCE + "/build/dev")
POSTSEAL = os.environ.get("PS_POSTSEAL", BUILD + "/milter/postseal")
NOBODY = 65534


def be_nobody():
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    if shutil.which("gpg") is None or not os.access(POSTSEAL, os.X_OK):
        print("1..0 # SKIP gpg or postseal cannot be run")
        sys.exit(77)


class Tap:
    def __init__(self):
        self.n = self.failed = 0

    def ok(self, name, good, note=""):
        self.n += 1
        print(f"{'ok' if good else 'not ok'} {self.n} - {name}", flush=True)
        if not good:
            self.failed += 1
            for line in str(note).splitlines():
                print("#", line)

    def end(self):
        print(f"1..{self.n}")
        return 1 if self.failed or self.n == 0 else 0


class Done:
    def __init__(self, status, out, err):
        self.status, self.octets = status, out
        self.out, self.err = out.decode(errors="replace"), err.decode()
        self.line = self.out.splitlines()

    def json(self):
        return json.loads(self.out)

    def __str__(self):
        return f"status {self.status}\n{self.out}\n{self.err}"


class Room:
    def __init__(self, more=""):
        self.tmp = tempfile.mkdtemp(prefix="postseal-keys-")
        self.gnupg = self.path("gnupg")
        os.mkdir(self.gnupg, 0o700)
        with open(self.gnupg + "/gpg.conf", "w") as f:
            f.write("no-auto-key-locate\nbatch\nquiet\n"
                    "pinentry-mode loopback\npassphrase ''\n")
        self.conf = self.path("postseal.conf")
        self.configure(more)

    def path(self, *names):
        return os.path.join(self.tmp, *names)

    def configure(self, more, keys="keys"):
        with open(self.conf, "w") as f:
            f.write(f'log = stderr\nspool-directory = "{self.path("spool")}"\n'
                    f'keys {{ directory = "{self.path(keys)}"\n'
                    f"{more}\n")

    def gpg(self, *args, stdin=b""):
        env = dict(os.environ, GNUPGHOME=self.gnupg)
        done = subprocess.run(["gpg", *args], input=stdin, env=env,
                              capture_output=True, timeout=120)
        return done.stdout

    def key(self, *uids, ends="never", encrypts=True, how=()):
        """A new key, ed25519; its fingerprint."""
        self.gpg(*how, "--quick-gen-key", uids[0], "ed25519", "cert", ends)
        fpr = self.fpr("=" + uids[0])
        if encrypts:
            self.gpg(*how, "--quick-add-key", fpr, "cv25519", "encr", ends)
        for uid in uids[1:]:
            self.gpg(*how, "--quick-add-uid", fpr, uid)
        return fpr

    def fpr(self, name):
        text = self.gpg("--with-colons", "--list-keys", name).decode()
        return [line.split(":")[9] for line in text.splitlines()
                if line.startswith("fpr:")][-2 if "sub:" in text else -1]

    def export(self, *fprs, name=None, armor=False):
        octets = self.gpg(*(["--armor"] if armor else []), "--export", *fprs)
        path = self.path(name or fprs[0] + ".pgp")
        with open(path, "wb") as f:
            f.write(octets)
        return path

    def command(self, action, *args):
        return [POSTSEAL, "keys", action, "-c", self.conf, *args]

    def keys(self, action, *args, stdin=b"", env=None):
        done = subprocess.run(self.command(action, *args), input=stdin,
                              env={**os.environ, **(env or {})},
                              capture_output=True, timeout=120)
        return Done(done.returncode, done.stdout, done.stderr)

    def on_terminal(self, action, *args, columns=100):
        """What a person sees: standard output and error on a terminal."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 25, columns, 0, 0))
        run = subprocess.Popen(self.command(action, *args), stdout=slave,
                               stderr=slave, stdin=subprocess.DEVNULL)
        os.close(slave)
        out = b""
        try:
            while octets := os.read(master, 65536):
                out += octets
        except OSError:  # EIO: nobody has the other end any more
            pass
        os.close(master)
        return Done(run.wait(60), out, b"")

    def close(self):
        subprocess.run(["gpgconf", "--kill", "all"],
                       env=dict(os.environ, GNUPGHOME=self.gnupg),
                       capture_output=True)
        shutil.rmtree(self.tmp, ignore_errors=True)
