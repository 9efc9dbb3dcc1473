/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The judging of one certificate: what speaks against the whole of it first,
 * then what speaks against the name, then its subkeys.
 */
#include "keys/cert_judge.h"

#include <stdlib.h>

#include "openpgp/cert_raw.h"

static bool
is_over(int64_t expires_s, int64_t now_s)
{
	return expires_s != 0 && expires_s <= now_s;
}

static const char *
dated(struct ps_arena *a, const struct ps_key_record *r, const char *what,
	int64_t when_s)
{
	char date[16];

	ps_date(when_s, date);
	return ps_arena_printf(
		a, "key %s %s %s", ps_cert_short(a, r->fpr), what, date);
}

static const char *
plain(struct ps_arena *a, const struct ps_key_record *r, const char *what)
{
	return ps_arena_printf(a, "key %s %s", ps_cert_short(a, r->fpr), what);
}

static bool
judge_whole(struct ps_arena *a, const struct ps_key_record *r, int64_t now_s,
	struct ps_cert_verdict *v)
{
	if (r->version != 4) {
		v->reason = "unsupported-version";
		v->text = ps_arena_printf(a,
			"key %s is of version %d, and only version 4 is "
			"supported",
			ps_cert_short(a, r->fpr), r->version);
	} else if (r->revoked) {
		v->reason = "revoked";
		v->text = plain(a, r, "is revoked");
	} else if (r->invalid) {
		v->reason = "invalid";
		v->text = ps_arena_printf(a, "key %s is invalid: %s",
			ps_cert_short(a, r->fpr),
			r->note == NULL ? "no self-signature that gpg accepts"
					: r->note);
	} else if (is_over(r->expires_s, now_s)) {
		v->reason = "expired";
		v->text = dated(a, r, "expired", r->expires_s);
	} else if (r->created_s > now_s) {
		v->reason = "invalid";
		v->text = dated(a, r, "is not valid before", r->created_s);
	}
	return *v->reason == '\0';
}

static bool
names(const struct ps_key_uid *u, const struct ps_addr *addr, bool fold_local)
{
	/* The index has already matched; a wrong row must not be believed. */
	return fold_local ? ps_bytes_ieq(u->address, addr->full)
			  : ps_bytes_eq(u->address, addr->full);
}

static bool
judge_name(struct ps_arena *a, const struct ps_key_record *r,
	const struct ps_addr *addr, bool fold_local, int64_t now_s,
	struct ps_cert_verdict *v)
{
	const struct ps_key_uid *expired = NULL;
	bool revoked = false;

	for (size_t i = 0; i < r->n_uid; i++) {
		const struct ps_key_uid *u = &r->uid[i];

		if (addr != NULL && !names(u, addr, fold_local))
			continue;
		revoked = revoked || u->revoked;
		if (u->revoked || u->invalid)
			continue;
		if (!is_over(u->expires_s, now_s))
			return true;
		expired = u;
	}
	if (expired != NULL) {
		v->reason = "expired";
		v->text = dated(
			a, r, "has a user id that expired", expired->expires_s);
		return false;
	}
	v->reason = revoked ? "uid-revoked" : "invalid";
	v->text = plain(a, r,
		revoked	       ? "has revoked this user id"
		: addr == NULL ? "has no valid user id"
			       : "has no valid user id for this address");
	return false;
}

static bool
can_ever(const struct ps_key_subkey *k)
{
	return k->can_encrypt && !k->revoked && !k->invalid && k->file_size > 0;
}

static bool
usable(const struct ps_key_subkey *k, int64_t now_s)
{
	return can_ever(k) && k->created_s <= now_s &&
	       !is_over(k->expires_s, now_s);
}

static int
newest_first(const void *x, const void *y)
{
	const struct ps_key_subkey *const *a = x, *const *b = y;

	if ((*a)->created_s != (*b)->created_s)
		return (*a)->created_s < (*b)->created_s ? 1 : -1;
	return strcmp((*a)->fpr, (*b)->fpr);
}

/* Why not the newest encryption subkey, when none can be used? */
static void
blame_subkey(struct ps_arena *a, const struct ps_key_record *r, int64_t now_s,
	struct ps_cert_verdict *v)
{
	const struct ps_key_subkey *k = NULL;

	for (size_t i = 0; i < r->n_subkey; i++) {
		const struct ps_key_subkey *next = &r->subkey[i];

		if (next->can_encrypt && !next->invalid &&
			(k == NULL || newest_first(&k, &next) > 0))
			k = next;
	}
	if (k == NULL) {
		v->reason = "no-encryption-subkey";
		v->text = plain(a, r, "has no encryption subkey");
	} else if (k->revoked) {
		v->reason = "revoked";
		v->text = plain(a, r, "has revoked its encryption subkey");
	} else if (is_over(k->expires_s, now_s)) {
		v->reason = "expired";
		v->text = dated(a, r, "has an encryption subkey that expired",
			k->expires_s);
	} else if (k->created_s > now_s) {
		v->reason = "invalid";
		v->text = dated(a, r,
			"has an encryption subkey that is not valid before",
			k->created_s);
	} else {
		v->reason = "invalid";
		v->text = plain(a, r, "has no minimal certificate");
	}
}

struct ps_cert_verdict
ps_cert_judge(struct ps_arena *a, const struct ps_key_record *r,
	const struct ps_addr *addr, bool fold_local, int64_t now_s)
{
	struct ps_cert_verdict v = {.reason = "", .text = ""};

	if (!judge_whole(a, r, now_s, &v) ||
		!judge_name(a, r, addr, fold_local, now_s, &v))
		return v;
	/* NOLINTBEGIN(bugprone-sizeof-expression): an array of pointers */
	v.subkey = ps_arena_array(a, r->n_subkey + 1, sizeof(*v.subkey));
	for (size_t i = 0; i < r->n_subkey; i++) {
		if (usable(&r->subkey[i], now_s))
			v.subkey[v.n_subkey++] = &r->subkey[i];
	}
	qsort(v.subkey, v.n_subkey, sizeof(*v.subkey), newest_first);
	/* NOLINTEND(bugprone-sizeof-expression) */
	if (v.n_subkey == 0)
		blame_subkey(a, r, now_s, &v);
	return v;
}

bool
ps_cert_names(const struct ps_key_record *r, const struct ps_addr *addr,
	bool fold_local, int64_t now_s)
{
	if (r->version != 4 || r->revoked || r->invalid ||
		is_over(r->expires_s, now_s) || r->created_s > now_s)
		return false;
	for (size_t i = 0; i < r->n_uid; i++) {
		const struct ps_key_uid *u = &r->uid[i];

		if (u->address.len > 0 && names(u, addr, fold_local) &&
			!u->revoked && !u->invalid &&
			!is_over(u->expires_s, now_s))
			return true;
	}
	return false;
}

static int64_t
end_of(int64_t expires_s)
{
	return expires_s == 0 ? PS_KEY_NEVER_ENDS : expires_s;
}

static int64_t
earlier(int64_t x, int64_t y)
{
	return x < y ? x : y;
}

int64_t
ps_cert_ends(const struct ps_key_record *r, const struct ps_key_uid *uid)
{
	int64_t last = 0;

	if (r->version != 4 || r->revoked || r->invalid || uid->revoked ||
		uid->invalid)
		return 0;
	for (size_t i = 0; i < r->n_subkey; i++) {
		const struct ps_key_subkey *k = &r->subkey[i];

		if (can_ever(k) && end_of(k->expires_s) > last)
			last = end_of(k->expires_s);
	}
	return earlier(
		last, earlier(end_of(r->expires_s), end_of(uid->expires_s)));
}
