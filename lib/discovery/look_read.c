/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From a stranger's octets to certificates that the engine knows: only user
 * ids of the address that was asked for come as far as the engine.  Touches no
 * file and no book.
 */
#include "discovery/discovery_parts.h"
#include "base/str.h"
#include "keys/cert_judge.h"
#include "keys/key_item.h"
#include "openpgp/cert_trim.h"

struct wanted {
	const struct ps_looking *l;
};

static bool
wants_uid(void *self, struct ps_bytes uid)
{
	const struct wanted *w = self;

	return ps_addr_user_id_is(uid, w->l->addr, w->l->d->env.fold_local);
}

/* The first reason is the one that is told. */
static void
blame(const struct ps_looking *l, struct ps_looked *out, const char *text)
{
	if (*out->text == '\0')
		out->text = ps_str_printable(l->a, ps_bytes_of(text), 300);
}

static bool
is_there(const struct ps_key_item *item, size_t n, const char *fpr)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(item[i].raw.fpr, fpr) == 0)
			return true;
	}
	return false;
}

/* NULL, or why this one does not even come to the engine. */
static const char *
trim(const struct ps_looking *l, struct ps_bytes octets,
	struct ps_key_item *item)
{
	struct wanted w = {l};
	struct ps_cert_trim how = ps_cert_trim_default;
	struct ps_cert_trimmed trimmed;
	struct ps_cert_raws split;
	const char *why = "unknown";
	enum ps_status s;

	how.max_octets = PS_SOURCE_MAX_OCTETS;
	how.wants_uid = wants_uid;
	how.self = &w;
	s = ps_cert_trim(l->a, octets, &how, &trimmed, &why);
	if (s != PS_OK)
		return why;
	ps_cert_raw_split(l->a, trimmed.octets, &split);
	if (split.n_cert != 1)
		return "no certificate";
	*item = (struct ps_key_item){
		.raw = split.cert[0], .octets = split.cert[0].octets};
	return NULL;
}

static size_t
collect(const struct ps_looking *l, struct ps_bytes octets,
	struct ps_key_item *item, struct ps_looked *out)
{
	struct ps_cert_raws split;
	size_t n = 0;

	ps_cert_raw_split(l->a, octets, &split);
	for (size_t i = 0; i < split.n_cert && n < PS_SOURCE_MAX_CERTS; i++) {
		const char *no = NULL;

		if (is_there(item, n, split.cert[i].fpr))
			continue;
		no = trim(l, split.cert[i].octets, &item[n]);
		if (no == NULL)
			n++;
		else
			blame(l, out, no);
	}
	if (split.n_cert == 0)
		blame(l, out,
			split.left_out != NULL ? split.left_out
					       : "no certificate");
	return n;
}

static int64_t
sooner(int64_t x, int64_t y)
{
	return x == 0 || (y != 0 && y < x) ? y : x;
}

/* When none of its subkeys can be used any longer for this address. */
static int64_t
end_of(const struct ps_looking *l, const struct ps_key_record *r,
	const struct ps_cert_verdict *v)
{
	int64_t last = v->subkey[0]->expires_s, uid = -1;

	for (size_t i = 1; i < v->n_subkey && last != 0; i++) {
		if (v->subkey[i]->expires_s == 0 ||
			v->subkey[i]->expires_s > last)
			last = v->subkey[i]->expires_s;
	}
	for (size_t i = 0; i < r->n_uid; i++) {
		const struct ps_key_uid *u = &r->uid[i];

		if (u->revoked || u->invalid || uid == 0 ||
			!ps_bytes_ieq(u->address, l->addr->full))
			continue;
		if (u->expires_s == 0 || u->expires_s > uid)
			uid = u->expires_s;
	}
	return sooner(sooner(last, r->expires_s), uid < 0 ? 0 : uid);
}

/* Rubbish, as far as anyone can tell? */
static bool
is_rubbish(const struct ps_cert_verdict *v)
{
	return strcmp(v->reason, "invalid") == 0 ||
	       strcmp(v->reason, "unsupported-version") == 0;
}

static void
judge(const struct ps_looking *l, const struct ps_key_item *item,
	struct ps_looked *out)
{
	struct ps_cert_verdict v = ps_cert_judge(l->a, &item->record, l->addr,
		l->d->env.fold_local, ps_now_s(l->d->env.clock));
	struct ps_candidate *c;

	if (v.n_subkey == 0)
		blame(l, out, v.text);
	if (v.n_subkey == 0 && is_rubbish(&v))
		return;
	PS_GROW(l->a, out->cert, out->n_cert);
	c = &out->cert[out->n_cert++];
	*c = (struct ps_candidate){
		.fpr = item->record.fpr,
		.octets = item->octets,
		.reason = v.reason,
	};
	if (v.n_subkey > 0) {
		c->ends_s = end_of(l, &item->record, &v);
		out->outcome = PS_LOOK_FOUND;
	} else if (out->outcome != PS_LOOK_FOUND) {
		out->outcome = PS_LOOK_UNUSABLE;
	}
}

void
ps_discovery_read(const struct ps_looking *l, struct ps_bytes octets,
	struct ps_looked *out)
{
	struct ps_key_item *item =
		ps_arena_array(l->a, PS_SOURCE_MAX_CERTS, sizeof(*item));
	const char *warning = out->text, *why = "unknown";
	size_t n;

	out->text = "";
	out->outcome = PS_LOOK_REFUSED;
	n = collect(l, octets, item, out);
	if (n > 0 && ps_key_items_learn(l->a, item, n, l->d->env.engine,
			     l->wait, &why) != PS_OK) {
		out->ours = ps_arena_printf(
			l->a, "what was found could not be read: %s", why);
		return;
	}
	for (size_t i = 0; i < n; i++)
		judge(l, &item[i], out);
	if (out->outcome == PS_LOOK_FOUND)
		out->text = warning;
}
