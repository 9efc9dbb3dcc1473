/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The sender's own certificate in mail that he sends (Autocrypt Level 1,
 * section 2.1), so that who answers can seal.  It is help, no duty: where
 * anything is missing, mail goes without.
 */
#include "flow/steps.h"
#include "openpgp/autocrypt.h"
#include "openpgp/cert_trim.h"

static int
wanted(const struct ps_course *c, const struct ps_group *g)
{
	int most = PS_AUTOCRYPT_HEADER_NO;

	for (size_t i = 0; i < g->n_rcpt; i++) {
		const struct ps_ruling *r = &c->facts[g->rcpt[i]].ruling;

		if (r->word[PS_WORD_AUTOCRYPT_HEADER].value > most)
			most = r->word[PS_WORD_AUTOCRYPT_HEADER].value;
	}
	return most;
}

/* One mailbox of ours in From, written by somebody whom we know. */
static const struct ps_addr *
sender_of(const struct ps_txn *t, const struct ps_env *env,
	const struct ps_dmarc_author *author)
{
	if (!ps_policy_trusts(env->policy, t) ||
		author->from != PS_DMARC_FROM_ONE || author->n_addr != 1 ||
		!ps_policy_is_ours(env->policy, &author->addr[0]))
		return NULL;
	return &author->addr[0];
}

struct wish {
	const struct ps_addr *addr;
	bool fold;
};

static bool
is_his_name(void *self, struct ps_bytes uid)
{
	const struct wish *w = self;

	return ps_addr_user_id_is(uid, w->addr, w->fold);
}

/* His newest certificate that can be sealed to now, with no name but this. */
static bool
own_certificate(struct ps_arena *a, const struct ps_env *env,
	const struct ps_addr *addr, struct ps_bytes *out)
{
	const struct ps_cert_query q = {
		.addr = addr,
		.fold_local = !env->policy->local_part_case,
		.now_s = ps_now_s(env->clock),
		.max_certs = 1,
		.wait = &env->wait,
	};
	struct wish wish = {addr, q.fold_local};
	struct ps_cert_trim how = ps_cert_trim_default;
	struct ps_cert_trimmed trimmed;
	struct ps_cert_answer answer;
	struct ps_bytes whole;
	const char *why;

	how.wants_uid = is_his_name;
	how.self = &wish;
	env->certs->find(env->certs->self, a, &q, &answer);
	if (answer.state != PS_CERT_FOUND || answer.n_cert == 0 ||
		env->whole->of(env->whole->self, a, answer.cert[0].fpr, &whole,
			&why) != PS_OK ||
		ps_cert_trim(a, whole, &how, &trimmed, &why) != PS_OK)
		return false;
	*out = trimmed.octets;
	return true;
}

void
ps_own_key_put(struct ps_txn *t, const struct ps_env *env,
	const struct ps_course *c, const struct ps_group *g,
	struct ps_message *copy)
{
	const struct ps_addr *addr = sender_of(t, env, &c->verdict.author);
	struct ps_bytes name = PS_LIT("Autocrypt"), value;
	int how = wanted(c, g);
	struct ps_autocrypt field;

	if (how == PS_AUTOCRYPT_HEADER_NO || env->whole == NULL ||
		addr == NULL || ps_header_count(&copy->header, name) > 0)
		return;
	field = (struct ps_autocrypt){
		.addr = *addr,
		.prefers_mutual = how == PS_AUTOCRYPT_HEADER_MUTUAL,
	};
	if (!own_certificate(t->arena, env, addr, &field.keydata))
		return;
	value = ps_autocrypt_write(t->arena, &field);
	if (value.len > 0)
		ps_message_put_last(t->arena, copy,
			(struct ps_field){.name = name, .value = value});
}
