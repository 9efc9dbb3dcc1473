# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""What proves who somebody is, made for one run: a CA, certificates for server
and clients, logins for Cyrus SASL, a DKIM key with its DNS record."""
import base64
import os
import ssl
import subprocess

REALM = "mx.example.org"
SASL_CONF = """pwcheck_method: auxprop
auxprop_plugin: sasldb
mech_list: PLAIN LOGIN
sasldb_path: %s/sasldb2
"""


def openssl(*words, **kw):
    return subprocess.run(["openssl", *words], check=True,
                          capture_output=True, **kw).stdout


class Certificates:
    """PEM files in a folder: ca, and NAME.crt with NAME.key for each."""

    def __init__(self, folder):
        self.folder = folder
        self.ca = os.path.join(folder, "ca.crt")
        self.certificate("ca", "/O=Test/CN=Test CA", None)

    def path(self, name):
        return os.path.join(self.folder, name)

    def certificate(self, name, subject, issuer="ca"):
        """(certificate, key); signed by itself without an issuer."""
        key, crt = self.path(name + ".key"), self.path(name + ".crt")
        by = []
        if issuer:
            by = ["-CA", self.path(issuer + ".crt"), "-CAkey",
                  self.path(issuer + ".key"),
                  "-addext", "basicConstraints=critical,CA:FALSE"]
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                subject, "-keyout", key, "-out", crt, *by)
        os.chmod(key, 0o600)
        return crt, key

    def client(self, certificate=None):
        """For smtplib: our server's name is no matter here."""
        context = ssl.create_default_context(cafile=self.ca)
        context.check_hostname = False
        if certificate:
            context.load_cert_chain(*certificate)
        return context


def make_logins(folder, name, logins):
    """A folder for Cyrus SASL: NAME.conf of the server, and who may log in."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + ".conf"), "w",
              encoding="ascii") as f:
        f.write(SASL_CONF % folder)
    database = os.path.join(folder, "sasldb2")
    for login, password in logins.items():
        subprocess.run(["saslpasswd2", "-p", "-c", "-f", database, "-u", REALM,
                        login], input=password.encode(), check=True,
                       capture_output=True)
    os.chmod(database, 0o640)
    return database


class Signer:
    """An RSA key for DKIM; record is its TXT record data for a zone file."""

    def __init__(self, domain, selector):
        self.domain, self.selector = domain, selector
        self.key = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt",
                           "rsa_keygen_bits:2048")
        public = base64.b64encode(openssl("pkey", "-pubout", "-outform", "DER",
                                          input=self.key)).decode()
        text = "v=DKIM1; k=rsa; p=" + public
        self.record = " ".join('"%s"' % text[i:i + 250]
                               for i in range(0, len(text), 250))

    def sign(self, message):
        import dkim  # where python3-dkim is missing, a test skips before this
        return dkim.sign(message, self.selector.encode(), self.domain.encode(),
                         self.key, canonicalize=(b"relaxed", b"relaxed"),
                         include_headers=[b"From", b"To", b"Subject", b"Date",
                                          b"Message-ID"]) + message
