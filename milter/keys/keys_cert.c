/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Certificates, their bonds and their judgement brought together.
 */
#include "keys_cert.h"

#include "keys/cert_judge.h"

/* The words of a set, in the order of their numbers. */
static const char *
joined(struct ps_arena *a, unsigned set, unsigned n, const char *(*name)(int))
{
	const char *text = NULL;

	for (unsigned i = 0; i < n; i++) {
		if ((set >> i & 1U) == 0)
			continue;
		text = text == NULL ? name((int)i)
				    : ps_arena_printf(
					      a, "%s,%s", text, name((int)i));
	}
	return text;
}

static const char *
origin_name(int o)
{
	return ps_key_origin_name((enum ps_key_origin)o);
}

static const char *
trust_name(int t)
{
	return ps_trust_name((enum ps_trust)t);
}

void
ps_keys_view(struct ps_keys *k, const struct ps_keys_cert *c,
	const struct ps_addr *addr, const struct ps_key_bond *bond,
	size_t n_bond, struct ps_keys_view *out)
{
	int64_t now_s = ps_now_s(k->wait.clock);
	struct ps_cert_verdict v =
		ps_cert_judge(k->a, &c->record, addr, true, now_s);
	unsigned origins = c->is_local ? 1U << PS_ORIGIN_LOCAL : 0;
	unsigned trusts = 0;

	for (size_t i = 0; i < n_bond; i++) {
		if (bond[i].origin != PS_ORIGIN_LOCAL)
			origins |= 1U << bond[i].origin;
		trusts |= 1U << bond[i].trust;
	}
	if (n_bond == 0 && c->is_local)
		trusts = 1U << PS_TRUST_TRUSTED;
	*out = (struct ps_keys_view){
		.names = ps_keydir_names(k->a, &c->record),
		.state = v.n_subkey > 0 ? "usable" : v.reason,
		.text = v.n_subkey > 0 ? NULL : v.text,
		.ends_s = ps_keydir_ends(k->a, &c->record, addr, now_s),
		.sources = joined(k->a, origins, PS_ORIGIN_N, origin_name),
		.trust = joined(k->a, trusts, PS_TRUST_CHANGED + 1, trust_name),
	};
}

static bool
has_fpr(const struct ps_keys_all *all, const char *fpr)
{
	for (size_t i = 0; i < all->n_cert; i++)
		if (strcmp(all->cert[i].record.fpr, fpr) == 0)
			return true;
	return false;
}

static enum ps_status
add_cert(struct ps_keys *k, struct ps_keys_all *all, const char *fpr,
	const char **why)
{
	struct ps_keys_cert cert;
	enum ps_status s;

	if (has_fpr(all, fpr))
		return PS_OK;
	s = ps_keys_record(k, fpr, &cert, why);
	if (s != PS_OK) /* the book may name one that is not there */
		return s == PS_EPERM ? PS_OK : s;
	PS_GROW(k->a, all->cert, all->n_cert);
	all->cert[all->n_cert++] = cert;
	return PS_OK;
}

enum ps_status
ps_keys_of_address(struct ps_keys *k, const struct ps_addr *addr,
	struct ps_key_page *page, struct ps_keys_all *out, const char **why)
{
	const struct ps_key_book *book = &k->place->book;
	const struct ps_key_lookup q = {
		.address = addr->full, .fold_local = true};
	struct ps_key_found found = {0};
	enum ps_status s;

	*out = (struct ps_keys_all){0};
	s = book->read(book->self, k->a, ps_keys_name(k, addr), page, why);
	if (s == PS_OK)
		s = ps_keydir_records(
			k->place->local, k->a, &q, &k->wait, &found, why);
	for (size_t i = 0; s == PS_OK && i < found.n_record; i++)
		s = add_cert(k, out, found.record[i].fpr, why);
	for (size_t i = 0; s == PS_OK && i < page->n_bond; i++)
		s = add_cert(k, out, page->bond[i].fpr, why);
	return s;
}
