/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Does a rule hold?  The envelope is as the client said it; domains, names and
 * certificates count only where the verdict proves them, and what it does not
 * know yet holds "perhaps".
 */
#include "policy/condition.h"

#include "base/str.h"

enum hold { NO, PERHAPS, YES };

static bool
matches_address(const struct ps_policy *p, const struct ps_patterns *pattern,
	const struct ps_addr *addr)
{
	bool null = addr->full.len == 0;

	for (size_t i = 0; i < pattern->n; i++) {
		if (strcmp(pattern->item[i], "<>") == 0) {
			if (null)
				return true;
			continue;
		}
		if (ps_addr_match(pattern->item[i], addr, !p->local_part_case))
			return true;
	}
	return pattern->n == 0;
}

bool
ps_patterns_match(const struct ps_patterns *pattern, struct ps_bytes text)
{
	for (size_t i = 0; i < pattern->n; i++)
		if (text.len > 0 &&
			ps_str_glob(ps_bytes_of(pattern->item[i]), text, true))
			return true;
	return false;
}

/* RFC 6376 3.6.1: a key under test (t=y) proves nothing. */
bool
ps_dkim_proves(
	const struct ps_patterns *pattern, const struct ps_dkim_result *d)
{
	for (size_t i = 0; i < d->n_signature; i++)
		if (d->signature[i].result == PS_AUTH_PASS &&
			!d->signature[i].testing &&
			ps_patterns_match(pattern, d->signature[i].domain))
			return true;
	return false;
}

/* A From field that nobody vouches for can say anything. */
static bool
author_matches(const struct ps_policy *p, const struct ps_sender *sender,
	const struct ps_patterns *pattern)
{
	const struct ps_verdict *v = sender->verdict;
	const struct ps_dmarc_author *author = &v->author;

	if (author->from != PS_DMARC_FROM_ONE &&
		author->from != PS_DMARC_FROM_MANY)
		return false;
	if (!sender->authenticated && v->dmarc.result != PS_AUTH_PASS)
		return false;
	for (size_t i = 0; i < author->n_addr; i++)
		if (!matches_address(p, pattern, &author->addr[i]))
			return false;
	return author->n_addr > 0;
}

static bool
cert_matches(const struct ps_patterns *pattern, const struct ps_client *c)
{
	return c->cert == PS_CLIENT_CERT_VERIFIED &&
	       ps_patterns_match(pattern, c->cert_subject);
}

/* A fingerprint, or a pattern of the author's address. */
static bool
signer_matches(const struct ps_policy *p, const struct ps_verdict *v,
	const struct ps_patterns *pattern)
{
	if (v->openpgp.result != PS_AUTH_PASS || v->author.n_addr != 1)
		return false;
	for (size_t i = 0; i < pattern->n; i++)
		if (strcmp(pattern->item[i], v->openpgp.fpr) == 0)
			return true;
	return matches_address(p, pattern, &v->author.addr[0]);
}

static const struct ps_client *
client_of(const struct ps_sender *sender)
{
	return sender->verdict != NULL ? &sender->verdict->client
				       : sender->client;
}

static enum hold
proof_holds(const struct ps_policy *p, const struct ps_sender *sender,
	enum ps_proof kind, const struct ps_patterns *pattern)
{
	const struct ps_verdict *v = sender->verdict;
	bool held = false;

	if (pattern->n == 0)
		return YES;
	if (kind == PS_PROOF_CERT_SUBJECT) {
		if (client_of(sender) == NULL)
			return PERHAPS;
		return cert_matches(pattern, client_of(sender)) ? YES : NO;
	}
	/* whose mail is not checked proves no domain */
	if (sender->authenticated && kind != PS_PROOF_HEADER_FROM)
		return NO;
	if (v == NULL)
		return PERHAPS;
	if (kind == PS_PROOF_HEADER_FROM)
		held = author_matches(p, sender, pattern);
	else if (kind == PS_PROOF_DKIM_DOMAIN)
		held = ps_dkim_proves(pattern, &v->dkim);
	else if (kind == PS_PROOF_SPF_DOMAIN)
		held = v->mail_from.result == PS_AUTH_PASS &&
		       ps_patterns_match(pattern, v->mail_from.domain);
	else if (kind == PS_PROOF_IPREV)
		held = v->iprev.result == PS_AUTH_PASS &&
		       ps_patterns_match(pattern, v->iprev.name);
	else if (kind == PS_PROOF_SIGNED_BY)
		held = signer_matches(p, v, pattern);
	return held ? YES : NO;
}

static enum hold
rule_holds(const struct ps_policy *p, const struct ps_rule *r,
	const struct ps_sender *sender, const struct ps_addr *from,
	const struct ps_addr *to)
{
	enum hold all = YES;

	if (r->direction != PS_DIR_ANY &&
		r->direction != (int)sender->direction)
		return NO;
	if (!matches_address(p, &r->from, from) ||
		!matches_address(p, &r->to, to))
		return NO;
	if (r->login.n > 0 && !ps_patterns_match(&r->login, sender->login))
		return NO;
	for (enum ps_proof i = 0; i < PS_PROOF_N && all != NO; i++) {
		enum hold one = proof_holds(p, sender, i, &r->proof[i]);

		all = one < all ? one : all;
	}
	return all;
}

const struct ps_rule *
ps_condition_first(const struct ps_policy *p, const struct ps_section *s,
	const struct ps_sender *sender, const struct ps_addr *from,
	const struct ps_addr *to, const struct ps_rule **pending)
{
	for (size_t i = 0; s != NULL && i < s->n_rule; i++) {
		const struct ps_rule *r = &s->rule[i];
		enum hold h = rule_holds(p, r, sender, from, to);

		if (h == YES)
			return r;
		if (h == PERHAPS && *pending == NULL)
			*pending = r;
	}
	return NULL;
}

bool
ps_rule_names_identity(const struct ps_rule *r)
{
	return r->login.n > 0 || r->proof[PS_PROOF_DKIM_DOMAIN].n > 0 ||
	       r->proof[PS_PROOF_SPF_DOMAIN].n > 0 ||
	       r->proof[PS_PROOF_CERT_SUBJECT].n > 0 ||
	       r->proof[PS_PROOF_SIGNED_BY].n > 0;
}
