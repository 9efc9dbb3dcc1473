# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Where t/e2e/verified.py happens: a signed zone, a postseal that proves it, an
MTA in front that speaks TLS and asks for logins, and clients of it."""
import importlib.util
import os
import shutil
import smtplib
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
import dns_signed  # noqa: E402
from credentials import REALM, Certificates, Signer, make_logins  # noqa: E402
from house import House, skip  # noqa: E402

for module in ("authres", "dkim"):
    if importlib.util.find_spec(module) is None:
        skip("python3-%s is not installed" % module)

DATA = os.path.join(os.path.dirname(__file__), "../data/dns")
LOGIN, PASSWORD = "quentin-login", "open sesame"
# In SPF, not in it, a relay of ours; and where XCLIENT is not, who stands for
# them.
GOOD, ODD, RELAY = "192.0.2.25", "192.0.2.26", "192.0.2.27"
LOOPBACK = {GOOD: "127.0.0.2", ODD: "127.0.0.3", RELAY: "127.0.0.4"}
CONF = """# made for one test
log = stderr
spool-directory = "{spool}"
listen {{ milter = "{milter}"  control = "{control}" }}
identity {{
  authserv-id = "mx.example.org"
  internal-networks = {{ "10.0.0.0/8" }}
}}
keys {{ directory = "{keys}" }}
verify {{
  resolver = {{ "127.0.0.1@{port}" }}
  dnssec = yes
  root-key = "{anchor}"
  trust-anchors = {{ "{more}" }}
  trusted-relays = {{ "192.0.2.27", "127.0.0.4" }}
  dns-time = {dns_s}s
  query-time = {dns_s}s
}}
limits {{ mta-message-size = 10240000 }}
defaults {{ encrypt = never }}
domain "example.org" {{
  rule "sealed" {{ to = "sealed@example.org"  encrypt = always }}
}}
"""


def text(name, more=""):
    with open(os.path.join(DATA, name), encoding="ascii") as f:
        return f.read() + more


class Names:
    """The zones and who signs with them.  sender.example and broken.example
    have DNSSEC; a key of the latter has a signature that is wrong."""

    def __init__(self):
        absent = dns_signed.missing() or next(
            (p for p in ("openssl", "saslpasswd2") if not shutil.which(p)),
            None)
        if absent:
            skip(absent + " is not installed")
        self.sender = Signer("sender.example", "s1")
        self.broken = Signer("broken.example", "s1")
        self.quiet = Signer("quiet.example", "s1")
        keys = ["s1._domainkey%s TXT %s\n" % (suffix, signer.record)
                for suffix, signer in (("", self.sender), ("", self.broken),
                                       (".quiet", self.quiet))]
        self.server = dns_signed.Signed(
            [("sender.example", text("sender.zone", keys[0]), True),
             ("broken.example", text("sender.zone", keys[1]), True),
             ("example", text("example.zone", keys[2]), False),
             ("2.0.192.in-addr.arpa", text("reverse.zone"), False)],
            broken=("s1._domainkey.broken.example/TXT",))


class Place(House):
    """A daemon that verifies.  silent: the name server that it asks says
    nothing."""

    def __init__(self, build, names, silent=False):
        super().__init__(build, ("sealed@example.org",), inet=True)
        self.names, self.dns_s = names, 2 if silent else 8
        self.hole = None
        if silent:
            self.hole = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.hole.bind(("127.0.0.1", 0))

    def configure(self, **_):
        server = self.names.server
        port = self.hole.getsockname()[1] if self.hole else server.port
        with open(self.path("anchor"), "w", encoding="ascii") as f:
            f.write(server.anchors[0] + "\n")
        with open(self.config, "w", encoding="ascii") as f:
            f.write(CONF.format(
                spool=self.spool, milter=self.milter, keys=self.keys,
                control=self.path("run", "control"), port=port,
                anchor=self.path("anchor"), more=server.anchors[1],
                dns_s=self.dns_s))


def postfix_lines(place, certs, folder):
    crt, key = certs.certificate("server", "/CN=mx.example.org")
    make_logins(folder, "smtpd", {LOGIN: PASSWORD})
    os.chmod(os.path.join(folder, "sasldb2"), 0o644)  # smtpd is postfix
    os.environ["PF_SASL"] = folder
    return ["smtpd_milters = inet:127.0.0.1:%d" % place.port,
            "smtpd_tls_security_level = may",
            "smtpd_tls_chain_files = %s, %s" % (key, crt),
            "smtpd_tls_CAfile = " + certs.ca,
            "smtpd_tls_ask_ccert = yes",
            "smtpd_sasl_auth_enable = yes"]


def sendmail_lines(place, certs, folder):
    crt, key = certs.certificate("server", "/CN=mx.example.org")
    make_logins(folder, "Sendmail", {LOGIN: PASSWORD})
    os.chmod(os.path.join(folder, "sasldb2"), 0o600)
    return ["inet:%d@127.0.0.1" % place.port,
            *("define(`conf%s', `%s')dnl" % pair for pair in (
                ("CACERT", certs.ca), ("CACERT_PATH", certs.folder),
                ("SERVER_CERT", crt), ("SERVER_KEY", key),
                ("AUTH_MECHANISMS", "PLAIN LOGIN"))),
            "TRUST_AUTH_MECH(`PLAIN LOGIN')dnl",
            "LOCAL_CONFIG", "ESASL_CONF_PATH=" + folder]


class Client:
    """One SMTP client of an MTA; send() says the last reply."""

    def __init__(self, kind, port):
        self.kind, self.port = kind, port

    def connect(self, address, helo):
        if self.kind == "sendmail":
            return smtplib.SMTP("127.0.0.1", self.port, helo, 120,
                                source_address=(LOOPBACK[address], 0))
        smtp = smtplib.SMTP("127.0.0.1", self.port, helo, 120)
        smtp.ehlo()
        code, why = smtp.docmd("XCLIENT", "NAME=[UNAVAILABLE] ADDR=" + address)
        if code != 220:
            raise RuntimeError("XCLIENT: %d %s" % (code, why))
        return smtp

    def send(self, octets, to, sender, address=GOOD, tls=None, login=False,
             helo="mail.sender.example"):
        with self.connect(address, helo) as smtp:
            smtp.ehlo()
            if tls:
                smtp.starttls(context=tls)
                smtp.ehlo()
            if login:
                user = LOGIN if self.kind == "postfix" else \
                    LOGIN + "@" + REALM
                smtp.login(user, PASSWORD)
            for code, why in (smtp.mail(sender), smtp.rcpt(to)):
                if code != 250:
                    return "%d %s" % (code, why.decode())
            code, why = smtp.data(octets)
            return "%d %s" % (code, why.decode())
