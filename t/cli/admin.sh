#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
#
# The subcommands as an administrator types them: a key directory of its own, a
# Postfix configuration that no Postfix runs with, gpg to open what was sealed.
# None of it needs root: root runs it as nobody.
if [ "$(id -u)" = 0 ] && [ -z "${AS_NOBODY-}" ]; then
	exec setpriv --reuid=65534 --regid=65534 --clear-groups \
		env AS_NOBODY=yes "$0" "$@"
fi
. "$(dirname "$0")/../lib/test.sh"
need gpg postconf python3
[ -x "$PS_POSTSEAL" ] || skip "nobody cannot reach $PS_POSTSEAL"

export GNUPGHOME=$TMP/gnupg TMPDIR=$TMP/tmp
CONF=$TMP/postseal.conf
ETC=$TMP/postfix
mkdir -m 700 "$GNUPGHOME"
mkdir "$ETC" "$TMP/queue" "$TMPDIR"
PORT=$(free_port)
CLEANUPS+=(end_gpg)
end_gpg() { gpgconf --kill all; }

p() { "$PS_POSTSEAL" "$@" -c "$CONF" >"$TMP/out" 2>"$TMP/err"; }

# status WANTED COMMAND...: its exit status is the wanted one.
status() {
	local want=$1 rc=0
	shift
	"$@" || rc=$?
	[ "$rc" = "$want" ] || {
		echo "# status $rc, not $want"
		sed 's/^/# /' "$TMP/err"
		false
	}
}
says() { grep -qF -- "$2" "$TMP/$1"; } # says out|err TEXT

make_key() { # make_key NAME ADDRESS EXPIRY
	gpg --batch --quiet --passphrase '' --quick-gen-key "$1 <$2>" \
		ed25519 cert "$3" 2>/dev/null
	gpg --batch --quiet --passphrase '' --quick-add-key \
		"$(fpr_of "$2")" cv25519 encr "$3" 2>/dev/null
	gpg --batch --armor --export "$2" >"$TMP/$1.asc" 2>/dev/null
}
fpr_of() {
	gpg --batch --with-colons --list-keys "$1" 2>/dev/null |
		awk -F: '/^fpr/ {print $10; exit}'
}

write_conf() {
	cat >"$CONF" <<-END
		log = stderr
		spool-directory = "$TMP/spool"
		listen { milter = "inet:$PORT@127.0.0.1" }
		keys { directory = "$TMP/keys" }
		defaults { encrypt = when-key  mixed = reject }
		domain "example.org" {
		  rule "payroll" {
		    to = { "payroll@example.org", "alice@example.org" }
		    encrypt = always
		    protect-subject = yes
		  }
		}
	END
}

write_postfix() {
	{
		echo "queue_directory = $TMP/queue"
		echo "compatibility_level = 3.6"
		echo "mydestination ="
		echo "virtual_alias_maps ="
		"$PS_POSTSEAL" postfix-config --postfix-config "$1" -c "$CONF"
	} >"$TMP/main.cf"
	mv "$TMP/main.cf" "$ETC/main.cf"
}

write_message() {
	printf '%s\n' 'From: Ann <ann@example.net>' "To: $1" \
		'Subject: wages of June' 'Message-ID: <1@example.net>' \
		'MIME-Version: 1.0' 'Content-Type: text/plain; charset=utf-8' \
		'' 'Ünïcode, 100 €' >"$TMP/mail.eml"
}

# The clear entity in the sealed message of "out".
opens() {
	python3 - "$TMP/out" >"$TMP/armor" <<-'END'
		import email, sys
		m = email.message_from_binary_file(open(sys.argv[1], "rb"))
		assert m.get_content_type() == "multipart/encrypted", m
		print(m.get_payload()[1].get_payload(), end="")
	END
	gpg --batch --quiet --decrypt "$TMP/armor" >"$TMP/clear" 2>"$TMP/err"
}

set_up() {
	make_key Alice alice@example.org 20d
	make_key Bob bob@example.net never
	write_conf
	printf 'smtp inet n - n - - smtpd\n' >"$ETC/master.cf"
	: >"$ETC/main.cf"
	write_postfix "$ETC"
}

nothing_imported() {
	status 0 p check --postfix-config "$ETC" &&
		says err "there is none yet" && says out "ok: $CONF: 1 domain"
}

imported() {
	status 0 p keys import "$TMP/Alice.asc" "$TMP/Bob.asc" &&
		status 0 p keys list && says out "$(fpr_of bob@example.net)"
}

good_is_one_line() {
	status 0 p check --postfix-config "$ETC" &&
		[ "$(wc -l <"$TMP/out")" = 1 ] &&
		says out "1 domain, 0 peers, 1 rule, 2 certificates"
}

silent_but_for_it() { # where there is nothing to say at all
	sed "/^domain/,\$d; s|$TMP/keys|&-quiet|" "$CONF" >"$TMP/quiet.conf"
	"$PS_POSTSEAL" keys import -c "$TMP/quiet.conf" "$TMP/Bob.asc" \
		>"$TMP/out" 2>"$TMP/err"
	status 0 "$PS_POSTSEAL" check -c "$TMP/quiet.conf" \
		--postfix-config "$ETC" >"$TMP/out" 2>"$TMP/err" &&
		[ ! -s "$TMP/err" ] && says out "1 certificate"
}

warns_of_keys() { # of both: a key that ends soon, a recipient without one
	p check --postfix-config "$ETC"
	says err "alice@example.org" && says err "expires on" &&
		says err "payroll@example.org there is no key" &&
		! says err "error:" && ! says err "bob@example.net"
}

leaks_are_errors() {
	sed 's/^milter_default_action.*/milter_default_action = accept/' \
		"$ETC/main.cf" >"$TMP/leaky" && cp "$TMP/leaky" "$ETC/main.cf"
	status 78 p check --postfix-config "$ETC" &&
		says err "main.cf: error: milter_default_action = accept" &&
		says err "write: milter_default_action = tempfail" &&
		[ ! -s "$TMP/out" ] && write_postfix "$ETC"
}

bad_pin_is_an_error() {
	sed 's/^defaults {/& key = "0123456789012345678901234567890123456789" /' \
		"$CONF" >"$TMP/pin.conf"
	status 78 "$PS_POSTSEAL" check -c "$TMP/pin.conf" \
		--postfix-config "$ETC" >"$TMP/out" 2>"$TMP/err" &&
		says err "$TMP/pin.conf:5: error: key 0123" &&
		says err "is not in the key directory"
}

bad_configuration_is_told_with_its_line() {
	sed 's/when-key/whenever/' "$CONF" >"$TMP/bad.conf"
	status 78 "$PS_POSTSEAL" check -c "$TMP/bad.conf" >"$TMP/out" \
		2>"$TMP/err" && says err "$TMP/bad.conf:5: error:"
}

a_split_needs_a_relay() {
	sed 's/  mixed = reject//' "$CONF" >"$TMP/split.conf"
	status 78 "$PS_POSTSEAL" check -c "$TMP/split.conf" \
		--postfix-config "$ETC" >"$TMP/out" 2>"$TMP/err" &&
		says err "$TMP/split.conf:5: error:" &&
		says err "there is no relay" && says err "mixed = reject" &&
		echo "relay { to = \"inet:$(free_port)@127.0.0.1\" ledger = \"$TMP/ledger\" }" \
			>>"$TMP/split.conf" &&
		status 78 "$PS_POSTSEAL" check -c "$TMP/split.conf" \
			--postfix-config "$ETC" >"$TMP/out" 2>"$TMP/err" &&
		says err "nobody answers there now" &&
		says err "there is no service for relay" &&
		! says err "there is no relay" &&
		"$PS_POSTSEAL" postfix-config master -c "$TMP/split.conf" \
			--postfix-config "$ETC" >>"$ETC/master.cf" &&
		status 0 "$PS_POSTSEAL" check -c "$TMP/split.conf" \
			--postfix-config "$ETC" >"$TMP/out" 2>"$TMP/err" &&
		! says err "master.cf"
}

no_gpg_is_an_error() {
	sed 's|^keys {|& gpg = "/nonexistent/gpg" |' "$CONF" >"$TMP/gpg.conf"
	status 78 "$PS_POSTSEAL" check -c "$TMP/gpg.conf" \
		--postfix-config "$ETC" >"$TMP/out" 2>"$TMP/err" &&
		says err "cannot run /nonexistent/gpg"
}

other_milters_stay() {
	mkdir -p "$TMP/other"
	echo "smtpd_milters = inet:localhost:11332" >"$TMP/other/main.cf"
	: >"$TMP/other/master.cf"
	status 0 p postfix-config --postfix-config "$TMP/other" &&
		says out "smtpd_milters = inet:localhost:11332, inet:127.0.0.1:$PORT"
}

explains_the_winner_and_the_key() {
	local fpr
	fpr=$(fpr_of alice@example.org)
	status 0 p explain ann@example.net alice@example.org &&
		grep -Eq '^  encrypt +\* always +postseal.conf:9 \(rule "payroll"\)' \
			"$TMP/out" &&
		grep -Eq 'when-key +postseal.conf:5 \(defaults\)' "$TMP/out" &&
		says out "$fpr" && says out " expires " &&
		grep -Eq 'a plain message +sealed, subject hidden, to' "$TMP/out"
}

explains_a_refusal() {
	status 0 p explain ann@example.net payroll@example.org &&
		grep -Eq 'RCPT is answered +550 5.7.1 .*no-key rule=payroll' \
			"$TMP/out"
}

seals_with_the_subject() {
	write_message alice@example.org
	status 0 p seal "$TMP/mail.eml" --from ann@example.net \
		--to alice@example.org && says err "250 accepted" &&
		says err "plan=seal:1" &&
		! says out "wages of June" && ! says out "Ünïcode" &&
		grep -q "^Subject: \[...\]"$'\r' "$TMP/out" && opens &&
		grep -qF "Subject: wages of June" "$TMP/clear" &&
		grep -qxF "Ünïcode, 100 €"$'\r' "$TMP/clear"
}

seals_octet_for_octet() {
	write_message bob@example.net
	status 0 p seal "$TMP/mail.eml" --from ann@example.org \
		--to bob@example.net --auth ann --out "$TMP/sealed" &&
		[ "$(stat -c %a "$TMP/sealed")" = 600 ] && [ ! -s "$TMP/out" ] &&
		cp "$TMP/sealed" "$TMP/out" && opens &&
		printf '%s\r\n' 'Content-Type: text/plain; charset=utf-8' '' \
			'Ünïcode, 100 €' | cmp - "$TMP/clear"
}

refuses_with_a_status() {
	write_message payroll@example.org
	status 77 p seal "$TMP/mail.eml" --from ann@example.net \
		--to payroll@example.org && [ ! -s "$TMP/out" ] &&
		says err "550 5.7.1" && says err "reason=no-key"
}

refuses_different_copies() {
	write_message "alice@example.org, dan@example.com"
	status 77 p seal "$TMP/mail.eml" --from ann@example.net \
		--to alice@example.org --to dan@example.com &&
		[ ! -s "$TMP/out" ] && says err "550 5.7.1" &&
		says err "reason=mixed-recipients"
}

# One with a key and one without: two copies, when there is a relay.
shows_the_copies() {
	local split=$TMP/split.conf
	sed 's/mixed = reject//' "$CONF" >"$split"
	echo "relay { to = \"inet:$(free_port)@127.0.0.1\" ledger = \"$TMP/l\" }" \
		>>"$split"
	write_message "bob@example.net, dan@example.com"
	"$PS_POSTSEAL" seal "$TMP/mail.eml" --from ann@example.org --auth ann \
		--to bob@example.net --to dan@example.com \
		--out "$TMP/copy" -c "$split" 2>"$TMP/err" &&
		says err "copy 1 of 2: to bob@example.net" &&
		says err "outcome=sent seal=sealed" &&
		grep -q 'BEGIN PGP MESSAGE' "$TMP/copy" &&
		! grep -q 'BEGIN PGP MESSAGE' "$TMP/copy.2" && [ ! -e "$TMP/l" ] &&
		"$PS_POSTSEAL" explain ann@example.org bob@example.net \
			dan@example.com --auth ann -c "$split" >"$TMP/out" &&
		says out "split into 2 copies" && says out "copy 2: <dan@"
}

leaves_others_alone() {
	write_message dan@example.com
	status 0 p seal "$TMP/mail.eml" --from ann@example.org \
		--to dan@example.com &&
		sed 's/$/\r/' "$TMP/mail.eml" | cmp - "$TMP/out"
}

reads_standard_input() {
	write_message bob@example.net
	status 0 p seal - --from a@example.org --to bob@example.net \
		<"$TMP/mail.eml" && opens
}

engine_trouble_is_a_tempfail() {
	printf '#!/bin/sh\nexit 2\n' >"$TMP/gpg"
	chmod 755 "$TMP/gpg"
	sed "s|^keys {|& gpg = \"$TMP/gpg\" |" "$CONF" >"$TMP/gpg.conf"
	write_message bob@example.net
	status 75 "$PS_POSTSEAL" seal "$TMP/mail.eml" -c "$TMP/gpg.conf" \
		--from a@example.org --to bob@example.net >"$TMP/out" \
		2>"$TMP/err" && [ ! -s "$TMP/out" ] && says err "reason=engine"
}

wrong_use_is_told() {
	status 64 p seal && says err "usage: postseal seal" &&
		status 64 p explain a@b && says err "usage: postseal explain" &&
		status 66 p seal "$TMP/none.eml" --from a@b --to c@d &&
		status 64 p explain a@b c@d --client nowhere
}

nothing_is_left() {
	[ -z "$(ls "$TMPDIR")" ]
}

set_up
ok "check works before the first key" nothing_imported
ok "keys are imported and listed" imported
ok "a good set-up is one line" good_is_one_line
ok "what nothing is wrong with is not talked about" silent_but_for_it
ok "check warns of keys that end, and of keys that are missing" warns_of_keys
ok "a leak in main.cf is an error with its line" leaks_are_errors
ok "a pinned key that is not there is an error" bad_pin_is_an_error
ok "a mistake in the configuration is told with its line" \
	bad_configuration_is_told_with_its_line
ok "a policy that can split needs a relay" a_split_needs_a_relay
ok "a missing gpg is an error" no_gpg_is_an_error
ok "other milters stay in front of ours" other_milters_stay
ok "explain shows winner, candidates and key" explains_the_winner_and_the_key
ok "explain shows a refusal" explains_a_refusal
ok "seal hides the subject, and gpg opens the message" seals_with_the_subject
ok "what gpg opens is what was given, octet for octet" seals_octet_for_octet
ok "a refused recipient is status 77 and no message" refuses_with_a_status
ok "mixed = reject is status 77" refuses_different_copies
ok "seal and explain show the copies of a split message" shows_the_copies
ok "mail that policy leaves alone is not changed" leaves_others_alone
ok "a message comes from standard input" reads_standard_input
ok "a failing gpg is status 75 and no message" engine_trouble_is_a_tempfail
ok "wrong use is told" wrong_use_is_told
ok "no private gpg home is left behind" nothing_is_left
finish
