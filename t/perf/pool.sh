#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
#
# libmilter's worker pool starves when end of message blocks; a kick of the own
# listener just before it blocks cures that.  Connections that all block for a
# second at once: at least 90 % of the ideal rate, no message over 1.5 s; in the
# better of two tries, since other load can only make it worse.
#
#   t/perf/pool.sh         with the kick, asserted
#   t/perf/pool.sh --bare  also without it, for comparison: not asserted
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

near_ideal() {
	run "$@"
	awk -v rate="$(field rate)" -v worst="$(field total_max_ms)" \
		-v broken="$(field broken)" -v ideal="$2" -v block=$BLOCK \
		'BEGIN { exit !(broken == 0 && rate >= 0.9 * ideal * 1000 / block &&
			worst < 1.5 * block) }'
}

no_message_waits() {
	run "$@"
	awk -v worst="$(field total_max_ms)" -v broken="$(field broken)" \
		-v block=$BLOCK 'BEGIN { exit !(broken == 0 && worst < 1.5 * block) }'
}

for c in 100 400; do
	for s in "unix:$TMP/s" "inet:$(free_port)@127.0.0.1"; do
		[ "${1-}" = --bare ] && run "$s" "$c" ""
		better_of_two "$c blocked connections on ${s%%:*} do not starve each other" \
			near_ideal "$s" "$c" --kick
	done
done
# Every message on a connection of its own, and room for one in the backlog:
# the kick may find no room, and then what fills it wakes the pool.
better_of_two "a full backlog starves nobody" no_message_waits "unix:$TMP/s" 400 \
	"--kick --backlog 1" --fresh
finish
