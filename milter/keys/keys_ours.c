/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From the key directory and the sections "domain" to what is published.
 */
#include "keys_ours.h"

#include <stdio.h>
#include <stdlib.h>

#include "keys/cert_judge.h"
#include "keys_place.h"

/* A certificate for one of its addresses. */
struct candidate {
	struct ps_publish_key key;
	int64_t created_s;
};

static void
add_domains(struct ps_keys *k, const char *only, struct ps_keys_ours *out)
{
	const struct ps_policy *p = k->tool.policy;

	for (size_t i = 0; i < p->n_section; i++) {
		const struct ps_section *s = &p->section[i];

		if (s->kind != PS_SECTION_DOMAIN ||
			(only != NULL && strcmp(s->name, only) != 0))
			continue;
		/* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers */
		PS_GROW(k->a, out->domain, out->n_domain);
		out->domain[out->n_domain++] = s->name;
	}
}

static bool
is_ours(const struct ps_keys_ours *ours, const struct ps_addr *addr)
{
	for (size_t i = 0; i < ours->n_domain; i++)
		if (ps_bytes_eq(addr->domain, ps_bytes_of(ours->domain[i])))
			return true;
	return false;
}

static bool
is_usable(struct ps_keys *k, const struct ps_key_record *r,
	const struct ps_addr *addr)
{
	return ps_cert_judge(k->a, r, addr, false, ps_now_s(k->wait.clock))
		       .n_subkey > 0;
}

/* Once for each address, however often it names it. */
static bool
is_named_before(const struct ps_key_record *r, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (ps_bytes_eq(r->uid[i].address, r->uid[at].address))
			return true;
	return false;
}

static enum ps_status
add_record(struct ps_keys *k, const struct ps_key_record *r,
	struct ps_keys_ours *out, struct candidate **list, size_t *n,
	const char **why)
{
	struct ps_bytes octets = {0};
	enum ps_status s = PS_OK;

	for (size_t i = 0; s == PS_OK && i < r->n_uid; i++) {
		struct candidate *c;
		struct ps_addr addr;
		const char *ignored;

		if (r->uid[i].address.len == 0 || is_named_before(r, i) ||
			ps_addr_path(k->a, r->uid[i].address, &addr,
				&ignored) != PS_OK ||
			!is_ours(out, &addr) || !is_usable(k, r, &addr))
			continue;
		if (octets.len == 0)
			s = ps_keydir_octets(k->tool.daemon.keydir, k->a,
				r->fpr, &octets, why);
		PS_GROW(k->a, *list, *n);
		c = &(*list)[(*n)++];
		*c = (struct candidate){.created_s = r->created_s,
			.key = {.addr = addr,
				.certificate = octets,
				.fpr = r->fpr}};
	}
	return s;
}

static int
in_order(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;
	size_t n = a->key.addr.full.len < b->key.addr.full.len
			   ? a->key.addr.full.len
			   : b->key.addr.full.len;
	int c = memcmp(a->key.addr.full.p, b->key.addr.full.p, n);

	if (c == 0 && a->key.addr.full.len != b->key.addr.full.len)
		c = a->key.addr.full.len < b->key.addr.full.len ? -1 : 1;
	if (c == 0 && a->created_s != b->created_s)
		c = a->created_s > b->created_s ? -1 : 1;
	return c != 0 ? c : strcmp(a->key.fpr, b->key.fpr);
}

static bool
is_same(const struct candidate *x, const struct candidate *y)
{
	return ps_bytes_eq(x->key.addr.full, y->key.addr.full);
}

static bool
is_held(const struct ps_key_page *page, const char *fpr, enum ps_trust trust)
{
	for (size_t i = 0; i < page->n_bond; i++)
		if (page->bond[i].trust == trust &&
			(fpr == NULL || strcmp(page->bond[i].fpr, fpr) == 0))
			return true;
	return false;
}

/* Of those for one address: what the administrator said of them holds here as
 * it does for mail. */
static enum ps_status
take_trusted(struct ps_keys *k, const struct candidate *c, size_t n,
	struct ps_keys_ours *out, const char **why)
{
	const struct ps_key_book *book = &k->place->book;
	struct ps_key_page page;
	enum ps_status s = book->read(
		book->self, k->a, ps_keys_name(k, &c->key.addr), &page, why);
	bool pinned = s == PS_OK && is_held(&page, NULL, PS_TRUST_PINNED);

	for (size_t i = 0; s == PS_OK && i < n; i++) {
		const char *fpr = c[i].key.fpr;

		if (pinned ? is_held(&page, fpr, PS_TRUST_PINNED)
			   : !is_held(&page, fpr, PS_TRUST_REJECTED))
			out->key[out->n_key++] = c[i].key;
	}
	return s;
}

enum ps_status
ps_keys_ours(struct ps_keys *k, const char *only, struct ps_keys_ours *out,
	const char **why)
{
	const struct ps_key_lookup all = {.n_fpr = 0};
	struct candidate *list = NULL;
	struct ps_key_found found;
	enum ps_status s;
	size_t n = 0;

	*out = (struct ps_keys_ours){0};
	add_domains(k, only, out);
	s = ps_keydir_records(
		k->tool.daemon.keydir, k->a, &all, &k->wait, &found, why);
	for (size_t i = 0; s == PS_OK && i < found.n_record; i++)
		s = add_record(k, &found.record[i], out, &list, &n, why);
	if (s != PS_OK)
		return s;
	if (n > 1)
		qsort(list, n, sizeof(*list), in_order);
	out->key = ps_arena_array(k->a, n + 1, sizeof(*out->key));
	for (size_t i = 0, same; s == PS_OK && i < n; i += same) {
		for (same = 1;
			i + same < n && is_same(&list[i], &list[i + same]);)
			same++;
		s = take_trusted(k, &list[i], same, out, why);
	}
	return s;
}

void
ps_keys_ours_complain(struct ps_keys *k, const struct ps_keys_ours *ours)
{
	for (size_t i = 0; i < ours->n_key; i++)
		if (ours->key[i].refused != NULL)
			fprintf(stderr,
				"postseal: key %s is not published for %s: "
				"%s\n",
				ours->key[i].fpr,
				ps_keys_shown(
					k->a, ps_arena_cstr(k->a,
						      ours->key[i].addr.full)),
				ours->key[i].refused);
}
