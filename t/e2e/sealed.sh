#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
#
# Real mail through a real MTA: what policy seals arrives as PGP/MIME and opens,
# whatever the recipient's spelling; what it refuses never arrives.
#
#   t/e2e/sealed.sh postfix|sendmail
. "$(dirname "$0")/../lib/test.sh"
. "$PS_SOURCE/t/e2e/postfix.sh"
. "$PS_SOURCE/t/e2e/sendmail.sh"
. "$PS_SOURCE/t/lib/daemon.sh"
MTA=${1:-postfix}
"${MTA}_need"

SECRET='nobody outside may read this line'
write() { # FILE TO [FIELD...]
	local file=$1 to=$2
	shift 2
	{
		printf 'From: a@example.org\nTo: %s\nSubject: x\n' "$to"
		printf 'Message-ID: <%s@example.org>\n' "$file"
		for f; do printf '%s\n' "$f"; done
		printf '\n%s\n' "$SECRET"
	} >"$TMP/$file"
}
write plain alice@example.net
write latin alice@example.net 'MIME-Version: 1.0' \
	'Content-Type: text/plain; charset=utf-8' 'Content-Transfer-Encoding: 8bit'
printf 'Gr\303\274\303\237e\n.dot\n..dots\nFrom the start\n' >>"$TMP/latin"
{ cat "$TMP/plain"; head -c 8000000 /dev/zero | tr '\0' x | fold -w 76; } >"$TMP/large"

daemon_keys alice@example.net bob@example.net
DAEMON_PORT=$(free_port)
daemon_conf "inet:$DAEMON_PORT@127.0.0.1" "encrypt = never" '
peer "example.net" {
  rule "must" { to = { "alice@example.net", "bob@example.net", "nokey@example.net" }  encrypt = always }
}'
daemon_start
sink_start
case $MTA in
postfix)
	postfix_start "smtpd_milters = inet:127.0.0.1:$DAEMON_PORT"
	PORT=$PF_PORT
	;;
sendmail)
	sendmail_start "inet:$DAEMON_PORT@127.0.0.1"
	PORT=$SM_PORT
	;;
esac

# send FILE TO...: the last reply
send() {
	local file=$1 to=()
	shift
	for r; do to+=(--to "$r"); done
	python3 "$PS_SOURCE/t/e2e/send.py" "$PORT" --from a@example.org \
		"${to[@]}" "$TMP/$file" | cut -f2
}
answers() { local want=$1; shift; [[ $(send "$@") = $want* ]]; }
newest() { find "$SINK" -name '*.eml' | sort | tail -1; }
arrives() { wait_for 30 sink_has "$1"; }
nothing_in_clear() { ! grep -rqa "$SECRET" "$SINK"; }
# What is inside, without the header of the inner entity.
opens_to() { cmp -s <(daemon_open "$(newest)" | sed '0,/^\r\?$/d' | tr -d '\r') <(sed '1,/^$/d' "$TMP/$1"); }
is_pgp_mime() { grep -q 'multipart/encrypted' "$(newest)" && ! grep -qi '^Content-Transfer-Encoding: 8bit' "$(newest)"; }
keeps_its_outside() { grep -q '^Message-ID: <plain@example.org>' "$(newest)" && grep -q '^Subject: x' "$(newest)"; }

ok "a plain message is accepted" answers 250 plain alice@example.net
ok "it arrives" arrives 1
ok "as PGP/MIME" is_pgp_mime
ok "with its outside" keeps_its_outside
ok "and opens" opens_to plain
ok "8-bit text and dots are accepted" answers 250 latin alice@example.net
ok "they arrive" arrives 2
ok "and open to the same octets" opens_to latin
ok "two visible recipients share one message" answers 250 plain alice@example.net
ok "it arrives too" arrives 3
cp "$(newest)" "$TMP/sealed"
ok "a sealed message is accepted" answers 250 sealed alice@example.net
ok "it arrives sealed once" arrives 4
ok "and opens at once" opens_to plain
ok "a recipient without a key is refused at RCPT" answers 550 plain nokey@example.net
ok "one refused recipient does not stop the other" answers 250 plain alice@example.net nokey@example.net
ok "who gets it" arrives 5
ok "a hidden recipient is not sealed beside a visible one" answers 451 plain alice@example.net bob@example.net
ok "what would be too large once sealed is refused" answers 552 large alice@example.net

# Every spelling that the MTA takes for alice ends sealed or refused.
n=$(sink_count)
for spelling in '<ALICE@example.net>' '<"alice"@example.net>' '<alice@EXAMPLE.net>' \
	'<@relay.example:alice@example.net>' '<alice@example.net.>' \
	'<alice%example.net>' '<example.net!alice>' '<"alice@example.net">'; do
	reply=$(send plain "$spelling" 2>&1 || true)
	[[ $reply = 250* ]] && n=$((n + 1))
	echo "# $spelling: $reply"
done
ok "every spelling that was accepted arrives" arrives "$n"
ok "and nothing ever arrived in clear" nothing_in_clear

if [ "$MTA" = postfix ]; then
	local_mail() { sendmail -C "$PF/etc" -f a@example.org -t <"$TMP/$1"; }
	write nokey nokey@example.net
	ok "a local program's mail is taken" local_mail plain
	ok "it arrives" arrives $((n + 1))
	ok "sealed" opens_to plain
	ok "a local program's mail without a key is taken" local_mail nokey
	bounced() { grep -q 'milter-reject: END-OF-MESSAGE.*no-key' "$PF_LOG"; }
	ok "and refused at its end" wait_for 20 bounced
	ok "not in clear" nothing_in_clear
fi
finish
