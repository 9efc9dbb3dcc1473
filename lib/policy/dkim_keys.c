/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From words to keys, and from a message to those who sign it.
 */
#include "policy/dkim_keys.h"

#include "dns/dns_name.h"
#include "policy/conf.h"
#include "policy/decide.h"
#include "policy/exempt.h"

/* Labels of a selector (RFC 6376 section 3.1). */
static bool
is_selector(struct ps_bytes b)
{
	char before = '.';

	for (size_t i = 0; i < b.len; i++) {
		char c = b.p[i];

		if (c == '.' ? before == '.' || before == '-'
			     : !ps_is_alpha(c) && !ps_is_digit(c) &&
					(c != '-' || before == '.') && c != '_')
			return false;
		before = c;
	}
	return b.len > 0 && b.len < 64 && before != '.' && before != '-';
}

static bool
is_parent(struct ps_bytes parent, struct ps_bytes domain)
{
	return ps_bytes_eq(parent, domain) ||
	       (ps_bytes_iends(domain, parent) && domain.len > parent.len &&
		       domain.p[domain.len - parent.len - 1] == '.' &&
		       ps_bytes_chr(parent, '.') != PS_NOT_FOUND);
}

static struct ps_bytes
lower(struct ps_arena *a, struct ps_bytes b)
{
	char *p = ps_arena_cstr(a, b);

	for (size_t i = 0; i < b.len; i++)
		p[i] = (char)ps_lower(p[i]);
	return ps_bytes(p, b.len);
}

const char *
ps_dkim_keys_parse(struct ps_arena *a, const char *item,
	const struct ps_section *s, const char *directory,
	struct ps_dkim_ref *out)
{
	struct ps_bytes all = ps_bytes_of(item), name, own;
	size_t colon = ps_bytes_chr(all, ':'), at;

	own = ps_bytes_of(s->name);
	name = ps_bytes_head(all, colon);
	at = ps_bytes_chr(name, '@');
	*out = (struct ps_dkim_ref){.domain = own};
	if (at != PS_NOT_FOUND)
		out->domain = lower(a, ps_bytes_from(name, at + 1));
	out->selector = lower(a, ps_bytes_head(name, at));
	if (!is_selector(out->selector))
		return "needs a selector of letters, digits, '-' and dots";
	if (!is_parent(out->domain, own))
		return "may sign for the section's own domain, or for a domain "
		       "above it";
	if (colon != PS_NOT_FOUND) {
		out->path = ps_arena_cstr(a, ps_bytes_from(all, colon + 1));
		return *out->path == '/' ? NULL
					 : "needs a path from / behind the ':'";
	}
	out->path = ps_arena_printf(a, "%s/%.*s/%.*s.pem", directory,
		PS_FMT(out->domain), PS_FMT(out->selector));
	return NULL;
}

/* The one section of ours that all authors belong to. */
static const struct ps_section *
section_of_author(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_dmarc_author *author)
{
	const struct ps_section *one = NULL;

	for (size_t i = 0; i < author->n_addr; i++) {
		struct ps_addr whole =
			ps_policy_complete(a, p, &author->addr[i]);
		const struct ps_section *s = ps_policy_section(p, whole.domain);

		if (s == NULL || s->kind != PS_SECTION_DOMAIN ||
			(one != NULL && one != s))
			return NULL;
		one = s;
	}
	return author->from == PS_DMARC_FROM_AMBIGUOUS ? NULL : one;
}

static struct ps_dkim_ref *
read_all(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_section *s, size_t *n_out)
{
	const struct ps_setting *word = &s->word[PS_WORD_DKIM_SIGN];
	struct ps_dkim_ref *out = ps_arena_array(a, word->n_list, sizeof(*out));

	*n_out = 0;
	for (size_t i = 0; i < word->n_list; i++) /* checked when loaded */
		if (ps_dkim_keys_parse(a, word->list[i], s, p->dkim_dir,
			    &out[*n_out]) == NULL)
			(*n_out)++;
	return out;
}

struct ps_dkim_ref *
ps_dkim_keys_of(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_txn *t, const struct ps_verdict *v, size_t *n_out,
	const char **why)
{
	const struct ps_sender_case c = {.policy = p, .txn = t, .verdict = v};
	const struct ps_section *s = section_of_author(a, p, &v->author);
	const struct ps_addr *addr;

	*n_out = 0;
	*why = NULL;
	if (s == NULL || s->word[PS_WORD_DKIM_SIGN].n_list == 0 ||
		!ps_policy_trusts(p, t))
		return NULL;
	if (t->login.len > 0 && !ps_login_may(a, &c, true, &addr)) {
		*why = "not-entitled";
		return NULL;
	}
	return read_all(a, p, s, n_out);
}

bool
ps_policy_signs(const struct ps_policy *p)
{
	for (size_t i = 0; i < p->n_section; i++)
		if (p->section[i].word[PS_WORD_DKIM_SIGN].n_list > 0)
			return true;
	return false;
}
