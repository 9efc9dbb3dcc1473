#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
#
# The subcommands as root types them, on directories of another user: no file
# is left that the daemon could not write, and check sees who reaches what.
. "$(dirname "$0")/../lib/test.sh"
need gpg setpriv
[ "$(id -u)" = 0 ] || skip "this is what root meets"
id postfix >/dev/null 2>&1 || skip "there is no user postfix"

export GNUPGHOME=$TMP/gnupg TMPDIR=$TMP/tmp
CONF=$TMP/postseal.conf
DIR=$TMP/queue/postseal
mkdir -m 700 "$GNUPGHOME"
mkdir -m 1777 "$TMPDIR"
CLEANUPS+=(end_gpg)
end_gpg() { gpgconf --kill all; }

p() { "$PS_POSTSEAL" "$@" -c "$CONF" >"$TMP/out" 2>"$TMP/err"; }
says() { grep -qF -- "$2" "$TMP/$1"; }

set_up() {
	install -d -o nobody -m 700 "$TMP/var" "$TMP/var/spool"
	mkdir -p "$TMP/queue"
	gpg --batch --quiet --passphrase '' --quick-gen-key \
		'Bob <bob@example.net>' default default never 2>"$TMP/err"
	gpg --batch --export bob@example.net >"$TMP/bob.pgp"
	chmod 600 "$TMP/bob.pgp" # that the daemon's user may not read
	cat >"$CONF" <<-END
		log = stderr
		spool-directory = "$TMP/var/spool"
		listen { milter = "unix:$DIR/milter.sock" }
		keys { directory = "$TMP/var/keys" }
		defaults { encrypt = when-key  spf = off  dkim = off  dmarc = off  arc = off }
	END
	printf 'From: a@b.c\nTo: bob@example.net\n\nhello\n' >"$TMP/mail.eml"
}

leaves_nothing_of_roots() {
	p keys import "$TMP/bob.pgp" &&
		p explain a@example.org bob@example.net &&
		p seal "$TMP/mail.eml" --from a@example.org \
			--to bob@example.net --out "$TMP/sealed" &&
		grep -q 'BEGIN PGP MESSAGE' "$TMP/sealed" &&
		[ -n "$(find "$TMP/var/keys" -type f)" ] &&
		[ -z "$(find "$TMP/var" ! -user nobody)" ]
}

# A web server's directory is root's; what is read is the daemon's.
publishes_where_only_root_writes() {
	sed 's/^defaults/domain "example.net" { }\n&/' "$CONF" >"$TMP/ours.conf"
	install -d -m 755 "$TMP/www"
	"$PS_POSTSEAL" keys publish -c "$TMP/ours.conf" "$TMP/www/keys" \
		>"$TMP/out" 2>"$TMP/err" &&
		says out "2 files, 2 of them written" &&
		[ -z "$(find "$TMP/www" ! -user root)" ] &&
		setpriv --reuid=65534 --clear-groups cat \
			"$TMP/www/keys/.well-known/openpgpkey/example.net"/hu/* |
		gpg --batch --show-keys 2>/dev/null | grep -q bob@example.net &&
		[ -z "$(find "$TMP/var" ! -user nobody)" ]
}

the_book_is_the_daemons() {
	local fpr
	fpr=$(gpg --batch --with-colons --list-keys bob@example.net |
		awk -F: '/^fpr/ {print $10; exit}')
	p keys pin bob@example.net "$fpr" && p keys show bob@example.net &&
		says out pinned && [ -f "$TMP/var/keys/book.db" ] &&
		[ -z "$(find "$TMP/var" ! -user nobody)" ] &&
		p keys unpin bob@example.net
}

# The command that check prints is the cure, or part of it.
socket_line() {
	p check || true
	grep -A1 'listen: milter' "$TMP/err"
}
obey() { eval "$(sed -n 's/^\trun: //p' <<<"$1")"; }

socket_directory_is_missing() {
	local said
	said=$(socket_line) && grep -q "$DIR does not exist" <<<"$said" &&
		obey "$said" && ! socket_line >/dev/null &&
		[ "$(stat -c '%a %U %G' "$DIR")" = "2750 nobody postfix" ]
}

socket_directory_is_closed_to_postfix() {
	local said
	chmod 700 "$DIR"
	said=$(socket_line) &&
		grep -q "user postfix cannot pass through $DIR" <<<"$said" &&
		obey "$said" && ! socket_line >/dev/null
}

socket_group_would_be_wrong() {
	chmod g-s,o+x "$DIR" # no setgid: the socket would be nobody's
	socket_line | grep -q "will not be in its group" && chmod g+s,o-x "$DIR"
}

daemon_cannot_make_its_socket() {
	chown root "$DIR"
	socket_line | grep -q "the daemon cannot make its socket" &&
		chown nobody "$DIR"
}

socket_is_closed_to_postfix() {
	python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$DIR/milter.sock"
	chmod 600 "$DIR/milter.sock"
	socket_line | grep -q "user postfix cannot write to" &&
		chmod 660 "$DIR/milter.sock" && ! socket_line >/dev/null
}

key_directory_is_anothers() {
	chown -R root "$TMP/var/keys"
	sed "s|^listen {|& user = nobody |" "$CONF" >"$TMP/user.conf"
	"$PS_POSTSEAL" check -c "$TMP/user.conf" >"$TMP/out" 2>"$TMP/err" ||
		true
	says err "keys: directory" && says err "user nobody cannot" &&
		says err "install -d -o nobody"
}

set_up
ok "root leaves nothing that the daemon cannot write" leaves_nothing_of_roots
ok "root publishes where only root writes" publishes_where_only_root_writes
ok "what root pins stands in a book that the daemon can write" \
	the_book_is_the_daemons
ok "a missing socket directory is told with its cure" \
	socket_directory_is_missing
ok "so is one that Postfix cannot pass" socket_directory_is_closed_to_postfix
ok "a socket that will have the wrong group is told" \
	socket_group_would_be_wrong
ok "a directory that the daemon cannot write is told" \
	daemon_cannot_make_its_socket
ok "a socket that Postfix cannot open is told" socket_is_closed_to_postfix
ok "a key directory that the daemon cannot use is told" \
	key_directory_is_anothers
finish
