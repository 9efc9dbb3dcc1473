/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Opening a message that is sealed to a key of ours: proven by the packet walk
 * before the engine sees it, then opened, unpacked, and asked who signed it.
 * What cannot be opened stays as it is; trouble of ours is no such thing, and
 * comes again.
 */
#include "flow/open.h"

#include "openpgp/opened.h"

static struct ps_spool *
new_spool(const struct ps_env *env)
{
	return ps_spool_new(
		(struct ps_spool_where){.dir = env->policy->spool_dir,
			.in_memory = env->policy->limits.memory_per_message},
		env->policy->limits.max_message);
}

static enum ps_status
take_seal_off(struct ps_txn *t, const struct ps_env *env,
	struct ps_spool *packets, const char **why)
{
	struct ps_open_job job = {.max = env->policy->limits.max_message};
	enum ps_status s;

	if (env->engine->open == NULL) {
		*why = "there are no secret keys to open it with";
		return PS_ETEMP;
	}
	s = ps_opened_sealed(
		t->arena, &t->message, &env->policy->limits, &job.sealed, why);
	if (s != PS_OK)
		return s;
	return env->engine->open(
		env->engine->self, &job, &env->wait, packets, why);
}

/* A signature as its own MIME part, inside the seal. */
static void
look_inside(struct ps_txn *t, const struct ps_dmarc_author *author,
	const struct ps_openpgp_verifier *v, struct ps_opening *out)
{
	if (out->openpgp.scope != PS_SCOPE_NONE)
		return;
	ps_openpgp_verify(t->arena, &out->message, author, v, &out->openpgp);
	out->openpgp.sealed = true;
}

static enum ps_status
open_and_unpack(struct ps_txn *t, const struct ps_env *env,
	const struct ps_dmarc_author *author,
	const struct ps_openpgp_verifier *v, struct ps_spool *clear,
	struct ps_opening *out, const char **why)
{
	struct ps_spool *packets = new_spool(env);
	struct ps_bytes octets;
	enum ps_status s = take_seal_off(t, env, packets, why);

	if (s == PS_OK)
		s = ps_spool_view(packets, &octets, why);
	if (s == PS_OK)
		s = ps_openpgp_verify_opened(
			t->arena, octets, author, v, clear, &out->openpgp, why);
	ps_spool_free(packets);
	if (s == PS_OK)
		s = ps_spool_view(clear, &octets, why);
	if (s == PS_OK)
		s = ps_opened_message(t->arena, &t->message, octets,
			&env->policy->limits, out->body, &out->message, why);
	if (s == PS_OK)
		look_inside(t, author, v, out);
	return s;
}

enum ps_status
ps_flow_open(struct ps_txn *t, const struct ps_env *env,
	const struct ps_dmarc_author *author,
	const struct ps_openpgp_verifier *v, struct ps_opening *out,
	const char **why)
{
	struct ps_spool *clear = new_spool(env);
	const char *because = NULL;
	enum ps_status s;

	*out = (struct ps_opening){.body = new_spool(env)};
	s = open_and_unpack(t, env, author, v, clear, out, &because);
	ps_spool_free(clear);
	out->opened = s == PS_OK;
	if (s == PS_OK)
		return PS_OK;
	ps_opening_free(out);
	if (s == PS_EPERM || s == PS_ELIMIT) {
		out->why_not = because;
		return PS_OK;
	}
	*why = because;
	return s;
}

void
ps_opening_free(struct ps_opening *o)
{
	ps_spool_free(o->body);
	*o = (struct ps_opening){0};
}
