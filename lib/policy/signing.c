/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Who may have his mail signed, and by which key.
 */
#include "policy/signing.h"

#include "base/str.h"
#include "policy/exempt.h"

int
ps_signing_asked(const struct ps_policy *p, const struct ps_txn *t,
	const struct ps_ruling *r)
{
	return ps_policy_trusts(p, t) ? r->word[PS_WORD_SIGN].value
				      : PS_SIGN_NEVER;
}

bool
ps_signing_needed(const struct ps_plan *plan)
{
	for (size_t i = 0; i < plan->n_group; i++)
		if (plan->group[i].seal.sign != PS_SIGN_NEVER)
			return true;
	return false;
}

/* The one author, an address of ours; NULL with what is wrong instead. */
static const struct ps_addr *
author_of(struct ps_arena *a, const struct ps_signing_case *c,
	struct ps_addr *whole, const char **why)
{
	const struct ps_dmarc_author *author = &c->verdict->author;

	*why = "it has not exactly one author whom a signature could name";
	if (author->from != PS_DMARC_FROM_ONE || author->n_addr != 1)
		return NULL;
	*whole = ps_policy_complete(a, c->policy, &author->addr[0]);
	if (ps_policy_is_ours(c->policy, whole))
		return whole;
	*why = ps_arena_printf(a, "<%s> is no address of ours",
		ps_str_printable(a, whole->full, 200));
	return NULL;
}

/* "alice" and "alice@example.org" are alice's logins without further words. */
static bool
is_his_name(const struct ps_policy *p, const struct ps_addr *addr,
	struct ps_bytes login)
{
	return ps_bytes_ieq(login, addr->full) ||
	       (ps_bytes_ieq(login, addr->local) && p->local_domain != NULL &&
		       ps_bytes_eq(ps_bytes_of(p->local_domain), addr->domain));
}

/*
 * A domain's signature says that one of its people wrote this; a user's names
 * which one, so that a login needs that very address.
 */
static bool
may_sign(struct ps_arena *a, const struct ps_signing_case *c, int sign,
	const struct ps_addr *author)
{
	const struct ps_sender_case sender = {
		.policy = c->policy, .txn = c->txn, .verdict = c->verdict};
	const struct ps_addr *not_his;

	if (c->txn->login.len == 0)
		return true; /* a host of ours, which we believe */
	if (!ps_login_may(a, &sender, true, &not_his))
		return false;
	return sign != PS_SIGN_USER ||
	       ps_policy_login(c->policy, c->txn->login) != NULL ||
	       is_his_name(c->policy, author, c->txn->login);
}

static const struct ps_signer_setting *
signer_of(struct ps_arena *a, const struct ps_policy *p, int sign,
	const struct ps_addr *author)
{
	const struct ps_signer_setting *s =
		ps_policy_signer(p, author, sign == PS_SIGN_DOMAIN);
	struct ps_addr bare;

	if (s == NULL && sign == PS_SIGN_USER &&
		ps_policy_strip(a, p, author, &bare))
		s = ps_policy_signer(p, &bare, false);
	return s;
}

static void
refuse(struct ps_arena *a, const char *reason, bool hard, const char *rule,
	const char *text, struct ps_reply *out)
{
	*out = (struct ps_reply){
		.action = hard ? PS_REJECT : PS_TEMPFAIL,
		.code = hard ? "550" : "451",
		.xcode = hard ? "5.7.1" : "4.3.5",
		.reason = reason,
		.rule = rule,
		.text = ps_arena_printf(a,
			"postseal: the message must be signed, and %s "
			"[%s rule=%s]",
			text, reason, rule),
	};
}

/* The key for one group, or why there is none. */
static void
decide_group(struct ps_arena *a, const struct ps_signing_case *c,
	struct ps_group *g, struct ps_reply *reply)
{
	const char *why = NULL;
	struct ps_addr whole;
	const struct ps_addr *author = author_of(a, c, &whole, &why);

	if (author != NULL && !may_sign(a, c, g->seal.sign, author)) {
		why = ps_arena_printf(a, "this login may not sign as <%s>",
			ps_str_printable(a, whole.full, 200));
		author = NULL;
	}
	if (author == NULL) {
		refuse(a, "not-entitled", true, g->rule, why, reply);
		return;
	}
	g->seal.signer = signer_of(a, c->policy, g->seal.sign, author);
	if (g->seal.signer == NULL)
		refuse(a, "no-signing-key", false, g->rule,
			ps_arena_printf(a,
				"no section signer names a key for "
				"<%s>",
				ps_str_printable(a, whole.full, 200)),
			reply);
}

/* What somebody else wrote and one of ours sends on: no key of ours could name
 * its author. */
static bool
is_of_others(struct ps_arena *a, const struct ps_signing_case *c)
{
	const struct ps_dmarc_author *author = &c->verdict->author;

	if (author->from != PS_DMARC_FROM_ONE &&
		author->from != PS_DMARC_FROM_MANY)
		return false;
	for (size_t i = 0; i < author->n_addr; i++) {
		struct ps_addr whole =
			ps_policy_complete(a, c->policy, &author->addr[i]);

		if (ps_policy_is_ours(c->policy, &whole))
			return false;
	}
	return true;
}

/* Why a copy needs no signature of ours, or NULL. */
static const char *
why_unsigned(struct ps_arena *a, const struct ps_signing_case *c)
{
	if (c->is_sealed)
		return "already-sealed";
	if (c->is_signed)
		return "already-signed";
	return is_of_others(a, c) ? "others-mail" : NULL;
}

void
ps_signing_decide(struct ps_arena *a, const struct ps_signing_case *c,
	struct ps_plan *plan)
{
	struct ps_reply *reply = plan->trial ? &plan->would : &plan->reply;
	const char *why = why_unsigned(a, c);

	for (size_t i = 0; i < plan->n_group; i++) {
		struct ps_group *g = &plan->group[i];

		if (g->seal.sign == PS_SIGN_NEVER)
			continue;
		if (why != NULL) {
			g->seal.sign = PS_SIGN_NEVER;
			g->seal.why_unsigned = why;
		} else if (reply->action == PS_ACCEPT)
			decide_group(a, c, g, reply);
	}
}
