/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys audit": everything is walked, and what wants to be looked at
 * is said, a line each.
 */
#include <stdio.h>

#include "base/str.h"
#include "keys.h"
#include "keys_cert.h"
#include "keys_table.h"
#include "openpgp/cert_lint.h"

static const struct ps_keys_column column[] = {
	{.name = "what", .width = 11},
	{.name = "fingerprint", .width = 40},
	{.name = "address", .width = 30},
	{.name = "text"},
};
#define N_COLUMN (sizeof(column) / sizeof(column[0]))

struct audit {
	struct ps_keys *k;
	struct ps_keys_all all;
	struct ps_keys_table table;
};

/* address NULL: of none. */
static void
add(struct audit *x, const char *what, const char *fpr, const char *address,
	const char *text)
{
	struct ps_keys_cell *cell = ps_keys_table_add(&x->table);

	cell[0].text = what;
	cell[1].text = fpr;
	cell[2].text = address;
	cell[3].text = text;
}

static const char *
shown(struct audit *x, struct ps_bytes address)
{
	return ps_str_printable(x->k->a, address, 320);
}

static void
audit_bad_files(struct audit *x)
{
	for (size_t i = 0; i < x->all.n_bad; i++)
		add(x, "bad-file", NULL, NULL,
			ps_arena_printf(x->k->a, "%s: %s",
				ps_keys_shown(x->k->a, x->all.bad[i].name),
				ps_keys_shown(x->k->a, x->all.bad[i].bad)));
}

/* What no administrator decided, and what the book names for nothing. */
static void
audit_bonds(struct audit *x)
{
	for (size_t i = 0; i < x->all.n_bond; i++) {
		const struct ps_key_bond *b = &x->all.bond[i];
		const char *by = ps_key_origin_name(b->origin);
		const char *address = shown(x, b->address);

		if (b->trust == PS_TRUST_REJECTED)
			continue;
		if (ps_keys_all_cert(&x->all, b->fpr) == NULL)
			add(x, "no-file", b->fpr, address,
				"the book names a certificate that is not "
				"here: import or fetch it, or drop it");
		else if (b->trust == PS_TRUST_CHANGED)
			add(x, "changed", b->fpr, address,
				ps_arena_printf(x->k->a,
					"%s gives another key than before: "
					"trust it or reject it",
					by));
		else if (b->trust == PS_TRUST_PENDING)
			add(x, "pending", b->fpr, address,
				ps_arena_printf(x->k->a,
					"%s found it: trust it or reject it",
					by));
	}
}

static bool
is_rejected(const struct ps_key_bond *bond, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bond[i].trust != PS_TRUST_REJECTED)
			return false;
	return n > 0;
}

/* Of what can be used.  When it ends is said by address. */
static bool
wants_care(const struct ps_lint *l)
{
	static const char *const word[] = {
		"weak-hash", "short-key", "no-address"};

	for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
		if (strcmp(l->word, word[i]) == 0)
			return true;
	return false;
}

/* One certificate after the other is in memory, not all. */
static void
audit_lint(struct audit *x, const struct ps_keys_cert *c)
{
	struct ps_arena *own = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_keydir *d =
		c->is_local ? x->k->place->local : x->k->place->found;
	struct ps_cert_lint_job job = {
		.record = &c->record, .now_s = ps_now_s(x->k->wait.clock)};
	struct ps_lints lints = {0};
	const char *ignored;

	if (ps_keydir_octets(
		    d, own, c->record.fpr, &job.certificate, &ignored) == PS_OK)
		ps_cert_lint(own, &job, &lints);
	for (size_t i = 0; i < lints.n_lint; i++)
		if (wants_care(&lints.lint[i]))
			add(x, lints.lint[i].word, c->record.fpr, NULL,
				ps_arena_strdup(x->k->a, lints.lint[i].text));
	ps_arena_free(own);
}

static void
audit_cert(struct audit *x, const struct ps_keys_cert *c)
{
	size_t n;
	const struct ps_key_bond *bond =
		ps_keys_all_bonds(&x->all, c->record.fpr, &n);
	struct ps_keys_view v;

	if (n == 0 && !c->is_local) {
		add(x, "no-book", c->record.fpr, NULL,
			"it was found once and the book does not name it: it "
			"is not used; drop it");
		return;
	}
	if (is_rejected(bond, n))
		return;
	ps_keys_view(x->k, c, NULL, bond, n, &v);
	if (v.text != NULL)
		add(x, "unusable", c->record.fpr, NULL, v.text);
	else
		audit_lint(x, c);
}

static void
audit_ends(struct audit *x)
{
	int64_t until_s =
		ps_now_s(x->k->wait.clock) + x->k->tool.policy->warn_before_s;
	struct ps_keys_end *end;
	size_t n;

	ps_keys_forecast(x->k, &x->all, &end, &n);
	for (size_t i = 0; i < n; i++) {
		char date[16];

		if (end[i].now || end[i].ends_s == 0 || end[i].ends_s > until_s)
			continue;
		ps_date(end[i].ends_s, date);
		add(x, "expiring", end[i].fpr, shown(x, end[i].address),
			ps_arena_printf(
				x->k->a, "without a key from %s on", date));
	}
}

static int
audit(struct ps_keys *k)
{
	struct audit x = {.k = k,
		.table = {.a = k->a, .column = column, .n_column = N_COLUMN}};
	const char *why = NULL;
	enum ps_status s = ps_keys_read_all(k, &x.all, &why);

	if (s != PS_OK)
		return ps_keys_fail(EX_TEMPFAIL, "audit", why);
	audit_bad_files(&x);
	audit_bonds(&x);
	for (size_t i = 0; i < x.all.n_cert; i++)
		audit_cert(&x, &x.all.cert[i]);
	audit_ends(&x);
	ps_keys_table_print(&x.table, k->json);
	return x.table.n_row == 0 ? EX_OK : PS_KEYS_ATTENTION;
}

const struct ps_keys_action ps_keys_audit = {
	.name = "audit",
	.usage = "[--json]",
	.options = "j",
	.run = audit,
};
