/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From certificates to one answer for an address.  Knows no file and no index.
 */
#include "keys/certs.h"

#include <assert.h>

#include "base/str.h"
#include "keys/cert_judge.h"
#include "openpgp/cert_raw.h"

const char *
ps_cert_state_name(enum ps_cert_state s)
{
	switch (s) {
	case PS_CERT_FOUND:
		return "found";
	case PS_CERT_NONE:
		return "none";
	case PS_CERT_UNUSABLE:
		return "unusable";
	case PS_CERT_TROUBLE:
		break;
	case PS_CERT_LATE:
		return "late";
	case PS_CERT_DNS:
		return "dns-trouble";
	case PS_CERT_CHANGED:
		return "changed";
	}
	return "trouble";
}

void
ps_certs_trouble(
	struct ps_arena *a, const char *why, struct ps_cert_answer *out)
{
	*out = (struct ps_cert_answer){
		.state = PS_CERT_TROUBLE,
		.reason = "trouble",
		.text = ps_str_printable(a, ps_bytes_of(why), 400),
	};
}

static void
add_cert(struct ps_arena *a, const struct ps_cert_query *q, const char *dir,
	const struct ps_key_record *r, const struct ps_cert_verdict *v,
	struct ps_cert_answer *out)
{
	struct ps_cert *c;

	if (out->n_cert >= q->max_certs)
		return;
	PS_GROW(a, out->cert, out->n_cert);
	c = &out->cert[out->n_cert++];
	*c = (struct ps_cert){
		.pinned = q->n_pin > 0,
		.n_subkey = q->all_subkeys ? v->n_subkey : 1,
	};
	memcpy(c->fpr, r->fpr, sizeof(c->fpr));
	c->subkey = ps_arena_array(a, c->n_subkey, sizeof(*c->subkey));
	for (size_t i = 0; i < c->n_subkey; i++) {
		const struct ps_key_subkey *k = v->subkey[i];
		struct ps_cert_subkey *to = &c->subkey[i];

		*to = (struct ps_cert_subkey){
			.key_id = k->key_id,
			.file = ps_arena_printf(
				a, "%s/sub/%s-%s.pgp", dir, r->fpr, k->fpr),
			.created_s = k->created_s,
			.expires_s = k->expires_s,
		};
		memcpy(to->fpr, k->fpr, sizeof(to->fpr));
	}
}

static const char *
text_of_none(struct ps_arena *a, const struct ps_cert_query *q)
{
	if (q->n_pin == 1)
		return ps_arena_printf(a, "the pinned key %s is not there",
			ps_cert_short(a, q->pin[0]));
	if (q->n_pin > 1)
		return ps_arena_printf(
			a, "none of the %zu pinned keys is there", q->n_pin);
	return "no key";
}

static bool
is_among(const char *const *fpr, size_t n, const char *which)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(fpr[i], which) == 0)
			return true;
	}
	return false;
}

static bool
is_asked_for(const struct ps_cert_query *q, const struct ps_key_record *r)
{
	if (q->n_pin > 0)
		return true; /* the index was asked for no other */
	return (q->only == NULL || is_among(q->only, q->n_only, r->fpr)) &&
	       !is_among(q->but, q->n_but, r->fpr);
}

void
ps_certs_judge(struct ps_arena *a, const struct ps_cert_query *q,
	const char *dir, const struct ps_key_record *record, size_t n_record,
	struct ps_cert_answer *out)
{
	const struct ps_addr *addr = q->n_pin > 0 ? NULL : q->addr;
	struct ps_cert_verdict v, first = {0};
	size_t n = 0;

	assert(q->max_certs > 0);
	*out = (struct ps_cert_answer){.reason = "", .text = ""};
	for (size_t i = 0; i < n_record; i++) {
		if (!is_asked_for(q, &record[i]))
			continue;
		n++;
		v = ps_cert_judge(a, &record[i], addr, q->fold_local, q->now_s);
		if (v.n_subkey > 0)
			add_cert(a, q, dir, &record[i], &v, out);
		else if (first.reason == NULL)
			first = v;
	}
	if (out->n_cert > 0) {
		out->state = PS_CERT_FOUND;
	} else if (n == 0) {
		out->state = PS_CERT_NONE;
		out->text = text_of_none(a, q);
	} else {
		out->state = PS_CERT_UNUSABLE;
		out->reason = first.reason;
		out->text = n == 1 ? first.text
				   : ps_arena_printf(a, "%s (newest of %zu)",
					     first.text, n);
	}
}
