#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
#
# libmilter's worker pool starves when end of message blocks; a kick of the own
# listener just before it blocks cures that.  Connections that all block for a
# second at once, with and without the kick.  The cure is good at 90 % of the
# ideal rate with no message over 1.5 s: a figure to read, on a quiet machine.
#
#   t/perf/pool.sh           the table
#   t/perf/pool.sh --check   100 connections only: with the kick no message
#                            waits for another one's second (a test, so its
#                            bound is wide)
. "$(dirname "$0")/../lib/test.sh"
need python3
ulimit -n "$(ulimit -Hn)"
BLOCK=1000

# field NAME: of the load's one line in $OUT.
field() { sed -n "s/.*\b$1=\([0-9.]*\).*/\1/p" <<<"$OUT"; }

# run SOCKET CONNECTIONS FILTER-OPTIONS [LOAD-OPTIONS]
run() {
	# shellcheck disable=SC2086
	background "$TMP/log" "$PS_T/null_filter" --block $BLOCK $3 "$1"
	wait_for 10 accepts "$1"
	# shellcheck disable=SC2086
	OUT=$("$PS_T/milter_load" --connections "$2" --messages 3 --pid "$PID" \
		--timeout 60 ${4-} "$1")
	stop "$PID"
	rm -f "$TMP/s"
	printf '# %s %s connections, %s %s: %s of %s msg/s, p99 %s ms, worst %s ms\n' \
		"${1%%:*}" "$2" "${3:-no kick}" "${4-}" "$(field rate)" "$2" \
		"$(field total_p99_ms)" "$(field total_max_ms)"
}

# Times say nothing of us on a machine that is busy with other things.
busy() {
	awk -v n="$(nproc)" '{ exit !($1 > 2 * n) }' /proc/loadavg
}

# better_of_two NAME RULE ARGUMENT...
better_of_two() {
	local name=$1
	shift
	if "$@" || "$@"; then
		ok "$name" true
	elif busy; then
		N_TEST=$((N_TEST + 1))
		echo "ok $N_TEST - $name # SKIP busy machine, load $(cut -d' ' -f1 /proc/loadavg)"
	else
		ok "$name" false
	fi
}

no_message_waits() {
	run "$@"
	awk -v worst="$(field total_max_ms)" -v broken="$(field broken)" \
		-v block=$BLOCK 'BEGIN { exit !(broken == 0 && worst < 3 * block) }'
}

if [ "${1-}" = --check ]; then
	ok "blocked connections do not starve each other" \
		no_message_waits "unix:$TMP/s" 100 --kick
	ok "nor on an inet socket" \
		no_message_waits "inet:$(free_port)@127.0.0.1" 100 --kick
	# Every message on a connection of its own, and room for one in the
	# backlog: where the kick finds no room, what fills it wakes the pool.
	ok "nor with a full backlog" \
		no_message_waits "unix:$TMP/s" 100 "--kick --backlog 1" --fresh
	finish
	exit
fi
for c in 100 400; do
	for s in "unix:$TMP/s" "inet:$(free_port)@127.0.0.1"; do
		run "$s" "$c" ""
		run "$s" "$c" --kick
	done
done
run "unix:$TMP/s" 400 "--kick --backlog 1" --fresh
