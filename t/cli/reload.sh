#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
#
# "postseal reload" and a daemon that answers it; check beside a running one.
. "$(dirname "$0")/../lib/test.sh"
need gpg

CONF=$TMP/postseal.conf LOG=$TMP/log
SOCKET=inet:$(free_port)@127.0.0.1

write_conf() {
	cat >"$CONF" <<-END
		log = stderr
		spool-directory = "$TMP/spool"
		listen { milter = "$1" control = "unix:$TMP/control" }
		keys { directory = "$TMP/keys" }
		defaults { encrypt = $2 }
	END
}
reload() { "$PS_POSTSEAL" reload -c "$CONF" >"$TMP/out" 2>"$TMP/err"; }
says() { grep -qF -- "$2" "$TMP/$1"; }
fails() { ! "$@"; }

good_is_reported_and_logged() {
	write_conf "$SOCKET" when-key
	reload && says out "ok: configuration reloaded from $CONF" &&
		says log "NOQUEUE: ok: configuration reloaded from $CONF" &&
		! says out "needs restart"
}

what_needs_a_restart_is_named() {
	write_conf "inet:1@127.0.0.1" when-key
	reload && says out "needs restart: listen.milter" &&
		says log "needs restart: listen.milter"
}

bad_is_told_before_the_daemon_is_asked() {
	write_conf "$SOCKET" sometimes
	fails reload && says err "$CONF:5: error:"
}

bad_is_refused_by_the_daemon() {
	kill -USR1 "$PID"
	wait_for 10 says log "the configuration before it stays in force" &&
		says log "NOQUEUE: $CONF:5: error:"
}

check_beside_a_daemon() {
	write_conf "$SOCKET" when-key
	"$PS_POSTSEAL" check -c "$CONF" >"$TMP/out" 2>"$TMP/err" || true
	! says err "listen: milter"
}

check_beside_a_stranger() { # the port is taken and nobody listens
	python3 -c 'import socket, sys, time
s = socket.socket()
s.bind(("127.0.0.1", int(sys.argv[1])))
print("bound", flush=True)
time.sleep(60)' "${1#inet:}" >"$TMP/bound" &
	CHILDREN+=("$!")
	wait_for 10 grep -q bound "$TMP/bound"
	write_conf "inet:$1@127.0.0.1" when-key
	"$PS_POSTSEAL" check -c "$CONF" >"$TMP/out" 2>"$TMP/err" || true
	says err "the daemon could not listen there: Address already in use"
}

mail_after() {
	printf 'From: a@sender.example\r\n\r\nx\r\n' >"$TMP/mail"
	"$PS_BUILD/t/wire" --raw --timeout 20 --ip 192.0.2.9 "$SOCKET" \
		"$TMP/mail" >"$TMP/sent" 2>&1 && grep -q 250 "$TMP/sent"
}

asks() {
	write_conf "$SOCKET" never
	echo "verify { resolver = \"127.0.0.1@9\" dns-time = 200ms" \
		"query-time = 100ms $1 }" >>"$CONF"
	reload
}

the_resolver_stays_until_a_restart() {
	for setting in "dmarc-discovery = psl" "stripped-answers = insecure"; do
		asks "" && asks "$setting" && says out "verify (resolver" &&
			mail_after || return 1
	done
}

nobody_answers() {
	stop "$PID"
	write_conf "$SOCKET" when-key
	fails reload && says err "nobody listens on $TMP/control"
}

write_conf "$SOCKET" never
background "$LOG" "$PS_POSTSEAL" serve -c "$CONF"
wait_for 10 accepts "$SOCKET"
ok "a reload is reported and logged" good_is_reported_and_logged
ok "what needs a restart is named" what_needs_a_restart_is_named
ok "a mistake is told before the daemon is asked" \
	bad_is_told_before_the_daemon_is_asked
ok "the daemon refuses a mistake and says so" bad_is_refused_by_the_daemon
ok "check finds nothing wrong with the socket of a running daemon" \
	check_beside_a_daemon
ok "check sees a port that somebody else holds" \
	check_beside_a_stranger "$(free_port)"
ok "no line of the log is broken" fails grep -v '^NOQUEUE: [[:print:]]*$' "$LOG"
ok "the resolver stays until a restart, and mail passes" \
	the_resolver_stays_until_a_restart
ok "reload says that no daemon is there" nobody_answers
finish
