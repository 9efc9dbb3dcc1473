/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Copy the event, call the flow, return.  Which stages get a reply is fixed by
 * what this binary ever answers, never by the policy of the moment: a reload
 * must not need a new negotiation.
 */
#include "callbacks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

#include <libmilter/mfapi.h>

#include "apply.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "conn.h"
#include "events.h"
#include "flow/steps.h"
#include "kick.h"

static struct ps_daemon *daemon_of_filter;
static bool listener_is_inet;

/* Stages at which we never have anything to say. */
#define SILENT                                                                 \
	(SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL | SMFIP_NR_HDR |        \
		SMFIP_NR_BODY)
#define SKIPPED (SMFIP_NOUNKNOWN | SMFIP_NOEOH)
#define ACTIONS                                                                \
	(SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_CHGBODY | SMFIF_QUARANTINE |    \
		SMFIF_SETSYMLIST)

#define CONNECT_MACROS "v {daemon_name}"
#define MAIL_MACROS                                                            \
	"i {auth_authen} {auth_type} {tls_version} {cipher} {cipher_bits} "    \
	"{cert_subject} {cert_issuer} {cn_subject} {verify} {mail_addr}"
#define RCPT_MACROS  "i {rcpt_addr}"
#define QUEUE_MACROS "i"

static struct ps_conn *
conn_of(SMFICTX *ctx)
{
	return smfi_getpriv(ctx);
}

/* NULL when the other side speaks out of turn: no MTA does. */
static struct ps_msg *
msg_of(SMFICTX *ctx)
{
	struct ps_conn *c = conn_of(ctx);

	return c == NULL ? NULL : c->msg;
}

static void
ask_for_macros(SMFICTX *ctx)
{
	static const struct {
		int stage;
		const char *list;
	} wanted[] = {
		{SMFIM_CONNECT, CONNECT_MACROS},
		{SMFIM_ENVFROM, MAIL_MACROS},
		{SMFIM_ENVRCPT, RCPT_MACROS},
		{SMFIM_EOM, QUEUE_MACROS},
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		char list[256];

		snprintf(list, sizeof(list), "%s", wanted[i].list);
		smfi_setsymlist(ctx, wanted[i].stage, list);
	}
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1, unsigned long f2,
	unsigned long f3, unsigned long *pf0, unsigned long *pf1,
	unsigned long *pf2, unsigned long *pf3)
{
	unsigned long must = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_CHGBODY;
	/* A reply to DATA keeps inet sockets from stalling 40 ms a message. */
	unsigned long want = SILENT | SKIPPED | SMFIP_HDR_LEADSPC |
			     (listener_is_inet ? 0 : SMFIP_NODATA);
	struct ps_conn *c;

	(void)f2, (void)f3;
	if ((f0 & must) != must) {
		ps_log(PS_LOG_ERROR,
			"NOQUEUE: the MTA does not let filters "
			"change messages (actions %#lx)",
			f0);
		return SMFIS_REJECT;
	}
	c = ps_conn_new();
	c->agreed = f1 & want;
	c->leading_space = (c->agreed & SMFIP_HDR_LEADSPC) != 0;
	smfi_setpriv(ctx, c);
	if ((f0 & SMFIF_SETSYMLIST) != 0)
		ask_for_macros(ctx);
	*pf0 = f0 & ACTIONS;
	*pf1 = c->agreed;
	*pf2 = *pf3 = 0;
	return SMFIS_CONTINUE;
}

static sfsistat
quiet(const struct ps_conn *c, unsigned long stage)
{
	return (c->agreed & stage) != 0 ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static struct ps_bytes
macro(SMFICTX *ctx, struct ps_arena *a, const char *name)
{
	char wanted[32];

	snprintf(wanted, sizeof(wanted), "%s", name);
	return ps_arena_copy(a, ps_bytes_of(smfi_getsymval(ctx, wanted)));
}

static void
tell_mta(void *ctx)
{
	smfi_progress(ctx);
}

static void
wake_pool(void *ctx)
{
	(void)ctx;
	ps_kick();
}

static struct ps_wait
budget_of(SMFICTX *ctx, const struct ps_policy *policy)
{
	const struct ps_daemon *d = daemon_of_filter;

	return (struct ps_wait){
		.clock = d->clock,
		.deadline_ms = ps_mono_ms(d->clock) + policy->limits.message_ms,
		.stop_fd = d->stop_fd,
		.self = ctx,
		.progress = tell_mta,
		.blocking = wake_pool,
	};
}

static struct ps_env
env_of(SMFICTX *ctx, const struct ps_policy *policy)
{
	const struct ps_daemon *d = daemon_of_filter;
	struct ps_env env = {
		.policy = policy,
		.certs = &d->certs,
		.engine = &d->engine,
		.clock = d->clock,
		.wait = budget_of(ctx, policy),
	};

	ps_lookups_wire(&d->lookups, &env);
	ps_splitting_wire(&d->splitting, &env);
	ps_discovering_wire(&d->discovering, &env);
	return env;
}

/* What a connection without a message knows is held to the policy of now. */
static void
look_ahead(SMFICTX *ctx, struct ps_conn *c, bool has_header)
{
	struct ps_generation *g =
		c->msg == NULL ? ps_daemon_hold(daemon_of_filter) : NULL;
	struct ps_env env = env_of(
		ctx, c->msg == NULL ? g->policy : c->msg->generation->policy);

	ps_event_ahead(c, has_header, &env);
	ps_generation_drop(g);
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *addr)
{
	struct ps_conn *c = conn_of(ctx);

	if (c == NULL) /* no negotiation: not an MTA that we can serve */
		return SMFIS_TEMPFAIL;
	ps_event_connect(c, name, (const struct sockaddr *)addr,
		macro(ctx, c->session.arena, "{daemon_name}"));
	c->session.mta = macro(ctx, c->session.arena, "v");
	look_ahead(ctx, c, false);
	return quiet(c, SMFIP_NR_CONN);
}

static sfsistat
on_helo(SMFICTX *ctx, char *helo)
{
	struct ps_conn *c = conn_of(ctx);

	if (c == NULL)
		return SMFIS_TEMPFAIL;
	c->session.helo = ps_arena_copy(c->session.arena, ps_bytes_of(helo));
	look_ahead(ctx, c, false);
	return quiet(c, SMFIP_NR_HELO);
}

static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	struct ps_conn *c = conn_of(ctx);
	struct ps_session *s;
	struct ps_msg *m;

	if (c == NULL)
		return SMFIS_TEMPFAIL;
	s = &c->session;
	m = ps_msg_new(c, daemon_of_filter);
	s->tls_version = macro(ctx, s->arena, "{tls_version}");
	s->cipher = macro(ctx, s->arena, "{cipher}");
	s->cipher_bits = macro(ctx, s->arena, "{cipher_bits}");
	s->cert_subject = macro(ctx, s->arena, "{cert_subject}");
	s->cert_issuer = macro(ctx, s->arena, "{cert_issuer}");
	s->cert_cn = macro(ctx, s->arena, "{cn_subject}");
	s->cert_verify = macro(ctx, s->arena, "{verify}");
	m->txn.login = macro(ctx, m->txn.arena, "{auth_authen}");
	m->txn.login_method = macro(ctx, m->txn.arena, "{auth_type}");
	m->txn.queue_id = macro(ctx, m->txn.arena, "i");
	ps_event_mail(m, argv, macro(ctx, m->txn.arena, "{mail_addr}"));
	look_ahead(ctx, c, false);
	return quiet(c, SMFIP_NR_MAIL);
}

static void
learn_queue_id(SMFICTX *ctx, struct ps_msg *m)
{
	if (m->txn.queue_id.len == 0)
		m->txn.queue_id = macro(ctx, m->txn.arena, "i");
}

/* Who is refused at RCPT is a recipient too, and is no part of the message. */
static void
count_refused(const struct ps_reply *reply)
{
	int64_t add[PS_ACCOUNT_N] = {[PS_ACCOUNT_RECIPIENTS] = 1};

	if (reply->action == PS_ACCEPT)
		return;
	add[reply->action == PS_REJECT ? PS_ACCOUNT_REFUSED
				       : PS_ACCOUNT_DEFERRED] = 1;
	ps_splitting_count(&daemon_of_filter->splitting, add);
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **argv)
{
	struct ps_msg *m = msg_of(ctx);
	struct ps_reply reply;
	struct ps_env env;

	if (m == NULL)
		return SMFIS_TEMPFAIL;
	env = env_of(ctx, m->generation->policy);
	learn_queue_id(ctx, m);
	if (m->txn.n_rcpt == 0)
		look_ahead(ctx, conn_of(ctx), false);
	ps_event_rcpt_to(
		m, argv, macro(ctx, m->txn.arena, "{rcpt_addr}"), &env, &reply);
	count_refused(&reply);
	return ps_apply_reply(ctx, m->txn.arena, &reply);
}

static sfsistat
on_data(SMFICTX *ctx)
{
	(void)ctx;
	return SMFIS_CONTINUE;
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	struct ps_conn *c = conn_of(ctx);

	if (msg_of(ctx) == NULL)
		return SMFIS_TEMPFAIL;
	ps_event_header(c->msg, ps_bytes_of(name), ps_bytes_of(value),
		c->leading_space);
	return quiet(c, SMFIP_NR_HDR);
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *octets, size_t len)
{
	struct ps_conn *c = conn_of(ctx);

	if (msg_of(ctx) == NULL)
		return SMFIS_TEMPFAIL;
	if (!c->msg->has_header) /* the first chunk: the header is complete */
		look_ahead(ctx, c, true);
	c->msg->has_header = true;
	ps_event_body(c->msg, ps_bytes((const char *)octets, len));
	return quiet(c, SMFIP_NR_BODY);
}

static sfsistat
end_message(SMFICTX *ctx, struct ps_daemon *d, struct ps_conn *c)
{
	struct ps_msg *m = c->msg;
	struct ps_env env = env_of(ctx, m->generation->policy);
	struct ps_outcome out;
	sfsistat r;

	learn_queue_id(ctx, m);
	PS_FAILPOINT("milter-before-end");
	ps_event_end(m, &env, atomic_load(&d->stopping), &out);
	ps_splitting_count(&d->splitting, out.account);
	PS_FAILPOINT("milter-before-edits");
	r = ps_apply_outcome(ctx, m->txn.arena, &out, c->leading_space);
	for (size_t i = 0; i < out.n_group_log; i++)
		ps_log(PS_LOG_INFO, "%s", out.group_log[i]);
	if (out.log != NULL)
		ps_log(PS_LOG_INFO, "%s%s", out.log,
			out.reply.action == PS_ACCEPT && r == SMFIS_TEMPFAIL
				? " apply=failed"
				: "");
	ps_spool_free(out.body);
	ps_msg_free(c);
	PS_FAILPOINT("milter-before-reply");
	return r;
}

static sfsistat
on_eom(SMFICTX *ctx)
{
	struct ps_daemon *d = daemon_of_filter;
	sfsistat r;

	if (msg_of(ctx) == NULL)
		return SMFIS_TEMPFAIL;
	atomic_fetch_add(&d->busy, 1);
	r = end_message(ctx, d, conn_of(ctx));
	atomic_fetch_sub(&d->busy, 1);
	return r;
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	struct ps_conn *c = conn_of(ctx);

	if (c != NULL)
		ps_msg_free(c);
	return SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *ctx)
{
	if (conn_of(ctx) != NULL) /* not the kick of our own (kick.h) */
		PS_FAILPOINT("milter-after-reply");
	ps_conn_free(conn_of(ctx));
	smfi_setpriv(ctx, NULL);
	return SMFIS_CONTINUE;
}

bool
ps_callbacks_register(struct ps_daemon *d, bool inet)
{
	static char name[] = "postseal";
	struct smfiDesc filter = {
		.xxfi_name = name,
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = ACTIONS,
		.xxfi_negotiate = on_negotiate,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_rcpt,
		.xxfi_data = on_data,
		.xxfi_header = on_header,
		.xxfi_body = on_body,
		.xxfi_eom = on_eom,
		.xxfi_abort = on_abort,
		.xxfi_close = on_close,
	};

	daemon_of_filter = d;
	listener_is_inet = inet;
	return smfi_register(filter) == MI_SUCCESS;
}
