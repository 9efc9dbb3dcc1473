/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A key that came with mail (Autocrypt Level 1, section 2.3): offered to the
 * key book when it is proven whose it is.  What the key is worth, and what may
 * be done with it, is not asked here.
 */
#include "flow/steps.h"
#include "mail/date.h"
#include "openpgp/autocrypt.h"

/* Clocks that differ; a date further ahead could never be followed by another
 * one. */
#define SKEW_S 300
/* Fields that are read; more is no mail of a person. */
#define MAX_FIELDS 10

/*
 * DKIM may be replayed with fields that it does not sign (RFC 6376 8.15): a
 * signature counts when it covers the key and the Date, by which older mail is
 * told from newer.  SPF proves the host that hands the mail over.
 */
static bool
is_proven(const struct ps_verdict *v)
{
	const struct ps_dmarc_result *d = &v->dmarc;

	if (d->result != PS_AUTH_PASS)
		return false;
	if (d->by_spf ||
		(v->mail_from.result == PS_AUTH_PASS &&
			ps_bytes_eq(v->mail_from.domain, d->from_domain)))
		return true;
	for (size_t i = 0; i < v->dkim.n_signature; i++) {
		const struct ps_dkim_signature *s = &v->dkim.signature[i];

		if (s->result == PS_AUTH_PASS && !s->testing &&
			s->covers_autocrypt &&
			(ps_bytes_eq(s->domain, d->from_domain) ||
				ps_bytes_eq(s->domain, d->aligned)))
			return true;
	}
	return false;
}

/* RFC 2369, RFC 2919 and what came before them: who writes is not who sends. */
static bool
is_list(struct ps_arena *a, const struct ps_header *h)
{
	const struct ps_field *f = ps_header_nth(h, PS_LIT("Precedence"), 0);
	struct ps_bytes word;

	for (size_t i = 0; i < h->n_field; i++)
		if (ps_bytes_istarts(h->field[i].name, PS_LIT("List-")))
			return true;
	if (f == NULL)
		return false;
	word = ps_header_unfold(a, f->value);
	return ps_bytes_ieq(word, PS_LIT("list")) ||
	       ps_bytes_ieq(word, PS_LIT("bulk")) ||
	       ps_bytes_ieq(word, PS_LIT("junk"));
}

/* Reports carry what others wrote. */
static bool
is_report(struct ps_arena *a, const struct ps_header *h)
{
	const struct ps_field *f = ps_header_nth(h, PS_LIT("Content-Type"), 0);
	struct ps_params type;

	if (f == NULL)
		return false;
	ps_header_params(a, f->value, &type);
	return ps_bytes_eq(type.main, PS_LIT("multipart/report"));
}

/* One date, not in the future. */
static bool
dated(struct ps_arena *a, const struct ps_header *h, int64_t now_s,
	int64_t *out)
{
	struct ps_bytes name = PS_LIT("Date");

	if (ps_header_count(h, name) != 1 ||
		!ps_date_read(
			ps_header_unfold(a, ps_header_nth(h, name, 0)->value),
			out) ||
		*out > now_s + SKEW_S)
		return false;
	if (*out > now_s)
		*out = now_s;
	return *out > 0;
}

/* The author's field: those that name others say nothing, of two that name him
 * nobody knows which is his. */
static bool
his_field(struct ps_arena *a, const struct ps_header *h,
	const struct ps_addr *author, bool fold, struct ps_autocrypt *out)
{
	size_t n = ps_header_count(h, PS_LIT("Autocrypt")), n_his = 0;
	struct ps_autocrypt one;
	const char *why;

	if (n > MAX_FIELDS)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct ps_field *f =
			ps_header_nth(h, PS_LIT("Autocrypt"), i);

		if (ps_autocrypt_read(a, f->value, &one, &why) != PS_OK ||
			!ps_addr_eq(&one.addr, author, fold))
			continue;
		*out = one;
		n_his++;
	}
	return n_his == 1;
}

void
ps_flow_harvest(
	struct ps_txn *t, const struct ps_env *env, const struct ps_verdict *v)
{
	const struct ps_header *h = &t->message.header;
	const struct ps_dmarc_author *author = &v->author;
	struct ps_autocrypt found;
	int64_t dated_s;

	if (env->harvest == NULL ||
		ps_header_count(h, PS_LIT("Autocrypt")) == 0 ||
		author->from != PS_DMARC_FROM_ONE || author->n_addr != 1 ||
		!is_proven(v) || is_list(t->arena, h) ||
		is_report(t->arena, h) ||
		!dated(t->arena, h, ps_now_s(env->clock), &dated_s) ||
		!his_field(t->arena, h, &author->addr[0],
			!env->policy->local_part_case, &found))
		return;
	env->harvest->offer(
		env->harvest->self, &author->addr[0], found.keydata, dated_s);
}
