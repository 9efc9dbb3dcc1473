# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""Independent verifiers of DKIM signatures, with a zone instead of the DNS.
The zone is what "postseal dkim record" prints."""
import re
import subprocess
import tempfile

import dkim

PERL = r"""
use strict; use warnings;
use Mail::DKIM::Verifier; use Net::DNS;
my ($zone, @files) = @ARGV;
my %txt;
open my $z, '<', $zone or die; while (<$z>) { my ($n, $t) = /^(\S+) (.*)$/; $txt{$n} = $t; }
no warnings 'redefine';
*Mail::DKIM::DNS::query = sub {
    my ($name) = @_; $@ = 'NXDOMAIN';
    return unless exists $txt{$name}; $@ = 'NOERROR';
    my $t = $txt{$name};
    return Net::DNS::RR->new(name => $name, type => 'TXT',
        txtdata => [unpack '(A200)*', $t]);
};
for my $f (@files) {
    my $v = Mail::DKIM::Verifier->new();
    open my $m, '<:raw', $f or die; local $/; my $octets = <$m>;
    $v->PRINT($octets); $v->CLOSE;
    print join(' ', map { $_->domain . '/' . $_->selector . '=' . $_->result }
        $v->signatures), "\n";
}
"""


def read_zone(text):
    """name -> octets of the record"""
    return {name: b"".join(s.encode() for s in re.findall(r'"([^"]*)"', rest))
            for name, rest in re.findall(
                r"^(\S+)\. IN TXT ((?:\([^)]*\))|.*)$", text, re.M)}


def by_dkimpy(zone, octets, n):
    """Of the first n signatures: what is wrong, or nothing."""
    def look_up(name, timeout=5):
        return zone.get(name.decode().rstrip("."))
    judge = dkim.DKIM(octets)
    try:
        return [i for i in range(n) if not judge.verify(i, look_up)]
    except dkim.DKIMException as e:
        return [repr(e)]


def by_mail_dkim(zone, files):
    """For each file "domain/selector=result ..."."""
    with tempfile.NamedTemporaryFile("w") as f:
        for name, octets in zone.items():
            f.write("%s %s\n" % (name, octets.decode()))
        f.flush()
        out = subprocess.run(["perl", "-e", PERL, f.name, *files],
                             capture_output=True, text=True, check=True)
    return out.stdout.splitlines()
