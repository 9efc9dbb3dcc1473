/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * VBR-Info fields (RFC 5518 section 3) and the one look-up for each certifier
 * that both the sender names and we trust.  Nothing is asked before the domain
 * is known to be authenticated.
 */
#include "auth/vbr.h"

#include "dns/dns_name.h"
#include "dns/dns_rdata.h"
#include "mail/tagval.h"

#define MAX_FIELD  10	/* VBR-Info fields that are looked at */
#define MAX_OCTETS 8192 /* of one of them */
#define MAX_TAG	   10
#define MAX_QUERY  5 /* for one message */

struct info {
	struct ps_bytes domain, content, certifiers;
};

struct vbr {
	struct ps_arena *a;
	const struct ps_vbr_question *q;
	struct ps_dns_budget *dns;
	struct ps_vbr_result *out;
	size_t n_query;
};

static struct ps_bytes
tag(const struct ps_tagval *t, struct ps_bytes name)
{
	for (size_t i = 0; i < t->n_tag; i++)
		if (ps_bytes_ieq(t->tag[i].name, name))
			return t->tag[i].value;
	return (struct ps_bytes){NULL, 0};
}

/* The types of section 4; there are no others. */
static bool
is_type(struct ps_bytes content)
{
	return ps_bytes_ieq(content, PS_LIT("all")) ||
	       ps_bytes_ieq(content, PS_LIT("list")) ||
	       ps_bytes_ieq(content, PS_LIT("transaction"));
}

static bool
read_info(struct ps_arena *a, struct ps_bytes value, struct info *out)
{
	struct ps_tagval t;
	const char *why;

	if (value.len > MAX_OCTETS)
		return false;
	ps_tagval_parse(a, ps_header_unfold(a, value), MAX_TAG, &t);
	if (t.broken || t.twice)
		return false;
	out->content = tag(&t, PS_LIT("mc"));
	out->certifiers = tag(&t, PS_LIT("mv"));
	return is_type(out->content) && out->certifiers.len > 0 &&
	       ps_dns_name_border(a, tag(&t, PS_LIT("md")), &out->domain, &why);
}

static bool
is_authenticated(const struct ps_vbr_question *q, struct ps_bytes domain)
{
	for (size_t i = 0; i < q->n_domain; i++)
		if (ps_bytes_ieq(q->domain[i], domain))
			return true;
	return false;
}

static bool
names(struct ps_arena *a, struct ps_bytes list, struct ps_bytes certifier)
{
	struct ps_bytes item, name;
	const char *why;

	while (ps_tagval_item(&list, ':', &item))
		if (ps_bytes_ieq(item, certifier) ||
			(ps_dns_name_border(a, item, &name, &why) &&
				ps_bytes_eq(name, certifier)))
			return true;
	return false;
}

/* A record lists the types of messages that the certifier answers for. */
static bool
vouches(struct ps_arena *a, const struct ps_dns_answer *answer,
	struct ps_bytes content)
{
	struct ps_bytes text, word;

	for (size_t i = 0; i < answer->n_rr; i++) {
		if (!ps_dns_rdata_txt(a, answer->rr[i], &text))
			continue;
		while (ps_tagval_item(&text, ' ', &word))
			if (ps_bytes_ieq(word, PS_LIT("all")) ||
				ps_bytes_ieq(word, content))
				return true;
	}
	return false;
}

static void
say(struct vbr *v, enum ps_auth_result result, const char *why,
	const struct info *info, struct ps_bytes certifier)
{
	/* A pass ends everything; of the others, trouble is worth most. */
	if (v->out->result == PS_AUTH_TEMPERROR && result != PS_AUTH_PASS)
		return;
	v->out->result = result;
	v->out->why = why;
	v->out->domain = info->domain;
	v->out->content = info->content;
	v->out->certifier = certifier;
}

static bool
ask(struct vbr *v, const struct info *info, struct ps_bytes certifier)
{
	struct ps_dns_answer answer;
	const char *name = ps_arena_printf(v->a, "%.*s._vouch.%.*s",
		PS_FMT(info->domain), PS_FMT(certifier));

	v->n_query++;
	ps_dns_ask(v->a, ps_bytes_of(name), PS_DNS_TXT, v->dns, &answer);
	if (answer.status == PS_DNS_TROUBLE) {
		say(v, PS_AUTH_TEMPERROR, answer.why, info, certifier);
		return false;
	}
	if (!vouches(v->a, &answer, info->content)) {
		say(v, PS_AUTH_FAIL, "no certifier that we trust vouches", info,
			certifier);
		return false;
	}
	say(v, PS_AUTH_PASS, NULL, info, certifier);
	v->out->secure = answer.secure;
	return true;
}

/* Does one of our certifiers vouch for what this field says? */
static bool
judge(struct vbr *v, const struct info *info)
{
	struct ps_bytes certifier;
	const char *why;

	if (!is_authenticated(v->q, info->domain)) {
		if (v->n_query == 0)
			say(v, PS_AUTH_NONE, "md= is not authenticated", info,
				PS_LIT(""));
		return false;
	}
	for (size_t i = 0; i < v->q->n_certifier; i++) {
		if (v->n_query == MAX_QUERY)
			return false;
		if (!ps_dns_name_border(v->a, ps_bytes_of(v->q->certifier[i]),
			    &certifier, &why) ||
			!names(v->a, info->certifiers, certifier))
			continue;
		if (ask(v, info, certifier))
			return true;
	}
	if (v->n_query == 0)
		say(v, PS_AUTH_NONE, "mv= names no certifier that we trust",
			info, PS_LIT(""));
	return false;
}

void
ps_vbr(struct ps_arena *a, const struct ps_vbr_question *q,
	struct ps_dns_budget *dns, struct ps_vbr_result *out)
{
	struct vbr v = {.a = a, .q = q, .dns = dns, .out = out};
	const struct ps_field *f;
	struct info info;
	bool broken = false, readable = false;

	*out = (struct ps_vbr_result){
		.result = PS_AUTH_NONE, .why = "no certifier is trusted"};
	if (q->n_certifier == 0)
		return;
	out->why = "no VBR-Info field";
	for (size_t i = 0; i < MAX_FIELD; i++) {
		f = ps_header_nth(q->header, PS_LIT("VBR-Info"), i);
		if (f == NULL)
			break;
		if (!read_info(a, f->value, &info)) {
			broken = true;
			continue;
		}
		readable = true;
		if (judge(&v, &info))
			return;
	}
	if (broken && !readable) {
		out->result = PS_AUTH_PERMERROR;
		out->why = "the VBR-Info field cannot be read";
	}
}
