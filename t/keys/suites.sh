#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
#
# Every key file of the public suites, with the real gpg: the answer and its
# reason are those of t/data/keys/suites.tsv, they are the same once the index
# was made again from the files, and each minimal certificate of a usable one
# makes gpg seal to exactly the key in its name.
# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"

need gpg
[ -d "$PS_SUITES/rnp-keys" ] ||
	skip "no public suites beside the project nor in POSTSEAL_SUITES"
WANTED=$PS_SOURCE/t/data/keys/suites.tsv
export GNUPGHOME=$TMP/gpg HOME=$TMP
mkdir -m 700 "$GNUPGHOME"

# What was refused: FILE - refused TEXT
refusals() {
	sed -n "s|^[^ ]* refused   $PS_SUITES/$1: |$1\t-\trefused\t|p" "$TMP/out"
}

# What stands in the directory: FILE KEY STATE TEXT
states() {
	"$PS_POSTSEAL" keys list -d "$TMP/keys" | LC_ALL=C sort |
		sed -E "s|^(.{8})[^ ]* +([^ ]+) +[^ ]+ +[^ ]+ +(.*)$|$1\t\1\t\2\t\3|"
}

while read -r file; do
	rm -rf "$TMP/keys"
	"$PS_POSTSEAL" keys import -d "$TMP/keys" "$PS_SUITES/$file" \
		>"$TMP/out" 2>"$TMP/err" || true
	refusals "$file" >>"$TMP/got.tsv"
	[ -d "$TMP/keys/certs" ] || continue
	states "$file" >"$TMP/states"
	cat "$TMP/states" >>"$TMP/got.tsv"
	rm -f "$TMP/keys/index.db"*
	states "$file" | diff "$TMP/states" - >>"$TMP/again" || true
	grep -q "$(printf '\tusable\t')" "$TMP/states" || continue
	for minimal in "$TMP/keys/sub"/*; do
		name=$(basename "$minimal" .pgp)
		grep -q "^$file	${name:0:8}	usable" "$TMP/states" || continue
		sealed_to=$(echo text | gpg -q --batch --no-keyring \
			--trust-model always -z 0 -f "$minimal" -e \
			2>>"$TMP/gpg.err" |
			gpg -q --batch --list-packets 2>/dev/null |
			sed -n 's/.*keyid //p' | tr '\n' ' ' || true)
		[ "$sealed_to" = "${name: -16} " ] ||
			echo "$file: $name seals to $sealed_to" >>"$TMP/wrong"
		echo "$name" >>"$TMP/sealed"
	done
done < <(grep -v '^#' "$WANTED" | cut -f1 | uniq)

touch "$TMP/again" "$TMP/wrong" "$TMP/sealed" "$TMP/got.tsv"
ok "each key file gets the answer and the reason that it deserves" \
	diff <(grep -v '^#' "$WANTED") "$TMP/got.tsv"
ok "an index made again from the files says the same" test ! -s "$TMP/again"
cat "$TMP/again"
ok "gpg seals to exactly the key that a minimal certificate is for" \
	test ! -s "$TMP/wrong"
cat "$TMP/wrong"
ok "at least 25 minimal certificates were tried" \
	test "$(sort -u "$TMP/sealed" | wc -l)" -ge 25
finish
