#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
#
# "cmake --install" puts everything where a Debian administrator looks, and the
# files for systemd are ones that systemd understands.
. "$(dirname "$0")/lib/test.sh"
top=$TMP

install_to() { # install_to DIR PREFIX
	DESTDIR=$1 cmake --install "$PS_BUILD" --prefix "$2"
}

quietly() { "$@" >"$TMP/output" 2>&1 || { cat "$TMP/output"; false; }; }

list() { (cd "$1" && find . -type f -printf '/%P %m\n' | LC_ALL=C sort); }

is_list() { # is_list DIR: standard input is the list
	diff <(list "$1") -
}

debian_list() {
	is_list "$top/usr" <<-'END'
		/etc/postseal/postseal.conf 644
		/usr/lib/systemd/system/postseal.service 644
		/usr/lib/sysusers.d/postseal.conf 644
		/usr/lib/tmpfiles.d/postseal.conf 644
		/usr/sbin/postseal 755
		/usr/share/doc/postseal/README 644
		/usr/share/man/man5/postseal.conf.5 644
		/usr/share/man/man8/postseal.8 644
		/usr/share/postseal/main.cf 644
		/usr/share/postseal/postseal.conf 644
		/usr/share/postseal/postseal.m4 644
	END
}

# An administrator's configuration survives the next version.
keeps_configuration() {
	echo mine >"$top/usr/etc/postseal/postseal.conf" &&
		install_to "$top/usr" /usr &&
		grep -qx mine "$top/usr/etc/postseal/postseal.conf" &&
		grep -q '^trial = yes' "$top/usr/usr/share/postseal/postseal.conf"
}

other_prefix() { # everything below it, and the unit says so
	install_to "$top/opt" /opt/postseal &&
		[ "$(ls "$top/opt")" = opt ] &&
		[ -f "$top/opt/opt/postseal/etc/postseal/postseal.conf" ] &&
		grep -qx 'ExecStart=/opt/postseal/sbin/postseal serve -c /opt/postseal/etc/postseal/postseal.conf' \
			"$top/opt/opt/postseal/lib/systemd/system/postseal.service"
}

# systemd-analyze wants the programs of the unit to exist, and talks of every
# other unit of the machine too.
unit_is_valid() {
	local out unit=$top/postseal.service
	sed "s,=/usr/sbin/postseal,=$PS_BUILD/milter/postseal," \
		"$top/usr/usr/lib/systemd/system/postseal.service" >"$unit"
	out=$(systemd-analyze verify --man=no "$unit" 2>&1 | grep postseal)
	[ -z "$out" ] || { echo "$out"; false; }
}

unit_is_hard() { # the exposure level, 10 is the worst
	local line
	line=$(systemd-analyze security --offline=true \
		"$top/usr/usr/lib/systemd/system/postseal.service" | tail -1)
	echo "# $line"
	[[ $line =~ level[^:]*:\ ([0-9]+)\.([0-9]) ]] &&
		[ "${BASH_REMATCH[1]}${BASH_REMATCH[2]}" -le 20 ]
}

makes_the_user() {
	mkdir -p "$top/usr/etc" && : >"$top/usr/etc/passwd" &&
		: >"$top/usr/etc/group" &&
		systemd-sysusers --root="$top/usr" postseal.conf &&
		grep -q '^_postseal:.*:/var/lib/postseal:' "$top/usr/etc/passwd"
}

makes_directories() {
	local dir=$top/usr/var/lib/postseal
	local spool=$top/usr/var/spool/postfix/postseal
	echo postfix:x:105: >>"$top/usr/etc/group"
	mkdir -p "$top/usr/var/spool/postfix"
	systemd-tmpfiles --root="$top/usr" --create postseal.conf &&
		[ "$(stat -c %a "$dir" "$dir/keys" "$dir/spool" | tr '\n' ' ')" = \
			"700 700 700 " ] &&
		[ "$(stat -c '%a %g' "$spool")" = "2750 105" ]
}

ok "installs below DESTDIR" quietly install_to "$top/usr" /usr
ok "every file is where Debian's administrator looks" debian_list
ok "a configuration that is there is kept" quietly keeps_configuration
ok "another prefix keeps everything below it" quietly other_prefix
if command -v systemd-analyze >/dev/null; then
	ok "systemd takes the unit" unit_is_valid
	ok "the unit is hardened" unit_is_hard
else
	echo "# skipped: the unit, there is no systemd-analyze"
fi
if command -v systemd-sysusers >/dev/null && [ "$(id -u)" = 0 ]; then
	ok "systemd-sysusers makes the user" quietly makes_the_user
	ok "systemd-tmpfiles makes the directories" makes_directories
else
	echo "# skipped: user and directories, no systemd-sysusers or not root"
fi
finish
