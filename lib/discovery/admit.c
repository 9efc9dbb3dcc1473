/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What was found becomes known.  Files first, the book last: what the book
 * does not name is never used, so that a crash between the two leaves a file
 * that nobody asks for.
 */
#include "discovery/discovery_parts.h"
#include "base/str.h"
#include "discovery/hash.h"
#include "discovery/trust.h"

/* Writers of one page that meet; each finds it changed at most so often. */
#define TRIES	   8
#define NEAR_END_S ((int64_t)30 * 86400)
#define AT_LEAST_S 3600

struct admitting {
	const struct ps_looking *l;
	struct ps_looked *k;
	struct ps_key_page page;
	struct ps_finding finding;
	struct ps_key_change change;
	const char *why;
};

/* All of one domain are not to be due at once. */
static int64_t
jittered(const struct ps_looking *l, int64_t span_s)
{
	span_s -= (int64_t)(ps_hash((uint64_t)l->origin, l->name) %
			    (uint64_t)(span_s / 16 + 1));
	return span_s > 0 ? span_s : 1;
}

/* A key that ends soon has often a successor by then, or a new date. */
static int64_t
due_of_found(
	const struct ps_looking *l, const struct ps_looked *k, int64_t now_s)
{
	int64_t span_s = l->d->env.found_s;

	for (size_t i = 0; i < k->n_cert; i++) {
		int64_t left_s = k->cert[i].ends_s - now_s;

		if (k->cert[i].ends_s == 0 || *k->cert[i].reason != '\0' ||
			left_s > NEAR_END_S)
			continue;
		left_s = left_s / 4 > AT_LEAST_S ? left_s / 4 : AT_LEAST_S;
		if (left_s < span_s)
			span_s = left_s;
	}
	return now_s + jittered(l, span_s);
}

static int64_t
due_of(const struct ps_looking *l, const struct ps_looked *k, int64_t now_s)
{
	if (k->due_s != 0)
		return k->due_s;
	switch (k->outcome) {
	case PS_LOOK_FOUND:
		return due_of_found(l, k, now_s);
	case PS_LOOK_DNS:
	case PS_LOOK_TROUBLE:
		return now_s + jittered(l, l->d->env.trouble_s);
	case PS_LOOK_ABSENT:
	case PS_LOOK_REFUSED:
	case PS_LOOK_UNUSABLE:
		break;
	}
	return now_s + jittered(l, l->d->env.absent_s);
}

static enum ps_status
describe(struct admitting *ad)
{
	const struct ps_looking *l = ad->l;
	const struct ps_looked *k = ad->k;
	const struct ps_cert_query named = {
		.addr = l->addr,
		.fold_local = l->d->env.fold_local,
		.wait = l->wait,
	};
	int64_t now_s = ps_now_s(l->d->env.clock);
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
	const char **fpr = ps_arena_array(l->a, k->n_cert + 1, sizeof(*fpr));

	ad->finding = (struct ps_finding){
		.name = l->name,
		.origin = l->origin,
		.outcome = k->outcome,
		.fpr = fpr,
		.text = k->text,
		.dated_s = l->dated_s,
		.now_s = now_s,
		.due_s = due_of(l, k, now_s),
	};
	for (size_t i = 0; i < k->n_cert; i++) {
		if (*k->cert[i].reason == '\0')
			fpr[ad->finding.n_fpr++] = k->cert[i].fpr;
	}
	return ps_keydir_which(l->d->env.local, l->a, &named,
		&ad->finding.local, &ad->finding.n_local, &ad->why);
}

static const struct ps_key_bond *
bond_of(const struct ps_key_bond *b, size_t n, const char *fpr)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(b[i].fpr, fpr) == 0)
			return &b[i];
	}
	return NULL;
}

/* As the book will say. */
static const struct ps_key_bond *
new_bond(const struct admitting *ad, const char *fpr)
{
	const struct ps_key_bond *b =
		bond_of(ad->change.put, ad->change.n_put, fpr);

	return b != NULL ? b : bond_of(ad->page.bond, ad->page.n_bond, fpr);
}

static void
keep_report(void *self, const struct ps_import *line)
{
	struct admitting *ad = self;

	if (!line->stored)
		ad->why = ps_arena_strdup(ad->l->a, line->text);
}

static enum ps_status
import(struct admitting *ad, struct ps_keydir *to, struct ps_bytes octets)
{
	const struct ps_key_source source = {
		ps_key_origin_name(ad->l->origin), octets};
	const struct ps_import_job job = {
		.source = &source,
		.n_source = 1,
		.self = ad,
		.report = keep_report,
	};
	const char *why = NULL;
	enum ps_status s;

	ad->why = NULL;
	s = ps_keydir_import(to, ad->l->a, &job, ad->l->wait, &why);
	if (s != PS_OK)
		ad->why = why;
	return s == PS_OK && ad->why != NULL ? PS_EPERM : s;
}

static enum ps_status
is_held(struct admitting *ad, struct ps_keydir *dir, const char *fpr,
	bool *held)
{
	const struct ps_cert_query q = {
		.pin = &fpr, .n_pin = 1, .wait = ad->l->wait};
	const char *const *ignored;
	size_t n = 0;
	enum ps_status s =
		ps_keydir_which(dir, ad->l->a, &q, &ignored, &n, &ad->why);

	*held = n > 0;
	return s;
}

/*
 * A certificate that can be used is kept when the book is to name it; one that
 * cannot, only as news of one that is there already: it may be revoked.
 */
static enum ps_status
keep(struct admitting *ad, struct ps_candidate *c)
{
	struct ps_keydir *local = ad->l->d->env.local;
	struct ps_keydir *found = ad->l->d->env.found;
	bool is_local = false, is_found = false;
	enum ps_status s;

	if (c->is_kept)
		return PS_OK;
	s = is_held(ad, local, c->fpr, &is_local);
	if (s == PS_OK)
		s = is_held(ad, found, c->fpr, &is_found);
	if (s == PS_OK && *c->reason == '\0' && new_bond(ad, c->fpr) != NULL)
		is_found = true;
	if (s == PS_OK && is_found)
		s = import(ad, found, c->octets);
	if (s == PS_OK && is_local)
		s = import(ad, local, c->octets);
	c->is_kept = s == PS_OK && is_found;
	return s;
}

/* Mail asked just now, and the page did not exist to say so. */
static void
mark_used(struct admitting *ad)
{
	struct ps_key_look *look;

	if (!ad->l->mail || ad->change.n_look == 0)
		return;
	look = ps_arena_array(ad->l->a, ad->change.n_look, sizeof(*look));
	for (size_t i = 0; i < ad->change.n_look; i++) {
		look[i] = ad->change.look[i];
		look[i].used_s = ad->finding.now_s;
	}
	ad->change.look = look;
}

/* Nothing to be remembered: an offer that is older than what is known. */
static bool
is_nothing(const struct ps_key_change *c)
{
	return c->n_put == 0 && c->n_remove == 0 && c->n_look == 0 &&
	       c->n_event == 0;
}

static enum ps_status
try_once(struct admitting *ad)
{
	const struct ps_looking *l = ad->l;
	const struct ps_key_book *book = l->d->env.book;
	enum ps_status s =
		book->read(book->self, l->a, l->name, &ad->page, &ad->why);

	if (s != PS_OK)
		return s;
	ps_trust_admit(l->a, &ad->page, &ad->finding, l->rules, &ad->change);
	ad->change.address = l->name;
	if (is_nothing(&ad->change))
		return PS_OK;
	mark_used(ad);
	for (size_t i = 0; s == PS_OK && i < ad->k->n_cert; i++)
		s = keep(ad, &ad->k->cert[i]);
	if (s != PS_OK)
		return s == PS_EBUSY ? PS_ETEMP : s; /* not the book's */
	return book->write(
		book->self, l->a, &ad->change, ad->page.serial, &ad->why);
}

static void
tell(const struct admitting *ad)
{
	struct ps_looked *k = ad->k;

	k->event = ad->change.event;
	k->n_event = ad->change.n_event;
	k->look = (struct ps_key_look){
		.address = ad->l->name,
		.origin = ad->l->origin,
		.outcome = k->outcome,
		.at_s = ad->finding.now_s,
		.due_s = ad->finding.due_s,
		.text = k->text,
	};
	for (size_t i = 0; i < ad->finding.n_fpr; i++) {
		const struct ps_key_bond *b = new_bond(ad, ad->finding.fpr[i]);

		k->serves = k->serves ||
			    (b != NULL && ps_trust_use(b, ad->l->rules) ==
						  PS_USE_USE);
	}
}

void
ps_discovery_admit(const struct ps_looking *l, struct ps_looked *out)
{
	struct admitting ad = {.l = l, .k = out, .why = "unknown"};
	enum ps_status s = describe(&ad);

	if (s == PS_OK)
		s = PS_EBUSY;
	for (int i = 0; s == PS_EBUSY && i < TRIES; i++)
		s = try_once(&ad);
	if (s != PS_OK) {
		out->ours = ps_arena_printf(
			l->a, "what was found could not be kept: %s", ad.why);
		return;
	}
	tell(&ad);
	ps_discovery_log_events(l, out);
}
