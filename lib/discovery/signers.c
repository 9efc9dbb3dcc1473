/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Who could have signed, and for whom: the administrator's certificates, and
 * those that were found.  Only what lies here; a signature makes nobody look at
 * the network, or whoever signs would choose whom we ask.
 */
#include "discovery/discovery_parts.h"
#include "discovery/trust.h"

/* What the book says of the author's address. */
struct word {
	const struct ps_key_page *page;
	const struct ps_key_rules *rules;
	bool is_pinned; /* some certificate is */
};

static const struct ps_key_bond *
bond_of(const struct ps_key_page *page, const char *fpr)
{
	for (size_t i = 0; i < page->n_bond; i++)
		if (strcmp(page->bond[i].fpr, fpr) == 0)
			return &page->bond[i];
	return NULL;
}

/* A user id names the address already; is the certificate trusted for it? */
static bool
is_trusted(const struct word *w, const char *fpr, bool local)
{
	const struct ps_key_bond *b = bond_of(w->page, fpr);

	if (w->is_pinned)
		return b != NULL && b->trust == PS_TRUST_PINNED;
	if (local)
		return b == NULL || b->trust != PS_TRUST_REJECTED;
	return b != NULL && ps_trust_use(b, w->rules) == PS_USE_USE;
}

static void
judge(const struct word *w, struct ps_signer *s, bool local)
{
	const struct ps_key_bond *b = bond_of(w->page, s->fpr);

	if (b != NULL)
		s->origin = b->trust == PS_TRUST_PINNED ? "pinned"
			    : local			? "local"
				    : ps_key_origin_name(b->origin);
	s->speaks_for = s->speaks_for && is_trusted(w, s->fpr, local);
}

static bool
is_there(const struct ps_signer *all, size_t n, const char *fpr)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].fpr, fpr) == 0)
			return true;
	return false;
}

/* One that the administrator has too is judged by his copy alone: only that is
 * sure to have the revocation that he imported. */
static size_t
merge(struct ps_signer *local, size_t n_local, const struct ps_signer *found,
	size_t n_found)
{
	size_t n = n_local;

	for (size_t i = 0; i < n_found && n < PS_SIGNERS_MAX; i++) {
		if (is_there(local, n, found[i].fpr))
			continue;
		local[n] = found[i];
		local[n++].origin = "found";
	}
	return n;
}

static enum ps_status
read_book(const struct ps_discovery *d, struct ps_arena *a,
	const struct ps_signer_query *q, struct ps_key_page *page,
	const char **why)
{
	const struct ps_key_book *book = d->env.book;

	*page = (struct ps_key_page){0};
	if (q->addr == NULL)
		return PS_OK; /* speaks for nobody anyway */
	return book->read(
		book->self, a, ps_discovery_name(d, a, q->addr), page, why);
}

enum ps_status
ps_discovery_signers(void *self, struct ps_arena *a,
	const struct ps_signer_query *q, struct ps_signer **out, size_t *n_out,
	const char **why)
{
	struct ps_discovery *d = self;
	struct ps_certs local = ps_keydir_certs(d->env.local);
	struct ps_certs others = ps_keydir_certs(d->env.found);
	struct ps_signer *all, *found = NULL;
	struct ps_key_page page;
	struct word w = {.page = &page, .rules = q->rules};
	size_t n_local, n_found = 0;
	enum ps_status s;

	s = local.signers(local.self, a, q, &all, &n_local, why);
	if (s == PS_OK && q->rules != NULL)
		s = others.signers(others.self, a, q, &found, &n_found, why);
	if (s == PS_OK)
		s = read_book(d, a, q, &page, why);
	if (s != PS_OK)
		return PS_ETEMP;
	for (size_t i = 0; i < page.n_bond; i++)
		w.is_pinned =
			w.is_pinned || page.bond[i].trust == PS_TRUST_PINNED;
	*n_out = merge(all, n_local, found, n_found);
	for (size_t i = 0; i < *n_out; i++)
		judge(&w, &all[i], i < n_local);
	*out = all;
	return PS_OK;
}
