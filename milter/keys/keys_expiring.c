/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys expiring": which recipients will be without a key, and when.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "discovery/trust.h"
#include "keys.h"
#include "keys/cert_judge.h"
#include "keys_cert.h"
#include "keys_table.h"

#define USUAL_SPAN "60d"

/* A certificate that may serve an address, by trust. */
struct serving {
	struct ps_keys_end end;
	bool pinned;
};

struct forecast {
	struct ps_keys *k;
	const struct ps_keys_all *all;
	struct serving *list;
	size_t n;
};

static int
by_address(const void *x, const void *y)
{
	const struct ps_bytes a = ((const struct serving *)x)->end.address;
	const struct ps_bytes b = ((const struct serving *)y)->end.address;
	int c = memcmp(a.p, b.p, a.len < b.len ? a.len : b.len);

	if (c != 0 || a.len == b.len)
		return c;
	return a.len < b.len ? -1 : 1;
}

/* By trust alone; the book may say nothing of it. */
static bool
may_serve(struct ps_keys *k, const struct ps_keys_cert *c,
	const struct ps_addr *addr, const struct ps_key_bond *b)
{
	struct ps_key_rules rules;

	if (b == NULL)
		return c->is_local;
	if (b->trust == PS_TRUST_REJECTED)
		return false;
	if (b->trust == PS_TRUST_PINNED || c->is_local)
		return true;
	ps_keys_rules(k, addr, &rules);
	return ps_trust_use(b, &rules) == PS_USE_USE;
}

static void
add(struct forecast *f, const struct ps_keys_cert *c,
	const struct ps_addr *addr, const struct ps_key_bond *b)
{
	struct ps_keys *k = f->k;
	bool pinned = b != NULL && b->trust == PS_TRUST_PINNED;
	struct ps_keys_view v;

	if (!may_serve(k, c, addr, b))
		return;
	ps_keys_view(k, c, pinned ? NULL : addr, b, b == NULL ? 0 : 1, &v);
	PS_GROW(k->a, f->list, f->n);
	f->list[f->n++] = (struct serving){.pinned = pinned,
		.end = {.address = ps_keys_name(k, addr),
			.fpr = c->record.fpr,
			.now = v.text != NULL,
			.ends_s = v.ends_s,
			.text = v.text}};
}

static const struct ps_key_bond *
bond_of(const struct ps_key_bond *bond, size_t n, struct ps_bytes name)
{
	for (size_t i = 0; i < n; i++)
		if (ps_bytes_eq(bond[i].address, name))
			return &bond[i];
	return NULL;
}

static void
add_address(struct forecast *f, const struct ps_keys_cert *c,
	struct ps_bytes address, const struct ps_key_bond *b)
{
	struct ps_addr addr;
	const char *ignored;

	if (ps_addr_path(f->k->a, address, &addr, &ignored) == PS_OK)
		add(f, c, &addr, b);
}

/* For each address that it names or is bound to. */
static void
add_cert(struct forecast *f, const struct ps_keys_cert *c)
{
	size_t n_bond;
	const struct ps_key_bond *bond =
		ps_keys_all_bonds(f->all, c->record.fpr, &n_bond);

	for (size_t i = 0; i < n_bond; i++)
		add_address(f, c, bond[i].address, &bond[i]);
	for (size_t i = 0; i < c->record.n_uid; i++) {
		const struct ps_key_uid *u = &c->record.uid[i];
		struct ps_addr addr;
		const char *ignored;

		if (u->address.len == 0 || u->revoked || u->invalid ||
			ps_addr_path(f->k->a, u->address, &addr, &ignored) !=
				PS_OK ||
			bond_of(bond, n_bond, ps_keys_name(f->k, &addr)) !=
				NULL)
			continue;
		add(f, c, &addr, NULL);
	}
}

static bool
lasts_longer(const struct ps_keys_end *x, const struct ps_keys_end *y)
{
	if (x->now != y->now)
		return y->now;
	if (x->now || y->ends_s == 0)
		return false;
	return x->ends_s == 0 || x->ends_s > y->ends_s;
}

/* The one that lasts longest; only pinned ones where there are any. */
static struct ps_keys_end
last_of(const struct serving *s, size_t n)
{
	const struct serving *best = &s[0];

	for (size_t i = 1; i < n; i++)
		if ((s[i].pinned && !best->pinned) ||
			(s[i].pinned == best->pinned &&
				lasts_longer(&s[i].end, &best->end)))
			best = &s[i];
	return best->end;
}

void
ps_keys_forecast(struct ps_keys *k, const struct ps_keys_all *all,
	struct ps_keys_end **out, size_t *n_out)
{
	struct forecast f = {.k = k, .all = all};

	*out = NULL;
	*n_out = 0;
	for (size_t i = 0; i < all->n_cert; i++)
		add_cert(&f, &all->cert[i]);
	if (f.n > 1)
		qsort(f.list, f.n, sizeof(*f.list), by_address);
	for (size_t i = 0, n; i < f.n; i += n) {
		for (n = 1; i + n < f.n &&
			    by_address(&f.list[i], &f.list[i + n]) == 0;)
			n++;
		PS_GROW(k->a, *out, *n_out);
		(*out)[(*n_out)++] = last_of(&f.list[i], n);
	}
}

static int
soonest_first(const void *x, const void *y)
{
	const struct ps_keys_end *a = x, *b = y;

	if (a->now != b->now)
		return a->now ? -1 : 1;
	if (!a->now && a->ends_s != b->ends_s)
		return a->ends_s < b->ends_s ? -1 : 1;
	return memcmp(a->address.p, b->address.p,
		a->address.len < b->address.len ? a->address.len
						: b->address.len);
}

static void
print(struct ps_keys *k, struct ps_keys_end *end, size_t n, int64_t until_s)
{
	static const struct ps_keys_column column[] = {
		{.name = "without_key", .width = 11},
		{.name = "fingerprint", .width = 40},
		{.name = "address"},
		{.name = "reason", .where = PS_KEYS_JSON},
	};
	struct ps_keys_table t = {.a = k->a, .column = column, .n_column = 4};

	if (n > 1)
		qsort(end, n, sizeof(*end), soonest_first);
	for (size_t i = 0; i < n; i++) {
		struct ps_keys_cell *cell;
		char date[16] = "now";

		if (!end[i].now &&
			(end[i].ends_s == 0 || end[i].ends_s > until_s))
			continue;
		if (!end[i].now)
			ps_date(end[i].ends_s, date);
		cell = ps_keys_table_add(&t);
		cell[0].text = ps_arena_strdup(k->a, date);
		cell[1].text = end[i].fpr;
		cell[2].text = ps_str_printable(k->a, end[i].address, 320);
		cell[3].text = end[i].text;
	}
	ps_keys_table_print(&t, k->json);
}

static int
expiring(struct ps_keys *k)
{
	const char *span = k->argc > 0 ? k->argv[0] : USUAL_SPAN, *why = NULL;
	struct ps_keys_all all;
	struct ps_keys_end *end;
	int64_t seconds;
	enum ps_status s;
	size_t n;

	if (!ps_keys_span(span, &seconds))
		return EX_USAGE;
	s = ps_keys_read_all(k, &all, &why);
	if (s != PS_OK)
		return ps_keys_fail(EX_TEMPFAIL, "expiring", why);
	ps_keys_forecast(k, &all, &end, &n);
	print(k, end, n, ps_now_s(k->wait.clock) + seconds);
	return EX_OK;
}

const struct ps_keys_action ps_keys_expiring = {
	.name = "expiring",
	.usage = "[--json] [TIME]",
	.options = "j",
	.max = 1,
	.run = expiring,
};
