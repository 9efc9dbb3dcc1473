#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""The ports that "postseal sendmail-config" prints, taken literally into a real
Sendmail whose filter is away: copies pass there and nowhere else."""
import os
import smtplib
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))
from credentials import make_logins  # noqa: E402
from house import free_port, skip  # noqa: E402
from mta import Mta  # noqa: E402

BUILD = os.environ.get("POSTSEAL_BUILD", os.path.join(
    os.path.dirname(__file__), "../../build/dev"))
POSTSEAL = os.environ.get("PS_POSTSEAL",
                          os.path.join(BUILD, "milter/postseal"))
MESSAGE = (b"From: <a@example.org>\r\nSubject: s\r\n"
           b"Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n"
           b"Message-ID: <1@example.org>\r\n\r\nbody\r\n")
N_CASE = FAILED = 0


def case(title, good, told=""):
    global N_CASE, FAILED
    N_CASE += 1
    FAILED += not good
    print("%s %d - %s" % ("ok" if good else "not ok", N_CASE, title),
          flush=True)
    if not good:
        print("# " + repr(told))


def printed(folder, relay):
    """The lines for the port, without those for the filter."""
    conf = os.path.join(folder, "postseal.conf")
    with open(conf, "w", encoding="ascii") as f:
        f.write("relay { %s }\n" % relay)
    run = subprocess.run([POSTSEAL, "sendmail-config", "-c", conf],
                         capture_output=True, text=True, check=True)
    return [line for line in run.stdout.splitlines()
            if not line.startswith("INPUT_MAIL_FILTER")]


def code_of(port, login=None):
    """Of the last command that is answered to."""
    with smtplib.SMTP("127.0.0.1", port, "client.example.net", 60) as smtp:
        smtp.ehlo()
        if login:
            smtp.user, smtp.password = login
            try:
                smtp.auth("PLAIN", smtp.auth_plain)
            except smtplib.SMTPAuthenticationError as e:
                return e.smtp_code
        for verb in ("mail", "rcpt", "data"):
            code = (smtp.mail("a@example.org") if verb == "mail" else
                    smtp.rcpt("b@example.net") if verb == "rcpt" else
                    smtp.data(MESSAGE))[0]
            if code not in (250, 251):
                break
        return code


def copies(mta, port):
    run = subprocess.run(
        [os.path.join(BUILD, "t/relay_send"), "inet:%d@127.0.0.1" % port,
         "<a@example.org>", "b@example.net", "c@example.net"],
        input=MESSAGE, capture_output=True, check=False)
    told = run.stdout.decode("latin-1").splitlines()
    case("copies are accepted, though the filter is away",
         sum(t.startswith("ok acknowledged 250") for t in told) == 2 and
         "without DSN" not in told, told)
    case("Sendmail does not take their origin",
         "without XFORWARD" in told, told)
    got = mta.arrived(2)
    case("they arrive with their DSN options",
         all("RET=HDRS" in e["words"] and "NOTIFY=SUCCESS" in e["rcpt"][0]
             for e, _ in got), got)


def main():
    if not os.access("/usr/sbin/saslpasswd2", os.X_OK):
        skip("saslpasswd2 is not installed")
    # Sendmail reads no logins below a folder that everybody may write to.
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        plain, login = free_port(), free_port()
        make_logins(folder, "Sendmail", {"copies": "secret"})
        os.chmod(os.path.join(folder, "sasldb2"), 0o600)
        lines = (printed(folder, 'to = "inet:%d@127.0.0.1"' % plain) +
                 printed(folder, 'to = "inet:%d@127.0.0.1"  '
                         'login-file = "%s/login"' % (login, folder)) +
                 ["define(`confAUTH_MECHANISMS', `PLAIN')dnl",
                  "TRUST_AUTH_MECH(`PLAIN')dnl",
                  "LOCAL_CONFIG", "ESASL_CONF_PATH=" + folder])
        with Mta("sendmail", "inet:%d@127.0.0.1" % free_port(), *lines) as mta:
            case("the front port waits for its filter",
                 code_of(mta.port) == 451)
            copies(mta, plain)
            case("where a login is wanted nobody gets in without",
                 code_of(login) == 530)
            case("nor with a wrong password",
                 code_of(login, ("copies", "wrong")) == 535)
            code = code_of(login, ("copies", "secret"))
            case("the login of login-file gets in", code == 250, code)
    print("1..%d" % N_CASE)
    return FAILED != 0


if __name__ == "__main__":
    sys.exit(main())
