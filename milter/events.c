/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Events to values.  Ceilings are checked here, before memory is taken.
 */
#include "events.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/log.h"
#include "flow/steps.h"

static void
copy_address(struct ps_session *s, const struct sockaddr *addr)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (addr != NULL && addr->sa_family == AF_INET) {
		memcpy(&s->client, addr, sizeof(struct sockaddr_in));
		inet_ntop(AF_INET,
			&((const struct sockaddr_in *)&s->client)->sin_addr,
			text, sizeof(text));
	} else if (addr != NULL && addr->sa_family == AF_INET6) {
		memcpy(&s->client, addr, sizeof(struct sockaddr_in6));
		inet_ntop(AF_INET6,
			&((const struct sockaddr_in6 *)&s->client)->sin6_addr,
			text, sizeof(text));
	}
	s->client_ip = ps_arena_copy(s->arena, ps_bytes_of(text));
}

void
ps_event_connect(struct ps_conn *c, const char *name,
	const struct sockaddr *addr, struct ps_bytes daemon_name)
{
	struct ps_session *s = &c->session;

	s->client_name = ps_arena_copy(s->arena, ps_bytes_of(name));
	s->daemon_name = daemon_name;
	copy_address(s, addr);
}

void
ps_event_ahead(struct ps_conn *c, bool has_header, const struct ps_env *env)
{
	struct ps_txn no_message_yet = {
		.arena = c->session.arena,
		.session = &c->session,
	};

	ps_flow_ahead(c->msg == NULL ? &no_message_yet : &c->msg->txn,
		has_header, env);
}

static bool
is_loopback(const struct sockaddr_storage *client)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)client;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)client;

	if (client->ss_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	if (client->ss_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
	return client->ss_family == 0;
}

/*
 * Postfix hands over what a program gave to sendmail(1) with the queue id known
 * at MAIL and the client "localhost", and cannot refuse its recipients one by
 * one.  Sendmail, whose $v is a bare number, knows the id at MAIL always, and
 * takes such mail by SMTP.
 */
static bool
is_submission(const struct ps_txn *t)
{
	const struct ps_session *s = t->session;

	return t->queue_id.len > 0 && is_loopback(&s->client) &&
	       !(s->mta.len > 0 && ps_is_digit(s->mta.p[0]));
}

/* ESMTP words behind a path, up to the NULL. */
static struct ps_bytes *
words_of(struct ps_arena *a, char **argv, size_t *n)
{
	struct ps_bytes *word = NULL;

	for (*n = 0; argv[*n] != NULL;) {
		PS_GROW(a, word, *n);
		word[*n] = ps_arena_copy(a, ps_bytes_of(argv[*n]));
		++*n;
	}
	return word;
}

void
ps_event_mail(struct ps_msg *m, char **argv, struct ps_bytes resolved)
{
	struct ps_txn *t = &m->txn;

	t->mail_from_raw = ps_arena_copy(t->arena, ps_bytes_of(argv[0]));
	ps_addr_sender(t->arena, t->mail_from_raw, resolved, &t->mail_from);
	t->mail_arg = words_of(t->arena, argv + 1, &t->n_mail_arg);
	t->is_local = is_submission(t);
}

static struct ps_reply
refuse_rcpt(enum ps_action action, const char *code, const char *xcode,
	const char *reason, const char *text)
{
	return (struct ps_reply){
		.action = action,
		.code = code,
		.xcode = xcode,
		.reason = reason,
		.text = text,
	};
}

static void
judge_rcpt(struct ps_msg *m, struct ps_rcpt *r, struct ps_bytes resolved,
	const struct ps_env *env, struct ps_reply *reply)
{
	const char *why = NULL;

	if (m->txn.n_rcpt >= env->policy->limits.max_recipients)
		*reply = refuse_rcpt(PS_TEMPFAIL, "452", "4.5.3",
			"too-many-recipients",
			"postseal: too many recipients [too-many-recipients]");
	else if (ps_addr_envelope(m->txn.arena, r->raw, resolved, &r->addr,
			 &why) != PS_OK)
		*reply = refuse_rcpt(PS_REJECT, "553", "5.1.3", "bad-address",
			"postseal: the recipient address cannot be read "
			"[bad-address]");
	else
		ps_flow_rcpt(&m->txn, r, env, reply);
}

void
ps_event_rcpt_to(struct ps_msg *m, char **argv, struct ps_bytes resolved,
	const struct ps_env *env, struct ps_reply *reply)
{
	struct ps_txn *t = &m->txn;
	struct ps_rcpt r = {0};

	r.raw = ps_arena_copy(t->arena, ps_bytes_of(argv[0]));
	r.arg = words_of(t->arena, argv + 1, &r.n_arg);
	r.addr.full = r.raw; /* for the log, when it cannot be read */
	judge_rcpt(m, &r, resolved, env, reply);
	if (reply->action != PS_ACCEPT) {
		ps_log(PS_LOG_INFO, "%s", ps_event_rcpt(t, &r, reply));
		return;
	}
	PS_GROW(t->arena, t->rcpt, t->n_rcpt);
	t->rcpt[t->n_rcpt++] = r;
}

void
ps_event_header(struct ps_msg *m, struct ps_bytes name, struct ps_bytes value,
	bool leading_space)
{
	const struct ps_limits *l = &m->generation->policy->limits;
	struct ps_header *h = &m->txn.message.header;
	struct ps_field *f;

	m->header_len += name.len + value.len + 3;
	if (h->n_field >= l->max_header_fields ||
		m->header_len > l->max_header) {
		ps_msg_trouble(m, PS_ELIMIT, "the header is over the limit");
		return;
	}
	PS_GROW(m->txn.arena, h->field, h->n_field);
	f = &h->field[h->n_field++];
	f->name = ps_arena_copy(m->txn.arena, name);
	f->value = leading_space ? ps_arena_copy(m->txn.arena, value)
				 : ps_bytes_of(ps_arena_printf(m->txn.arena,
					   " %.*s", (int)value.len, value.p));
	f->from = h->n_field;
}

void
ps_event_body(struct ps_msg *m, struct ps_bytes octets)
{
	const char *why = NULL;
	enum ps_status s;

	if (m->trouble != PS_OK)
		return;
	s = ps_spool_put(m->body, octets, &why);
	if (s != PS_OK)
		ps_msg_trouble(m, s, why);
}

static void
refuse_message(struct ps_msg *m, const struct ps_env *env, enum ps_status s,
	const char *why, struct ps_outcome *out)
{
	struct ps_course course = {.began_ms = ps_mono_ms(env->clock)};

	ps_refuse(m->txn.arena, s, why, &out->reply);
	ps_account_of(&m->txn, &course, &out->reply, out->account);
	out->log = ps_event_message(&m->txn, env, &course, &out->reply);
}

void
ps_event_end(struct ps_msg *m, const struct ps_env *env, bool stopping,
	struct ps_outcome *out)
{
	struct ps_message *message = &m->txn.message;

	*out = (struct ps_outcome){0};
	if (stopping)
		ps_msg_trouble(m, PS_ESTOP, "the filter is stopping");
	if (m->trouble == PS_OK)
		m->trouble = ps_spool_view(m->body, &message->body, &m->why);
	message->body_fd = ps_spool_file(m->body);
	m->txn.size = ps_message_size(message);
	if (m->trouble != PS_OK)
		refuse_message(m, env, m->trouble, m->why, out);
	else
		ps_flow_eom(&m->txn, env, out);
}
