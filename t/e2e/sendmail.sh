# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# shellcheck shell=bash
#
# A private Sendmail for a test.  Debian's packages are unpacked beside the
# system, never installed (they would take the place of its MTA); own cf made
# with m4, own queue, a free port of 127.0.0.1, everything relayed to a sink.
# Source it behind t/lib/test.sh and t/e2e/postfix.sh (which has the sink).
#
#   sendmail_need           skips with a reason where it cannot be had
#   sendmail_start MILTER [LINE]...
#                           $SM, $SM_PORT; MILTER as Sendmail spells it; lines
#                           are added to the macro file; $SM/submit is what a
#                           program knows as sendmail(1)

SM=$TMP/sendmail
SM_ROOT=$PS_BUILD/sendmail # unpacked once a build folder
SM_LIBRARIES=(libwrap0 liblockfile1 libldap-2.5-0 libsasl2-2 libdb5.3 libnsl2
	libtirpc3)

sendmail_download() {
	local p missing=()
	for p in "${SM_LIBRARIES[@]}"; do
		dpkg-query -W "$p" >/dev/null 2>&1 || missing+=("$p")
	done
	cd "$1" && apt-get -q -o APT::Sandbox::User=root download \
		sendmail-bin sendmail-base sendmail-cf "${missing[@]}"
}

sendmail_unpack() {
	local d to=$TMP/sendmail-unpacked
	mkdir -p "$TMP/debs" "$to"
	(sendmail_download "$TMP/debs") >"$TMP/debs.log" 2>&1 ||
		{ apt-get -q update && (sendmail_download "$TMP/debs"); } \
			>>"$TMP/debs.log" 2>&1 || return 1
	for d in "$TMP/debs"/*.deb; do
		dpkg -x "$d" "$to" || return 1
	done
	# A setgid program would not look for libraries beside itself.
	chmod a-s "$to/usr/libexec/sendmail/sendmail"
	mv "$to" "$SM_ROOT"
}

sendmail_need() {
	[ "$(id -u)" = 0 ] || skip "a private Sendmail needs root"
	need m4 dpkg apt-get python3
	[ -d "$SM_ROOT" ] || sendmail_unpack ||
		skip "Sendmail's packages cannot be fetched: $(tail -1 "$TMP/debs.log")"
	SM_BIN=$SM_ROOT/usr/libexec/sendmail/sendmail
	SM_LIB=$(find "$SM_ROOT" -name 'lib*.so*' -printf '%h\n' | sort -u |
		paste -sd:)
	LD_LIBRARY_PATH=$SM_LIB ldd "$SM_BIN" | grep 'not found' >"$TMP/lib" &&
		skip "Sendmail misses libraries:" "$(cat "$TMP/lib")"
	return 0
}

sendmail_mc() {
	cat <<EOF
divert(0)dnl
OSTYPE(\`linux')dnl
define(\`confDOMAIN_NAME', \`mx.example.org')dnl
define(\`QUEUE_DIR', \`$SM/queue')dnl
define(\`ALIAS_FILE', \`')dnl
define(\`STATUS_FILE', \`')dnl
define(\`HELP_FILE', \`')dnl
define(\`confPID_FILE', \`$SM/pid')dnl
define(\`confSERVICE_SWITCH_FILE', \`$SM/switch')dnl
define(\`confCT_FILE', \`-o $SM/none')dnl
define(\`confCW_FILE', \`-o $SM/none')dnl
define(\`confDEF_USER_ID', \`nobody:nogroup')dnl
define(\`confDONT_BLAME_SENDMAIL', \`groupwritabledirpathsafe')dnl
define(\`confDELIVERY_MODE', \`background')dnl
define(\`confTO_IDENT', \`0')dnl
define(\`confLOG_LEVEL', \`0')dnl
define(\`confQUEUE_LA', \`1000')dnl
define(\`confREFUSE_LA', \`1000')dnl
define(\`confDELAY_LA', \`1000')dnl
define(\`confMAX_MESSAGE_SIZE', \`10240000')dnl
FEATURE(\`nocanonify')dnl
FEATURE(\`accept_unresolvable_domains')dnl
FEATURE(\`accept_unqualified_senders')dnl
FEATURE(\`promiscuous_relay')dnl
FEATURE(\`no_default_msa')dnl
define(\`RELAY_MAILER_ARGS', \`TCP \$h $SINK_PORT')dnl
define(\`SMART_HOST', \`relay:[127.0.0.1]')dnl
DAEMON_OPTIONS(\`Name=MTA, Family=inet, Addr=127.0.0.1, Port=$SM_PORT')dnl
INPUT_MAIL_FILTER(\`postseal', \`S=$1, F=T, T=S:30s;R:4m;E:10m')dnl
$(shift; [ $# = 0 ] || printf '%s\n' "$@")
MAILER(\`smtp')dnl
EOF
}

# Sendmail sleeps a minute at its start where the machine's own name has no
# dot: it gets a name and a hosts file of its own, if namespaces can be had.
sendmail_run() {
	printf '127.0.0.1 mx.example.org localhost\n' >"$SM/hosts"
	if unshare -m -u true 2>/dev/null; then
		exec unshare -m -u sh -c 'mount --bind "$0" /etc/hosts &&
			hostname mx.example.org && exec "$@"' "$SM/hosts" "$@"
	fi
	exec "$@"
}

# What programs of the machine call: it hands mail over by SMTP.
sendmail_submit_mc() {
	cat <<EOF
divert(0)dnl
OSTYPE(\`linux')dnl
define(\`confDOMAIN_NAME', \`mx.example.org')dnl
define(\`confSERVICE_SWITCH_FILE', \`$SM/switch')dnl
define(\`MSP_QUEUE_DIR', \`$SM/submit-queue')dnl
define(\`RELAY_MAILER_ARGS', \`TCP \$h $SM_PORT')dnl
define(\`confPID_FILE', \`$SM/submit-pid')dnl
define(\`confDONT_BLAME_SENDMAIL', \`groupwritabledirpathsafe')dnl
define(\`confRUN_AS_USER', \`nobody:nogroup')dnl
define(\`confTRUSTED_USER', \`nobody')dnl
define(\`confTIME_ZONE', \`USE_TZ')dnl
FEATURE(\`msp', \`[127.0.0.1]')dnl
EOF
}

sendmail_make_submit() {
	mkdir -p -m 770 "$SM/submit-queue"
	chown nobody:nogroup "$SM/submit-queue"
	sendmail_submit_mc >"$SM/submit.mc"
	m4 -D_CF_DIR_="$1/" "$1/m4/cf.m4" "$SM/submit.mc" >"$SM/submit.cf" \
		2>>"$SM/m4.log"
	{
		printf '#!/bin/bash\nSM=%q\n' "$SM"
		declare -f sendmail_run
		printf 'sendmail_run env LD_LIBRARY_PATH=%q %q -Ac -C %q "$@"\n' \
			"$SM_LIB" "$SM_BIN" "$SM/submit.cf"
	} >"$SM/submit"
	chmod 755 "$SM/submit"
}

sendmail_start() {
	local cf=$SM_ROOT/usr/share/sendmail/cf
	SM_PORT=$(free_port)
	mkdir -p "$SM/queue"
	chmod 700 "$SM/queue"
	printf 'hosts files\naliases files\npasswd files\n' >"$SM/switch"
	sendmail_mc "$@" >"$SM/sendmail.mc"
	m4 -D_CF_DIR_="$cf/" "$cf/m4/cf.m4" "$SM/sendmail.mc" >"$SM/sendmail.cf" \
		2>"$SM/m4.log"
	sendmail_make_submit "$cf"
	background "$SM/log" sendmail_run env "LD_LIBRARY_PATH=$SM_LIB" \
		"$SM_BIN" -C "$SM/sendmail.cf" -bD -X "$SM/traffic"
	wait_for 90 accepts "inet:$SM_PORT@127.0.0.1" ||
		{ cat "$SM/log" >&2; return 1; }
}

# sendmail_send FROM TO FILE [OPTION...]: "CODE text" of the reply.
sendmail_send() {
	local from=$1 to=$2 file=$3
	shift 3
	python3 "$PS_SOURCE/t/e2e/send.py" "$SM_PORT" --from "$from" --to "$to" \
		"$@" "$file" | cut -f2
}
