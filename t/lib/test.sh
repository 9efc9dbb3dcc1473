# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# shellcheck shell=bash
#
# What every test script of t/ sources: a folder that goes away with the
# script, processes that end with it, TAP lines, and waits that end.
set -euo pipefail

PS_SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PS_BUILD=${POSTSEAL_BUILD:-$PS_SOURCE/build/dev}
PS_T=$PS_BUILD/t
PS_POSTSEAL=${PS_POSTSEAL:-$PS_BUILD/milter/postseal}
PS_SUITES=${POSTSEAL_SUITES:-}
[ -d "$PS_SOURCE/../shared/suites" ] && PS_SUITES=$PS_SOURCE/../shared/suites

TMP=$(mktemp -d /tmp/postseal-test.XXXXXX)
chmod 755 "$TMP"
CHILDREN=()
CLEANUPS=()
N_TEST=0 N_FAILED=0

cleanup() {
	local rc=$? c
	trap - EXIT
	set +e
	for c in "${CLEANUPS[@]}"; do "$c"; done
	for c in "${CHILDREN[@]}"; do stop "$c"; done
	[ -n "${PS_KEEP-}" ] || rm -rf "$TMP"
	exit "$rc"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# ok NAME COMMAND...: a TAP line; goes on when it fails.
ok() {
	local name=$1
	shift
	N_TEST=$((N_TEST + 1))
	if "$@"; then
		echo "ok $N_TEST - $name"
	else
		echo "not ok $N_TEST - $name"
		N_FAILED=$((N_FAILED + 1))
	fi
}

finish() {
	echo "1..$N_TEST"
	[ "$N_FAILED" = 0 ] && [ "$N_TEST" -gt 0 ]
}

skip() {
	echo "1..0 # SKIP $*"
	echo "skipped: $*"
	exit 77
}

need() {
	local c
	for c in "$@"; do
		command -v "$c" >/dev/null || skip "$c is not installed"
	done
}

# wait_for SECONDS COMMAND...: until it succeeds, or fail.
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.02
	done
}

# background LOG COMMAND...: its pid is in $PID and it ends with the script.
background() {
	local log=$1
	shift
	"$@" >"$log" 2>&1 </dev/null &
	PID=$!
	CHILDREN+=("$PID")
}

# Gone, or a zombie that only waits for us.
ended() { ! grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$1/status"; }

# stop PID: TERM, then KILL after 10 s.
stop() {
	kill -TERM "$1" 2>/dev/null || return 0
	wait_for 10 ended "$1" || true
	kill -KILL "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

free_port() {
	python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# A milter or SMTP socket that accepts: unix:/path or inet:port@host.
accepts() {
	python3 - "$1" <<'EOF' 2>/dev/null
import socket, sys
w = sys.argv[1]
if w.startswith("inet:"):
    port, host = w[5:].split("@")
    socket.create_connection((host, int(port)), 2).close()
else:
    s = socket.socket(socket.AF_UNIX)
    s.connect(w.removeprefix("unix:"))
EOF
}
