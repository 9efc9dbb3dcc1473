/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Lines too long for SMTP: Postfix folds them at 998 octets, Sendmail at 990
 * with a "!", and either breaks the signature.  They are encoded instead, which
 * every reader undoes.  Only what will be signed comes here.
 */
#include "flow/steps.h"
#include "mail/sevenbit.h"

#define LINE_OCTETS ((size_t)998)

static bool
has_long_line(struct ps_bytes body)
{
	const char *at = body.p, *end = body.p + body.len;

	while ((size_t)(end - at) > LINE_OCTETS) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));

		if (lf == NULL || (size_t)(lf - at) > LINE_OCTETS + 1)
			return true;
		at = lf + 1;
	}
	return false;
}

/* In the place of the field of that name, where there is one. */
static void
put_field(struct ps_arena *a, struct ps_message *copy, struct ps_field f)
{
	for (size_t i = 0; i < copy->header.n_field; i++) {
		struct ps_field *old = &copy->header.field[i];

		if (!ps_bytes_ieq(old->name, f.name))
			continue;
		old->value = f.value;
		return;
	}
	f.from = 0;
	ps_message_put_last(a, copy, f);
}

static enum ps_status
take_over(struct ps_txn *t, const struct ps_env *env, struct ps_bytes entity,
	struct ps_message *copy, struct ps_spool **body, const char **why)
{
	struct ps_spool_where where = {.dir = env->policy->spool_dir,
		.in_memory = env->policy->limits.memory_per_message};
	struct ps_arena *a = t->arena;
	struct ps_header h;
	struct ps_bytes rest;
	enum ps_status s = ps_header_parse(a, entity,
		env->policy->limits.max_header_fields, &h, &rest, why);

	if (s != PS_OK)
		return s;
	*body = ps_spool_new(where, SIZE_MAX / 4);
	s = ps_spool_put(*body, rest, why);
	if (s == PS_OK)
		s = ps_spool_view(*body, &copy->body, why);
	if (s != PS_OK)
		return s;
	copy->body_fd = ps_spool_file(*body);
	for (size_t i = 0; i < h.n_field; i++) {
		struct ps_field f = h.field[i];

		f.name = ps_arena_copy(a, f.name);
		f.value = ps_arena_copy(a, f.value);
		put_field(a, copy, f);
	}
	if (ps_header_count(&copy->header, PS_LIT("MIME-Version")) == 0)
		ps_message_put_last(a, copy,
			(struct ps_field){.name = PS_LIT("MIME-Version"),
				.value = PS_LIT(" 1.0")});
	return PS_OK;
}

enum ps_status
ps_reform(struct ps_txn *t, const struct ps_env *env, struct ps_message *copy,
	struct ps_spool **body, const char **why)
{
	enum ps_status s = PS_OK;
	struct ps_buf entity;

	if (*body != NULL || !has_long_line(copy->body))
		return PS_OK; /* a seal's lines are ours */
	ps_buf_init(&entity, PS_NOT_FOUND);
	if (ps_sevenbit_entity(t->arena, copy, &env->policy->limits, &entity,
		    why) == PS_OK &&
		!entity.full)
		s = take_over(t, env, ps_buf_bytes(&entity), copy, body, why);
	ps_buf_free(&entity);
	return s;
}
