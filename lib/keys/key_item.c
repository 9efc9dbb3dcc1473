/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From packets and the engine's word to records and minimal certificates.
 */
#include "keys/key_item.h"

#include "base/buf.h"
#include "mail/addr.h"
#include "openpgp/cert_fpr.h"
#include "openpgp/cert_sig.h"
#include "openpgp/cert_trim.h"

/* Names that are indexed of what the engine did not confirm. */
#define CLAIMED_MAX 10000

static void
put_uid(struct ps_arena *a, struct ps_key_record *r, struct ps_bytes text,
	bool revoked, bool invalid)
{
	struct ps_addr addr;
	const char *ignored;
	struct ps_key_uid *u;

	PS_GROW(a, r->uid, r->n_uid);
	u = &r->uid[r->n_uid++];
	*u = (struct ps_key_uid){
		.text = text, .revoked = revoked, .invalid = invalid};
	if (ps_addr_user_id(a, text, &addr, &ignored) == PS_OK)
		u->address = addr.full;
}

/* All that can be said without the engine. */
static void
claim(struct ps_arena *a, struct ps_key_item *it, const char *note)
{
	struct ps_key_record *r = &it->record;

	*r = (struct ps_key_record){
		.version = it->raw.version,
		.created_s = it->raw.created_s,
		.invalid = true,
		.note = note,
	};
	memcpy(r->fpr, it->raw.fpr, sizeof(r->fpr));
	for (size_t i = 0; i < it->raw.n_uid && i < CLAIMED_MAX; i++)
		put_uid(a, r, it->raw.uid[i], false, true);
	it->whole = it->raw.octets;
	it->n_minimal = 0;
	it->asked = true;
}

static bool
has_subkey(const struct ps_key_record *r, const char *fpr)
{
	for (size_t i = 0; i < r->n_subkey; i++) {
		if (strcmp(r->subkey[i].fpr, fpr) == 0)
			return true;
	}
	return false;
}

static void
put_subkey(struct ps_arena *a, struct ps_key_record *r,
	const struct ps_subkey_info *info)
{
	struct ps_key_subkey *k;

	if (has_subkey(r, info->fpr))
		return;
	PS_GROW(a, r->subkey, r->n_subkey);
	k = &r->subkey[r->n_subkey++];
	*k = (struct ps_key_subkey){
		.key_id = ps_cert_key_id(info->fpr),
		.created_s = info->created_s,
		.expires_s = info->expires_s,
		.revoked = info->revoked,
		.can_encrypt = info->can_encrypt,
		.invalid = info->invalid,
	};
	memcpy(k->fpr, info->fpr, sizeof(info->fpr));
}

/* The one that lives longest: gpg refuses a file with an expired one. */
static const struct ps_key_uid *
best_uid(const struct ps_key_record *r)
{
	const struct ps_key_uid *best = NULL;

	for (size_t i = 0; i < r->n_uid; i++) {
		const struct ps_key_uid *u = &r->uid[i];

		if (u->revoked || u->invalid)
			continue;
		if (best == NULL ||
			(best->expires_s != 0 &&
				(u->expires_s == 0 ||
					u->expires_s > best->expires_s)))
			best = u;
	}
	return best;
}

/* A signature may end before what it binds, and the engine tells only of the
 * latter. */
static void
shorten(struct ps_key_item *it)
{
	struct ps_key_record *r = &it->record;

	for (size_t i = 0; i < r->n_uid; i++)
		r->uid[i].expires_s =
			ps_cert_uid_end(it->whole, r->fpr, r->uid[i].text);
	for (size_t i = 1; i < r->n_subkey; i++) {
		struct ps_key_subkey *k = &r->subkey[i];
		int64_t end = ps_cert_subkey_end(it->whole, r->fpr, k->fpr);

		if (end != 0 && (k->expires_s == 0 || end < k->expires_s))
			k->expires_s = end;
	}
}

/* One minimal certificate for each key that mail might be sealed to. */
static void
cut_minimal(struct ps_arena *a, struct ps_key_item *it)
{
	struct ps_key_record *r = &it->record;
	const struct ps_key_uid *uid = best_uid(r);
	struct ps_key_minimal *m;
	const char *ignored;

	if (uid == NULL || r->revoked || r->invalid)
		return;
	for (size_t i = 0; i < r->n_subkey; i++) {
		struct ps_key_subkey *k = &r->subkey[i];
		struct ps_bytes octets;

		if (!k->can_encrypt || k->revoked || k->invalid)
			continue;
		if (ps_cert_cut(a, it->whole, uid->text, k->fpr, &octets,
			    &ignored) != PS_OK) {
			k->invalid = true;
			continue;
		}
		k->file_size = (int64_t)octets.len;
		PS_GROW(a, it->minimal, it->n_minimal);
		m = &it->minimal[it->n_minimal++];
		m->name = ps_arena_printf(a, "%s-%s.pgp", r->fpr, k->fpr);
		m->octets = octets;
	}
}

static void
confirm(struct ps_arena *a, struct ps_key_item *it,
	const struct ps_cert_info *info)
{
	struct ps_key_record *r = &it->record;

	*r = (struct ps_key_record){
		.version = it->raw.version,
		.created_s = info->created_s,
		.expires_s = info->expires_s,
		.revoked = info->revoked,
		.invalid = info->invalid,
	};
	memcpy(r->fpr, it->raw.fpr, sizeof(r->fpr));
	for (size_t i = 0; i < info->n_subkey; i++)
		put_subkey(a, r, &info->subkey[i]);
	for (size_t i = 0; i < info->n_uid; i++)
		put_uid(a, r, info->uid[i].text, info->uid[i].revoked,
			info->uid[i].invalid);
	for (size_t i = 0; i < it->n_left; i++)
		put_uid(a, r, it->left[i], false, true);
	it->whole = info->cleaned.len > 0 ? info->cleaned : it->octets;
	it->n_minimal = 0;
	it->asked = true;
	shorten(it);
	cut_minimal(a, it);
}

static struct ps_bytes
join(struct ps_arena *a, const struct ps_key_item *item, size_t n)
{
	size_t len = 0, at = 0;
	char *p;

	for (size_t i = 0; i < n; i++)
		len += item[i].asked ? 0 : item[i].octets.len;
	p = ps_arena_alloc(a, len + 1);
	for (size_t i = 0; i < n; i++) {
		if (item[i].asked)
			continue;
		memcpy(p + at, item[i].octets.p, item[i].octets.len);
		at += item[i].octets.len;
	}
	return ps_bytes(p, len);
}

static void
take_info(struct ps_arena *a, struct ps_key_item *item, size_t n,
	const struct ps_cert_info *info)
{
	for (size_t i = 0; i < n; i++) {
		if (item[i].raw.version != 4 || item[i].asked ||
			strcmp(item[i].raw.fpr, info->fpr) != 0)
			continue;
		confirm(a, &item[i], info);
		return;
	}
}

static enum ps_status
ask(struct ps_arena *a, struct ps_key_item *item, size_t n,
	const struct ps_engine *engine, const struct ps_wait *wait,
	const char **why)
{
	struct ps_bytes octets = join(a, item, n);
	struct ps_cert_info *info = NULL;
	size_t n_info = 0;
	enum ps_status s;

	if (octets.len == 0)
		return PS_OK;
	s = engine->read_certs(
		engine->self, a, octets, wait, &info, &n_info, why);
	for (size_t i = 0; s == PS_OK && i < n_info; i++)
		take_info(a, item, n, &info[i]);
	return s;
}

/* What makes a certificate's own engine call fail may be the certificate. */
static bool
may_be_the_octets(enum ps_status s, const struct ps_wait *wait)
{
	return s == PS_EPERM || s == PS_ETEMP ||
	       (s == PS_ELATE && ps_wait_left(wait) > 0);
}

/*
 * Ask about each alone: the engine said nothing of it among others, or failed
 * for all of them.
 */
static enum ps_status
ask_apart(struct ps_arena *a, struct ps_key_item *item, size_t n,
	const struct ps_engine *engine, const struct ps_wait *wait,
	const char **why)
{
	bool works = false;
	enum ps_status s, failure = PS_OK;

	for (size_t i = 0; i < n; i++)
		works = works || (item[i].raw.version == 4 && item[i].asked &&
					 item[i].raw.broken == NULL);
	for (size_t i = 0; i < n; i++) {
		if (item[i].asked)
			continue;
		s = ask(a, &item[i], 1, engine, wait, why);
		if (s == PS_OK) {
			works = true;
			if (!item[i].asked)
				claim(a, &item[i],
					"no self-signature that gpg "
					"accepts");
		} else if (may_be_the_octets(s, wait)) {
			failure = s;
		} else {
			return s;
		}
	}
	if (failure != PS_OK && !works)
		return failure;
	ps_key_items_doubt(a, item, n);
	return PS_OK;
}

static void
leave(struct ps_arena *a, struct ps_key_item *it, struct ps_bytes uid)
{
	if (it->n_left >= CLAIMED_MAX)
		return;
	PS_GROW(a, it->left, it->n_left);
	it->left[it->n_left++] = uid;
}

/*
 * Every copy brought down to what sealing needs, so that no engine hangs.  NULL
 * or why that cannot be: then the whole of it is invalid, for the copy that is
 * not read might be the one with the revocation.
 */
static const char *
trim(struct ps_arena *a, struct ps_key_item *it)
{
	struct ps_cert_raws copies;
	struct ps_cert_trimmed t;
	struct ps_buf all;
	const char *why = NULL;

	ps_cert_raw_split(a, it->octets, &copies);
	ps_buf_init(&all, it->octets.len);
	it->n_left = 0;
	for (size_t i = 0; i < copies.n_cert; i++) {
		why = copies.cert[i].broken;
		if (why != NULL ||
			ps_cert_trim(a, copies.cert[i].octets,
				&ps_cert_trim_default, &t, &why) != PS_OK)
			break;
		ps_buf_put(&all, t.octets);
		for (size_t k = 0; k < t.n_left_uid; k++)
			leave(a, it, t.left_uid[k]);
	}
	if (why == NULL)
		it->octets = ps_arena_copy(a, ps_buf_bytes(&all));
	ps_buf_free(&all);
	return why;
}

void
ps_key_items_doubt(struct ps_arena *a, struct ps_key_item *item, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!item[i].asked)
			claim(a, &item[i], "gpg fails on it");
	}
}

enum ps_status
ps_key_items_learn(struct ps_arena *a, struct ps_key_item *item, size_t n,
	const struct ps_engine *engine, const struct ps_wait *wait,
	const char **why)
{
	bool engine_needed = false;
	enum ps_status s;

	for (size_t i = 0; i < n; i++) {
		const char *no =
			item[i].raw.version != 4     ? "unsupported version"
			: item[i].raw.broken != NULL ? item[i].raw.broken
						     : trim(a, &item[i]);

		item[i].asked = false;
		if (no != NULL)
			claim(a, &item[i], no);
		else
			engine_needed = true;
	}
	if (!engine_needed)
		return PS_OK;
	if (engine == NULL) {
		*why = "certificates must be read, and no engine is there";
		return PS_ETEMP;
	}
	s = ask(a, item, n, engine, wait, why);
	if (s != PS_OK && (n == 1 || !may_be_the_octets(s, wait)))
		return s;
	return ask_apart(a, item, n, engine, wait, why);
}
