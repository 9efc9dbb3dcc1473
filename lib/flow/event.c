/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The one log line of a message: key=value in a fixed order, the queue id
 * first, every value from the network escaped.  Never a body or a subject.
 */
#include "base/str.h"
#include "flow/steps.h"

#define LINE_MAX_OCTETS	 3072
#define RCPTS_MAX_OCTETS 1500

static const char *const action_word[] = {
	[PS_ACCEPT] = "accept",
	[PS_TEMPFAIL] = "tempfail",
	[PS_REJECT] = "reject",
	[PS_DISCARD] = "discard",
};

static void
put(struct ps_buf *line, const char *key, struct ps_bytes value)
{
	if (value.len == 0)
		return;
	ps_buf_printf(line, " %s=", key);
	ps_str_put_value(line, ps_bytes_head(value, 400));
}

static void
put_addr(struct ps_buf *line, const char *key, struct ps_bytes addr)
{
	ps_buf_printf(line, " %s=<", key);
	ps_str_put_escaped(line, ps_bytes_head(addr, 320));
	ps_buf_putc(line, '>');
}

/* Everybody, so that a recipient's mail is found by his address; a line has an
 * end, and then "..." and nrcpt= say that there are more. */
static void
put_rcpts(struct ps_buf *line, const struct ps_txn *t)
{
	const char *before = " to=<";

	for (size_t i = 0; i < t->n_rcpt; i++) {
		if (line->len > RCPTS_MAX_OCTETS) {
			ps_buf_puts(line, ",...");
			return;
		}
		ps_buf_puts(line, before);
		ps_str_put_escaped(
			line, ps_bytes_head(t->rcpt[i].addr.full, 320));
		ps_buf_putc(line, '>');
		before = ",<";
	}
}

static void
put_verdict(
	struct ps_buf *line, const struct ps_txn *t, const struct ps_reply *r)
{
	if (t->queue_id.len == 0)
		ps_buf_puts(line, "NOQUEUE");
	ps_str_put_escaped(line, ps_bytes_head(t->queue_id, 64));
	ps_buf_printf(line, ": verdict=%s", action_word[r->action]);
	if (r->code != NULL)
		ps_buf_printf(line, " code=%s/%s", r->code, r->xcode);
	put(line, "reason", ps_bytes_of(r->reason));
}

/* The key, or why there is none although one was asked for. */
static void
put_signer(struct ps_buf *line, const struct ps_plan *plan)
{
	for (size_t i = 0; i < plan->n_group; i++) {
		const struct ps_seal *s = &plan->group[i].seal;
		const char *what =
			s->signer != NULL ? s->signer->fpr : s->why_unsigned;

		put(line, "sign", ps_bytes_of(what));
		if (what != NULL)
			return;
	}
}

static void
put_plan(struct ps_buf *line, const struct ps_plan *plan)
{
	size_t sealed = 0, clear = 0;
	const char *why_clear = NULL;

	for (size_t i = 0; i < plan->n_group; i++) {
		const struct ps_group *g = &plan->group[i];

		if (g->seal.sealed) {
			sealed += g->n_rcpt;
			continue;
		}
		clear += g->n_rcpt;
		why_clear = g->seal.why_clear;
	}
	if (plan->trial)
		ps_buf_puts(line, " trial=yes");
	if (plan->trial && plan->would.action != PS_ACCEPT)
		ps_buf_printf(line, " would=%s/%s would-reason=%s",
			plan->would.code, plan->would.xcode,
			plan->would.reason);
	if (plan->n_group == 0)
		return;
	ps_buf_printf(line, " plan=seal:%zu,clear:%zu", sealed, clear);
	put(line, "clear", ps_bytes_of(why_clear));
	put_signer(line, plan);
	put(line, "rule", ps_bytes_of(plan->group[0].rule));
}

/* The first pass speaks for DKIM, else the first signature. */
static void
put_dkim(struct ps_buf *line, const struct ps_dkim_result *r)
{
	const struct ps_dkim_signature *best = NULL;

	for (size_t i = 0; i < r->n_signature; i++)
		if (best == NULL ||
			(best->result != PS_AUTH_PASS &&
				r->signature[i].result == PS_AUTH_PASS))
			best = &r->signature[i];
	ps_buf_printf(line, " dkim=%s",
		ps_auth_result_name(
			best == NULL ? PS_AUTH_NONE : best->result));
	if (best != NULL)
		put(line, "dkim-domain", best->domain);
}

static void
put_dmarc(struct ps_buf *line, const struct ps_dmarc_result *r)
{
	static const char *const asks[] = {"none", "quarantine", "reject"};

	ps_buf_printf(line, " dmarc=%s", ps_auth_result_name(r->result));
	if (r->result == PS_AUTH_FAIL)
		ps_buf_printf(line, " dmarc-policy=%s", asks[r->policy]);
	put(line, "header-from", r->from_domain);
	put(line, "dmarc-differs", ps_bytes_of(r->differs));
	put(line, "dmarc-mismatch", ps_bytes_of(r->mismatch));
}

/* What was asked, and nothing of what was not. */
static void
put_methods(struct ps_buf *line, const struct ps_verdict *v)
{
	if ((v->methods & PS_METHOD_IPREV) != 0)
		ps_buf_printf(line, " iprev=%s",
			ps_auth_result_name(v->iprev.result));
	if ((v->methods & PS_METHOD_SPF) != 0)
		ps_buf_printf(line, " helo=%s spf=%s",
			ps_auth_result_name(v->helo.result),
			ps_auth_result_name(v->mail_from.result));
	if ((v->methods & PS_METHOD_DKIM) != 0)
		put_dkim(line, &v->dkim);
	if ((v->methods & PS_METHOD_ARC) != 0)
		ps_buf_printf(
			line, " arc=%s", ps_auth_result_name(v->arc.result));
	if ((v->methods & PS_METHOD_DMARC) != 0)
		put_dmarc(line, &v->dmarc);
	if ((v->methods & PS_METHOD_VBR) != 0)
		ps_buf_printf(
			line, " vbr=%s", ps_auth_result_name(v->vbr.result));
}

static void
put_openpgp(struct ps_buf *line, const struct ps_openpgp_result *r)
{
	if (r->scope == PS_SCOPE_NONE)
		return;
	ps_buf_printf(line, " openpgp=%s", ps_auth_result_name(r->result));
	put(line, "openpgp-why", ps_bytes_of(r->reason));
	put(line, "openpgp-key", ps_bytes_of(r->fpr));
}

static void
put_mark(struct ps_buf *line, const struct ps_sender_judgement *j)
{
	const struct ps_mark *mark = j->trial ? &j->would_mark : &j->mark;

	if (mark->kind == PS_MARK_QUARANTINE)
		put(line, "quarantine", ps_bytes_of(mark->reason));
	else if (mark->kind == PS_MARK_TAG)
		put(line, "tag", ps_bytes_of(mark->reason));
	put(line, "override", ps_bytes_of(j->override));
}

static void
put_keys(struct ps_buf *line, const struct ps_plan *plan)
{
	const char *before = " key=";

	for (size_t i = 0; i < plan->n_group; i++) {
		const struct ps_seal *s = &plan->group[i].seal;

		for (size_t k = 0; k < s->n_subkey; k++) {
			ps_buf_printf(line, "%s%016llX", before,
				(unsigned long long)s->subkey[k]->key_id);
			before = ",";
		}
	}
}

/* Who has no key may have one that waits for somebody, or a server that has
 * none: said where keys are looked for at all. */
static void
put_key_note(struct ps_buf *line, const struct ps_policy *p,
	const struct ps_course *c)
{
	for (size_t i = 0; i < c->n_facts && ps_policy_discovers(p); i++) {
		const struct ps_cert_answer *k = &c->facts[i].keys;

		if (!c->facts[i].looked_up || k->state == PS_CERT_FOUND ||
			k->text == NULL)
			continue;
		put(line, "key-note", ps_bytes_of(k->text));
		return;
	}
}

static const char *
finish(const struct ps_txn *t, struct ps_buf *line)
{
	const char *text = ps_arena_cstr(t->arena, ps_buf_bytes(line));

	ps_buf_free(line);
	return text;
}

const char *
ps_event_message(const struct ps_txn *t, const struct ps_env *env,
	const struct ps_course *course, const struct ps_reply *reply)
{
	struct ps_buf line;

	ps_buf_init(&line, LINE_MAX_OCTETS);
	put_verdict(&line, t, reply);
	put_mark(&line, &course->sender);
	put_plan(&line, &course->plan);
	put(&line, "rule", ps_bytes_of(reply->rule));
	put(&line, "dkim-sign", ps_bytes_of(course->signed_by));
	put_addr(&line, "from", t->mail_from.full);
	put_rcpts(&line, t);
	ps_buf_printf(&line, " nrcpt=%zu", t->n_rcpt);
	put(&line, "login", t->login);
	put(&line, "client", t->session->client_ip);
	put(&line, "tls", t->session->tls_version);
	put_methods(&line, &course->verdict);
	put_openpgp(&line, &course->verdict.openpgp);
	ps_buf_printf(&line, " size=%zu", t->size);
	put_keys(&line, &course->plan);
	put_key_note(&line, env->policy, course);
	if (reply->action != PS_ACCEPT)
		put(&line, "why", ps_bytes_of(reply->text));
	ps_buf_printf(&line, " ms=all:%lld,verify:%lld",
		(long long)(ps_mono_ms(env->clock) - course->began_ms),
		(long long)course->verdict.took_ms);
	return finish(t, &line);
}

const char *
ps_event_rcpt(const struct ps_txn *t, const struct ps_rcpt *r,
	const struct ps_reply *reply)
{
	struct ps_buf line;

	ps_buf_init(&line, LINE_MAX_OCTETS);
	put_verdict(&line, t, reply);
	put(&line, "rule", ps_bytes_of(reply->rule));
	put_addr(&line, "from", t->mail_from.full);
	put_addr(&line, "to", r->addr.full);
	put(&line, "client", t->session->client_ip);
	put(&line, "why", ps_bytes_of(reply->text));
	return finish(t, &line);
}

static const char *
copy_line(const struct ps_txn *t, const struct ps_course *c, size_t i)
{
	static const char *const word[] = {
		[PS_RELAY_NONE] = "not-sent",
		[PS_RELAY_ACKNOWLEDGED] = "sent",
		[PS_RELAY_REFUSED] = "refused",
		[PS_RELAY_FAILED] = "failed",
		[PS_RELAY_UNKNOWN] = "unknown",
	};
	const struct ps_group *g = &c->plan.group[i];
	const struct ps_copy_fate *f = &c->fate[i];
	struct ps_buf line;

	ps_buf_init(&line, LINE_MAX_OCTETS);
	if (t->queue_id.len == 0)
		ps_buf_puts(&line, "NOQUEUE");
	ps_str_put_escaped(&line, ps_bytes_head(t->queue_id, 64));
	ps_buf_printf(&line, ": copy=%zu/%zu outcome=%s seal=%s", i + 1,
		c->plan.n_group, word[f->result.outcome],
		g->seal.sealed ? "sealed" : "clear");
	put(&line, "clear", ps_bytes_of(g->seal.why_clear));
	put(&line, "rule", ps_bytes_of(g->rule));
	ps_buf_printf(&line, " nrcpt=%zu", g->n_rcpt);
	if (f->result.code != 0)
		ps_buf_printf(&line, " code=%d", f->result.code);
	put(&line, "reply", ps_bytes_of(f->result.text));
	if (f->tried)
		ps_buf_printf(&line, " ms=%lld", (long long)f->took_ms);
	return finish(t, &line);
}

void
ps_event_copies(const struct ps_txn *t, const struct ps_course *course,
	struct ps_outcome *out)
{
	if (course->fate == NULL)
		return;
	out->n_group_log = course->plan.n_group;
	out->group_log = ps_arena_array(
		t->arena, out->n_group_log, sizeof(*out->group_log));
	for (size_t i = 0; i < out->n_group_log; i++)
		out->group_log[i] = copy_line(t, course, i);
}
