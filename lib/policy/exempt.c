/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Exemptions are narrow: each rests on an address of the client or on a domain
 * that the verdict proves, never on what a message says of itself alone.
 */
#include "policy/exempt.h"

#include "policy/condition.h"

static bool
is_forwarder(const struct ps_sender_case *c)
{
	const struct ps_forwarders *f = &c->policy->forwarder;
	const struct ps_verdict *v = c->verdict;

	if (ps_network_has(f->network, f->n_network, &c->txn->session->client))
		return true;
	return v != NULL && v->iprev.result == PS_AUTH_PASS &&
	       ps_patterns_match(&f->host, v->iprev.name);
}

/* A List-Id alone is anybody's to write; the list's domain must have passed. */
static bool
is_list(const struct ps_sender_case *c)
{
	const struct ps_patterns list = {
		c->policy->trusted_list, c->policy->n_trusted_list};
	const struct ps_verdict *v = c->verdict;

	if (list.n == 0 || ps_header_nth(&c->txn->message.header,
				   PS_LIT("List-Id"), 0) == NULL)
		return false;
	if (v->mail_from.result == PS_AUTH_PASS &&
		ps_patterns_match(&list, v->mail_from.domain))
		return true;
	return ps_dkim_proves(&list, &v->dkim);
}

/* verify.c has compared the sealer with trusted-sealers. */
static bool
is_sealed(const struct ps_verdict *v, const struct ps_ruling *r)
{
	return r->word[PS_WORD_ARC].value != PS_CHECK_OFF &&
	       v->arc.result == PS_AUTH_PASS && v->sealer.len > 0 &&
	       v->sealer_saw_pass;
}

enum ps_exempt_by
ps_exempt_author(const struct ps_sender_case *c, const struct ps_ruling *r)
{
	if (is_forwarder(c))
		return PS_EXEMPT_BY_FORWARDER;
	if (is_list(c))
		return PS_EXEMPT_BY_LIST;
	return is_sealed(c->verdict, r) ? PS_EXEMPT_BY_SEALER
					: PS_EXEMPT_BY_NONE;
}

bool
ps_exempt_mail_from(const struct ps_sender_case *c)
{
	return is_forwarder(c);
}

static bool
is_allowed(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_login *l, const struct ps_addr *addr)
{
	struct ps_addr both[2] = {*addr};
	size_t n = ps_policy_strip(a, p, addr, &both[1]) ? 2 : 1;

	for (size_t i = 0; i < l->addresses.n; i++)
		for (size_t k = 0; k < n; k++)
			if (ps_addr_match(l->addresses.item[i], &both[k],
				    !p->local_part_case))
				return true;
	return false;
}

enum ps_exempt_by
ps_exempt_word(const struct ps_sender_case *c, const struct ps_ruling *r,
	enum ps_word w)
{
	/* RFC 7208 appendix D.3: what a forwarder we know hands on */
	if (ps_words[w].under == PS_WORD_SPF)
		return is_forwarder(c) ? PS_EXEMPT_BY_FORWARDER
				       : PS_EXEMPT_BY_NONE;
	if (w != PS_WORD_ON_DMARC_REJECT && w != PS_WORD_ON_DMARC_QUARANTINE &&
		w != PS_WORD_ON_DMARC_FAIL && w != PS_WORD_ON_DMARC_TEMPERROR)
		return PS_EXEMPT_BY_NONE;
	return ps_exempt_author(c, r);
}

const char *
ps_exempt_text(
	struct ps_arena *a, enum ps_exempt_by by, const struct ps_verdict *v)
{
	switch (by) {
	case PS_EXEMPT_BY_FORWARDER:
		return "trusted_forwarder";
	case PS_EXEMPT_BY_LIST:
		return "mailing_list";
	case PS_EXEMPT_BY_SEALER:
		return ps_arena_printf(a, "arc %.*s", PS_FMT(v->sealer));
	case PS_EXEMPT_BY_NONE:
		break;
	}
	return "local_policy";
}

const struct ps_addr *
ps_claimed_author(const struct ps_sender_case *c)
{
	const struct ps_dmarc_author *author = &c->verdict->author;

	for (size_t i = 0; i < author->n_addr; i++)
		if (ps_policy_is_ours(c->policy, &author->addr[i]))
			return &author->addr[i];
	return NULL;
}

static bool
may_use(struct ps_arena *a, const struct ps_policy *p, const struct ps_login *l,
	const struct ps_addr *addr)
{
	struct ps_addr whole = ps_policy_complete(a, p, addr);

	return !ps_policy_is_ours(p, &whole) || is_allowed(a, p, l, &whole);
}

bool
ps_login_may(struct ps_arena *a, const struct ps_sender_case *c,
	bool with_author, const struct ps_addr **addr)
{
	const struct ps_login *l = ps_policy_login(c->policy, c->txn->login);
	const struct ps_dmarc_author *author;

	*addr = &c->txn->mail_from;
	if (l == NULL)
		return true;
	if (!may_use(a, c->policy, l, *addr))
		return false;
	if (!with_author)
		return true;
	author = &c->verdict->author;
	for (size_t i = 0; i < author->n_addr; i++) {
		*addr = &author->addr[i];
		if (!may_use(a, c->policy, l, *addr))
			return false;
	}
	*addr = NULL;
	return author->from != PS_DMARC_FROM_AMBIGUOUS;
}
