/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys fetch": look for an address now, say what each source gave
 * and what became of it.
 */
#include <stdio.h>

#include "base/str.h"
#include "discovery/discovery.h"
#include "keys.h"
#include "keys_json.h"
#include "keys_place.h"

/* Those that can be asked. */
static bool
read_origin(const char *text, enum ps_key_origin *out)
{
	static const enum ps_key_origin known[] = {
		PS_ORIGIN_WKD, PS_ORIGIN_DANE};

	*out = PS_ORIGIN_N;
	if (text == NULL)
		return true;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(text, ps_key_origin_name(known[i])) != 0)
			continue;
		*out = known[i];
		return true;
	}
	return false;
}

/* Also a source that nothing is ever looked for at, when it is named. */
static void
allow(struct ps_policy *p, enum ps_key_origin origin)
{
	if (origin == PS_ORIGIN_N || ps_policy_has_source(p, origin))
		return;
	p->key_order[p->n_key_order++] = origin;
}

/* The tool's own asks nobody. */
static bool
open_network(struct ps_keys *k, enum ps_key_origin origin, const char **why)
{
	struct ps_daemon *d = &k->tool.daemon;
	struct ps_policy *p = k->tool.policy;

	allow(p, origin);
	p->lookups = 0; /* this thread looks, no other */
	if (!ps_lookups_open(&d->lookups, p, NULL, d->arena, d->clock, why))
		return false;
	ps_discovering_close(&d->discovering);
	if (!ps_daemon_wire_discovery(d, d->lookups.dns, why))
		return false;
	ps_keys_place_open(k);
	return true;
}

static void
print(struct ps_keys *k, const struct ps_fetched *f)
{
	printf("%-10s %-11s %s\n", ps_key_origin_name(f->origin),
		ps_look_outcome_name(f->look.outcome),
		*f->look.text == '\0' ? "-"
				      : ps_keys_shown(k->a, f->look.text));
	for (size_t i = 0; i < f->n_event; i++)
		printf("%-10s %-11s %s%s%s\n", "", f->event[i].what,
			f->event[i].fpr, *f->event[i].text == '\0' ? "" : ": ",
			ps_keys_shown(k->a, f->event[i].text));
}

static void
print_now(struct ps_keys *k, const struct ps_addr *addr)
{
	struct ps_cert_answer now;

	ps_keys_now(k, addr, &now);
	printf("%-10s %-11s", "policy", ps_cert_state_name(now.state));
	for (size_t i = 0; i < now.n_cert; i++)
		printf(" %s", now.cert[i].fpr);
	if (now.n_cert == 0)
		printf(" %s", now.text == NULL ? "-" : now.text);
	putchar('\n');
}

static void
print_json(const struct ps_fetched *f, size_t n)
{
	struct json_t *list = ps_keys_json_list();

	for (size_t i = 0; i < n; i++) {
		struct json_t *one = ps_keys_json_object();
		struct json_t *events = ps_keys_json_list();

		ps_keys_json_text(
			one, "source", ps_key_origin_name(f[i].origin));
		ps_keys_json_text(one, "outcome",
			ps_look_outcome_name(f[i].look.outcome));
		ps_keys_json_text(one, "text", f[i].look.text);
		ps_keys_json_time(one, "due", f[i].look.due_s);
		for (size_t e = 0; e < f[i].n_event; e++) {
			struct json_t *event = ps_keys_json_object();

			ps_keys_json_text(event, "what", f[i].event[e].what);
			ps_keys_json_text(
				event, "fingerprint", f[i].event[e].fpr);
			ps_keys_json_text(event, "text", f[i].event[e].text);
			ps_keys_json_append(events, event);
		}
		ps_keys_json_put(one, "events", events);
		ps_keys_json_append(list, one);
	}
	ps_keys_json_print(list);
}

static int
status_of(const struct ps_fetched *f, size_t n)
{
	int r = PS_KEYS_NOT_FOUND;

	for (size_t i = 0; i < n; i++) {
		if (f[i].look.outcome == PS_LOOK_FOUND)
			return EX_OK;
		if (f[i].look.outcome == PS_LOOK_DNS ||
			f[i].look.outcome == PS_LOOK_TROUBLE)
			r = EX_TEMPFAIL;
	}
	return r;
}

static int
look(struct ps_keys *k, const struct ps_addr *addr, enum ps_key_origin origin,
	const struct ps_key_rules *rules)
{
	struct ps_fetched *fetched = NULL;
	const char *why = NULL;
	enum ps_status s;
	size_t n = 0;

	s = ps_discovery_fetch(k->tool.daemon.discovering.discovery, k->a, addr,
		origin, rules, &k->wait, &fetched, &n, &why);
	if (s != PS_OK)
		return ps_keys_fail(ps_keys_exit(s), "fetch", why);
	if (k->json) {
		print_json(fetched, n);
		return status_of(fetched, n);
	}
	for (size_t i = 0; i < n; i++)
		print(k, &fetched[i]);
	print_now(k, addr);
	return status_of(fetched, n);
}

static int
fetch(struct ps_keys *k)
{
	enum ps_key_origin origin;
	struct ps_key_rules rules;
	const char *why = NULL;
	struct ps_addr addr;
	int r;

	if (!ps_keys_addr(k->a, k->argv[0], &addr))
		return EX_USAGE;
	if (!read_origin(k->source, &origin))
		return ps_keys_fail(EX_USAGE, ps_keys_shown(k->a, k->source),
			"a source that can be asked is wkd or dane");
	if (origin == PS_ORIGIN_N &&
		!ps_policy_has_source(k->tool.policy, PS_ORIGIN_WKD) &&
		!ps_policy_has_source(k->tool.policy, PS_ORIGIN_DANE))
		return ps_keys_fail(EX_CONFIG, "fetch",
			"no source of section keys can be asked: name one "
			"with --source");
	/* Before another source is let in: what it finds has the present
	 * rules. */
	ps_keys_rules(k, &addr, &rules);
	if (!open_network(k, origin, &why))
		return ps_keys_fail(EX_UNAVAILABLE, "fetch", why);
	r = look(k, &addr, origin, &rules);
	ps_discovering_close(&k->tool.daemon.discovering);
	ps_lookups_close(&k->tool.daemon.lookups);
	return r;
}

const struct ps_keys_action ps_keys_fetch = {
	.name = "fetch",
	.usage = "[--source wkd|dane] [--json] ADDRESS",
	.options = "sj",
	.min = 1,
	.max = 1,
	.run = fetch,
};
