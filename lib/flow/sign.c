/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The last step before a copy leaves: DKIM signatures of what will be on the
 * wire.  No key is here: digests go to the engine and signatures come back.
 * Where policy asks for a signature and there is none, nothing leaves.
 */
#include "dkim/dkim_sign.h"
#include "flow/steps.h"
#include "mail/wire.h"
#include "policy/dkim_keys.h"

/*
 * The header as MTA or relay write it: fields where edits put them, and line
 * ends that fold nothing as the blanks that they become.
 */
static enum ps_status
header_on_wire(struct ps_arena *a, const struct ps_message *m,
	struct ps_header *out, const char **why)
{
	struct ps_message bare = {.header = m->header, .body_fd = -1};
	struct ps_bytes piece, octets, rest;
	enum ps_status s = PS_ETEMP;
	struct ps_buf b;
	struct ps_wire w;

	ps_buf_init(&b, PS_NOT_FOUND);
	ps_wire_begin(&w, &bare, false);
	while (ps_wire_next(&w, &piece))
		ps_buf_put(&b, piece);
	if (ps_wire_end(&w) && !b.full) {
		octets = ps_arena_copy(a, ps_buf_bytes(&b));
		s = ps_header_parse(
			a, octets, m->header.n_field, out, &rest, why);
	} else {
		*why = "no memory to sign the header";
	}
	ps_buf_free(&b);
	return s;
}

/* Below our trace fields, above all others (RFC 6376 section 5.6). */
static size_t
place_of(const struct ps_header *h)
{
	static const char *const trace[] = {
		"Authentication-Results", "Received-SPF", "Received"};
	size_t at = 0;
	bool found = true;

	while (found && at < h->n_field && h->field[at].from == 0) {
		found = false;
		for (size_t i = 0; i < sizeof(trace) / sizeof(trace[0]); i++)
			found |= ps_bytes_ieq(
				h->field[at].name, ps_bytes_of(trace[i]));
		at += found;
	}
	return at;
}

static void
put_fields(struct ps_arena *a, struct ps_message *copy,
	const struct ps_bytes *value, size_t n)
{
	struct ps_header *h = &copy->header;
	size_t at = place_of(h);
	struct ps_field *field =
		ps_arena_array(a, h->n_field + n, sizeof(*field));

	if (at > 0)
		memcpy(field, h->field, at * sizeof(*field));
	for (size_t i = 0; i < n; i++)
		field[at + i] = (struct ps_field){
			.name = PS_LIT(PS_DKIM_FIELD), .value = value[i]};
	if (at < h->n_field)
		memcpy(field + at + n, h->field + at,
			(h->n_field - at) * sizeof(*field));
	h->field = field;
	h->n_field += n;
}

static enum ps_status
ask_engine(struct ps_arena *a, const struct ps_env *env,
	const struct ps_dkim_ref *signer, const struct ps_dkim_draft *draft,
	size_t n, struct ps_dkim_signed *out, const char **why)
{
	struct ps_dkim_job *job = ps_arena_array(a, n, sizeof(*job));

	if (env->engine->dkim_sign == NULL) {
		*why = "there is nobody to sign with DKIM";
		return PS_ETEMP;
	}
	for (size_t i = 0; i < n; i++) {
		job[i].key_file = signer[i].path;
		memcpy(job[i].digest, draft[i].digest, sizeof(job[i].digest));
	}
	return env->engine->dkim_sign(
		env->engine->self, a, job, n, &env->wait, out, why);
}

static enum ps_status
make_fields(struct ps_arena *a, const struct ps_env *env,
	const struct ps_message *m, const struct ps_dkim_ref *signer, size_t n,
	struct ps_bytes *value, const char **why)
{
	struct ps_dkim_signer *by = ps_arena_array(a, n, sizeof(*by));
	struct ps_dkim_draft *draft = ps_arena_array(a, n, sizeof(*draft));
	struct ps_dkim_signed *made = ps_arena_array(a, n, sizeof(*made));
	struct ps_dkim_order order = {.signer = by,
		.n_signer = n,
		.now_s = ps_now_s(env->clock),
		.expire_s = env->policy->dkim_expire_s};
	enum ps_status s;

	for (size_t i = 0; i < n; i++)
		by[i] = (struct ps_dkim_signer){
			signer[i].domain, signer[i].selector};
	s = ps_dkim_sign_draft(a, env->dkim, m, &order, draft, why);
	if (s == PS_OK)
		s = ask_engine(a, env, signer, draft, n, made, why);
	for (size_t i = 0; i < n && s == PS_OK; i++)
		value[i] = ps_dkim_sign_finish(
			a, &draft[i], made[i].alg, made[i].octets);
	return s;
}

static const char *
note_of(struct ps_arena *a, const struct ps_dkim_ref *signer, size_t n)
{
	const char *note = "";

	for (size_t i = 0; i < n; i++)
		note = ps_arena_printf(a, "%s%s%.*s/%.*s", note,
			i > 0 ? "," : "", PS_FMT(signer[i].domain),
			PS_FMT(signer[i].selector));
	return note;
}

enum ps_status
ps_sign(struct ps_txn *t, const struct ps_env *env, const struct ps_verdict *v,
	bool by_relay, struct ps_message *copy, struct ps_spool **body,
	const char **note, const char **why)
{
	struct ps_message leaves;
	struct ps_dkim_ref *signer;
	struct ps_bytes *value;
	enum ps_status s;
	size_t n;

	signer = ps_dkim_keys_of(t->arena, env->policy, t, v, &n, note);
	if (n == 0)
		return PS_OK;
	s = ps_reform(t, env, copy, body, why);
	if (s != PS_OK)
		return s;
	leaves = by_relay ? *copy : ps_edit_order(t->arena, &t->message, copy);
	value = ps_arena_array(t->arena, n, sizeof(*value));
	s = header_on_wire(t->arena, &leaves, &leaves.header, why);
	if (s == PS_OK)
		s = make_fields(t->arena, env, &leaves, signer, n, value, why);
	if (s != PS_OK)
		return s;
	put_fields(t->arena, copy, value, n);
	*note = note_of(t->arena, signer, n);
	return PS_OK;
}
