/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Greeting and envelope.
 */
#include "relay/smtp_talk.h"

#include "base/failpoint.h"
#include "relay/smtp_refusal.h"

/* Answers that may be outstanding: their commands and they themselves fit into
 * any socket's buffers. */
#define WINDOW 32

/* One command of ours and its answer. */
static enum ps_status
ask(struct ps_smtp_conn *c, const char *verb, struct ps_bytes line,
	struct ps_smtp_reply *reply, const char **why)
{
	enum ps_status s;

	PS_FAILPOINT_OF("relay-before-", verb);
	s = ps_smtp_conn_write(c, line, why);
	if (s == PS_OK)
		s = ps_smtp_conn_read(c, reply, why);
	PS_FAILPOINT_OF("relay-after-", verb);
	return s;
}

static struct ps_bytes
hello_line(struct ps_arena *a, const char *verb, const char *hello)
{
	return ps_bytes_of(ps_arena_printf(a, "%s %s\r\n", verb, hello));
}

enum ps_status
ps_smtp_greet(struct ps_arena *a, struct ps_smtp_conn *c, const char *hello,
	struct ps_relay_result *out, const char **why)
{
	struct ps_smtp_reply reply;
	enum ps_status s = ps_smtp_conn_read(c, &reply, why);

	PS_FAILPOINT("relay-after-greeting");
	if (s == PS_OK && reply.code != 220)
		return ps_smtp_refusal(a, "greeting", &reply, out, why);
	if (s == PS_OK)
		s = ps_smtp_conn_write(c, hello_line(a, "EHLO", hello), why);
	PS_FAILPOINT("relay-after-EHLO");
	return s;
}

static enum ps_status
log_in(struct ps_arena *a, struct ps_smtp_conn *c, struct ps_bytes auth,
	struct ps_relay_result *out, const char **why)
{
	struct ps_smtp_reply reply;
	enum ps_status s;

	if (!c->offer.auth_plain) {
		*why = "the relay does not offer AUTH PLAIN";
		return PS_ETEMP;
	}
	s = ask(c, "AUTH", auth, &reply, why);
	if (s != PS_OK || reply.code == 235)
		return s;
	ps_smtp_refusal(a, "AUTH", &reply, out, why);
	return PS_ETEMP; /* our password is not the sender's fault */
}

enum ps_status
ps_smtp_meet(struct ps_arena *a, struct ps_smtp_conn *c, const char *hello,
	struct ps_bytes auth, struct ps_relay_result *out, const char **why)
{
	struct ps_smtp_reply reply;
	enum ps_status s = ps_smtp_conn_read(c, &reply, why);

	PS_FAILPOINT("relay-after-EHLO-answer");
	if (s == PS_OK && reply.code == 250) {
		ps_smtp_offer_read(&reply, &c->offer);
	} else if (s == PS_OK && reply.code / 100 == 5) {
		/* A server of RFC 821 (RFC 5321 4.1.4). */
		s = ask(c, "HELO", hello_line(a, "HELO", hello), &reply, why);
	}
	if (s == PS_OK && reply.code != 250)
		return ps_smtp_refusal(a, "EHLO", &reply, out, why);
	if (s == PS_OK && auth.len > 0)
		s = log_in(a, c, auth, out, why);
	return s;
}

enum ps_status
ps_smtp_start(
	struct ps_smtp_conn *c, struct ps_smtp_script *p, const char **why)
{
	size_t window = c->offer.pipelining ? WINDOW : 1;
	enum ps_status s = PS_OK;
	struct ps_buf burst;

	if (p->n_sent == p->n_answered && ps_smtp_conn_has_more(c)) {
		c->broken = true;
		*why = "the relay answered before it was asked";
		return PS_ETEMP;
	}
	ps_buf_init(&burst, WINDOW * 4096);
	while (p->n_sent < p->n_cmd && p->n_sent - p->n_answered < window) {
		PS_FAILPOINT_OF("relay-before-", p->cmd[p->n_sent].verb);
		ps_buf_put(&burst, p->cmd[p->n_sent++].line);
	}
	if (burst.full) {
		c->broken = true;
		*why = "out of memory";
		s = PS_ETEMP;
	}
	if (s == PS_OK)
		s = ps_smtp_conn_write(c, ps_buf_bytes(&burst), why);
	ps_buf_free(&burst);
	return s;
}

/* A refusal for good hides those for now; among equals the first counts. */
static bool
is_worse(const struct ps_relay_result *now, const struct ps_relay_result *then)
{
	enum ps_status s = ps_smtp_refusal_status(now);

	if (then->outcome != PS_RELAY_REFUSED)
		return true;
	if (s != ps_smtp_refusal_status(then))
		return s == PS_EPERM;
	if (now->copy != then->copy)
		return now->copy < then->copy;
	return then->rcpt != PS_NOT_FOUND && now->rcpt < then->rcpt;
}

/* 251: somebody else will forward it (RFC 5321 4.2.3); 252 says nothing sure,
 * and is no answer to RCPT. */
static bool
is_accepted(const struct ps_smtp_cmd *cmd, int code)
{
	return code == 250 || (code == 251 && strcmp(cmd->verb, "RCPT") == 0);
}

static void
take_answer(struct ps_arena *a, struct ps_smtp_script *p,
	const struct ps_smtp_reply *reply, struct ps_relay_result *out,
	const char **why)
{
	const struct ps_smtp_cmd *cmd = &p->cmd[p->n_answered++];
	bool good = is_accepted(cmd, reply->code);
	struct ps_relay_result r = *out;
	const char *said;

	PS_FAILPOINT_OF("relay-after-", cmd->verb);
	if (strcmp(cmd->verb, "MAIL") == 0)
		p->mail_refused = !good;
	else if (p->mail_refused && strcmp(cmd->verb, "RCPT") == 0)
		return; /* 503, whatever MAIL was refused with */
	if (strcmp(cmd->verb, "XFORWARD") == 0 && reply->code != 421) {
		out->without_xforward = out->without_xforward || !good;
		return;
	}
	if (good)
		return;
	ps_smtp_refusal(a, cmd->verb, reply, &r, &said);
	r.copy = cmd->copy;
	r.rcpt = cmd->rcpt;
	if (!is_worse(&r, out))
		return;
	*out = r;
	*why = said;
}

enum ps_status
ps_smtp_finish(struct ps_arena *a, struct ps_smtp_conn *c,
	struct ps_smtp_script *p, struct ps_relay_result *out, const char **why)
{
	struct ps_smtp_reply reply;
	enum ps_status s = PS_OK;

	while (s == PS_OK && p->n_answered < p->n_cmd) {
		if (p->n_sent - p->n_answered < 1)
			s = ps_smtp_start(c, p, why);
		if (s == PS_OK)
			s = ps_smtp_conn_read(c, &reply, why);
		if (s != PS_OK)
			break;
		take_answer(a, p, &reply, out, why);
	}
	/* What was refused before the connection broke is the better reason. */
	if (out->outcome == PS_RELAY_REFUSED)
		return ps_smtp_refusal_status(out);
	return s;
}
