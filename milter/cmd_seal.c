/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal seal FILE": the message as it would leave.  The same events, flow
 * and edits as in the daemon; only the MTA is played.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "cmd.h"
#include "events.h"
#include "file_message.h"
#include "options.h"
#include "seal_copies.h"

static const char usage[] =
	"usage: postseal seal FILE --from A --to B [--to C]... "
	"[--auth LOGIN]\n"
	"                [--client IP|local] [--daemon-name NAME] "
	"[--no-trial]\n"
	"                [--out FILE] [-c FILE]\n";

static int
fail(int status, const char *why)
{
	fprintf(stderr, "postseal: %s\n",
		why == NULL ? "unknown trouble" : why);
	return status;
}

/* Every recipient as at RCPT; the first refusal is remembered. */
static int
give_recipients(
	struct ps_tool *t, struct ps_msg *m, const struct ps_envelope *e)
{
	int r = EX_OK;

	for (size_t i = 0; i < e->n_to; i++) {
		char *argv[] = {ps_arena_strdup(m->txn.arena, e->to[i]), NULL};
		struct ps_reply reply;

		ps_event_rcpt_to(m, argv, PS_LIT(""), &t->env, &reply);
		if (reply.action == PS_ACCEPT)
			continue;
		fprintf(stderr, "RCPT %s: %s\n", e->to[i],
			ps_tool_reply(m->txn.arena, &reply));
		if (r == EX_OK)
			r = ps_tool_exit(&reply);
	}
	return r;
}

static void
give_message(struct ps_msg *m, const struct ps_message *message)
{
	for (size_t i = 0; i < message->header.n_field; i++) {
		const struct ps_field *f = &message->header.field[i];

		ps_event_header(m, f->name, f->value, true);
	}
	ps_event_body(m, message->body);
}

static int
finish(struct ps_tool *t, struct ps_msg *m, int out_fd)
{
	struct ps_outcome out;
	struct ps_message leaves;
	int r;

	ps_event_end(m, &t->env, false, &out);
	r = ps_tool_exit(&out.reply);
	fprintf(stderr, "%s\n", ps_tool_reply(m->txn.arena, &out.reply));
	for (size_t i = 0; i < out.n_group_log; i++)
		fprintf(stderr, "%s\n", out.group_log[i]);
	if (out.log != NULL)
		fprintf(stderr, "%s\n", out.log);
	if (r == EX_OK && out.reply.action != PS_DISCARD) {
		leaves = ps_edit_simulate(
			m->txn.arena, &m->txn.message, &out.edits);
		if (!ps_seal_copies_write(out_fd, &leaves))
			r = fail(EX_IOERR, strerrordesc_np(errno));
	}
	ps_spool_free(out.body);
	return r;
}

static int
play(struct ps_tool *t, const struct ps_envelope *e,
	const struct ps_message *message, int out_fd)
{
	const char *why = NULL;
	struct ps_conn *c = ps_tool_begin(t, e, &why);
	int r, end = EX_OK;

	if (c == NULL)
		return fail(EX_USAGE, why);
	r = give_recipients(t, c->msg, e);
	if (c->msg->txn.n_rcpt > 0) {
		give_message(c->msg, message);
		end = finish(t, c->msg, out_fd);
	}
	ps_conn_free(c);
	return end != EX_OK ? end : r;
}

/* Before the tool opens: as root it gives its rights away. */
static int
open_files(struct ps_arena *a, const struct ps_options *o,
	const struct ps_policy *p, struct ps_message *message, int *out_fd)
{
	const char *file = o->rest[0], *why = NULL;
	struct ps_bytes octets;

	if (ps_file_message_read(a, file,
		    p->limits.max_message + p->limits.max_header, &octets,
		    &why) != PS_OK)
		return fail(EX_NOINPUT, why);
	if (ps_file_message_parse(a, octets, message, &why) != PS_OK)
		return fail(EX_DATAERR, why);
	*out_fd =
		o->out == NULL
			? STDOUT_FILENO
			: open(o->out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
				  0600);
	if (*out_fd < 0)
		return fail(
			EX_CANTCREAT, ps_arena_printf(a, "cannot write %s: %s",
					      o->out, strerrordesc_np(errno)));
	return EX_OK;
}

static int
seal(struct ps_arena *a, const struct ps_options *o)
{
	struct ps_policy *p = ps_conf_read(o->config);
	struct ps_message message;
	const char *why = NULL;
	struct ps_seal_copies copies = {0};
	struct ps_tool tool;
	int out_fd = -1, r;

	if (p == NULL)
		return EX_CONFIG;
	p->trial = p->trial && !o->no_trial;
	r = open_files(a, o, p, &message, &out_fd);
	if (r != EX_OK) {
		ps_policy_free(p);
		return r;
	}
	if (ps_tool_open(&tool, p, &why)) {
		if (p->relay_to != NULL)
			ps_seal_copies_wire(&copies, o->out, out_fd, &tool.env);
		r = play(&tool, &o->envelope, &message, out_fd);
	} else {
		r = fail(EX_UNAVAILABLE, why);
	}
	if (copies.failed)
		r = fail(EX_CANTCREAT, "a copy cannot be written");
	ps_tool_close(&tool);
	if (out_fd != STDOUT_FILENO && close(out_fd) != 0 && r == EX_OK)
		r = fail(EX_IOERR, strerrordesc_np(errno));
	return r;
}

int
ps_cmd_seal(int argc, char **argv)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_SECRET);
	struct ps_options o;
	int r = EX_USAGE;

	if (ps_options_read(a, argc, argv, "cftaidon", usage, &o)) {
		if (o.n_rest == 1 && o.envelope.from != NULL &&
			o.envelope.n_to > 0)
			r = seal(a, &o);
		else
			fputs(usage, stderr);
	}
	ps_arena_free(a);
	return r;
}
