#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
#
# The private Sendmail and its sink, with the empty filter between them.
. "$(dirname "$0")/../lib/test.sh"
. "$PS_SOURCE/t/e2e/postfix.sh"
. "$PS_SOURCE/t/e2e/sendmail.sh"
sendmail_need

printf 'From: a@example.net\nTo: b@example.org\nSubject: x\n\n.dot\nend' \
	>"$TMP/mail.eml"
sink_start
MILTER=inet:$(free_port)@127.0.0.1
background "$TMP/filter.log" "$PS_T/null_filter" "$MILTER"
FILTER=$PID
wait_for 10 accepts "$MILTER"
sendmail_start "$MILTER"

accepted() { [[ $(sendmail_send a@example.net b@example.org "$TMP/mail.eml") = 250* ]]; }
deferred() { [[ $(sendmail_send a@example.net b@example.org "$TMP/mail.eml") = 451* ]]; }
body_is_kept() {
	[ "$(sed '1,/^\r$/d' "$SINK/00001.eml" | tr -d '\r')" = $'.dot\nend' ]
}
ok "a message passes" accepted
ok "it arrives" wait_for 20 sink_has 1
ok "its body is what was sent" body_is_kept
kill -KILL "$FILTER" # libmilter takes 5 s to stop politely
ok "without its filter Sendmail tempfails" deferred
finish
