# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# shellcheck shell=bash
#
# A private Postfix for a test: own configuration, queue and log, on a free
# port of 127.0.0.1, delivering to a sink.  Source it behind t/lib/test.sh.
# Nothing of the machine's own mail is read or written.
#
#   sink_start              $SINK (folder), $SINK_PORT
#   postfix_start [LINE]... $PF, $PF_PORT, $PF_LOG; lines are added to main.cf,
#                           $PF_SASL is the folder of its logins, $PF_MASTER
#                           more of master.cf
#   postfix_stop

PF=$TMP/postfix
PF_LOG=$PF/mail.log

postfix_need() {
	[ "$(id -u)" = 0 ] || skip "a private Postfix needs root"
	PATH=$PATH:/usr/sbin:/sbin
	need postfix postconf python3
}

sink_start() {
	SINK=$TMP/sink
	mkdir -p "$SINK"
	background "$TMP/sink.port" python3 "$PS_SOURCE/t/e2e/sink.py" "$SINK"
	wait_for 10 test -s "$TMP/sink.port" || return 1
	SINK_PORT=$(cat "$TMP/sink.port")
}

# How many messages are there; wait for a number of them.
sink_count() { find "$SINK" -name '*.eml' | wc -l; }
sink_has() { [ "$(sink_count)" -ge "$1" ]; }
sink_clear() { find "$SINK" -type f -delete; }

postfix_main_cf() {
	cat <<EOF
compatibility_level = 3.6
queue_directory = $PF/spool
data_directory = $PF/data
maillog_file = $PF_LOG
maillog_file_prefixes = $PF
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.org
mydomain = example.org
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8 192.0.2.0/24
default_transport = smtp:[127.0.0.1]:$SINK_PORT
relay_transport = \$default_transport
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtpd_authorized_xclient_hosts = 127.0.0.1
smtpd_peername_lookup = no
smtpd_forbid_bare_newline = normalize
smtpd_forbid_bare_newline_exclusions =
strict_rfc821_envelopes = yes
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 1000
smtpd_soft_error_limit = 1000
milter_default_action = tempfail
non_smtpd_milters = \$smtpd_milters
message_size_limit = 10240000
EOF
	printf '%s\n' "$@"
}

postfix_master_cf() {
	cat <<EOF
127.0.0.1:$PF_PORT inet n - n - - smtpd
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
tlsmgr    unix - - n 1000? 1 tlsmgr
${PF_MASTER-}
EOF
}

postfix_start() {
	PF_PORT=$(free_port)
	mkdir -p "$PF/etc" "$PF/spool" "$PF/data"
	chown postfix "$PF/data"
	# Debian's Postfix looks for Cyrus SASL's files here, whatever main.cf says.
	[ -z "${PF_SASL-}" ] || cp -r "$PF_SASL" "$PF/etc/sasl"
	postfix_main_cf "$@" >"$PF/etc/main.cf"
	postfix_master_cf >"$PF/etc/master.cf"
	CLEANUPS+=(postfix_stop)
	postfix -c "$PF/etc" start >"$PF/start.log" 2>&1 ||
		{ cat "$PF/start.log" >&2; return 1; }
	wait_for 20 accepts "inet:$PF_PORT@127.0.0.1"
}

postfix_stop() {
	postfix -c "$PF/etc" status >/dev/null 2>&1 || return 0
	postfix -c "$PF/etc" stop >/dev/null 2>&1 ||
		postfix -c "$PF/etc" abort >/dev/null 2>&1 || true
}

postfix_queue_is_empty() {
	[ -z "$(find "$PF/spool"/{incoming,active,deferred,maildrop,hold} \
		-type f 2>/dev/null)" ]
}

# send FROM TO FILE [OPTION...]: "CODE text" of the reply.
postfix_send() {
	local from=$1 to=$2 file=$3
	shift 3
	python3 "$PS_SOURCE/t/e2e/send.py" "$PF_PORT" --from "$from" --to "$to" \
		"$@" "$file" | cut -f2
}
