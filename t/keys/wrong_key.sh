#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
#
# Nobody but the recipient can read, with the real gpg: a user id that only
# contains the address, an encrypt-to in a gpg.conf, two encryption subkeys,
# and a revocation that comes later.
# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"

need gpg
KEYS=$TMP/keys
export HOME=$TMP GNUPGHOME=$TMP/.gnupg LC_ALL=C
mkdir -m 700 "$GNUPGHOME"
stop_agent() { gpgconf --kill gpg-agent; }
CLEANUPS+=(stop_agent)

# at YEAR ARGUMENT...: gpg, in that year
at() {
	gpg -q --batch --passphrase '' --faked-system-time "$1"0101T000000 \
		"${@:2}" 2>>"$TMP/gpg.err"
}
quick() { at 2020 --quick-generate-key "$1" future-default default never; }
listed() { gpg -q --batch --with-colons --list-keys "<$1>" 2>>"$TMP/gpg.err"; }
fpr_of() { listed "$1" | awk -F: '/^fpr/ {print $10; exit}'; }
subs_of() { listed "$1" | awk -F: '/^sub/ && $12 ~ /e/ {print $5}'; }

quick "Eve <evil-alice@example.org>"
quick "Eve <alice@example.org.evil.example>"
quick "alice@example.org <eve@example.net>"
quick "Alice <alice@example.org>"
quick "Bob <bob@example.org>"
at 2021 --quick-add-key "$(fpr_of bob@example.org)" cv25519 encr never
gpg --batch --export >"$TMP/all.pgp"
echo "encrypt-to evil-alice@example.org" >"$GNUPGHOME/gpg.conf"
echo "default-key evil-alice@example.org" >>"$GNUPGHOME/gpg.conf"

# conf SUBKEYS: a configuration that seals always
conf() {
	cat <<EOF
log = stderr
spool-directory = "$TMP/spool"
keys {
	directory = "$KEYS"
	subkeys = $1
}
peer "example.org" {
	encrypt = always
	on-missing-key = reject
	on-unusable-key = reject
}
EOF
}
conf newest >"$TMP/newest.conf"
conf all >"$TMP/all.conf"
printf 'From: <me@example.net>\r\nTo: <x@example.org>\r\nSubject: x\r\n\r\ntext\r\n' >"$TMP/mail"

# sealed_to CONF ADDRESS: the key ids that a message is sealed to, sorted
sealed_to() {
	"$PS_POSTSEAL" seal "$TMP/mail" -c "$TMP/$1.conf" --no-trial \
		--from me@example.net --to "$2" --out "$TMP/out" \
		2>>"$TMP/seal.err" || return 1
	gpg -q --batch --list-only --list-packets "$TMP/out" 2>/dev/null |
		sed -n 's/^:pubkey enc packet.*keyid //p' | LC_ALL=C sort
}
same() { diff <(printf '%s\n' "$1" | LC_ALL=C sort) <(printf '%s\n' "$2"); }
says() { grep -q "$2" <<<"$1"; }

out=$("$PS_POSTSEAL" keys import -c "$TMP/newest.conf" "$TMP/all.pgp")
ok "five certificates are imported" says "$out" "^5 stored"
out=$("$PS_POSTSEAL" keys list -c "$TMP/newest.conf" alice@example.org)
ok "only one names alice@example.org" test "$(wc -l <<<"$out")" = 1
ok "and it is Alice's" says "$out" "^$(fpr_of alice@example.org) "
got=$(sealed_to newest alice@example.org)
ok "mail for Alice is sealed to her key and no other" \
	same "$(subs_of alice@example.org)" "$got"
got=$(sealed_to newest bob@example.org)
ok "of two encryption subkeys the newest is used" \
	same "$(subs_of bob@example.org | tail -1)" "$got"
got=$(sealed_to all bob@example.org)
ok "or both, where the configuration says all" \
	same "$(subs_of bob@example.org)" "$got"

rev=$GNUPGHOME/openpgp-revocs.d/$(fpr_of alice@example.org).rev
sed 's/^:---/---/' "$rev" >"$TMP/alice.rev"
out=$("$PS_POSTSEAL" keys import -c "$TMP/newest.conf" "$TMP/alice.rev") || true
ok "a revocation alone revokes" says "$out" "is revoked$"
ok "and then nothing is sealed for Alice" \
	test "$(sealed_to newest alice@example.org || echo refused)" = refused
out=$("$PS_POSTSEAL" keys drop -c "$TMP/newest.conf" "$(fpr_of bob@example.org)")
ok "a certificate can be dropped" says "$out" dropped
ok "and then nothing is sealed for its owner" \
	test "$(sealed_to newest bob@example.org || echo refused)" = refused
[ "$N_FAILED" = 0 ] || cat "$TMP/seal.err" "$TMP/gpg.err"
finish
