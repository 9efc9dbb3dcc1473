/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a thread of the service does: for an address every source that is due,
 * in the order of the rules; for an Autocrypt offer what it brought.
 */
#include "discovery/discovery_parts.h"

#include "base/log.h"
#include "openpgp/cert_raw.h"

/* An offer is never looked for again: a date that does not come. */
#define NEVER_S ((int64_t)1 << 40)

static struct ps_wait
wait_of_look(const struct ps_discovery *d)
{
	return (struct ps_wait){
		.clock = d->env.clock,
		.deadline_ms = ps_mono_ms(d->env.clock) + d->env.look_ms,
		.stop_fd = d->env.stop_fd >= 0 ? d->env.stop_fd : d->own_stop,
	};
}

static bool
is_due(const struct ps_discovery *d, const struct ps_key_page *page,
	enum ps_key_origin origin)
{
	const struct ps_key_look *look = ps_discovery_look_of(page, origin);

	return look == NULL || look->due_s <= ps_now_s(d->env.clock);
}

static bool
is_asked(const struct ps_discovery *d, const struct ps_key_rules *rules,
	enum ps_key_origin origin)
{
	for (size_t i = 0; i < rules->n_order; i++) {
		if (rules->order[i] == origin)
			return ps_discovery_source(d, rules, origin) != NULL;
	}
	return false;
}

/*
 * A look that no rule asks for any longer would stand first among what is due
 * for ever.
 */
static void
put_off(struct ps_discovery *d, struct ps_arena *a,
	const struct ps_flight_job *job)
{
	const struct ps_key_book *book = d->env.book;
	int64_t now_s = ps_now_s(d->env.clock);
	struct ps_key_change change = {.address = job->name};
	struct ps_key_look look[PS_ORIGIN_N];
	struct ps_key_page page;
	const char *ignored;

	if (book->read(book->self, a, job->name, &page, &ignored) != PS_OK)
		return;
	for (size_t i = 0; i < page.n_look && i < PS_ORIGIN_N; i++) {
		if (page.look[i].due_s > now_s ||
			is_asked(d, &job->rules, page.look[i].origin))
			continue;
		look[change.n_look] = page.look[i];
		look[change.n_look++].due_s = now_s + d->env.found_s;
	}
	change.look = look;
	if (change.n_look > 0)
		(void)book->write(
			book->self, a, &change, page.serial, &ignored);
}

static enum ps_status
look_at_due(struct ps_discovery *d, struct ps_arena *a,
	const struct ps_flight_job *job, struct ps_landing *out,
	const char **why)
{
	const struct ps_key_book *book = d->env.book;
	struct ps_key_page page;
	enum ps_status s = book->read(book->self, a, job->name, &page, why);

	for (size_t i = 0; s == PS_OK && i < job->rules.n_order; i++) {
		enum ps_key_origin o = job->rules.order[i];
		const struct ps_source *src =
			ps_discovery_source(d, &job->rules, o);
		struct ps_wait wait = wait_of_look(d);
		struct ps_looking l = {.d = d,
			.a = a,
			.addr = &job->addr,
			.name = job->name,
			.rules = &job->rules,
			.origin = o,
			.mail = job->mail,
			.wait = &wait};
		struct ps_looked looked;

		if (src == NULL || !is_due(d, &page, o))
			continue;
		ps_discovery_look(&l, src, &looked);
		out->answered = out->answered || looked.answered;
		out->silent = out->silent || looked.silent;
		if (looked.ours != NULL) {
			*why = looked.ours;
			return PS_ETEMP;
		}
		if (job->mail && looked.serves)
			return PS_OK; /* the others are asked when it ends */
	}
	return s;
}

/* The same certificate as the last time, and that was not long ago? */
static bool
is_known_offer(struct ps_discovery *d, struct ps_arena *a,
	const struct ps_flight_job *job)
{
	const struct ps_key_book *book = d->env.book;
	struct ps_key_page page;
	struct ps_cert_raws split;
	const char *ignored;

	ps_cert_raw_split(a, job->keydata, &split);
	if (split.n_cert != 1 ||
		book->read(book->self, a, job->name, &page, &ignored) != PS_OK)
		return false;
	for (size_t i = 0; i < page.n_bond; i++) {
		const struct ps_key_bond *b = &page.bond[i];

		if (!b->gone && strcmp(b->fpr, split.cert[0].fpr) == 0 &&
			b->seen_s + d->env.found_s > ps_now_s(d->env.clock))
			return true;
	}
	return false;
}

static void
harvest(struct ps_discovery *d, struct ps_arena *a,
	const struct ps_flight_job *job)
{
	struct ps_wait wait = wait_of_look(d);
	struct ps_key_rules rules = {0};
	struct ps_looking l = {.d = d,
		.a = a,
		.addr = &job->addr,
		.name = job->name,
		.rules = &rules,
		.origin = PS_ORIGIN_AUTOCRYPT,
		.dated_s = job->dated_s,
		.wait = &wait};

	d->env.rules.of(d->env.rules.self, a, &job->addr, &rules);
	if (rules.use[PS_ORIGIN_AUTOCRYPT] != PS_USE_OFF &&
		!is_known_offer(d, a, job))
		ps_discovery_offered(&l, job->keydata, NEVER_S);
}

void
ps_discovery_fly(void *self, struct ps_arena *a,
	const struct ps_flight_job *job, struct ps_landing *out)
{
	struct ps_discovery *d = self;
	const char *why = "unknown";

	if (job->keydata.len > 0) {
		harvest(d, a, job);
		return;
	}
	if (look_at_due(d, a, job, out, &why) != PS_OK)
		out->trouble = why;
	else if (!job->mail)
		put_off(d, a, job);
}

static void
offer(void *self, const struct ps_addr *addr, struct ps_bytes keydata,
	int64_t dated_s)
{
	struct ps_discovery *d = self;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const struct ps_flight_job job = {
		.addr = *addr,
		.name = ps_discovery_name(d, a, addr),
		.keydata = keydata,
		.dated_s = dated_s,
	};
	const char *why;

	if (addr->domain.len > 0 && keydata.len > 0 &&
		keydata.len <= PS_SOURCE_MAX_OCTETS &&
		ps_flights_begin(d->flights, &job, &why) != PS_OK)
		ps_log(PS_LOG_DEBUG, "an Autocrypt key is left: %s", why);
	ps_arena_free(a);
}

struct ps_harvest
ps_discovery_harvest(struct ps_discovery *d)
{
	return (struct ps_harvest){.self = d, .offer = offer};
}
