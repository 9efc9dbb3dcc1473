#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
#
# The daemon is told to end, or killed, while it seals a message that Postfix
# is waiting for: Postfix tempfails, nothing is queued, nothing goes out; and
# once there is a daemon again the client's retry is delivered, sealed.
. "$(dirname "$0")/../lib/test.sh"
. "$PS_SOURCE/t/e2e/postfix.sh"
. "$PS_SOURCE/t/lib/daemon.sh"
postfix_need

SECRET='nobody outside may read this line'
printf 'From: a@example.org\nTo: alice@example.net\nSubject: x\nMessage-ID: <k@example.org>\n\n%s\n' \
	"$SECRET" >"$TMP/mail.eml"
gpg_wrapper() { # seconds that each sealing takes
	cat >"$TMP/gpg.new" <<EOF
#!/bin/sh
case "\$*" in *--version*) ;; *--encrypt*) sleep $1 ;; esac
exec /usr/bin/gpg "\$@"
EOF
	chmod 755 "$TMP/gpg.new"
	mv "$TMP/gpg.new" "$TMP/gpg"
}

sink_start
gpg_wrapper 0
DAEMON_GPG=$TMP/gpg
daemon_keys alice@example.net
DAEMON_PORT=$(free_port)
daemon_conf "inet:$DAEMON_PORT@127.0.0.1"
daemon_start
postfix_start "smtpd_milters = inet:127.0.0.1:$DAEMON_PORT"

send() { postfix_send a@example.org alice@example.net "$TMP/mail.eml"; }
send_in_background() { send >"$TMP/reply" 2>&1 & SENDER=$!; }
worker_is_busy() { pgrep -f "sleep 20.5" >/dev/null; }
# SIGNAL PROCESS: while a sealing that takes 20 s is under way
interrupt() {
	gpg_wrapper 20.5
	send_in_background
	wait_for 15 worker_is_busy || return 1
	local began=$SECONDS
	kill "-$1" "$2"
	wait "$SENDER"
	[ $((SECONDS - began)) -le 8 ] || return 1
	wait_for 10 ended "$DAEMON" && wait_for 3 socket_is_free && gpg_wrapper 0
}
socket_is_free() { ! accepts "inet:$DAEMON_PORT@127.0.0.1"; }
tempfailed() { grep -q '^451' "$TMP/reply"; }
nothing_left() { [ "$(sink_count)" = 0 ] && postfix_queue_is_empty; }
nobody_left() { ! pgrep -f "crypto-worker $TMP" >/dev/null; }
milter_process() { pgrep -P "$DAEMON" -f serve | head -1; }

interrupted() {
	ok "$3: the daemon ends in time" interrupt "$1" "$2"
	ok "$3: Postfix tempfails" tempfailed
	ok "$3: nothing is queued or sent" nothing_left
	ok "$3: no worker is left" wait_for 5 nobody_left
	daemon_start
}
interrupted TERM "$DAEMON" "SIGTERM"
interrupted KILL "$DAEMON" "SIGKILL of the front process"
interrupted KILL "$(milter_process)" "SIGKILL of the milter process"

accepted() { [[ $(send) = 250* ]]; }
sealed() { ! grep -rq "$SECRET" "$SINK" && opens_to_secret; }
opens_to_secret() { daemon_open "$(find "$SINK" -name '*.eml' | head -1)" | grep -q "$SECRET"; }
ok "the retry is accepted" accepted
ok "it arrives once" wait_for 20 sink_has 1
ok "sealed, and it opens" sealed
finish
