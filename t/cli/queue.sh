#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
#
# What "postseal queue" and "postseal stats" say of a ledger that a relay's
# client has written, without a daemon and without touching it.
. "$(dirname "$0")/../lib/test.sh"
need python3

CONF=$TMP/postseal.conf
LEDGER=$TMP/var/ledger
mkdir "$TMP/var"
echo "relay { to = \"inet:10026@127.0.0.1\"  ledger = \"$LEDGER\" }" >"$CONF"

p() { "$PS_POSTSEAL" "$@" -c "$CONF" >"$TMP/out" 2>"$TMP/err"; }
says() { grep -qE -- "$2" "$TMP/$1"; } # says out|err PATTERN
status() {
	local want=$1 rc=0
	shift
	"$@" || rc=$?
	[ "$rc" = "$want" ] || {
		echo "# status $rc, not $want"
		sed 's/^/# /' "$TMP/out" "$TMP/err"
		false
	}
}

sink() {
	background "$TMP/sink.port" python3 "$PS_SOURCE/t/e2e/sink.py" \
		"$TMP/sink"
	wait_for 10 test -s "$TMP/sink.port"
	PORT=$(cat "$TMP/sink.port")
}

# Two copies of one message.
send() {
	printf 'Message-ID: <%s@x.example>\r\nSubject: s\r\n\r\nbody\r\n' "$1" |
		"$PS_T/relay_send" -l "$LEDGER" "inet:$PORT@127.0.0.1" \
			a@example.org b@example.net c@example.net >"$TMP/sent"
}

# account NAME VALUE...
account() {
	python3 - "$LEDGER" "$@" <<-'END'
		import sqlite3, sys
		db = sqlite3.connect(sys.argv[1])
		for name, value in zip(sys.argv[2::2], sys.argv[3::2]):
		    db.execute("INSERT OR REPLACE INTO account VALUES (?, ?)",
		               (name, int(value)))
		db.commit()
	END
}

no_ledger() {
	status 0 p queue && says out '^nothing is remembered$' &&
		status 0 p stats && says out '^recipients +0$' &&
		[ -z "$(ls "$TMP/var")" ]
}

one_line_a_recipient() {
	send 1 && send 2 && status 0 p queue &&
		[ "$(wc -l <"$TMP/out")" = 4 ] &&
		[ "$(grep -cE '^[^ ]+: state=acknowledged age=[0-9]+[sm] group=[12] to=<[bc].*> from=<.*> done=yes reply=' "$TMP/out")" = 4 ] &&
		says out 'to=<b@example.net>' && says out 'reply=.*kept'
}

looking_leaves_no_trace() {
	ls -l --time-style=full-iso "$TMP/var" | grep -v shm >"$TMP/before"
	p queue && p stats
	ls -l --time-style=full-iso "$TMP/var" | grep -v shm |
		cmp - "$TMP/before"
}

sums_hold() {
	account messages 4 recipients 10 in-place 5 relayed 3 refused 1 \
		deferred 1 copies 3 && status 0 p stats &&
		says out '^recipients +10$' && says out '^  in-place +5$' &&
		says out '^copies +3$' && [ ! -s "$TMP/err" ]
}

a_wrong_sum_is_told() {
	account deferred 0 && status 1 p stats &&
		says err 'the sum does not hold: 10 recipients.* 9$' &&
		account deferred 1
}

a_damaged_ledger_is_trouble() {
	cp -r "$TMP/var" "$TMP/kept"
	rm -f "$LEDGER"-*
	printf 'no database, and long enough to be read as one%s' \
		"$(printf '%4096s' .)" >"$LEDGER"
	status 75 p queue && says err "ledger $LEDGER: " &&
		status 75 p stats && rm -r "$TMP/var" &&
		mv "$TMP/kept" "$TMP/var"
}

others_see_nothing() {
	[ "$(id -u)" = 0 ] || return 0
	chmod 700 "$TMP/var"
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$PS_POSTSEAL" queue -c "$CONF" >"$TMP/out" 2>"$TMP/err" &&
		return 1
	says err "$LEDGER"
}

wrong_use_is_told() {
	status 64 p queue x && says err 'usage: postseal queue' &&
		status 64 p stats x && says err 'usage: postseal stats'
}

ok "without a ledger nothing is remembered, and none is made" no_ledger
sink
ok "each recipient has a line" one_line_a_recipient
ok "to look changes no file" looking_leaves_no_trace
ok "what became of recipients adds up" sums_hold
ok "a sum that does not hold is told" a_wrong_sum_is_told
ok "a damaged ledger is trouble, not empty" a_damaged_ledger_is_trouble
ok "who may not read the ledger is told so" others_see_nothing
ok "wrong use is told" wrong_use_is_told
finish
