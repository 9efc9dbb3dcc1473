/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The conversation of an MTA with a filter: which packet follows which, which
 * stages wait for an answer, and what was answered.
 */
#include "milter_packet.h"

#include <stdio.h>

#define ALL_ACTIONS 0x1ffu
#define BODY_PIECE  65535

/* By stage: letter of the event, bit "do not send", bit "no reply". */
static const struct stage {
	char letter;
	uint32_t no, nr;
	const char *name;
} stages[] = {
	[MC_CONNECT] = {'C', 0x1, 0x1000, "connect"},
	[MC_HELO] = {'H', 0x2, 0x2000, "helo"},
	[MC_MAIL] = {'M', 0x4, 0x4000, "mail"},
	[MC_RCPT] = {'R', 0x8, 0x8000, "rcpt"},
	[MC_DATA] = {'T', 0x200, 0x10000, "data"},
	[MC_EOM] = {'E', 0, 0, "eom"},
	[MC_EOH] = {'N', 0x40, 0x40000, "eoh"},
	[MC_HEADER] = {'L', 0x20, 0x80, "header"},
	[MC_BODY] = {'B', MC_NO_BODY, MC_NR_BODY, "body"},
};

/* Postfix's milter_*_macros where the filter asks for none of its own. */
static const char *const usual_macros[7] = {
	[MC_CONNECT] = "j {daemon_name} {daemon_addr} v _",
	[MC_HELO] = "{tls_version} {cipher} {cipher_bits} {cert_subject} "
		    "{cert_issuer}",
	[MC_MAIL] = "i {auth_type} {auth_authen} {auth_author} {mail_addr} "
		    "{mail_host} {mail_mailer}",
	[MC_RCPT] = "i {rcpt_addr} {rcpt_host} {rcpt_mailer}",
	[MC_DATA] = "i",
	[MC_EOM] = "i",
	[MC_EOH] = "i",
};

static const struct ps_bytes nothing = {NULL, 0};

static void
put_string(struct ps_buf *b, struct ps_bytes s)
{
	ps_buf_put(b, s);
	ps_buf_putc(b, '\0');
}

bool
mc_negotiate(struct mc *m)
{
	struct ps_bytes data;
	struct ps_buf b;
	char letter;
	bool sent;

	ps_buf_init(&b, 64);
	mc_put_u32(&b, 6);
	mc_put_u32(&b, ALL_ACTIONS);
	mc_put_u32(&b, MC_PROTOCOL);
	sent = mc_put(m, 'O', ps_buf_bytes(&b));
	ps_buf_free(&b);
	if (!sent || !mc_get(m, &letter, &data))
		return false;
	if (letter != 'O' || data.len < 12)
		return mc_fail(m, "negotiation: answer '%c'", letter);
	m->version = mc_take_u32(&data);
	m->actions = mc_take_u32(&data);
	m->protocol = mc_take_u32(&data);
	for (int i = 0; i < 7; i++)
		snprintf(m->wanted[i], sizeof(m->wanted[i]), "%s",
			usual_macros[i]);
	while (data.len > 4) {
		uint32_t stage = mc_take_u32(&data);
		struct ps_bytes names = mc_take_string(&data);

		if (stage < 7)
			snprintf(m->wanted[stage], sizeof(m->wanted[stage]),
				"%.*s", PS_FMT(names));
	}
	return true;
}

/* The macros of a stage for which there is a value; "i" is the caller's. */
static bool
put_macros(struct mc *m, enum mc_stage stage, const char *queue_id)
{
	struct ps_buf b;
	char list[512], *save = NULL;
	bool good;

	if (stage >= 7)
		return true;
	ps_buf_init(&b, 1 << 16);
	ps_buf_putc(&b, stages[stage].letter);
	snprintf(list, sizeof(list), "%s", m->wanted[stage]);
	for (char *name = strtok_r(list, " ,", &save); name != NULL;
		name = strtok_r(NULL, " ,", &save)) {
		const char *value = NULL;

		for (size_t i = 0; i < m->n_macro; i++) {
			if (strcmp(m->macro[i].name, name) == 0)
				value = m->macro[i].value;
		}
		if (strcmp(name, "i") == 0 || strcmp(name, "{i}") == 0)
			value = queue_id;
		if (value == NULL)
			continue;
		put_string(&b, ps_bytes_of(name));
		put_string(&b, ps_bytes_of(value));
	}
	good = b.len == 1 || mc_put(m, 'D', ps_buf_bytes(&b));
	ps_buf_free(&b);
	return good;
}

static bool
answer(struct mc *m, enum mc_stage stage, char letter, struct ps_bytes data,
	struct mc_reply *out)
{
	struct ps_bytes text = mc_take_string(&data);

	switch (letter) {
	case MC_ACCEPT:
	case MC_CONTINUE:
	case MC_DISCARD:
	case MC_REJECT:
	case MC_TEMPFAIL:
	case MC_SHUTDOWN:
	case MC_SKIP:
		text = nothing;
		break;
	case MC_REPLY:
		break;
	default:
		return mc_fail(
			m, "%s: answer '%c'", stages[stage].name, letter);
	}
	*out = (struct mc_reply){(enum mc_kind)letter, stage, ""};
	snprintf(out->text, sizeof(out->text), "%.*s", PS_FMT(text));
	return true;
}

/* One event and its answer; MC_CONTINUE where none is waited for. */
static bool
tell(struct mc *m, enum mc_stage stage, struct ps_bytes data,
	const char *queue_id, struct mc_reply *out)
{
	struct ps_bytes got;
	char letter;

	*out = (struct mc_reply){MC_CONTINUE, stage, ""};
	if (m->protocol & stages[stage].no)
		return true;
	if (!put_macros(m, stage, queue_id) ||
		!mc_put(m, stages[stage].letter, data))
		return false;
	if (m->protocol & stages[stage].nr)
		return true;
	do {
		if (!mc_get(m, &letter, &got))
			return false;
	} while (letter == 'p');
	return answer(m, stage, letter, got, out);
}

bool
mc_hello(struct mc *m, const struct mc_client *c, struct mc_reply *reply)
{
	const char *name = c->name != NULL ? c->name : "client.example.net";
	const char *ip = c->ip != NULL ? c->ip : "192.0.2.7";
	struct ps_buf b;
	bool good;

	ps_buf_init(&b, 4096);
	put_string(&b, ps_bytes_of(name));
	ps_buf_putc(&b, strchr(ip, ':') != NULL ? '6' : '4');
	ps_buf_put(&b, PS_LIT("\x30\x39"));
	put_string(&b, ps_bytes_of(ip));
	good = tell(m, MC_CONNECT, ps_buf_bytes(&b), NULL, reply);
	b.len = 0;
	put_string(&b, ps_bytes_of(c->helo != NULL ? c->helo : name));
	if (good && reply->kind == MC_CONTINUE)
		good = tell(m, MC_HELO, ps_buf_bytes(&b), NULL, reply);
	ps_buf_free(&b);
	return good;
}

static bool
say_mail(struct mc *m, const struct mc_mail *mail, struct mc_result *out)
{
	struct ps_buf b;
	bool good;

	ps_buf_init(&b, 1 << 16);
	put_string(&b, ps_bytes_of(mail->from));
	for (size_t i = 0; i < mail->n_mail_arg; i++)
		put_string(&b, ps_bytes_of(mail->mail_arg[i]));
	good = tell(m, MC_MAIL, ps_buf_bytes(&b),
		mail->is_local ? mail->queue_id : NULL, &out->reply);
	ps_buf_free(&b);
	return good;
}

/* Postfix has the queue id from the first accepted recipient on. */
static bool
say_rcpts(struct mc *m, struct ps_arena *a, const struct mc_mail *mail,
	struct mc_result *out)
{
	const char *id = mail->is_local ? mail->queue_id : NULL;

	out->rcpt = ps_arena_array(a, mail->n_to, sizeof(*out->rcpt));
	for (size_t i = 0; i < mail->n_to; i++) {
		struct ps_bytes to = {mail->to[i], strlen(mail->to[i]) + 1};
		struct mc_reply *r = &out->rcpt[i];

		if (!tell(m, MC_RCPT, to, id, r))
			return false;
		out->n_accepted += r->kind == MC_CONTINUE;
		if (r->kind == MC_CONTINUE)
			id = mail->queue_id;
		else
			out->reply = *r;
		if (r->kind == MC_ACCEPT || r->kind == MC_DISCARD)
			return true; /* the whole message */
	}
	if (out->n_accepted > 0)
		out->reply.kind = MC_CONTINUE;
	return true;
}

static bool
say_header(struct mc *m, const struct mc_mail *mail, struct mc_result *out)
{
	const struct mc_message *msg = mail->message;
	struct ps_buf b;
	bool good = true;

	ps_buf_init(&b, (size_t)2 << 20);
	for (size_t i = 0; i < msg->n_field && good; i++) {
		struct ps_bytes value = msg->field[i].value;

		if (!(m->protocol & MC_LEADSPC) && value.len > 0 &&
			value.p[0] == ' ')
			value = ps_bytes_from(value, 1);
		b.len = 0;
		put_string(&b, msg->field[i].name);
		put_string(&b, value);
		good = tell(m, MC_HEADER, ps_buf_bytes(&b), mail->queue_id,
			&out->reply);
		if (out->reply.kind != MC_CONTINUE)
			break;
	}
	ps_buf_free(&b);
	return good;
}

static bool
say_body(struct mc *m, const struct mc_mail *mail, struct mc_result *out)
{
	struct ps_bytes rest = mail->message->body;

	while (rest.len > 0) {
		struct ps_bytes piece = ps_bytes_head(rest, BODY_PIECE);

		rest = ps_bytes_from(rest, BODY_PIECE);
		if (!tell(m, MC_BODY, piece, mail->queue_id, &out->reply))
			return false;
		if (out->reply.kind == MC_CONTINUE)
			continue;
		if (out->reply.kind == MC_SKIP)
			out->reply.kind = MC_CONTINUE;
		break;
	}
	return true;
}

static void
keep_edit(struct ps_arena *a, char letter, struct ps_bytes data,
	struct mc_result *out)
{
	struct mc_edit e = {.kind = (enum mc_edit_kind)letter};

	if (letter == MC_INSERT_HEADER || letter == MC_CHANGE_HEADER)
		e.index = mc_take_u32(&data);
	e.name = ps_arena_copy(a, mc_take_string(&data));
	e.value = ps_arena_copy(a, mc_take_string(&data));
	PS_GROW(a, out->edit, out->n_edit);
	out->edit[out->n_edit++] = e;
}

/* End of message: edits and "progress", then the final answer. */
static bool
say_eom(struct mc *m, struct ps_arena *a, const struct mc_mail *mail,
	struct mc_result *out)
{
	bool body_ended = false;
	struct ps_bytes data;
	char letter;

	if (!put_macros(m, MC_EOM, mail->queue_id) || !mc_put(m, 'E', nothing))
		return false;
	while (mc_get(m, &letter, &data)) {
		if (letter == 'p') {
			out->n_progress++;
		} else if (letter == 'b') {
			out->interleaved |= body_ended;
			out->replaced = true;
			ps_buf_put(&out->body, data);
		} else if (strchr("him+2-eq", letter) != NULL) {
			body_ended = out->replaced;
			keep_edit(a, letter, data, out);
		} else {
			return answer(m, MC_EOM, letter, data, &out->reply);
		}
	}
	return false;
}

bool
mc_envelope(struct mc *m, struct ps_arena *a, const struct mc_mail *mail,
	struct mc_result *out)
{
	struct mc_reply *r = &out->reply;

	*out = (struct mc_result){0};
	ps_buf_init(&out->body, (size_t)1 << 30);
	if (!say_mail(m, mail, out) || r->kind != MC_CONTINUE)
		return m->why[0] == '\0';
	if (!say_rcpts(m, a, mail, out) || r->kind != MC_CONTINUE)
		return m->why[0] == '\0';
	return tell(m, MC_DATA, nothing, mail->queue_id, r);
}

static bool
say_content(struct mc *m, struct ps_arena *a, const struct mc_mail *mail,
	struct mc_result *out)
{
	struct mc_reply *r = &out->reply;
	int64_t start;

	if (!say_header(m, mail, out) || r->kind != MC_CONTINUE)
		return m->why[0] == '\0';
	if (!tell(m, MC_EOH, nothing, mail->queue_id, r) ||
		r->kind != MC_CONTINUE)
		return m->why[0] == '\0';
	if (!say_body(m, mail, out) || r->kind != MC_CONTINUE)
		return m->why[0] == '\0';
	if (mail->before_eom != NULL && mc_flush(m))
		mail->before_eom(mail->self);
	start = mc_now_us();
	if (!say_eom(m, a, mail, out))
		return false;
	out->eom_us = mc_now_us() - start;
	return true;
}

bool
mc_content(struct mc *m, struct ps_arena *a, const struct mc_mail *mail,
	struct mc_result *out)
{
	bool good =
		out->reply.kind != MC_CONTINUE || say_content(m, a, mail, out);

	if (good && out->reply.stage != MC_EOM)
		good = mc_put(m, 'A', nothing) && mc_flush(m);
	return good;
}

bool
mc_send(struct mc *m, struct ps_arena *a, const struct mc_mail *mail,
	struct mc_result *out)
{
	int64_t start = mc_now_us();
	bool good = mc_envelope(m, a, mail, out) && mc_content(m, a, mail, out);

	out->total_us = mc_now_us() - start;
	return good;
}

void
mc_result_free(struct mc_result *r)
{
	ps_buf_free(&r->body);
}

const char *
mc_reply_text(const struct mc_reply *r)
{
	switch (r->kind) {
	case MC_REPLY:
		return r->text;
	case MC_REJECT:
		return "550 5.7.1 rejected";
	case MC_TEMPFAIL:
		return "451 4.7.1 try again later";
	case MC_DISCARD:
		return "250 discarded";
	case MC_SHUTDOWN:
		return "421 shut down";
	default:
		return "250 accepted";
	}
}
