/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal explain FROM TO": which rule holds and why, which key, and what the
 * answers to RCPT and to the message would be.  Seals nothing.
 */
#include <stdio.h>
#include <sysexits.h>

#include "base/str.h"
#include "cmd.h"
#include "events.h"
#include "file_message.h"
#include "flow/steps.h"
#include "options.h"
#include "policy/explain.h"

/* The column that policy/explain.c begins values in. */
#define PS_EXPLAIN_WIDTH 20
#define TEXT_MAX	 ((size_t)1 << 20)

static const char usage[] =
	"usage: postseal explain FROM TO... [--client IP|local] [--auth "
	"LOGIN]\n"
	"                [--daemon-name NAME] [--message FILE] [--no-trial] "
	"[-c FILE]\n";

static int
fail(int status, const char *why)
{
	fprintf(stderr, "postseal: %s\n",
		why == NULL ? "unknown trouble" : why);
	return status;
}

static const char *const direction_word[] = {
	[PS_DIR_ANY] = "any",
	[PS_DIR_IN] = "in",
	[PS_DIR_OUT] = "out",
	[PS_DIR_INTERNAL] = "internal",
};

static void
label(struct ps_buf *out, const char *name)
{
	ps_buf_printf(out, "  %-*s  ", PS_EXPLAIN_WIDTH, name);
}

static void
say_who(const struct ps_envelope *e, const struct ps_txn *t,
	const struct ps_rcpt *r, const struct ps_sender *sender,
	struct ps_buf *out)
{
	ps_buf_putc(out, '<');
	ps_str_put_escaped(out, t->mail_from.full);
	ps_buf_puts(out, "> -> <");
	ps_str_put_escaped(out, r->addr.full);
	ps_buf_puts(out, ">\n");
	label(out, "direction");
	ps_buf_printf(out, "%s\n", direction_word[sender->direction]);
	label(out, "client");
	ps_buf_printf(out, "%s%s\n",
		e->client == NULL ? PS_TOOL_STRANGER : e->client,
		e->client == NULL ? " (a stranger; --client names another)"
				  : "");
	if (e->login == NULL)
		return;
	label(out, "login");
	ps_buf_printf(out, "%s\n", e->login);
}

static void
say_group(const struct ps_txn *t, const struct ps_plan *plan, size_t i,
	struct ps_buf *out)
{
	const struct ps_group *g = &plan->group[i];

	if (plan->n_group > 1) {
		label(out, "");
		ps_buf_printf(out, "copy %zu:", i + 1);
		for (size_t k = 0; k < g->n_rcpt; k++) {
			ps_buf_puts(out, k == 0 ? " <" : ", <");
			ps_str_put_escaped(out, t->rcpt[g->rcpt[k]].addr.full);
			ps_buf_putc(out, '>');
		}
		ps_buf_puts(out, ", ");
	}
	if (!g->seal.sealed) {
		ps_buf_printf(out, "left as it is (%s)\n", g->seal.why_clear);
		return;
	}
	ps_buf_printf(out, "sealed%s to",
		g->seal.protect_subject ? ", subject hidden," : "");
	for (size_t k = 0; k < g->seal.n_subkey; k++)
		ps_buf_printf(out, " %s", g->seal.subkey[k]->fpr);
	ps_buf_putc(out, '\n');
}

static void
say_seal(const struct ps_txn *t, const struct ps_plan *plan,
	const struct ps_policy *p, struct ps_buf *out)
{
	if (plan->n_group > 1)
		ps_buf_printf(out, "split into %zu copies%s\n", plan->n_group,
			p->relay_to == NULL ? ": deferred, there is no relay"
					    : "");
	for (size_t i = 0; i < plan->n_group; i++)
		say_group(t, plan, i, out);
}

/* What a message gets as its answer; without one, a plain text. */
static void
say_end(const struct ps_txn *t, const struct ps_policy *p,
	const struct ps_plan *plan, const struct ps_options *o,
	struct ps_buf *out)
{
	const struct ps_reply *reply =
		plan->trial ? &plan->would : &plan->reply;

	label(out, o->message == NULL ? "a plain message" : "this message");
	if (plan->trial)
		ps_buf_puts(out, "nothing is done (trial); it would be ");
	if (reply->action == PS_ACCEPT)
		say_seal(t, plan, p, out);
	else
		ps_buf_printf(
			out, "refused: %s\n", ps_tool_reply(t->arena, reply));
}

static void
explain_rcpt(struct ps_tool *t, struct ps_txn *txn, size_t i,
	const struct ps_options *o, struct ps_key_facts *facts,
	struct ps_buf *out)
{
	const struct ps_policy *p = t->env.policy;
	const struct ps_rcpt *r = &txn->rcpt[i];
	struct ps_ruling ruling;
	struct ps_sender sender;
	struct ps_reply reply;

	ps_sender_of(p, txn, r, &sender);
	say_who(&o->envelope, txn, r, &sender, out);
	ps_match_explain(txn->arena, p, &sender, &r->addr, &ruling);
	ps_explain_ruling(p, &ruling, out);
	ps_find_keys_for(txn, r, &t->env, facts);
	ps_explain_keys(facts, out);
	ps_flow_rcpt(txn, r, &t->env, &reply);
	label(out, "RCPT is answered");
	ps_buf_printf(out, "%s\n", ps_tool_reply(txn->arena, &reply));
}

/* The message to those who were not refused. */
static void
explain_end(struct ps_tool *t, struct ps_txn *txn, const struct ps_options *o,
	struct ps_key_facts *facts, struct ps_buf *out)
{
	const struct ps_policy *p = t->env.policy;
	struct ps_content_facts content = {.header = &txn->message.header};
	struct ps_plan plan = {0};
	struct ps_txn rest = *txn;
	struct ps_reply reply;

	rest.n_rcpt = 0;
	rest.rcpt = ps_arena_array(txn->arena, txn->n_rcpt, sizeof(*rest.rcpt));
	for (size_t i = 0; i < txn->n_rcpt; i++) {
		ps_flow_rcpt(txn, &txn->rcpt[i], &t->env, &reply);
		if (reply.action != PS_ACCEPT)
			continue;
		facts[rest.n_rcpt] = facts[i];
		rest.rcpt[rest.n_rcpt++] = txn->rcpt[i];
	}
	if (rest.n_rcpt == 0)
		return;
	content.inspection.shape = "";
	if (o->message != NULL)
		ps_content_of(txn->arena, &txn->message, &p->limits, &content);
	ps_decide(txn->arena, p, &rest, facts, &content, &plan);
	say_end(&rest, p, &plan, o, out);
}

static void
explain_all(struct ps_tool *t, struct ps_msg *m, const struct ps_options *o,
	struct ps_buf *out)
{
	struct ps_txn *txn = &m->txn;
	struct ps_key_facts *facts = ps_find_rulings(txn, &t->env, NULL);

	for (size_t i = 0; i < txn->n_rcpt; i++)
		explain_rcpt(t, txn, i, o, &facts[i], out);
	explain_end(t, txn, o, facts, out);
}

static int
read_addresses(struct ps_msg *m, const struct ps_options *o, const char **why)
{
	struct ps_txn *t = &m->txn;

	if (ps_addr_path(t->arena, t->mail_from_raw, &t->mail_from, why) !=
		PS_OK)
		return EX_USAGE;
	for (int i = 1; i < o->n_rest; i++) {
		struct ps_rcpt r = {.raw = ps_bytes_of(o->rest[i])};

		if (ps_addr_path(t->arena, r.raw, &r.addr, why) != PS_OK)
			return EX_USAGE;
		PS_GROW(t->arena, t->rcpt, t->n_rcpt);
		t->rcpt[t->n_rcpt++] = r;
	}
	return EX_OK;
}

static int
play(struct ps_tool *t, const struct ps_options *o,
	const struct ps_message *message)
{
	const char *why = NULL;
	struct ps_conn *c = ps_tool_begin(t, &o->envelope, &why);
	struct ps_buf out;
	int r;

	if (c == NULL)
		return fail(EX_USAGE, why);
	r = read_addresses(c->msg, o, &why);
	if (r == EX_OK) {
		ps_buf_init(&out, TEXT_MAX);
		c->msg->txn.message = *message;
		c->msg->txn.size = ps_message_size(message);
		explain_all(t, c->msg, o, &out);
		fwrite(out.p, 1, out.len, stdout);
		ps_buf_free(&out);
	} else {
		fail(r, why);
	}
	ps_conn_free(c);
	return r;
}

static int
read_message(struct ps_arena *a, const struct ps_options *o,
	const struct ps_policy *p, struct ps_message *message)
{
	struct ps_bytes octets;
	const char *why = NULL;

	*message = (struct ps_message){.body_fd = -1};
	if (o->message == NULL)
		return EX_OK;
	if (ps_file_message_read(a, o->message,
		    p->limits.max_message + p->limits.max_header, &octets,
		    &why) != PS_OK)
		return fail(EX_NOINPUT, why);
	if (ps_file_message_parse(a, octets, message, &why) != PS_OK)
		return fail(EX_DATAERR, why);
	return EX_OK;
}

static int
explain(struct ps_arena *a, struct ps_options *o)
{
	struct ps_policy *p = ps_conf_read(o->config);
	struct ps_message message;
	const char *why = NULL;
	struct ps_tool tool;
	int r;

	if (p == NULL)
		return EX_CONFIG;
	p->trial = p->trial && !o->no_trial;
	r = read_message(a, o, p, &message);
	if (r != EX_OK) {
		ps_policy_free(p);
		return r;
	}
	o->envelope.from = o->rest[0];
	if (ps_tool_open(&tool, p, &why))
		r = play(&tool, o, &message);
	else
		r = fail(EX_UNAVAILABLE, why);
	ps_tool_close(&tool);
	return r;
}

int
ps_cmd_explain(int argc, char **argv)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_SECRET);
	struct ps_options o;
	int r = EX_USAGE;

	if (ps_options_read(a, argc, argv, "caidmn", usage, &o)) {
		if (o.n_rest >= 2)
			r = explain(a, &o);
		else
			fputs(usage, stderr);
	}
	ps_arena_free(a);
	return r;
}
