/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A group's copy: the octets received, sealed, proven and wrapped.  Nothing
 * here changes the message that the MTA holds.
 */
#include <stdio.h>
#include <sys/random.h>

#include "flow/steps.h"
#include "openpgp/packets.h"
#include "openpgp/pgpmime.h"
#include "openpgp/protect.h"

/* Fields that a seal adds to the inner header: hp, HP-Outer, copies. */
#define INNER_SLACK ((size_t)16 << 10)

struct ps_spool_where
ps_flow_spool(const struct ps_policy *p)
{
	return (struct ps_spool_where){
		.dir = p->spool_dir,
		.in_memory = p->limits.memory_per_message,
	};
}

static enum ps_status
inner_header(struct ps_txn *t, const struct ps_env *env,
	const struct ps_seal *seal, struct ps_buf *head, const char **why)
{
	/* protect-subject carries each field twice: as it is, and as HP-Outer
	 */
	ps_buf_init(head, 4 * env->policy->limits.max_header + INNER_SLACK);
	if (seal->protect_subject)
		ps_protect_inner_header(t->arena, &t->message.header, head);
	else
		ps_pgpmime_inner_header(&t->message.header, head);
	if (!head->full)
		return PS_OK;
	*why = "the header is too large to be sealed";
	return PS_ELIMIT;
}

static enum ps_status
encrypt(struct ps_txn *t, const struct ps_env *env, const struct ps_seal *seal,
	struct ps_bytes head, struct ps_spool *sealed, const char **why)
{
	const char **file =
		ps_arena_array(t->arena, seal->n_subkey, sizeof(*file));
	struct ps_encrypt_job job = {
		.head = head,
		.body = t->message.body,
		.body_fd = t->message.body_fd,
		.cert_file = file,
		.n_cert_file = seal->n_subkey,
		.sign_fpr = seal->signer == NULL ? NULL : seal->signer->fpr,
	};

	enum ps_status s;

	for (size_t i = 0; i < seal->n_subkey; i++)
		file[i] = seal->subkey[i]->file;
	s = env->engine->encrypt(
		env->engine->self, &job, &env->wait, sealed, why);
	return seal->signer == NULL ? s : ps_flow_sign_status(s);
}

/* Invariant 3: an engine's word is no proof. */
static enum ps_status
prove(struct ps_txn *t, const struct ps_seal *seal, struct ps_spool *sealed,
	struct ps_bytes *octets, const char **why)
{
	uint64_t *key_id =
		ps_arena_array(t->arena, seal->n_subkey, sizeof(*key_id));
	enum ps_status s = ps_spool_view(sealed, octets, why);

	if (s != PS_OK) /* more than it may be is the engine's failure */
		return s == PS_ELIMIT ? PS_ETEMP : s;
	for (size_t i = 0; i < seal->n_subkey; i++)
		key_id[i] = seal->subkey[i]->key_id;
	return ps_packets_check(*octets, key_id, seal->n_subkey, why);
}

enum ps_status
ps_flow_boundary(struct ps_arena *a, struct ps_bytes *out, const char **why)
{
	unsigned char noise[16];
	char hex[2 * sizeof(noise) + 1];

	if (getrandom(noise, sizeof(noise), 0) != (ssize_t)sizeof(noise)) {
		*why = "no random octets";
		return PS_ETEMP;
	}
	for (size_t i = 0; i < sizeof(noise); i++)
		snprintf(hex + 2 * i, 3, "%02x", noise[i]);
	*out = ps_bytes_of(ps_arena_printf(a, "=_postseal-%s", hex));
	return PS_OK;
}

static enum ps_status
make_outer(struct ps_txn *t, const struct ps_env *env,
	const struct ps_seal *seal, struct ps_pgpmime_outer *out,
	const char **why)
{
	static const struct ps_bytes hidden = {
		PS_PROTECT_SUBJECT, sizeof(PS_PROTECT_SUBJECT) - 1};
	const char *by = env->policy->authserv_id;
	struct ps_bytes boundary;
	enum ps_status s = ps_flow_boundary(t->arena, &boundary, why);

	if (s != PS_OK)
		return s;
	*out = (struct ps_pgpmime_outer){
		.boundary = boundary,
		.marker = ps_bytes_of(ps_arena_printf(t->arena,
			"sealed; by=%s; mode=gateway; end-to-end=no", by)),
		.marker_by = ps_bytes_of(by),
		.subject = seal->protect_subject ? &hidden : NULL,
	};
	return PS_OK;
}

static enum ps_status
seal_copy(struct ps_txn *t, const struct ps_env *env,
	const struct ps_seal *seal, struct ps_message *copy,
	struct ps_spool *body, const char **why)
{
	size_t max = 2 * t->size + INNER_SLACK * (1 + seal->n_subkey);
	struct ps_spool *sealed = ps_spool_new(ps_flow_spool(env->policy), max);
	struct ps_pgpmime_outer outer;
	struct ps_bytes octets;
	struct ps_buf head;
	enum ps_status s;

	s = inner_header(t, env, seal, &head, why);
	if (s == PS_OK)
		s = encrypt(t, env, seal, ps_buf_bytes(&head), sealed, why);
	ps_buf_free(&head);
	if (s == PS_OK)
		s = prove(t, seal, sealed, &octets, why);
	if (s == PS_OK)
		s = make_outer(t, env, seal, &outer, why);
	if (s == PS_OK)
		s = ps_pgpmime_wrap(
			t->arena, &t->message, &outer, octets, body, copy, why);
	ps_spool_free(sealed);
	return s;
}

/* What would have been done, or NULL. */
static const char *
trial_text(struct ps_arena *a, const struct ps_plan *plan,
	const struct ps_mark *mark)
{
	const char *what = NULL;
	bool sealed = false, is_signed = false;

	if (plan->would.action != PS_ACCEPT)
		return ps_arena_printf(
			a, " would be refused: %s", plan->would.reason);
	for (size_t i = 0; i < plan->n_group; i++) {
		sealed |= plan->group[i].seal.sealed;
		is_signed |= plan->group[i].seal.signer != NULL;
	}
	if (sealed || is_signed)
		what = ps_arena_printf(a, " would be %s%s%s",
			is_signed ? "signed" : "",
			is_signed && sealed ? " and " : "",
			sealed ? "sealed" : "");
	if (plan->n_group > 1)
		what = ps_arena_printf(
			a, " would be sent as %zu copies", plan->n_group);
	if (mark->kind == PS_MARK_NONE)
		return what;
	return ps_arena_printf(a, "%s %s: %s",
		what == NULL ? " would be" : ps_arena_printf(a, "%s,", what),
		mark->kind == PS_MARK_TAG ? "tagged" : "quarantined",
		mark->reason);
}

void
ps_rewrite_trial(struct ps_txn *t, const struct ps_plan *plan,
	const struct ps_mark *mark, struct ps_message *copy)
{
	const char *what = trial_text(t->arena, plan, mark);

	*copy = ps_message_keep(t->arena, &t->message);
	if (what != NULL)
		ps_message_put_last(t->arena, copy,
			(struct ps_field){
				.name = PS_LIT(PS_TRIAL_FIELD),
				.value = ps_bytes_of(what),
			});
}

enum ps_status
ps_rewrite(struct ps_txn *t, const struct ps_env *env,
	const struct ps_seal *seal, struct ps_message *copy,
	struct ps_spool **body, const char **why)
{
	enum ps_status s;

	*copy = ps_message_keep(t->arena, &t->message);
	*body = NULL;
	if (seal->sealed || seal->signer != NULL)
		*body = ps_spool_new(ps_flow_spool(env->policy), SIZE_MAX / 4);
	if (seal->sealed)
		s = seal_copy(t, env, seal, copy, *body, why);
	else if (seal->signer != NULL)
		s = ps_flow_sign_clear(
			t, env, seal->signer->fpr, copy, *body, why);
	else
		s = PS_OK;
	if (s == PS_OK && !seal->sealed)
		ps_pgpmime_unmark(
			t->arena, ps_bytes_of(env->policy->authserv_id), copy);
	if (s != PS_OK) {
		ps_spool_free(*body);
		*body = NULL;
	}
	return s;
}
