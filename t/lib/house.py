# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""A postseal of one's own for a test: temporary folder, keys made for the run,
configuration, daemon; messages go in through t/wire's client and come out as
the MTA would hold them."""
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

GPG = "/usr/bin/gpg"
# Where a test is not about who sent a message: no question leaves for the DNS.
OFF = "  spf = off  dkim = off  dmarc = off  arc = off"


class Skipped(Exception):
    """Something that the test needs is not here; the reason is its text."""


def skip(reason):
    print("1..0 # skipped: " + reason)
    raise SystemExit(77)


def run(argv, **kw):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, **kw).stdout


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def processes():
    """pid -> (parent, command line)"""
    table = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % name) as f:
                parent = int(f.read().rsplit(")", 1)[1].split()[1])
            with open("/proc/%s/cmdline" % name, "rb") as f:
                table[int(name)] = (parent, f.read().replace(b"\0", b" ").decode("utf-8", "replace"))
        except (OSError, IndexError, ValueError):
            pass
    return table


class House:
    """One daemon in a folder of its own.  Use it as a context manager."""

    user = None  # uid, gid; None: whoever runs the test
    wrap = ()  # a command that the daemon runs under

    def __init__(self, build, recipients=("alice@example.net",),
                 spool_size=None, inet=False):
        self.port = free_port() if inet else None
        self.build = os.path.abspath(build)
        self.recipients = recipients
        self.spool_size = spool_size
        self.daemon = None
        self.mounted = False

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="postseal-test-")
        try:
            self.furnish()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        if self.mounted:
            subprocess.run(["umount", self.spool], check=False)
        subprocess.run([GPG + "conf", "--homedir", self.gnupg, "--kill", "all"],
                       check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def furnish(self):
        os.chmod(self.dir, 0o755)
        self.keys, self.spool = self.path("keys"), self.path("spool")
        self.gnupg, self.config = self.path("gnupg"), self.path("postseal.conf")
        self.socket, self.log = self.path("run", "milter.sock"), self.path("log")
        self.program = self.path("postseal")
        self.milter = "unix:" + self.socket
        if self.port:  # where another user must reach it
            self.milter = "inet:%d@127.0.0.1" % self.port
        self.wire = os.path.join(self.build, "t", "wire")
        shutil.copy(os.path.join(self.build, "milter", "postseal"), self.program)
        for d in (self.keys, self.spool, self.path("run"), self.gnupg):
            os.mkdir(d, 0o700)
        if self.spool_size:
            run(["mount", "-t", "tmpfs", "-o", "size=" + self.spool_size,
                 "tmpfs", self.spool])
            self.mounted = True
        self.make_keys()
        self.configure()
        if self.user:
            for d in (self.dir, self.keys, self.spool, self.path("run")):
                os.chown(d, *self.user)
        self.keys_command("import", self.path("public.asc"))

    def make_keys(self):
        for address in self.recipients:
            run([GPG, "--homedir", self.gnupg, "--batch", "--passphrase", "",
                 "--quick-gen-key", "Test <%s>" % address, "future-default",
                 "default", "never"])
        with open(self.path("public.asc"), "wb") as f:
            f.write(run([GPG, "--homedir", self.gnupg, "--armor", "--export"]))
        os.chmod(self.path("public.asc"), 0o644)

    def configure(self, gpg=GPG, crypto_s=30, defaults="encrypt = always",
                  more="", mta_size=0):
        if "verify {" not in more:
            defaults += OFF
            more += "\nverify { iprev = no }"
        with open(self.config, "w") as f:
            f.write("""# made for one test
log = stderr
spool-directory = "%s"
listen {
  milter = "%s"
  control = "%s"
}
identity { authserv-id = "mx.example.org" }
keys { directory = "%s"  gpg = "%s" }
limits { crypto-time = %ds  mta-message-size = %d }
defaults { %s }
domain "example.org" { }
%s
""" % (self.spool, self.milter, self.path("run", "control"),
       self.keys, gpg, crypto_s, mta_size, defaults, more))
        os.chmod(self.config, 0o644)

    def as_user(self):
        if not self.user:
            return {}
        return {"user": self.user[0], "group": self.user[1], "extra_groups": []}

    def keys_command(self, *words):
        return run([self.program, "keys", words[0], "-c", self.config] +
                   list(words[1:]), **self.as_user())

    def start(self):
        before = os.path.exists(self.log) and os.path.getsize(self.log)
        self.daemon = subprocess.Popen(
            [*self.wrap, self.program, "serve", "-c", self.config],
            stderr=open(self.log, "ab"), stdin=subprocess.DEVNULL,
            cwd=self.dir, **self.as_user())
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with open(self.log) as f:
                f.seek(before)
                if " serves " in f.read():
                    return
            if self.daemon.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError("the daemon did not start:\n" + open(self.log).read())

    def stop(self, sig=signal.SIGTERM, patience_s=10):
        """The exit status, or None when it had to be killed."""
        if self.daemon is None:
            return 0
        self.daemon.send_signal(sig)
        try:
            status = self.daemon.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            self.daemon.wait()
            status = None
        self.daemon = None
        return status

    def descendants(self, word):
        """Processes below the daemon whose command line holds word."""
        table = processes()
        found = []
        for pid, (_, line) in table.items():
            up = pid
            while up in table and up != self.daemon.pid:
                up = table[up][0]
            if up == self.daemon.pid and word in line and pid != up:
                found.append(pid)
        return found

    def leaked_processes(self):
        """Below the daemon, more than its milter process and the workers."""
        end = time.monotonic() + 3
        while True:
            left = [p for p in self.descendants("gpg")
                    if "crypto-worker" not in processes().get(p, (0, ""))[1]]
            if not left or time.monotonic() > end:
                return left
            time.sleep(0.05)

    def send(self, octets, to, patience_s, sender="a@example.org", more=()):
        """(reply, message as the MTA would hold it, or None when refused)"""
        source, out = self.path("in.eml"), self.path("out")
        with open(source, "wb") as f:
            f.write(octets)
        shutil.rmtree(out, ignore_errors=True)
        os.mkdir(out)
        done = subprocess.run(
            [self.wire, "--raw", "--timeout", str(int(patience_s)),
             "--from", sender, "--to", to, "--out", out, *more,
             self.milter, source],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=patience_s + 5, check=False)
        lines = done.stdout.decode("utf-8", "replace").splitlines()
        last = lines[-1].split("\t") if lines else []
        if done.returncode != 0 or len(last) != 4:
            return "broken: " + " ".join(lines), None
        if not last[2].startswith("250"):
            return last[2], None
        with open(last[3], "rb") as f:
            return last[2], f.read()

    def open(self, message):
        """The clear octets behind the inner header of a sealed message."""
        clear = self.decrypt(message)
        if clear is None or clear.startswith(b"\r\n"):
            return clear and clear[2:]
        return clear.split(b"\r\n\r\n", 1)[1]

    def decrypt(self, message):
        """The whole inner entity, or None."""
        start = message.index(b"-----BEGIN PGP MESSAGE-----")
        done = subprocess.run(
            [GPG, "--homedir", self.gnupg, "--batch", "--quiet", "--decrypt"],
            input=message[start:], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, check=False)
        return done.stdout if done.returncode == 0 else None

    # A fault that does not bite proves nothing.
    def prove_unreadable(self, path):
        if subprocess.run(["ls", path], stderr=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, check=False,
                          **self.as_user()).returncode == 0:
            raise RuntimeError("%s is still readable" % path)

    def prove_full(self, folder):
        done = subprocess.run(
            ["dd", "if=/dev/zero", "of=" + os.path.join(folder, "probe"),
             "bs=65536", "count=1"], stderr=subprocess.DEVNULL, check=False,
            **self.as_user())
        probe = os.path.join(folder, "probe")
        if os.path.exists(probe):
            os.unlink(probe)
        if done.returncode == 0:
            raise RuntimeError("%s is not full" % folder)


class Unprivileged(House):
    """The daemon runs as nobody: as root, an unreadable file is readable."""

    def __enter__(self):
        if os.geteuid() != 0:
            skip("needs root, to mount a small tmpfs and to become nobody")
        nobody = pwd.getpwnam("nobody")
        self.user = (nobody.pw_uid, nobody.pw_gid)
        return super().__enter__()
