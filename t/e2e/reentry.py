#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""The services that "postseal postfix-config master" prints, taken literally
into a real Postfix: copies pass without a filter and without being asked
again, with their origin and DSN options, and nobody else gets in."""
import os
import re
import smtplib
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from credentials import make_logins  # noqa: E402
from house import free_port, skip  # noqa: E402
from mta import Mta  # noqa: E402

BUILD = os.environ.get("POSTSEAL_BUILD", os.path.join(
    os.path.dirname(__file__), "../../build/dev"))
POSTSEAL = os.environ.get("PS_POSTSEAL",
                          os.path.join(BUILD, "milter/postseal"))
NOBODY = 65534
QUEUE = "/queue"  # where the printed lines think that Postfix is
MESSAGE = (b"From: <a@example.org>\r\nSubject: refuse me\r\n"
           b"Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n"
           b"Message-ID: <1@example.org>\r\n\r\nbody\r\n")
# Everything that may keep a message out, and that the copies met already.
MAIN = ("smtpd_milters = inet:127.0.0.1:%d",
        "mydestination = example.org",
        "local_transport = $default_transport",
        "local_recipient_maps = inline:{known=yes}",
        "virtual_alias_maps = inline:{list@example.org=member@example.net}",
        "header_checks = regexp:{{/^Subject: refuse/ REJECT}}",
        "smtpd_client_restrictions = reject",
        "smtpd_helo_restrictions = reject",
        "smtpd_sender_restrictions = reject",
        "smtpd_data_restrictions = reject",
        "smtpd_end_of_data_restrictions = reject",
        "smtpd_relay_restrictions = reject",
        "smtpd_recipient_restrictions = reject",
        "smtpd_reject_unlisted_sender = yes",
        "smtpd_discard_ehlo_keywords = dsn, xforward, silent-discard",
        "smtpd_sasl_exceptions_networks = 127.0.0.0/8",
        "smtpd_client_connection_rate_limit = 1",
        "smtpd_client_event_limit_exceptions =")


class Services:
    """What is printed for three ways to keep others out."""

    def __init__(self, folder):
        self.folder = folder
        self.plain, self.login = free_port(), free_port()
        self.write("main.cf", "queue_directory = %s\n" % QUEUE)
        self.write("master.cf", "")
        self.login_file = self.write("login", "copies:secret\n")
        self.text = "".join((
            self.printed('to = "inet:%d@127.0.0.1"' % self.plain),
            self.printed('to = "inet:%d@127.0.0.1"  login-file = "%s"' %
                         (self.login, self.login_file)),
            self.printed('to = "unix:%s/public/reentry"' % QUEUE)))

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="ascii") as f:
            f.write(text)
        return path

    def printed(self, relay):
        conf = self.write("postseal.conf", "relay { %s }\n" % relay)
        run = subprocess.run(
            [POSTSEAL, "postfix-config", "master", "-c", conf,
             "--postfix-config", self.folder], capture_output=True, text=True,
            check=False)
        if run.returncode != 0:
            sys.exit("not ok - " + run.stderr)
        return run.stdout


class Ring:
    def __init__(self, mta, services):
        self.mta, self.services = mta, services
        self.n_case = self.failed = self.n_arrived = 0
        self.unix = os.path.join(os.path.dirname(mta.log),
                                 "spool/public/reentry")

    def case(self, title, good, told=""):
        self.n_case += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.n_case, title),
              flush=True)
        if not good:
            print("# " + repr(told))

    def log(self, pattern, patience_s=10):
        end = time.monotonic() + patience_s
        while True:
            with open(self.mta.log, encoding="utf-8", errors="replace") as f:
                if re.search(pattern, f.read()):
                    return True
            if time.monotonic() > end:
                return False
            time.sleep(0.05)

    def arrived(self, n):
        """The next n messages by their recipients, reports left out."""
        new, want = [], n
        while len(new) < n:
            everything = self.mta.arrived(self.n_arrived + want)
            new = [m for m in everything[self.n_arrived:] if m[0]["from"]]
            want = len(everything) - self.n_arrived + n - len(new)
        self.n_arrived = len(everything)
        return {tuple(e["to"]): (e, octets) for e, octets in new}

    def relay(self, address, *to, sender="<nobody-known@example.org>"):
        run = subprocess.run(
            [os.path.join(BUILD, "t/relay_send"), address, sender, *to],
            input=MESSAGE, capture_output=True, check=False)
        return run.stdout.decode("latin-1").splitlines()

    def front_port(self):
        with smtplib.SMTP("127.0.0.1", self.mta.port) as smtp:
            smtp.ehlo("c.example.net")
            code = smtp.mail("a@example.org")[0]
            if code == 250:
                code = smtp.rcpt("known@example.org")[0]
        self.case("the front port lets nobody in, nor its filter", code > 400,
                  code)

    def offers(self):
        with smtplib.SMTP("127.0.0.1", self.services.plain) as smtp:
            smtp.ehlo("c.example.net")
            offered = dict(smtp.esmtp_features)
        self.case("the port offers XFORWARD, DSN, and no XCLIENT",
                  "xforward" in offered and "dsn" in offered and
                  "xclient" not in offered and "starttls" not in offered,
                  offered)

    def copies(self, address, title):
        told = self.relay(address, "b@example.net", "unknown@example.org",
                          "list@example.org")
        self.case(title + ": copies are accepted, to unknown recipients too",
                  sum(t.startswith("ok acknowledged 250") for t in told) == 3
                  and not any(t.startswith("without") for t in told), told)
        got = self.arrived(3)
        self.case(title + ": they arrive, expanded, as they were",
                  sorted(got) == [("b@example.net",), ("member@example.net",),
                                  ("unknown@example.org",)] and
                  all(b"Subject: refuse me" in o for _, o in got.values()),
                  sorted(got))
        words = [e["words"] for e, _ in got.values()]
        self.case(title + ": DSN options are kept",
                  all("RET=HDRS" in w and "ENVID=envelope+20id" in w
                      for w in words) and
                  # an alias is reported as expanded, and asks for no more
                  all("ORCPT=rfc822;original@example.net" in w and
                      ("NOTIFY=SUCCESS" in w) != ("member" in e["to"][0])
                      for e, _ in got.values() for w in e["rcpt"]),
                  list(got.values()))

    def origin(self):
        self.case("the log has the client that the message came from",
                  self.log(r"reentry/smtpd.*orig_queue_id=4F1C0A7E5F6, "
                           r"orig_client=client\.example\.net\[192\.0\.2\.7\]")
                  and not self.log("reentry.*ilter", 0), "see " + self.mta.log)
        self.case("Postfix knows every parameter that is printed",
                  not self.log(r"unused parameter|unknown parameter|"
                               r"bad parameter|fatal:", 0))

    def as_login(self, user, password):
        with smtplib.SMTP("127.0.0.1", self.services.login) as smtp:
            smtp.ehlo("c.example.net")
            if user:
                smtp.user, smtp.password = user, password
                try:
                    smtp.auth("PLAIN", smtp.auth_plain)
                except smtplib.SMTPAuthenticationError as e:
                    return e.smtp_code
            smtp.mail("a@example.org")
            code = smtp.rcpt("b@example.net")[0]
            if code == 250:
                code = smtp.data(MESSAGE)[0]
        return code

    def logins(self):
        self.case("without a login nobody gets in",
                  self.as_login(None, None) == 554)
        self.case("a wrong password does not get in",
                  self.as_login("copies", "wrong") == 535)
        self.case("the login of somebody else does not get in",
                  self.as_login("anna", "hers") == 554)
        code = self.as_login("copies", "secret")
        self.case("that of login-file does", code == 250, code)
        self.arrived(1)

    def connect_as(self, groups):
        """Of a child that is nobody: 0, or an errno."""
        child = os.fork()
        if child == 0:
            code = 0
            try:
                os.setgroups(groups)
                os.setgid(NOBODY)
                os.setuid(NOBODY)
                socket.socket(socket.AF_UNIX).connect(self.unix)
            except OSError as e:
                code = e.errno
            os._exit(code)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def sockets(self):
        group = os.stat(os.path.dirname(self.unix)).st_gid
        self.case("other users cannot reach the unix socket",
                  self.connect_as([]) == 13)
        self.case("who is in Postfix's group can",
                  self.connect_as([group]) == 0)


def main():
    if not os.access("/usr/sbin/saslpasswd2", os.X_OK):
        skip("saslpasswd2 is not installed")
    with tempfile.TemporaryDirectory(prefix="postseal-reentry-") as folder:
        os.chmod(folder, 0o755)
        services = Services(folder)
        sasl = os.path.join(folder, "sasl")
        make_logins(sasl, "smtpd", {"copies": "secret", "anna": "hers"})
        os.chmod(os.path.join(sasl, "sasldb2"), 0o644)  # smtpd is postfix
        os.environ["PF_SASL"] = sasl
        with Mta("postfix", MAIN[0] % free_port(), *MAIN[1:],
                 master=services.text) as mta:
            ring = Ring(mta, services)
            ring.front_port()
            ring.offers()
            ring.copies("inet:%d@127.0.0.1" % services.plain, "by inet")
            ring.copies("unix:" + ring.unix, "by unix")
            ring.origin()
            ring.logins()
            ring.sockets()
    print("1..%d" % ring.n_case)
    return ring.failed != 0


if __name__ == "__main__":
    sys.exit(main())
