/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys list": a line a certificate.
 */
#include <stdio.h>

#include "base/str.h"
#include "keys.h"
#include "keys_cert.h"
#include "keys_table.h"

/* What people see of the last four is in the text. */
static const struct ps_keys_column column[] = {
	{.name = "fingerprint", .width = 40},
	{.name = "state", .width = 20},
	{.name = "created", .is_time = true, .width = 10},
	{.name = "ends", .is_time = true, .width = 10},
	{.name = "user_ids", .where = PS_KEYS_PEOPLE},
	{.name = "user_ids", .where = PS_KEYS_JSON},
	{.name = "reason", .where = PS_KEYS_JSON},
	{.name = "sources", .where = PS_KEYS_JSON},
	{.name = "trust", .where = PS_KEYS_JSON},
};
#define N_COLUMN (sizeof(column) / sizeof(column[0]))

/* What is to be listed. */
struct filter {
	const struct ps_addr *addr; /* or NULL */
	bool pending;
	int64_t until_s; /* 0: whenever it ends */
};

/* "Alice <a@b> (why not) [wkd, pending]": what needs no word has none. */
static const char *
text_of(struct ps_arena *a, const struct ps_keys_view *v)
{
	const char *text = v->names;
	bool plain = v->sources != NULL && strcmp(v->sources, "local") == 0 &&
		     strcmp(v->trust, "trusted") == 0;

	if (v->text != NULL)
		text = ps_arena_printf(a, "%s (%s)", text, v->text);
	if (v->sources == NULL)
		return ps_arena_printf(a, "%s [not in the book]", text);
	if (!plain)
		text = ps_arena_printf(
			a, "%s [%s, %s]", text, v->sources, v->trust);
	return text;
}

static bool
is_wanted(const struct filter *f, const struct ps_keys_view *v,
	const struct ps_key_bond *bond, size_t n_bond)
{
	bool waits = false;

	for (size_t i = 0; i < n_bond; i++)
		waits = waits || bond[i].trust == PS_TRUST_PENDING ||
			bond[i].trust == PS_TRUST_CHANGED;
	if (f->pending && !waits)
		return false;
	return f->until_s == 0 ||
	       (v->text == NULL && v->ends_s != 0 && v->ends_s <= f->until_s);
}

static void
add_cert(struct ps_keys *k, const struct filter *f,
	const struct ps_keys_all *all, const struct ps_keys_cert *c,
	struct ps_keys_table *t)
{
	size_t n_bond;
	const struct ps_key_bond *bond =
		ps_keys_all_bonds(all, c->record.fpr, &n_bond);
	struct ps_keys_view v;
	struct ps_keys_cell *cell;

	ps_keys_view(k, c, f->addr, bond, n_bond, &v);
	if (!is_wanted(f, &v, bond, n_bond))
		return;
	cell = ps_keys_table_add(t);
	cell[0].text = c->record.fpr;
	cell[1].text = v.state;
	cell[2].at_s = c->record.created_s;
	cell[3].at_s = v.ends_s;
	cell[4].text = text_of(k->a, &v);
	cell[5].text = v.names;
	cell[6].text = v.text;
	cell[7].text = v.sources;
	cell[8].text = v.trust;
}

/* A file that cannot be read stops nobody's mail, and here is where it is
 * said. */
static void
add_bad(struct ps_keys *k, const struct ps_key_file *f, struct ps_keys_table *t)
{
	struct ps_keys_cell *cell = ps_keys_table_add(t);

	cell[1].text = "bad-file";
	cell[2].at_s = cell[3].at_s = PS_KEYS_NO_TIME;
	cell[6].text = ps_arena_printf(k->a, "%s: %s",
		ps_str_printable(k->a, ps_bytes_of(f->name), 255),
		ps_str_printable(k->a, ps_bytes_of(f->bad), 200));
	cell[4].text = ps_arena_printf(k->a, "(%s)", cell[6].text);
}

static enum ps_status
read_address(struct ps_keys *k, const struct ps_addr *addr,
	struct ps_keys_all *all, const char **why)
{
	struct ps_key_page page;
	enum ps_status s = ps_keys_of_address(k, addr, &page, all, why);

	if (s == PS_OK)
		ps_keys_all_take(all, &page);
	return s;
}

static bool
read_filter(struct ps_keys *k, struct filter *out)
{
	struct ps_addr *addr = ps_arena_alloc(k->a, sizeof(*addr));
	int64_t seconds;

	*out = (struct filter){.pending = k->pending};
	if (k->argc > 0) {
		if (!ps_keys_addr(k->a, k->argv[0], addr))
			return false;
		out->addr = addr;
	}
	if (k->expiring != NULL) {
		if (!ps_keys_span(k->expiring, &seconds))
			return false;
		out->until_s = ps_now_s(k->wait.clock) + seconds;
	}
	return true;
}

static int
list(struct ps_keys *k)
{
	struct ps_keys_table t = {
		.a = k->a, .column = column, .n_column = N_COLUMN};
	struct ps_keys_all all;
	const char *why = NULL;
	struct filter f;
	enum ps_status s;

	if (!read_filter(k, &f))
		return EX_USAGE;
	s = f.addr != NULL ? read_address(k, f.addr, &all, &why)
			   : ps_keys_read_all(k, &all, &why);
	if (s != PS_OK)
		return ps_keys_fail(EX_TEMPFAIL, "list", why);
	for (size_t i = 0; i < all.n_cert; i++)
		add_cert(k, &f, &all, &all.cert[i], &t);
	for (size_t i = 0; i < all.n_bad && !f.pending && f.until_s == 0; i++)
		add_bad(k, &all.bad[i], &t);
	ps_keys_table_print(&t, k->json);
	if (k->argc == 0 || all.n_cert > 0)
		return EX_OK;
	return ps_keys_fail(PS_KEYS_NOT_FOUND, ps_keys_shown(k->a, k->argv[0]),
		"no certificate names exactly this address");
}

const struct ps_keys_action ps_keys_list = {
	.name = "list",
	.usage = "[--expiring TIME] [--pending] [--json] [ADDRESS]",
	.options = "epj",
	.max = 1,
	.run = list,
};
