/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Who asks: what session and transaction say of a sender, before any verdict.
 */
#include "policy/decide.h"

static bool
is_submission_daemon(const struct ps_policy *p, struct ps_bytes daemon)
{
	for (size_t i = 0; i < p->n_submission_daemons; i++)
		if (ps_bytes_eq(ps_bytes_of(p->submission_daemons[i]), daemon))
			return true;
	return false;
}

/* An address that no domain follows is delivered here. */
static bool
is_here(const struct ps_policy *p, const struct ps_txn *t,
	const struct ps_addr *rcpt)
{
	struct ps_addr to = ps_policy_complete(t->arena, p, rcpt);

	return to.domain.len == 0 || ps_policy_is_ours(p, &to);
}

/* What a relay of ours hands on comes from outside. */
bool
ps_policy_trusts(const struct ps_policy *p, const struct ps_txn *t)
{
	const struct ps_session *s = t->session;

	return t->is_local || t->login.len > 0 ||
	       is_submission_daemon(p, s->daemon_name) ||
	       (ps_policy_is_internal(p, &s->client) &&
		       !ps_policy_is_trusted_relay(p, &s->client));
}

void
ps_sender_of(const struct ps_policy *p, const struct ps_txn *t,
	const struct ps_rcpt *r, struct ps_sender *out)
{
	bool ours = is_here(p, t, &r->addr);

	*out = (struct ps_sender){
		.mail_from = &t->mail_from,
		.login = t->login,
		.authenticated = ps_policy_trusts(p, t),
	};
	if (!out->authenticated)
		out->direction = PS_DIR_IN;
	else
		out->direction = ours ? PS_DIR_INTERNAL : PS_DIR_OUT;
}

void
ps_sender_prove(struct ps_sender *s, const struct ps_verdict *v)
{
	s->verdict = v;
	s->author = v->author.addr;
	s->n_author = v->author.n_addr;
}

bool
ps_ruling_may_seal(const struct ps_ruling *r, const struct ps_sender *sender)
{
	if (r->word[PS_WORD_ENCRYPT].value != PS_ENCRYPT_NEVER)
		return true;
	return sender->authenticated &&
	       (r->word[PS_WORD_SUBJECT_TRIGGER].n_list > 0 ||
		       r->word[PS_WORD_HEADER_TRIGGER].n_list > 0);
}
