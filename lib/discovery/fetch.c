/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Looking for people: now, whatever is due and whatever is remembered, one
 * source after another, and what became of each.
 */
#include "discovery/discovery_parts.h"

static bool
is_wanted(const struct ps_discovery *d, const struct ps_key_rules *rules,
	enum ps_key_origin o, enum ps_key_origin wanted)
{
	return (wanted == PS_ORIGIN_N || wanted == o) &&
	       ps_discovery_source(d, rules, o) != NULL;
}

/* Who names a source that is off wants to see what it has; it is not used. */
static void
widen(struct ps_key_rules *rules, enum ps_key_origin origin)
{
	size_t i = 0;

	if (origin == PS_ORIGIN_N || origin == PS_ORIGIN_LOCAL)
		return;
	if (rules->use[origin] == PS_USE_OFF)
		rules->use[origin] = PS_USE_PENDING;
	while (i < rules->n_order && rules->order[i] != origin)
		i++;
	if (i == rules->n_order && i < PS_ORIGIN_N)
		rules->order[rules->n_order++] = origin;
}

static enum ps_status
fetch_one(const struct ps_looking *l, struct ps_fetched *out, const char **why)
{
	struct ps_looked looked;
	struct ps_looking one = *l;
	struct ps_wait wait = ps_wait_within(l->wait, l->d->env.look_ms);

	one.wait = &wait;
	ps_discovery_look(
		&one, ps_discovery_source(l->d, l->rules, l->origin), &looked);
	if (looked.ours != NULL) {
		*why = looked.ours;
		return PS_ETEMP;
	}
	*out = (struct ps_fetched){
		.origin = l->origin,
		.look = looked.look,
		.event = looked.event,
		.n_event = looked.n_event,
	};
	return PS_OK;
}

enum ps_status
ps_discovery_fetch(struct ps_discovery *d, struct ps_arena *a,
	const struct ps_addr *addr, enum ps_key_origin origin,
	const struct ps_key_rules *rules, const struct ps_wait *wait,
	struct ps_fetched **out, size_t *n_out, const char **why)
{
	struct ps_key_rules mine = *rules;
	struct ps_fetched *fetched =
		ps_arena_array(a, PS_ORIGIN_N, sizeof(*fetched));
	struct ps_looking l = {.d = d,
		.a = a,
		.addr = addr,
		.name = ps_discovery_name(d, a, addr),
		.rules = &mine,
		.mail = true,
		.anew = true,
		.wait = wait};
	enum ps_status s = PS_OK;
	size_t n = 0;

	widen(&mine, origin);
	for (size_t i = 0; s == PS_OK && i < mine.n_order; i++) {
		l.origin = mine.order[i];
		if (is_wanted(d, &mine, l.origin, origin))
			s = fetch_one(&l, &fetched[n++], why);
	}
	if (s == PS_OK && n == 0) {
		*why = "no source may be asked for this address";
		s = PS_EPERM;
	}
	if (s != PS_OK)
		return s;
	*out = fetched;
	*n_out = n;
	return PS_OK;
}
