/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys drop": a certificate goes, from the book first, for what the
 * book does not name of what was found is never used; then its files.
 */
#include <stdio.h>

#include "keys.h"
#include "keys_place.h"
#include "keys_trust.h"

/* *any: there was something. */
static enum ps_status
drop_bonds(struct ps_keys *k, const char *fpr, bool *any, const char **why)
{
	const struct ps_key_book *book = &k->place->book;
	struct ps_key_bond *bond;
	enum ps_status s;
	size_t n;

	s = book->by_fpr(book->self, k->a, fpr, &bond, &n, why);
	for (size_t i = 0; s == PS_OK && i < n; i++) {
		if (bond[i].trust == PS_TRUST_PINNED)
			s = ps_keys_say(
				k, bond[i].address, fpr, PS_ORDER_UNPIN, why);
		if (s == PS_OK)
			s = ps_keys_say(
				k, bond[i].address, fpr, PS_ORDER_DROP, why);
		*any = true;
	}
	return s;
}

static enum ps_status
drop_files(struct ps_keys *k, struct ps_keydir *d, const char *fpr, bool *any,
	const char **why)
{
	const struct ps_key_lookup q = {.fpr = &fpr, .n_fpr = 1};
	struct ps_key_found found;
	enum ps_status s;

	if (d == NULL)
		return PS_OK;
	s = ps_keydir_records(d, k->a, &q, &k->wait, &found, why);
	if (s != PS_OK || found.n_record == 0)
		return s;
	*any = true;
	return ps_keydir_drop(d, k->a, fpr, &k->wait, why);
}

static int
drop_one(struct ps_keys *k, const char *text)
{
	const char *why = NULL, *fpr = ps_keys_fpr(k->a, text);
	bool any = false;
	enum ps_status s;

	if (fpr == NULL)
		return ps_keys_fail(
			EX_USAGE, ps_keys_shown(k->a, text), PS_KEYS_NO_FPR);
	s = drop_bonds(k, fpr, &any, &why);
	if (s == PS_OK)
		s = drop_files(k, k->place->local, fpr, &any, &why);
	if (s == PS_OK)
		s = drop_files(k, k->place->found, fpr, &any, &why);
	if (s == PS_OK && !any) {
		s = PS_EPERM;
		why = "there is no such certificate";
	}
	if (s != PS_OK)
		return ps_keys_fail(
			s == PS_EPERM ? PS_KEYS_NOT_FOUND : EX_TEMPFAIL, fpr,
			why);
	printf("%s dropped\n", fpr);
	return EX_OK;
}

static int
drop(struct ps_keys *k)
{
	int r = EX_OK;

	for (int i = 0; i < k->argc; i++) {
		int one = drop_one(k, k->argv[i]);

		r = one == EX_OK ? r : one;
	}
	return r;
}

const struct ps_keys_action ps_keys_drop = {
	.name = "drop",
	.usage = "FINGERPRINT...",
	.min = 1,
	.max = INT_MAX,
	.run = drop,
};
