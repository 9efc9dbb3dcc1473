# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# shellcheck shell=bash
#
# A postseal of a script's own.  Source it behind t/lib/test.sh.
#
#   daemon_keys ADDRESS...   makes keys in $DAEMON_HOME, and $TMP/public.asc
#   daemon_conf SOCKET [DEFAULTS] [MORE]   writes $DAEMON_CONF, imports the keys
#   daemon_start             $DAEMON is the front process, $DAEMON_LOG its log
#   daemon_stop
#   daemon_open FILE         the clear octets of a sealed message

DAEMON_HOME=$TMP/gnupg
DAEMON_CONF=$TMP/postseal.conf
DAEMON_LOG=$TMP/postseal.log
DAEMON_GPG=${DAEMON_GPG:-/usr/bin/gpg}

daemon_kill_agent() { gpgconf --homedir "$DAEMON_HOME" --kill all; }

daemon_keys() {
	local a
	mkdir -m 700 "$DAEMON_HOME"
	CLEANUPS+=(daemon_kill_agent)
	for a; do
		gpg --homedir "$DAEMON_HOME" --batch --quiet --passphrase '' \
			--quick-gen-key "Test <$a>" future-default default never \
			2>/dev/null
	done
	gpg --homedir "$DAEMON_HOME" --armor --export >"$TMP/public.asc"
}

daemon_conf() {
	mkdir -p "$TMP/keys" "$TMP/spool" "$TMP/run"
	cat >"$DAEMON_CONF" <<EOF
# made for one test
log = stderr
spool-directory = "$TMP/spool"
listen { milter = "$1"  control = "$TMP/run/control" }
identity { authserv-id = "mx.example.org" }
keys { directory = "$TMP/keys"  gpg = "$DAEMON_GPG" }
limits { mta-message-size = 10240000 }
# no question leaves for the DNS
verify { iprev = no }
defaults { ${2:-encrypt = always}  spf = off  dkim = off  dmarc = off  arc = off }
domain "example.org" { }
${3-}
EOF
	"$PS_POSTSEAL" keys import -c "$DAEMON_CONF" "$TMP/public.asc" >/dev/null
}

daemon_start() {
	: >"$DAEMON_LOG"
	RUNTIME_DIRECTORY=$TMP/run background "$DAEMON_LOG" \
		"$PS_POSTSEAL" serve -c "$DAEMON_CONF"
	DAEMON=$PID
	wait_for 10 grep -q ' serves ' "$DAEMON_LOG" ||
		{ cat "$DAEMON_LOG" >&2; return 1; }
}

daemon_stop() { stop "$DAEMON"; }

daemon_open() {
	gpg --homedir "$DAEMON_HOME" --batch --quiet --decrypt "$1" 2>/dev/null
}
