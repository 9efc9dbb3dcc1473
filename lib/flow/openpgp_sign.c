/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * OpenPGP signatures of what leaves: who signs, and a clear copy as
 * multipart/signed.  The signature is looked at before it leaves; where policy
 * asks for one and there is none, nothing leaves.
 */
#include <stdio.h>

#include "flow/steps.h"
#include "mail/sevenbit.h"
#include "openpgp/inspect.h"
#include "openpgp/sign_mime.h"
#include "openpgp/signed.h"
#include "policy/signing.h"

/* Around the entity: boundaries, the signature's part, and its armor. */
#define AROUND ((size_t)32 << 10)

void
ps_flow_plan_signatures(struct ps_txn *t, const struct ps_env *env,
	const struct ps_verdict *v, struct ps_plan *plan)
{
	struct ps_signing_case c = {
		.policy = env->policy, .txn = t, .verdict = v};
	struct ps_inspection seen = {.sealed = PS_SEALED_NOT};
	struct ps_signed found = {.scope = PS_SCOPE_NONE};

	if (!ps_signing_needed(plan))
		return;
	ps_inspect(t->arena, &t->message, &env->policy->limits, &seen);
	ps_signed_scan(t->arena, &t->message, &env->policy->limits, &found);
	c.is_sealed = seen.sealed == PS_SEALED_WHOLLY;
	c.is_signed = found.scope == PS_SCOPE_WHOLE;
	ps_signing_decide(t->arena, &c, plan);
}

/* As no MTA will change it: into a spool, for another process to read. */
static enum ps_status
put_entity(struct ps_txn *t, const struct ps_env *env, struct ps_spool *entity,
	const char **why)
{
	const char *reason = NULL;
	struct ps_buf b;
	enum ps_status s;

	ps_buf_init(&b, 4 * t->size + AROUND);
	s = ps_sevenbit_entity(
		t->arena, &t->message, &env->policy->limits, &b, &reason);
	if (s == PS_OK && b.full) {
		s = PS_ETEMP;
		reason = "there is no memory for it";
	}
	if (s == PS_OK)
		s = ps_spool_put(entity, ps_buf_bytes(&b), why);
	else {
		*why = ps_arena_printf(t->arena,
			"the message must be signed, and cannot be: %s",
			reason == NULL ? "unknown trouble" : reason);
		s = s == PS_EPERM ? PS_EUNSIGNABLE : s;
	}
	ps_buf_free(&b);
	return s;
}

/* RFC 3156 section 5; nothing weaker leaves. */
static const char *
micalg_of(int hash)
{
	switch (hash) {
	case 8:
		return "pgp-sha256";
	case 9:
		return "pgp-sha384";
	case 10:
		return "pgp-sha512";
	default:
		return NULL;
	}
}

static bool
is_of_key(const struct ps_signature_made *made, uint64_t key_id)
{
	for (size_t i = 0; i < made->n_key_id; i++)
		if (made->key_id[i] == key_id)
			return true;
	return false;
}

/* Invariant 3, of a signature: one, over octets, by the planned key, with a
 * digest that readers believe. */
static enum ps_status
prove(const struct ps_signature_made *made, const char **micalg,
	const char **why)
{
	struct ps_signature_claim claim[PS_SIGNATURES_MAX];
	size_t n = 0;

	if (ps_signature_claims(made->octets, claim, &n, why) != PS_OK)
		return PS_ESIGN;
	*micalg = micalg_of(claim[0].hash);
	if (n != 1)
		*why = "more than one signature was made";
	else if (claim[0].class != 0 || claim[0].version != 4)
		*why = "another kind of signature was made";
	else if (*micalg == NULL)
		*why = "the signature was made with a weak digest";
	else if (!is_of_key(made, claim[0].key_id))
		*why = "another key signed";
	else
		return PS_OK;
	return PS_ESIGN;
}

static enum ps_status
ask_engine(struct ps_txn *t, const struct ps_env *env, const char *fpr,
	struct ps_spool *entity, struct ps_bytes octets,
	struct ps_signature_made *made, const char **why)
{
	const struct ps_sign_job job = {
		.body = octets, .body_fd = ps_spool_file(entity), .fpr = fpr};

	*why = "there is nobody to sign";
	if (env->engine->sign == NULL)
		return PS_ESIGN;
	return ps_flow_sign_status(env->engine->sign(
		env->engine->self, t->arena, &job, &env->wait, made, why));
}

enum ps_status
ps_flow_sign_status(enum ps_status s)
{
	return s == PS_ETEMP || s == PS_EPERM ? PS_ESIGN : s;
}

/* Postfix refuses after our answer what grew over its limit. */
static enum ps_status
check_size(const struct ps_env *env, const struct ps_message *copy,
	const char **why)
{
	size_t max = env->policy->limits.mta_message_size;

	if (max == 0 || ps_message_size(copy) + AROUND <= max)
		return PS_OK;
	*why = "the message is larger than the MTA takes once it is signed";
	return PS_ELIMIT;
}

static enum ps_status
wrap(struct ps_txn *t, const struct ps_env *env, struct ps_sign_parts *parts,
	struct ps_spool *body, struct ps_message *copy, const char **why)
{
	enum ps_status s;

	s = ps_flow_boundary(t->arena, &parts->boundary, why);
	if (s == PS_OK)
		s = ps_sign_wrap(t->arena, &t->message, parts, body, copy, why);
	return s == PS_OK ? check_size(env, copy, why) : s;
}

enum ps_status
ps_flow_sign_clear(struct ps_txn *t, const struct ps_env *env, const char *fpr,
	struct ps_message *copy, struct ps_spool *body, const char **why)
{
	struct ps_spool *entity =
		ps_spool_new(ps_flow_spool(env->policy), 4 * t->size + AROUND);
	struct ps_signature_made made = {.n_key_id = 0};
	struct ps_sign_parts parts = {.micalg = NULL};
	enum ps_status s;

	s = put_entity(t, env, entity, why);
	if (s == PS_OK)
		s = ps_spool_view(entity, &parts.entity, why);
	if (s == PS_OK)
		s = ask_engine(t, env, fpr, entity, parts.entity, &made, why);
	if (s == PS_OK)
		s = prove(&made, &parts.micalg, why);
	parts.signature = made.octets;
	if (s == PS_OK)
		s = wrap(t, env, &parts, body, copy, why);
	ps_spool_free(entity);
	return s;
}
