/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The tool has it all open; here are the questions that actions ask.
 */
#include "keys_place.h"

#include <stdlib.h>

#define MAX_CERTS 16 /* of an address, shown */
#define WALK	  256

void
ps_keys_place_open(struct ps_keys *k)
{
	const struct ps_daemon *d = &k->tool.daemon;

	k->place = ps_arena_alloc(k->a, sizeof(*k->place));
	*k->place = (struct ps_keys_place){
		.local = d->keydir,
		.found = d->discovering.found,
		.book = d->discovering.book,
	};
}

struct ps_bytes
ps_keys_name(const struct ps_keys *k, const struct ps_addr *addr)
{
	struct ps_bytes name = ps_arena_copy(k->a, addr->full);
	char *p = ps_arena_cstr(k->a, name);

	if (k->tool.policy->local_part_case)
		return name;
	for (size_t i = 0; i < name.len; i++)
		p[i] = (char)ps_lower(p[i]);
	return ps_bytes(p, name.len);
}

void
ps_keys_rules(
	struct ps_keys *k, const struct ps_addr *addr, struct ps_key_rules *out)
{
	ps_policy_key_rules_of(k->a, k->tool.policy, addr, out);
}

void
ps_keys_now(struct ps_keys *k, const struct ps_addr *addr,
	struct ps_cert_answer *out)
{
	struct ps_key_rules rules;
	const struct ps_cert_query q = {
		.addr = addr,
		.fold_local = !k->tool.policy->local_part_case,
		.all_subkeys = k->tool.policy->all_subkeys,
		.now_s = ps_now_s(k->wait.clock),
		.max_certs = MAX_CERTS,
		.wait = &k->wait,
		.rules = &rules,
	};
	const struct ps_certs *certs = &k->tool.daemon.certs;

	ps_keys_rules(k, addr, &rules);
	certs->find(certs->self, k->a, &q, out);
}

static enum ps_status
records_of(struct ps_keys *k, struct ps_keydir *d, const char *fpr,
	struct ps_key_found *out, const char **why)
{
	const struct ps_key_lookup q = {.fpr = &fpr, .n_fpr = 1};

	*out = (struct ps_key_found){0};
	return d == NULL ? PS_OK
			 : ps_keydir_records(d, k->a, &q, &k->wait, out, why);
}

enum ps_status
ps_keys_record(struct ps_keys *k, const char *fpr, struct ps_keys_cert *out,
	const char **why)
{
	struct ps_key_found local, found;
	enum ps_status s = records_of(k, k->place->local, fpr, &local, why);

	if (s == PS_OK)
		s = records_of(k, k->place->found, fpr, &found, why);
	if (s != PS_OK)
		return s;
	*out = (struct ps_keys_cert){
		.is_local = local.n_record > 0, .is_found = found.n_record > 0};
	if (out->is_local)
		out->record = local.record[0];
	else if (out->is_found)
		out->record = found.record[0];
	else
		*why = "there is no such certificate";
	return out->is_local || out->is_found ? PS_OK : PS_EPERM;
}

enum ps_status
ps_keys_octets(struct ps_keys *k, const char *fpr, struct ps_bytes *out,
	const char **why)
{
	struct ps_keys_cert cert;
	enum ps_status s = ps_keys_record(k, fpr, &cert, why);

	if (s != PS_OK)
		return s;
	return ps_keydir_octets(
		cert.is_local ? k->place->local : k->place->found, k->a, fpr,
		out, why);
}

/* For reports */

static int
by_fpr(const void *x, const void *y)
{
	const struct ps_keys_cert *a = x, *b = y;

	return strcmp(a->record.fpr, b->record.fpr);
}

static int
by_bond(const void *x, const void *y)
{
	const struct ps_key_bond *a = x, *b = y;
	int c = strcmp(a->fpr, b->fpr);
	size_t n = a->address.len < b->address.len ? a->address.len
						   : b->address.len;

	if (c == 0)
		c = memcmp(a->address.p, b->address.p, n);
	if (c == 0)
		c = a->address.len < b->address.len ? -1 : 1;
	return c;
}

static enum ps_status
add_all(struct ps_keys *k, struct ps_keydir *d, bool is_local,
	struct ps_keys_all *out, const char **why)
{
	const struct ps_key_lookup all = {.n_fpr = 0};
	struct ps_key_found found = {0};
	enum ps_status s = d == NULL ? PS_OK
				     : ps_keydir_records(d, k->a, &all,
					       &k->wait, &found, why);

	for (size_t i = 0; s == PS_OK && i < found.n_record; i++) {
		PS_GROW(k->a, out->cert, out->n_cert);
		out->cert[out->n_cert++] =
			(struct ps_keys_cert){.record = found.record[i],
				.is_local = is_local,
				.is_found = !is_local};
	}
	for (size_t i = 0; s == PS_OK && i < found.n_bad; i++) {
		struct ps_key_file *f;

		PS_GROW(k->a, out->bad, out->n_bad);
		f = &out->bad[out->n_bad++];
		*f = found.bad[i];
		f->name = ps_arena_printf(
			k->a, "%scerts/%s", is_local ? "" : "found/", f->name);
	}
	return s;
}

/* The administrator's copy counts where there are two. */
static void
merge(struct ps_keys_all *all)
{
	size_t n = 0;

	if (all->n_cert > 1)
		qsort(all->cert, all->n_cert, sizeof(*all->cert), by_fpr);
	for (size_t i = 0; i < all->n_cert; i++) {
		struct ps_keys_cert *c = &all->cert[i];

		if (n == 0 || by_fpr(&all->cert[n - 1], c) != 0) {
			all->cert[n++] = *c;
			continue;
		}
		if (c->is_local)
			all->cert[n - 1].record = c->record;
		all->cert[n - 1].is_local = true;
		all->cert[n - 1].is_found = true;
	}
	all->n_cert = n;
}

static enum ps_status
add_bonds(struct ps_keys *k, struct ps_keys_all *out, const char **why)
{
	const struct ps_key_book *book = &k->place->book;
	struct ps_bytes after = {0};
	struct ps_key_page *page = ps_arena_array(k->a, WALK, sizeof(*page));
	size_t n = WALK;
	enum ps_status s = PS_OK;

	while (s == PS_OK && n == WALK) {
		s = book->walk(book->self, k->a, after, WALK, page, &n, why);
		for (size_t i = 0; s == PS_OK && i < n; i++) {
			for (size_t b = 0; b < page[i].n_bond; b++) {
				PS_GROW(k->a, out->bond, out->n_bond);
				out->bond[out->n_bond++] = page[i].bond[b];
			}
			after = page[i].address;
		}
	}
	if (s == PS_OK && out->n_bond > 1)
		qsort(out->bond, out->n_bond, sizeof(*out->bond), by_bond);
	return s;
}

void
ps_keys_all_take(struct ps_keys_all *all, const struct ps_key_page *page)
{
	all->bond = page->bond;
	all->n_bond = page->n_bond;
	if (all->n_bond > 1)
		qsort(all->bond, all->n_bond, sizeof(*all->bond), by_bond);
}

enum ps_status
ps_keys_read_all(struct ps_keys *k, struct ps_keys_all *out, const char **why)
{
	enum ps_status s;

	*out = (struct ps_keys_all){0};
	s = add_all(k, k->place->local, true, out, why);
	if (s == PS_OK)
		s = add_all(k, k->place->found, false, out, why);
	if (s == PS_OK)
		s = add_bonds(k, out, why);
	if (s == PS_OK)
		merge(out);
	return s;
}

const struct ps_keys_cert *
ps_keys_all_cert(const struct ps_keys_all *all, const char *fpr)
{
	size_t low = 0, high = all->n_cert;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = strcmp(all->cert[mid].record.fpr, fpr);

		if (c == 0)
			return &all->cert[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const struct ps_key_bond *
ps_keys_all_bonds(const struct ps_keys_all *all, const char *fpr, size_t *n)
{
	size_t low = 0, high = all->n_bond;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(all->bond[mid].fpr, fpr) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	*n = 0;
	while (low + *n < all->n_bond &&
		strcmp(all->bond[low + *n].fpr, fpr) == 0)
		(*n)++;
	return *n == 0 ? NULL : &all->bond[low];
}
