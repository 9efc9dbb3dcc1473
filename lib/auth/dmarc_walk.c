/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Look-ups of records, and what follows from where they stand.
 */
#include "auth/dmarc_walk.h"

#include "dns/dns_rdata.h"

#define PREFIX "_dmarc."

static struct ps_bytes
record_name(struct ps_arena *a, struct ps_bytes name)
{
	char *p = ps_arena_alloc(a, sizeof(PREFIX) - 1 + name.len);

	memcpy(p, PREFIX, sizeof(PREFIX) - 1);
	memcpy(p + sizeof(PREFIX) - 1, name.p, name.len);
	return ps_bytes(p, sizeof(PREFIX) - 1 + name.len);
}

static void
read_records(struct ps_arena *a, const struct ps_dns_answer *answer,
	struct ps_dmarc_name *out)
{
	struct ps_dmarc_record other;
	struct ps_bytes text;

	for (size_t i = 0; i < answer->n_rr; i++) {
		if (!ps_dns_rdata_txt(a, answer->rr[i], &text))
			continue;
		if (out->at == PS_DMARC_AT_RECORD &&
			ps_dmarc_record_parse(a, text, &other)) {
			out->at = PS_DMARC_AT_SEVERAL;
			return;
		}
		if (out->at == PS_DMARC_AT_NOTHING &&
			ps_dmarc_record_parse(a, text, &out->record))
			out->at = PS_DMARC_AT_RECORD;
	}
}

static const struct ps_dmarc_name *
look_at(struct ps_dmarc_look *l, struct ps_bytes name)
{
	struct ps_dns_answer answer;
	struct ps_dmarc_name *out;

	for (size_t i = 0; i < l->n_name; i++)
		if (ps_bytes_eq(l->name[i]->name, name))
			return l->name[i];
	ps_dns_ask(l->a, record_name(l->a, name), PS_DNS_TXT, l->dns, &answer);
	l->insecure |= !answer.secure;
	out = ps_arena_alloc(l->a, sizeof(*out));
	out->name = name;
	out->exists =
		answer.status == PS_DNS_FOUND || answer.status == PS_DNS_NODATA;
	if (answer.status == PS_DNS_TROUBLE) {
		out->at = PS_DMARC_AT_TROUBLE;
		out->why = ps_arena_printf(l->a, "DNS: %s", answer.why);
	}
	read_records(l->a, &answer, out);
	PS_GROW(l->a, l->name, l->n_name);
	l->name[l->n_name++] = out;
	return out;
}

void
ps_dmarc_look_ahead(
	struct ps_arena *a, struct ps_bytes name, struct ps_dns_budget *dns)
{
	ps_dns_ahead(record_name(a, name), PS_DNS_TXT, dns);
}

static size_t
count_labels(struct ps_bytes name)
{
	size_t n = 1;

	for (size_t i = 0; i < name.len; i++)
		n += name.p[i] == '.';
	return n;
}

static struct ps_bytes
parent(struct ps_bytes name)
{
	size_t dot = ps_bytes_chr(name, '.');

	return dot == PS_NOT_FOUND ? ps_bytes(name.p, 0)
				   : ps_bytes_from(name, dot + 1);
}

size_t
ps_dmarc_walk_names(
	struct ps_bytes start, struct ps_bytes out[PS_DMARC_MAX_WALK])
{
	struct ps_bytes name = parent(start);
	size_t n = 0;

	out[n++] = start;
	while (count_labels(name) >= PS_DMARC_MAX_WALK)
		name = parent(name);
	for (; name.len > 0 && n < PS_DMARC_MAX_WALK; name = parent(name))
		out[n++] = name;
	return n;
}

struct walk {
	const struct ps_dmarc_name *start;
	/* With a record: the organisational domain, the public suffix. */
	const struct ps_dmarc_name *org, *psd;
	struct ps_bytes org_name;
	const char *trouble;
};

/* The name one label below psd on the way down to start. */
static struct ps_bytes
one_below(struct ps_bytes start, struct ps_bytes psd)
{
	size_t at = start.len - psd.len - 1;

	while (at > 0 && start.p[at - 1] != '.')
		at--;
	return ps_bytes_from(start, at);
}

/*
 * Up to a record that says what its domain is, or to the top.  Trouble ends it
 * too: a record there might have had the word.
 */
static void
walk(struct ps_dmarc_look *l, struct ps_bytes start, struct walk *w)
{
	const struct ps_dmarc_name *at = NULL, *last;
	struct ps_bytes name[PS_DMARC_MAX_WALK];
	size_t n = ps_dmarc_walk_names(start, name);

	*w = (struct walk){.org_name = start};
	for (size_t i = 0; i < n; i++) {
		last = at;
		at = look_at(l, name[i]);
		if (i == 0)
			w->start = at;
		w->trouble = at->why;
		if (at->at == PS_DMARC_AT_TROUBLE)
			return;
		if (at->at != PS_DMARC_AT_RECORD)
			continue;
		if (at->record.psd == PS_DMARC_PSD_YES && i > 0) {
			w->psd = at;
			w->org_name = one_below(start, at->name);
			w->org = ps_bytes_eq(last->name, w->org_name) &&
						 last->at == PS_DMARC_AT_RECORD
					 ? last
					 : NULL;
			return;
		}
		w->org = at;
		w->org_name = at->name;
		if (at->record.psd != PS_DMARC_PSD_UNKNOWN)
			return;
	}
}

static void
find_by_walk(struct ps_dmarc_look *l, struct ps_bytes author,
	struct ps_dmarc_found *out)
{
	struct walk w;

	walk(l, author, &w);
	out->org_trouble = w.trouble;
	if (w.trouble == NULL)
		out->org = w.org_name;
	out->several = w.start->at == PS_DMARC_AT_SEVERAL;
	if (out->several)
		return;
	if (w.start->at == PS_DMARC_AT_RECORD)
		out->policy = w.start;
	else if (w.trouble != NULL)
		out->policy_trouble = w.trouble;
	else
		out->policy = w.org != NULL ? w.org : w.psd;
}

static void
find_by_list(struct ps_dmarc_look *l, struct ps_bytes author,
	struct ps_dmarc_found *out)
{
	const struct ps_dmarc_name *at = look_at(l, author);

	out->org = ps_orgdom_of(l->psl, author);
	if (at->at == PS_DMARC_AT_NOTHING && out->org.len > 0)
		at = look_at(l, out->org);
	out->several = at->at == PS_DMARC_AT_SEVERAL;
	out->policy_trouble = at->why;
	if (at->at == PS_DMARC_AT_RECORD)
		out->policy = at;
}

void
ps_dmarc_find(struct ps_dmarc_look *l, struct ps_bytes author,
	struct ps_dmarc_found *out)
{
	*out = (struct ps_dmarc_found){0};
	if (l->by == PS_DMARC_PSL)
		find_by_list(l, author, out);
	else
		find_by_walk(l, author, out);
}

const char *
ps_dmarc_find_org(
	struct ps_dmarc_look *l, struct ps_bytes name, struct ps_bytes *org)
{
	struct walk w;

	if (l->by == PS_DMARC_PSL) {
		*org = ps_orgdom_of(l->psl, name);
		return NULL;
	}
	walk(l, name, &w);
	*org = w.org_name;
	return w.trouble;
}

enum ps_dmarc_exists
ps_dmarc_find_name(
	struct ps_dmarc_look *l, struct ps_bytes name, const char **why)
{
	struct ps_dns_answer answer;

	if (look_at(l, name)->exists)
		return PS_DMARC_EXISTS;
	ps_dns_ask(l->a, name, PS_DNS_A, l->dns, &answer);
	l->insecure |= !answer.secure;
	if (answer.status == PS_DNS_NXDOMAIN)
		return PS_DMARC_EXISTS_NOT;
	if (answer.status != PS_DNS_TROUBLE)
		return PS_DMARC_EXISTS;
	*why = ps_arena_printf(l->a, "DNS: %s", answer.why);
	return PS_DMARC_EXISTS_TROUBLE;
}
