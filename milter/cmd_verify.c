/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal verify": the verdict on a message file, or on an envelope alone,
 * by the same core as in the milter; only the MTA is played.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/str.h"
#include "cmd.h"
#include "events.h"
#include "file_message.h"
#include "flow/steps.h"
#include "lookups.h"
#include "openpgp/signed.h"
#include "options.h"
#include "policy/explain.h"
#include "tool.h"
#include "verify_json.h"
#include "verify_options.h"

#define EXPLAIN_MAX ((size_t)1 << 20)

struct verify {
	struct ps_arena *a;
	const struct ps_verify_options *o;
	struct ps_policy *policy;
	struct ps_clock clock;
	struct ps_lookups lookups;
	struct ps_tool tool; /* holds the policy once it was tried */
	bool tried_tool, has_keys;
	struct ps_env env;
	struct ps_conn *conn;
	struct ps_msg msg;
	bool has_message;
	const char *over_limit; /* NULL: no ceiling was reached */
};

static int
fail(int status, const char *why)
{
	fprintf(stderr, "postseal: %s\n",
		why == NULL ? "unknown trouble" : why);
	return status;
}

static int64_t
fixed_now(void *self)
{
	const struct ps_verify_options *o = self;

	return o->now_s;
}

static int64_t
system_mono(void *self)
{
	(void)self;
	return ps_mono_ms(ps_clock_system());
}

static void
set_clock(struct verify *v, struct ps_verify_options *o)
{
	v->clock = *ps_clock_system();
	if (o->now_s >= 0)
		v->clock = (struct ps_clock){
			.self = o,
			.now_s = fixed_now,
			.mono_ms = system_mono,
		};
}

/* The file that was named, else the usual one, else what is built in. */
static struct ps_policy *
read_policy(struct ps_arena *a, const struct ps_verify_options *o)
{
	struct ps_problems problems = {0};

	if (o->config != NULL)
		return ps_conf_read(o->config);
	if (access(PS_CONFIG_FILE, R_OK) == 0)
		return ps_conf_read(PS_CONFIG_FILE);
	return ps_policy_load_text(PS_LIT(""), "built-in", a, &problems);
}

static bool
set_client(struct verify *v, const char **why)
{
	struct sockaddr_storage addr = {0};
	const struct ps_verify_options *o = v->o;

	if (!ps_tool_client(o->client_ip, &addr)) {
		*why = ps_arena_printf(v->a,
			"--client-ip takes an IP address, "
			"not '%s'",
			o->client_ip);
		return false;
	}
	ps_event_connect(v->conn, o->client_name == NULL ? "" : o->client_name,
		(const struct sockaddr *)&addr, PS_LIT(""));
	v->conn->session.helo = ps_bytes_of(o->helo);
	return true;
}

static void
set_macros(struct verify *v)
{
	struct ps_session *s = &v->conn->session;
	struct ps_txn *t = &v->msg.txn;
	const struct {
		const char *name;
		struct ps_bytes *to;
	} known[] = {
		{"tls_version", &s->tls_version},
		{"cipher", &s->cipher},
		{"cipher_bits", &s->cipher_bits},
		{"cert_subject", &s->cert_subject},
		{"cert_issuer", &s->cert_issuer},
		{"verify", &s->cert_verify},
		{"daemon_name", &s->daemon_name},
		{"v", &s->mta},
		{"i", &t->queue_id},
		{"auth_authen", &t->login},
		{"auth_type", &t->login_method},
	};

	for (size_t i = 0; i < v->o->n_macro; i++) {
		const struct ps_verify_macro *m = &v->o->macro[i];
		bool found = false;

		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
			if (ps_bytes_eq(m->name, ps_bytes_of(known[k].name))) {
				*known[k].to = m->value;
				found = true;
			}
		if (!found)
			fprintf(stderr,
				"postseal: warning: the macro '%.*s' is not "
				"used\n",
				PS_FMT(m->name));
	}
}

static bool
set_envelope(struct verify *v, const char **why)
{
	struct ps_txn *t = &v->msg.txn;
	const struct ps_verify_options *o = v->o;
	char *mail[] = {ps_arena_strdup(v->a, o->mail_from), NULL};

	ps_event_mail(&v->msg, mail, PS_LIT(""));
	t->is_local = false;
	for (size_t i = 0; i < o->n_rcpt; i++) {
		struct ps_rcpt r = {.raw = ps_bytes_of(o->rcpt[i])};

		if (ps_addr_envelope(v->a, r.raw, PS_LIT(""), &r.addr, why) !=
			PS_OK)
			return false;
		PS_GROW(v->a, t->rcpt, t->n_rcpt);
		t->rcpt[t->n_rcpt++] = r;
	}
	if (t->n_rcpt == 0) { /* then the defaults speak */
		PS_GROW(v->a, t->rcpt, t->n_rcpt);
		t->n_rcpt = 1;
	}
	return true;
}

/* What the milter does not take in it does not judge either. */
static const char *
limit_reached(const struct ps_limits *l, const struct ps_message *m)
{
	size_t size = ps_message_size(m) - m->body.len - 2;

	if (m->header.n_field > l->max_header_fields || size > l->max_header)
		return "the header is over the limit";
	return m->body.len > l->max_message
		       ? "the message is larger than the limit"
		       : NULL;
}

static int
set_message(struct verify *v)
{
	const struct ps_limits *l = &v->policy->limits;
	struct ps_message *m = &v->msg.txn.message;
	struct ps_bytes octets;
	const char *why = NULL;

	*m = (struct ps_message){.body_fd = -1};
	v->has_message = v->o->message != NULL;
	if (!v->has_message)
		return EX_OK;
	if (ps_file_message_read(v->a, v->o->message,
		    l->max_message + l->max_header, &octets, &why) != PS_OK)
		return fail(EX_NOINPUT, why);
	if (ps_file_message_parse(v->a, octets, m, &why) != PS_OK)
		return fail(EX_DATAERR, why);
	v->msg.txn.size = ps_message_size(m);
	v->over_limit = limit_reached(l, m);
	v->has_message = v->over_limit == NULL;
	return EX_OK;
}

static int
set_txn(struct verify *v)
{
	const char *why = NULL;

	v->conn = ps_conn_new();
	v->msg.txn.arena = v->a;
	v->msg.txn.session = &v->conn->session;
	v->msg.txn.login = ps_bytes_of(v->o->login);
	if (!set_client(v, &why) || !set_envelope(v, &why))
		return fail(EX_USAGE, why);
	set_macros(v);
	return set_message(v);
}

static const char *
action_word(const struct ps_sender_judgement *j)
{
	if (j->reply.action == PS_REJECT)
		return "reject";
	if (j->reply.action == PS_TEMPFAIL)
		return "tempfail";
	if (j->mark.kind == PS_MARK_QUARANTINE)
		return "quarantine";
	return j->mark.kind == PS_MARK_TAG ? "tag" : "accept";
}

static void
fill_answer(const struct ps_sender_judgement *j, struct ps_verify_answer *out)
{
	const struct ps_reply *reply = &j->reply;

	out->action = action_word(j);
	out->override = j->override;
	if (reply->action != PS_ACCEPT) {
		out->code = reply->code;
		out->xcode = reply->xcode;
		out->text = reply->text;
		out->reason = reply->reason;
		out->rule = reply->rule;
		return;
	}
	out->code = "250";
	out->xcode = "2.0.0";
	out->reason = j->mark.reason;
	out->rule = j->mark.rule;
	out->text = "accepted";
	if (j->mark.kind != PS_MARK_NONE)
		out->text = ps_arena_printf(out->arena, "accepted [%s rule=%s]",
			j->mark.reason, j->mark.rule);
}

static void
print_text(const struct ps_verify_answer *answer)
{
	printf("%s:%.*s\n", PS_AUTHRES_FIELD, (int)answer->authres.len,
		answer->authres.p);
	printf("reply: %s %s %s %s", answer->action, answer->code,
		answer->xcode, answer->text);
	if (answer->override != NULL)
		printf(" [override: %s]", answer->override);
	putchar('\n');
}

/* What the field has no room for, a line a method. */
static void
print_facts(struct ps_arena *a, const struct ps_verdict *v)
{
	printf("dns: %zu questions, %lld ms\n", v->n_query,
		(long long)v->took_ms);
	if (v->trusted_client)
		puts("client: internal or logged in, whose mail is not "
		     "checked");
	if (v->by_relay)
		puts("verdict: as a trusted relay wrote it");
	if (v->dmarc.record.len > 0)
		printf("dmarc: %.*s: %s (organizational domain %.*s)\n",
			PS_FMT(v->dmarc.policy_domain),
			ps_str_printable(a, v->dmarc.record, 1000),
			PS_FMT(v->dmarc.org_domain));
	if (v->dmarc.differs != NULL)
		printf("dmarc: %s\n", v->dmarc.differs);
	if (v->dmarc.mismatch != NULL)
		printf("libopendmarc: %s\n", v->dmarc.mismatch);
	if (v->sealer.len > 0)
		printf("arc: sealed by %.*s, which is trusted%s\n",
			PS_FMT(v->sealer),
			v->sealer_saw_pass ? " and saw the author pass" : "");
}

/* Whose policy, from which line. */
static void
print_rulings(struct verify *v, const struct ps_verdict *verdict)
{
	struct ps_txn *t = &v->msg.txn;
	struct ps_ruling ruling;
	struct ps_sender sender;
	struct ps_buf out;

	ps_buf_init(&out, EXPLAIN_MAX);
	for (size_t i = 0; i < t->n_rcpt; i++) {
		ps_sender_of(v->policy, t, &t->rcpt[i], &sender);
		ps_sender_prove(&sender, verdict);
		ps_match_explain(t->arena, v->policy, &sender, &t->rcpt[i].addr,
			&ruling);
		ps_buf_puts(&out, "to <");
		ps_str_put_escaped(&out, t->rcpt[i].addr.full);
		ps_buf_puts(&out, ">\n");
		ps_explain_ruling(v->policy, &ruling, &out);
	}
	fwrite(out.p, 1, out.len, stdout);
	ps_buf_free(&out);
}

static void
print_answer(struct verify *v, const struct ps_verdict *verdict,
	const struct ps_verify_answer *answer)
{
	if (v->o->json)
		puts(ps_verify_json(
			v->a, v->policy->authserv_id, verdict, answer));
	else
		print_text(answer);
	if (!v->o->explain || v->o->json)
		return;
	print_facts(v->a, verdict);
	print_rulings(v, verdict);
}

static int
run(struct verify *v)
{
	struct ps_txn *t = &v->msg.txn;
	struct ps_verify_answer answer = {.arena = v->a};
	struct ps_verdict verdict;
	struct ps_sender_judgement judgement;
	struct ps_key_facts *facts;

	v->env.wait = (struct ps_wait){
		.clock = &v->clock,
		.deadline_ms =
			ps_mono_ms(&v->clock) + v->policy->limits.message_ms,
		.stop_fd = v->has_keys ? v->tool.spawner.orders_fd : -1,
	};
	ps_flow_verify(t, v->has_message, &v->env, &verdict);
	facts = ps_find_rulings(t, &v->env, &verdict);
	ps_flow_judge(t, &v->env, facts, &verdict, &judgement);
	if (v->over_limit != NULL)
		ps_refuse(v->a, PS_ELIMIT, v->over_limit, &judgement.reply);
	fill_answer(&judgement, &answer);
	answer.authres = ps_marks_authres(
		t, &v->env, &verdict, judgement.override, true, false);
	print_answer(v, &verdict, &answer);
	return EX_OK;
}

static bool
is_signed(const struct verify *v)
{
	struct ps_signed found;

	if (!v->has_message || !v->policy->openpgp)
		return false;
	ps_signed_scan(v->a, &v->msg.txn.message, &v->policy->limits, &found);
	return found.scope != PS_SCOPE_NONE;
}

/* Only what is signed needs keys and gpg, and a look makes no directory. */
static void
open_keys(struct verify *v)
{
	const char *why = "there is no key directory";

	if (!is_signed(v))
		return;
	if (access(v->policy->key_dir, F_OK) == 0) {
		v->tried_tool = true;
		v->has_keys = ps_tool_open(&v->tool, v->policy, &why);
	}
	if (!v->has_keys)
		fprintf(stderr,
			"postseal: warning: the OpenPGP signature is not "
			"verified: %s\n",
			why == NULL ? "unknown trouble" : why);
}

static int
open_lookups(struct verify *v)
{
	const char *zone = v->o->zone, *why = NULL;

	return ps_lookups_open(
		       &v->lookups, v->policy, zone, v->a, &v->clock, &why)
		       ? EX_OK
		       : fail(zone != NULL ? EX_NOINPUT : EX_CONFIG, why);
}

/*
 * A resolver starts a thread and must come after the workers' fork; a zone file
 * may be readable only before they make us the daemon's user.
 */
static int
open_all(struct verify *v)
{
	int r = EX_OK;

	if (v->o->zone != NULL)
		r = open_lookups(v);
	if (r == EX_OK)
		open_keys(v);
	if (v->o->zone == NULL)
		r = open_lookups(v);
	return r;
}

static int
verify(struct verify *v)
{
	int r = set_txn(v);

	if (r == EX_OK)
		r = open_all(v);
	if (r != EX_OK)
		return r;
	v->env = (struct ps_env){
		.policy = v->policy,
		.clock = &v->clock,
		.assumed = v->o->assumed,
		.n_assumed = v->o->n_assumed,
	};
	if (v->has_keys) {
		v->env.certs = v->tool.env.certs;
		v->env.engine = v->tool.env.engine;
	}
	ps_lookups_wire(&v->lookups, &v->env);
	r = run(v);
	ps_lookups_close(&v->lookups);
	return r;
}

int
ps_cmd_verify(int argc, char **argv)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_verify_options o;
	struct verify v = {.a = a, .o = &o};
	int r = EX_USAGE;

	if (ps_verify_options_read(a, argc, argv, &o)) {
		set_clock(&v, &o);
		v.policy = read_policy(a, &o);
		if (v.policy != NULL) {
			v.policy->trial = false; /* what would it say? */
			if (o.authserv_id != NULL)
				v.policy->authserv_id = o.authserv_id;
			if (o.n_resolver > 0) {
				v.policy->resolver = o.resolver;
				v.policy->n_resolver = o.n_resolver;
			}
		}
		r = v.policy == NULL ? EX_CONFIG : verify(&v);
		ps_conn_free(v.conn);
		if (v.tried_tool) /* the policy is its */
			ps_tool_close(&v.tool);
		else
			ps_policy_free(v.policy);
	}
	ps_arena_free(a);
	return r;
}
