/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys pin|unpin|trust|reject": what the administrator says, into
 * the book.
 */
#include "keys_trust.h"

#include <stdio.h>

#include "keys.h"
#include "keys_place.h"

#define TRIES 8 /* against writers that are faster */

enum ps_status
ps_keys_say(struct ps_keys *k, struct ps_bytes name, const char *fpr,
	enum ps_trust_order order, const char **why)
{
	const struct ps_key_book *book = &k->place->book;
	enum ps_status s = PS_EBUSY;

	for (int i = 0; s == PS_EBUSY && i < TRIES; i++) {
		struct ps_key_change change;
		struct ps_key_page page;

		s = book->read(book->self, k->a, name, &page, why);
		if (s == PS_OK)
			s = ps_trust_order(k->a, &page, name, fpr, order,
				ps_now_s(k->wait.clock), &change, why);
		if (s == PS_OK)
			s = book->write(
				book->self, k->a, &change, page.serial, why);
	}
	if (s == PS_EBUSY)
		*why = "somebody else keeps changing it: try again";
	return s;
}

/* A pin may come first; it is said, for mail waits for the certificate. */
static void
warn_if_missing(struct ps_keys *k, const char *fpr)
{
	struct ps_keys_cert cert;
	const char *why = NULL;

	if (ps_keys_record(k, fpr, &cert, &why) == PS_EPERM)
		fprintf(stderr,
			"postseal: %s: warning: this certificate is not here "
			"yet: import or fetch it\n",
			fpr);
}

static int
order(struct ps_keys *k, enum ps_trust_order which, const char *done)
{
	const char *why = NULL, *fpr = ps_keys_fpr(k->a, k->argv[1]);
	const char *shown = ps_keys_shown(k->a, k->argv[0]);
	struct ps_addr addr;
	enum ps_status s;

	if (!ps_keys_addr(k->a, k->argv[0], &addr))
		return EX_USAGE;
	if (fpr == NULL)
		return ps_keys_fail(EX_USAGE, ps_keys_shown(k->a, k->argv[1]),
			PS_KEYS_NO_FPR);
	s = ps_keys_say(k, ps_keys_name(k, &addr), fpr, which, &why);
	if (s != PS_OK)
		return ps_keys_fail(
			s == PS_EPERM ? PS_KEYS_NOT_FOUND : EX_TEMPFAIL,
			ps_arena_printf(k->a, "%s, key %s", shown, fpr), why);
	printf("%s %s for %s\n", fpr, done, shown);
	if (which != PS_ORDER_REJECT)
		warn_if_missing(k, fpr);
	return EX_OK;
}

static int
pin(struct ps_keys *k)
{
	return order(k, PS_ORDER_PIN, "pinned");
}

static int
trust(struct ps_keys *k)
{
	return order(k, PS_ORDER_TRUST, "trusted");
}

static int
reject(struct ps_keys *k)
{
	return order(k, PS_ORDER_REJECT, "rejected");
}

/* Without a fingerprint: whatever is pinned. */
static int
unpin(struct ps_keys *k)
{
	const struct ps_key_book *book = &k->place->book;
	const char *why = NULL;
	struct ps_key_page page;
	struct ps_addr addr;
	enum ps_status s;
	size_t n = 0;

	if (k->argc == 2)
		return order(k, PS_ORDER_UNPIN, "unpinned");
	if (!ps_keys_addr(k->a, k->argv[0], &addr))
		return EX_USAGE;
	s = book->read(book->self, k->a, ps_keys_name(k, &addr), &page, &why);
	for (size_t i = 0; s == PS_OK && i < page.n_bond; i++) {
		if (page.bond[i].trust != PS_TRUST_PINNED)
			continue;
		s = ps_keys_say(k, ps_keys_name(k, &addr), page.bond[i].fpr,
			PS_ORDER_UNPIN, &why);
		if (s == PS_OK)
			printf("%s unpinned for %s\n", page.bond[i].fpr,
				ps_keys_shown(k->a, k->argv[0]));
		n++;
	}
	if (s == PS_OK && n > 0)
		return EX_OK;
	return ps_keys_fail(s == PS_OK ? PS_KEYS_NOT_FOUND : EX_TEMPFAIL,
		ps_keys_shown(k->a, k->argv[0]),
		s == PS_OK ? "nothing is pinned for this address" : why);
}

const struct ps_keys_action ps_keys_pin = {
	.name = "pin",
	.usage = "ADDRESS FINGERPRINT",
	.min = 2,
	.max = 2,
	.run = pin,
};
const struct ps_keys_action ps_keys_unpin = {
	.name = "unpin",
	.usage = "ADDRESS [FINGERPRINT]",
	.min = 1,
	.max = 2,
	.run = unpin,
};
const struct ps_keys_action ps_keys_trust = {
	.name = "trust",
	.usage = "ADDRESS FINGERPRINT",
	.min = 2,
	.max = 2,
	.run = trust,
};
const struct ps_keys_action ps_keys_reject = {
	.name = "reject",
	.usage = "ADDRESS FINGERPRINT",
	.min = 2,
	.max = 2,
	.run = reject,
};
