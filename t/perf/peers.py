# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Filters that verify mail, each with its best settings and a folder of its
own: postseal, opendkim followed by opendmarc, rspamd with nothing but its
authentication modules, and the empty filter.  What a peer must state of a
message that passes is its `expect`; what it cannot state is not asked."""
import os
import shutil
import subprocess
import time

AUTHSERV_ID = "mx.example.org"


class Missing(Exception):
    """A program that is not installed."""


def need(program):
    for folder in ("/usr/sbin", "/usr/bin", "/sbin", "/bin"):
        if os.path.exists(os.path.join(folder, program)):
            return os.path.join(folder, program)
    raise Missing("%s is not installed" % program)


def package_version(name):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", name],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=False)
    return "%s %s" % (name, done.stdout.decode() or "?")


def wait_for(condition, process, log, patience_s=20):
    end = time.monotonic() + patience_s
    while not condition():
        if process.poll() is not None or time.monotonic() > end:
            with open(log, encoding="utf-8", errors="replace") as f:
                raise RuntimeError("did not start:\n" + f.read()[-4000:])
        time.sleep(0.02)


class Peer:
    """Processes that are ended by their ids, and the sockets they serve."""

    expect = ()
    arc = ()  # what it must state of a chain: beside that
    note = ""

    def __init__(self, folder, build, dns, with_arc):
        self.folder = os.path.join(folder, self.name)
        self.build, self.dns = build, dns
        if with_arc:
            self.expect += self.arc
        self.processes, self.sockets = [], []

    def path(self, name):
        return os.path.join(self.folder, name)

    def program(self, name):
        return os.path.join(self.build, "t", name)

    def open(self):
        os.mkdir(self.folder)
        os.chmod(self.folder, 0o755)
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def end_all(self):
        for p in self.processes:
            p.terminate()
        for p in self.processes:
            try:
                p.wait(10)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
        self.processes = []

    def close(self):
        self.end_all()
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as f:
            f.write(text)
        os.chmod(self.path(name), 0o600)
        return self.path(name)

    def serve(self, argv, socket):
        """Starts one program; goes on when its socket is there."""
        log = self.path("log")
        with open(log, "ab") as f:
            p = subprocess.Popen([self.program("reaper"), *argv],
                                 stdin=subprocess.DEVNULL, stdout=f, stderr=f,
                                 cwd=self.folder)
        self.processes.append(p)
        self.sockets.append("unix:" + socket)
        wait_for(lambda: os.path.exists(socket), p, log)

    def pids(self):
        return [p.pid for p in self.processes]


class Postseal(Peer):
    """Ours; where it does not know the words yet, without verification."""

    name, title = "postseal", "postseal"
    words = "spf = report  dkim = report  dmarc = report  arc = report"
    expect = ("spf=pass", "dkim=pass", "dmarc=pass", "iprev=pass")
    arc = ("arc=pass",)

    def versions(self):
        done = subprocess.run([self.binary(), "--version"],
                              stdout=subprocess.PIPE, check=False,
                              stderr=subprocess.DEVNULL)
        return done.stdout.decode().strip() or "postseal"

    def binary(self):
        return os.path.join(self.build, "milter", "postseal")

    def configure(self, verify, words):
        return self.write("postseal.conf", """log = stderr
spool-directory = "%(dir)s/spool"
listen { milter = "unix:%(dir)s/s"  control = "unix:%(dir)s/control" }
identity { authserv-id = "%(id)s" }
keys { directory = "%(dir)s/keys" }
limits { mta-message-size = 10240000 }
%(verify)s
defaults { encrypt = never  %(words)s }
domain "example.org" { }
""" % {"dir": self.folder, "id": AUTHSERV_ID, "verify": verify,
       "words": words})

    def knows(self, conf):
        done = subprocess.run([self.binary(), "check", "-c", conf],
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        return b"unknown" not in done.stdout

    def start(self):
        for d in ("spool", "keys"):
            os.mkdir(self.path(d), 0o700)
        conf = self.configure(
            'verify { resolver = { "%s@53" } }' % self.dns, self.words)
        if not self.knows(conf):
            conf = self.configure("", "")
            self.expect = ()
            self.note = "does not verify: figures are of a plain filter"
        self.serve([self.binary(), "serve", "-c", conf], self.path("s"))


class Null(Peer):
    """What libmilter itself costs with postseal's negotiation."""

    name, title = "null", "empty filter"

    def versions(self):
        return package_version("libmilter1.0.1")

    def start(self):
        self.serve([self.program("null_filter"), self.path("s")],
                   self.path("s"))


class Chain(Peer):
    """opendkim, then opendmarc, which does SPF by itself."""

    name, title = "chain", "opendkim+opendmarc"
    expect = ("dkim=pass", "spf=pass", "dmarc=pass")

    def versions(self):
        return package_version("opendkim") + ", " + package_version(
            "opendmarc")

    def start(self):
        opendkim, opendmarc = need("opendkim"), need("opendmarc")
        conf = self.write("opendkim.conf", """Mode v
AuthservID %s
Socket local:%s
UMask 007
Background no
Syslog no
RequireSafeKeys no
Nameservers %s
""" % (AUTHSERV_ID, self.path("k"), self.dns))
        self.serve([opendkim, "-f", "-x", conf], self.path("k"))
        conf = self.write("opendmarc.conf", """AuthservID %s
TrustedAuthservIDs %s
Socket local:%s
UMask 0007
Background no
Syslog false
SPFSelfValidate true
SPFIgnoreResults true
PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat
""" % (AUTHSERV_ID, AUTHSERV_ID, self.path("m")))
        self.serve([opendmarc, "-f", "-c", conf], self.path("m"))


class Rspamd(Peer):
    """The milter proxy scans by itself; no other worker, no Redis."""

    name, title = "rspamd", "rspamd, auth only"
    expect = ("spf=pass", "dkim=pass", "dmarc=pass")
    arc = ("arc=pass",)

    def versions(self):
        return package_version("rspamd")

    def cache(self):
        """Compiled once, which takes a quarter of a minute."""
        folder = os.path.join(self.build, "perf", "rspamd")
        os.makedirs(folder, exist_ok=True)
        return folder

    def start(self):
        if not os.listdir(self.cache()):
            self.launch()  # compiles, and is left with what that took
            self.end_all()
            shutil.rmtree(self.path("modules"))
            os.unlink(self.path("s"))
            self.sockets = []
        self.launch()

    def launch(self):
        rspamd = need("rspamd")
        share = "/usr/share/rspamd"
        conf = self.write("rspamd.conf", """
options {
  filters = "dkim";
  dns { nameserver = ["%(dns)s:53:1"]; timeout = 5s; }
  url_tld = "%(share)s/effective_tld_names.dat";
  cache_file = "%(dir)s/symbols.cache";
  hs_cache_dir = "%(cache)s";
  history_rows = 10;
  pidfile = "%(dir)s/pid";
  control_socket = "%(dir)s/control mode=0600";
  tempdir = "%(dir)s";
  check_all_filters = false;
  explicit_modules = [];
  local_addrs = [];
}
logging { type = "console"; level = "error"; }
lua = "%(dir)s/empty.lua";
modules { path = "%(dir)s/modules/"; }
metric { name = "default"; actions { reject = 1000; } }
spf { }
dkim { }
dmarc { }
arc { }
milter_headers {
  use = ["authentication-results"];
  authenticated_headers = ["authentication-results"];
  routines { authentication-results { header = "Authentication-Results"; } }
}
worker "rspamd_proxy" {
  count = 1;
  milter = yes;
  bind_socket = "%(dir)s/s mode=0666";
  timeout = 60s;
  upstream "local" { self_scan = yes; default = yes; }
}
""" % {"dns": self.dns, "share": share, "dir": self.folder,
       "cache": self.cache()})
        os.mkdir(self.path("modules"))
        for m in ("spf", "dmarc", "arc", "milter_headers"):
            os.symlink("%s/plugins/%s.lua" % (share, m),
                       self.path("modules/%s.lua" % m))
        self.write("empty.lua", "")
        self.serve([rspamd, "-f", "-i", "-c", conf], self.path("s"))
