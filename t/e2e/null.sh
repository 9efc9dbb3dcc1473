#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
#
# The private Postfix and its sink, with the empty filter between them: what
# the other tests of this folder rest on.
. "$(dirname "$0")/../lib/test.sh"
. "$PS_SOURCE/t/e2e/postfix.sh"
postfix_need

printf 'From: a@example.net\nTo: b@example.org\nSubject: x\n\n.dot\nend' \
	>"$TMP/mail.eml"
sink_start
MILTER_PORT=$(free_port)
background "$TMP/filter.log" "$PS_T/null_filter" "inet:$MILTER_PORT@127.0.0.1"
FILTER=$PID
wait_for 10 accepts "inet:$MILTER_PORT@127.0.0.1"
postfix_start "smtpd_milters = inet:127.0.0.1:$MILTER_PORT"

accepted() { [[ $(postfix_send a@example.net b@example.org "$TMP/mail.eml" "$@") = 250* ]]; }
deferred() { [[ $(postfix_send a@example.net b@example.org "$TMP/mail.eml") = 451* ]]; }
body_is_kept() {
	[ "$(sed '1,/^\r$/d' "$SINK/00001.eml" | tr -d '\r')" = $'.dot\nend' ]
}
ok "a message passes" accepted
ok "it arrives" wait_for 20 sink_has 1
ok "its body is what was sent" body_is_kept
ok "a login can be claimed" accepted --login alice --client 192.0.2.9
kill -KILL "$FILTER" # libmilter takes 5 s to stop politely
ok "without its filter Postfix tempfails" deferred
ok "nothing stays in the queue" wait_for 20 postfix_queue_is_empty
finish
