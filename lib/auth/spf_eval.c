/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * check_host(): fetch a record, check all of it, walk its terms, follow
 * include and redirect.  Depth is bounded by the limit on look-up terms.
 */
#include "auth/spf.h"

#include "auth/spf_check.h"
#include "base/str.h"
#include "dns/dns_name.h"
#include "dns/dns_rdata.h"

#define MAX_EXPANSION	((size_t)8192) /* before it is cut to 253 octets */
#define MAX_EXPLANATION ((size_t)1024)

/* One domain's policy and what it said. */
struct verdict {
	enum ps_auth_result result;
	struct ps_bytes exp, exp_domain; /* of the record that decided */
	struct ps_bytes term;		 /* that matched; empty: the default */
	struct ps_bytes term_domain;
};

static struct verdict check_host(
	struct ps_spf_check *c, struct ps_bytes domain);

static struct ps_spf_macros
macros(struct ps_spf_check *c, struct ps_bytes domain)
{
	return (struct ps_spf_macros){.q = c->q,
		.domain = domain,
		.self = c,
		.validated = ps_spf_check_name};
}

/*
 * target-name: the domain itself or what the domain-spec expands to, without
 * labels on the left until it fits (7.3).  False when no name can come out.
 */
static bool
target(struct ps_spf_check *c, struct ps_bytes domain, struct ps_bytes spec,
	struct ps_bytes *out)
{
	struct ps_spf_macros m = macros(c, domain);

	*out = domain;
	if (spec.len == 0)
		return true;
	if (!ps_spf_macro_expand(c->a, &m, spec, MAX_EXPANSION, out))
		return false;
	if (out->len > 0 && out->p[out->len - 1] == '.')
		out->len--;
	while (out->len > PS_DNS_NAME_MAX) {
		size_t dot = ps_bytes_chr(*out, '.');

		if (dot == PS_NOT_FOUND)
			return false;
		*out = ps_bytes_from(*out, dot + 1);
	}
	return true;
}

/* The only SPF record among the TXT records (4.5). */
static enum ps_auth_result
select_record(struct ps_spf_check *c, const struct ps_dns_answer *answer,
	struct ps_bytes *out)
{
	struct ps_bytes txt;
	size_t n = 0;

	for (size_t i = 0; i < answer->n_rr; i++) {
		/* The version stands in the first octets of the first string,
		 * or of the next ones: only joined text tells. */
		if (!ps_dns_rdata_txt(c->a, answer->rr[i], &txt) ||
			!ps_spf_is_record(txt))
			continue;
		*out = txt;
		n++;
	}
	if (n == 1)
		return PS_AUTH_PASS;
	c->why = n == 0 ? "no SPF record" : "more than one SPF record";
	return n == 0 ? PS_AUTH_NONE : PS_AUTH_PERMERROR;
}

/* PS_AUTH_PASS when there is a record to evaluate. */
static enum ps_auth_result
fetch(struct ps_spf_check *c, struct ps_bytes domain, struct ps_spf_record *out)
{
	struct ps_dns_answer answer;
	enum ps_auth_result r;
	struct ps_bytes txt = {NULL, 0};

	ps_dns_ask(c->a, domain, PS_DNS_TXT, c->dns, &answer);
	c->secure &= answer.secure;
	if (answer.status == PS_DNS_TROUBLE) {
		c->why = ps_arena_printf(c->a, "DNS: %s", answer.why);
		return PS_AUTH_TEMPERROR;
	}
	r = select_record(c, &answer, &txt);
	if (r == PS_AUTH_PASS && !ps_spf_parse(c->a, txt, out, &c->why))
		r = PS_AUTH_PERMERROR;
	return r;
}

/* Counted before it is followed: the eleventh asks nothing (4.6.4). */
static bool
may_look_up(struct ps_spf_check *c)
{
	if (++c->n_term <= PS_SPF_MAX_TERM)
		return true;
	c->why = "more than 10 terms that look something up";
	return false;
}

/* The table of 5.2. */
static enum ps_spf_match
include(struct ps_spf_check *c, struct ps_bytes name)
{
	switch (check_host(c, name).result) {
	case PS_AUTH_PASS:
		return PS_SPF_YES;
	case PS_AUTH_FAIL:
	case PS_AUTH_SOFTFAIL:
	case PS_AUTH_NEUTRAL:
		return PS_SPF_NO;
	case PS_AUTH_TEMPERROR:
		return PS_SPF_TEMP;
	case PS_AUTH_NONE:
		c->why = "include: leads to a domain without SPF record";
		return PS_SPF_PERM;
	default:
		return PS_SPF_PERM;
	}
}

static enum ps_spf_match
look_up(struct ps_spf_check *c, struct ps_bytes domain,
	const struct ps_spf_term *t)
{
	struct ps_dns_answer answer;
	struct ps_bytes name;

	if (!may_look_up(c))
		return PS_SPF_PERM;
	if (!target(c, domain, t->spec, &name))
		return PS_SPF_NO;
	switch (t->kind) {
	case PS_SPF_INCLUDE:
		return include(c, name);
	case PS_SPF_A:
		return ps_spf_check_host(c, name, t);
	case PS_SPF_MX:
		return ps_spf_check_mx(c, name, t);
	case PS_SPF_PTR:
		return ps_spf_check_ptr(c, name) ? PS_SPF_YES : PS_SPF_NO;
	default:
		return ps_spf_check_ask(c, name, PS_DNS_A, &answer);
	}
}

static enum ps_spf_match
match(struct ps_spf_check *c, struct ps_bytes domain,
	const struct ps_spf_term *t)
{
	switch (t->kind) {
	case PS_SPF_ALL:
		return PS_SPF_YES;
	case PS_SPF_IP4:
	case PS_SPF_IP6:
		return ps_spf_check_network(c, t) ? PS_SPF_YES : PS_SPF_NO;
	case PS_SPF_REDIRECT:
	case PS_SPF_EXP:
	case PS_SPF_OTHER:
		return PS_SPF_NO;
	default:
		return look_up(c, domain, t);
	}
}

/* Terms from left to right; false when none matched (4.6.2). */
static bool
walk(struct ps_spf_check *c, struct ps_bytes domain, struct ps_bytes terms,
	struct verdict *out)
{
	struct ps_spf_term t;
	const char *why;

	while (ps_spf_parse_term(&terms, &t, &why)) {
		switch (match(c, domain, &t)) {
		case PS_SPF_NO:
			continue;
		case PS_SPF_YES:
			out->result = t.qualifier;
			out->term = t.text;
			break;
		case PS_SPF_TEMP:
			out->result = PS_AUTH_TEMPERROR;
			break;
		case PS_SPF_PERM:
			out->result = PS_AUTH_PERMERROR;
			break;
		}
		return true;
	}
	return false;
}

/* No record there, or no such name, is a permerror (6.1). */
static struct verdict
redirect(struct ps_spf_check *c, struct ps_bytes domain, struct ps_bytes spec)
{
	struct verdict v = {.result = PS_AUTH_PERMERROR};
	struct ps_bytes name;

	if (!may_look_up(c))
		return v;
	c->why = "redirect= leads nowhere";
	if (!target(c, domain, spec, &name))
		return v;
	v = check_host(c, name);
	if (v.result == PS_AUTH_NONE) {
		c->why = "redirect= leads to a domain without SPF record";
		v.result = PS_AUTH_PERMERROR;
	}
	return v;
}

static struct verdict
check_host(struct ps_spf_check *c, struct ps_bytes domain)
{
	struct verdict v = {.term_domain = domain, .exp_domain = domain};
	struct ps_spf_record record;

	v.result = fetch(c, domain, &record);
	if (v.result != PS_AUTH_PASS)
		return v;
	v.exp = record.exp;
	if (walk(c, domain, record.terms, &v))
		return v;
	if (record.redirect.len > 0)
		return redirect(c, domain, record.redirect);
	v.result = PS_AUTH_NEUTRAL;
	return v;
}

/* What a stranger wrote goes into an SMTP reply: printable ASCII only. */
static void
make_printable(struct ps_arena *a, struct ps_bytes *b)
{
	char *p = ps_arena_alloc(a, b->len + 1);

	for (size_t i = 0; i < b->len; i++)
		p[i] = b->p[i] >= ' ' && b->p[i] < 0x7f ? b->p[i] : '?';
	b->p = p;
}

/*
 * The explanation of a fail (6.2).  Whatever is wrong with it, there is none;
 * an absent one is no void look-up.
 */
static void
explain(struct ps_spf_check *c, const struct verdict *v,
	struct ps_bytes *explanation)
{
	struct ps_spf_macros m = macros(c, v->exp_domain);
	struct ps_dns_answer answer;
	struct ps_bytes name, txt, out;
	bool unused;

	if (v->exp.len == 0 || !target(c, v->exp_domain, v->exp, &name))
		return;
	ps_dns_ask(c->a, name, PS_DNS_TXT, c->dns, &answer);
	if (answer.status != PS_DNS_FOUND || answer.n_rr != 1 ||
		!ps_dns_rdata_txt(c->a, answer.rr[0], &txt) ||
		!ps_spf_macro_check(txt, PS_SPF_EXPLAIN, &unused) ||
		!ps_spf_macro_expand(c->a, &m, txt, MAX_EXPLANATION, &out))
		return;
	make_printable(c->a, &out);
	*explanation = out;
}

static const char *
reason(const struct ps_spf_check *c, const struct verdict *v)
{
	char *domain = ps_str_printable(c->a, v->term_domain, 253);

	if (v->result == PS_AUTH_NONE || v->result == PS_AUTH_TEMPERROR ||
		v->result == PS_AUTH_PERMERROR)
		return c->why;
	if (v->term.len == 0)
		return ps_arena_printf(c->a, "no term of %s matches", domain);
	return ps_arena_printf(c->a, "\"%s\" of %s matches",
		ps_str_printable(c->a, v->term, 80), domain);
}

void
ps_spf_eval(struct ps_arena *a, const struct ps_spf_query *q,
	struct ps_dns_budget *dns, struct ps_spf_result *out)
{
	struct ps_spf_check c = {
		.a = a, .q = q, .dns = dns, .secure = true, .why = ""};
	size_t before = dns->n_query;
	struct verdict v = check_host(&c, q->domain);

	*out = (struct ps_spf_result){.result = v.result,
		.domain = q->domain,
		.why = reason(&c, &v),
		.secure = c.secure};
	if (v.result == PS_AUTH_FAIL)
		explain(&c, &v, &out->explanation);
	out->n_term = c.n_term;
	out->n_void = c.n_void;
	out->n_query = dns->n_query - before;
}
