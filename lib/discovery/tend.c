/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What is looked for although no mail asks: looks that are due, and keys of the
 * administrator's own that end soon and may have a successor.
 */
#include "discovery/discovery_parts.h"

#include "base/log.h"
#include "base/str.h"

/* Addresses that one call begins to look for. */
#define TEND_MAX       64
#define ENDING_EVERY_S 600
#define ENDING_MAX     1000
#define ENDING_SOON_S  ((int64_t)30 * 86400)
#define FORGET_EVERY_S 86400
#define FORGET_MAX     10000

static void
warn(struct ps_arena *a, const char *why)
{
	ps_log(PS_LOG_WARNING, "keys are not refreshed: %s",
		ps_str_printable(a, ps_bytes_of(why), 300));
}

/* False when no more may wait. */
static bool
begin(struct ps_discovery *d, struct ps_arena *a, struct ps_flight_job *job)
{
	const char *ignored;
	struct ps_note note;

	return ps_notes_get(d->notes, a, PS_NOTE_OURS, job->name,
		       ps_now_s(d->env.clock), &note) ||
	       ps_flights_begin(d->flights, job, &ignored) == PS_OK;
}

static bool
read_name(struct ps_discovery *d, struct ps_arena *a, struct ps_bytes name,
	struct ps_flight_job *out)
{
	const char *ignored;

	*out = (struct ps_flight_job){0};
	if (ps_addr_path(a, name, &out->addr, &ignored) != PS_OK)
		return false;
	out->name = ps_discovery_name(d, a, &out->addr);
	d->env.rules.of(d->env.rules.self, a, &out->addr, &out->rules);
	return true;
}

/* Is there a source that has not been asked lately? */
static bool
is_worth_it(struct ps_discovery *d, struct ps_arena *a,
	const struct ps_flight_job *job)
{
	const struct ps_key_book *book = d->env.book;
	struct ps_key_page page;
	const char *ignored;

	if (book->read(book->self, a, job->name, &page, &ignored) != PS_OK)
		return false;
	for (size_t i = 0; i < job->rules.n_order; i++) {
		enum ps_key_origin o = job->rules.order[i];
		const struct ps_key_look *look = ps_discovery_look_of(&page, o);

		if (ps_discovery_source(d, &job->rules, o) != NULL &&
			(look == NULL || look->due_s <= ps_now_s(d->env.clock)))
			return true;
	}
	return false;
}

/*
 * Nobody puts a date to a certificate of the administrator; those that were
 * asked about lately make room for the next ones.
 */
static void
begin_ending(struct ps_discovery *d, struct ps_arena *a)
{
	int64_t now_s = ps_now_s(d->env.clock);
	struct ps_key_ending *ending = NULL;
	size_t n = 0;
	const char *why = "unknown";

	if (now_s < d->ending_again_s)
		return;
	d->ending_again_s = now_s + ENDING_EVERY_S;
	if (ps_keydir_expiring(d->env.local, a, now_s, now_s + ENDING_SOON_S,
		    ENDING_MAX, NULL, &ending, &n, &why) != PS_OK)
		warn(a, why);
	for (size_t i = 0; i < n; i++) {
		struct ps_flight_job job;

		if (read_name(d, a, ending[i].address, &job) &&
			is_worth_it(d, a, &job) && !begin(d, a, &job))
			return;
	}
}

/* What has no key, and what mail no longer asks for.  A part at a time, so that
 * nobody waits long to write. */
static void
forget(struct ps_discovery *d, struct ps_arena *a)
{
	const struct ps_key_book *book = d->env.book;
	int64_t now_s = ps_now_s(d->env.clock);
	const char *why = "unknown";
	size_t n = 0;

	if (now_s < d->forget_again_s)
		return;
	if (book->forget(book->self, a, now_s - d->env.unused_s, FORGET_MAX, &n,
		    &why) != PS_OK)
		warn(a, why);
	if (n < FORGET_MAX)
		d->forget_again_s = now_s + FORGET_EVERY_S;
}

void
ps_discovery_tend(struct ps_discovery *d, struct ps_arena *a)
{
	const struct ps_key_book *book = d->env.book;
	int64_t now_s = ps_now_s(d->env.clock);
	size_t room = ps_flights_room(d->flights);
	size_t n = 0;
	struct ps_bytes *due = NULL;
	const char *why = "unknown";

	if (d->env.n_thread == 0 || d->env.n_source == 0)
		return;
	forget(d, a);
	if (room == 0)
		return;
	room = room < TEND_MAX ? room : TEND_MAX;
	if (book->due(book->self, a, now_s, now_s - d->env.unused_s, room, &due,
		    &n, &why) != PS_OK)
		warn(a, why);
	for (size_t i = 0; i < n; i++) {
		struct ps_flight_job job;

		if (read_name(d, a, due[i], &job) && !begin(d, a, &job))
			return;
	}
	begin_ending(d, a);
}
