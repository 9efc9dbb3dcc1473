/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a copy says of its own way here: our verdict on top, and nothing that
 * somebody else wrote in our name.
 */
#include "auth/received_spf.h"
#include "flow/steps.h"

#define FIELD_MAX ((size_t)64 << 10)

/* Only a relay of ours may speak with our id, and it does so by the letter; and
 * nobody else tags for us. */
static bool
is_forged(struct ps_arena *a, const struct ps_env *env,
	const struct ps_verdict *v, const struct ps_field *f)
{
	struct ps_bytes id = ps_bytes_of(env->policy->authserv_id);
	struct ps_authres said;

	if (v->by_relay)
		return ps_authres_claims(a, f, id) &&
		       !ps_authres_is_ours(a, f, id, &said);
	return ps_bytes_ieq(f->name, PS_LIT(PS_TAG_FIELD)) ||
	       ps_bytes_ieq(f->name, PS_LIT(PS_TRIAL_FIELD)) ||
	       ps_authres_claims(a, f, id);
}

static void
strip_forged(struct ps_arena *a, const struct ps_env *env,
	const struct ps_verdict *v, struct ps_header *h)
{
	size_t kept = 0;

	for (size_t i = 0; i < h->n_field; i++)
		if (!is_forged(a, env, v, &h->field[i]))
			h->field[kept++] = h->field[i];
	h->n_field = kept;
}

static void
put_on_top(struct ps_arena *a, struct ps_message *copy, const char *name,
	struct ps_bytes value)
{
	ps_message_put_first(a, copy,
		(struct ps_field){.name = ps_bytes_of(name), .value = value});
}

/* Does a copy stay here?  One that leaves says nothing of who brought it. */
static bool
leaves_us(const struct ps_txn *t, const struct ps_policy *p)
{
	struct ps_sender sender;

	for (size_t i = 0; i < t->n_rcpt; i++) {
		ps_sender_of(p, t, &t->rcpt[i], &sender);
		if (sender.direction == PS_DIR_OUT)
			return true;
	}
	return false;
}

/* A verdict that policy did not follow says why not. */
static void
say_override(struct ps_authres_item *item, size_t n, const char *override)
{
	for (size_t i = 0; i < n && override != NULL; i++)
		if (strcmp(item[i].method, "dmarc") == 0)
			item[i].reason = override;
}

struct ps_bytes
ps_marks_authres(struct ps_txn *t, const struct ps_env *env,
	const struct ps_verdict *v, const char *override, bool with_login,
	bool fold)
{
	struct ps_authres_item *item;
	struct ps_bytes value;
	struct ps_buf out;
	size_t n = 0;

	item = ps_verify_say(t->arena, t, v, with_login, &n);
	say_override(item, n, override);
	ps_buf_init(&out, FIELD_MAX);
	ps_authres_write(env->policy->authserv_id, item, n, fold, &out);
	value = ps_arena_copy(t->arena, ps_buf_bytes(&out));
	ps_buf_free(&out);
	return value;
}

static void
put_received_spf(struct ps_txn *t, const struct ps_env *env,
	const struct ps_verdict *v, struct ps_message *copy)
{
	struct ps_buf out;

	if (!env->policy->received_spf || (v->methods & PS_METHOD_SPF) == 0)
		return;
	ps_buf_init(&out, FIELD_MAX);
	ps_received_spf_write(
		t->arena, t, v, env->policy->auth.receiver, true, &out);
	put_on_top(t->arena, copy, PS_RECEIVED_SPF_FIELD,
		ps_arena_copy(t->arena, ps_buf_bytes(&out)));
	ps_buf_free(&out);
}

/* Nothing was asked, and nothing was found. */
static bool
says_nothing(const struct ps_env *env, const struct ps_verdict *v)
{
	return (env->dns == NULL || env->policy->methods == 0) &&
	       v->openpgp.scope == PS_SCOPE_NONE;
}

void
ps_marks_put(struct ps_txn *t, const struct ps_env *env,
	const struct ps_verdict *v, const struct ps_sender_judgement *j,
	struct ps_message *copy)
{
	bool leaves = leaves_us(t, env->policy);

	strip_forged(t->arena, env, v, &copy->header);
	if (j->mark.kind != PS_MARK_NONE)
		put_on_top(t->arena, copy, PS_TAG_FIELD,
			ps_mark_value(t->arena, &j->mark));
	if (v->by_relay || says_nothing(env, v) ||
		(leaves && !env->policy->authres_out))
		return;
	put_received_spf(t, env, v, copy);
	put_on_top(t->arena, copy, PS_AUTHRES_FIELD,
		ps_marks_authres(t, env, v, j->override, !leaves, true));
}
