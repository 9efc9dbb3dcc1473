/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From results to actions.  First which words of policy a verdict calls up,
 * the same for all recipients; then, by each recipient's ruling, what they say.
 */
#include "policy/exempt.h"
#include "policy/sender_text.h"

/* Words that one verdict can call up: one for each method. */
#define CALLED_MAX 6

struct court {
	struct ps_arena *a;
	const struct ps_sender_case *c;
	bool authenticated;
	enum ps_word called[CALLED_MAX];
	size_t n_called;
	/* The strictest so far; of equals the first. */
	enum ps_act act;
	struct ps_finding finding;
	const char *rule;
	/* The same of DMARC alone. */
	enum ps_act dmarc;
	enum ps_exempt_by exempt;
};

static void
consider(struct court *k, enum ps_act act, const struct ps_finding *f,
	const char *rule)
{
	if (act <= k->act)
		return;
	k->act = act;
	k->finding = *f;
	k->rule = rule;
}

static enum ps_word
spf_calls(const struct ps_verdict *v)
{
	switch (v->mail_from.result) {
	case PS_AUTH_FAIL:
		return PS_WORD_ON_SPF_FAIL;
	case PS_AUTH_SOFTFAIL:
		return PS_WORD_ON_SPF_SOFTFAIL;
	case PS_AUTH_TEMPERROR:
		return PS_WORD_ON_SPF_TEMPERROR;
	case PS_AUTH_PERMERROR:
		return PS_WORD_ON_SPF_PERMERROR;
	default:
		return PS_WORD_N;
	}
}

static enum ps_word
dkim_calls(const struct ps_verdict *v)
{
	enum ps_word w = PS_WORD_ON_DKIM_FAIL;

	if (!(v->methods & PS_METHOD_DKIM))
		return PS_WORD_N;
	if (v->dkim.n_signature == 0)
		return PS_WORD_ON_DKIM_NONE;
	for (size_t i = 0; i < v->dkim.n_signature; i++) {
		if (v->dkim.signature[i].result == PS_AUTH_PASS)
			return PS_WORD_N;
		if (v->dkim.signature[i].result == PS_AUTH_TEMPERROR)
			w = PS_WORD_ON_DKIM_TEMPERROR;
	}
	return w;
}

/* A method that was not asked says nothing, and that is no "none". */
static enum ps_word
dmarc_calls(const struct ps_verdict *v)
{
	if (!(v->methods & PS_METHOD_DMARC))
		return PS_WORD_N;
	if (v->author.from == PS_DMARC_FROM_ABSENT ||
		v->author.from == PS_DMARC_FROM_AMBIGUOUS ||
		v->dmarc.result == PS_AUTH_PERMERROR)
		return PS_WORD_ON_AMBIGUOUS_FROM;
	if (v->dmarc.result == PS_AUTH_NONE)
		return PS_WORD_ON_DMARC_NONE;
	if (v->dmarc.result == PS_AUTH_TEMPERROR)
		return PS_WORD_ON_DMARC_TEMPERROR;
	if (v->dmarc.result != PS_AUTH_FAIL)
		return PS_WORD_N;
	if (v->dmarc.policy == PS_DMARC_POLICY_REJECT)
		return PS_WORD_ON_DMARC_REJECT;
	return v->dmarc.policy == PS_DMARC_POLICY_QUARANTINE
		       ? PS_WORD_ON_DMARC_QUARANTINE
		       : PS_WORD_ON_DMARC_FAIL;
}

static enum ps_word
arc_calls(const struct ps_verdict *v)
{
	return v->arc.result == PS_AUTH_FAIL ? PS_WORD_ON_ARC_FAIL : PS_WORD_N;
}

static enum ps_word
iprev_calls(const struct ps_verdict *v)
{
	return v->iprev.result == PS_AUTH_FAIL ||
			       v->iprev.result == PS_AUTH_PERMERROR
		       ? PS_WORD_ON_IPREV_FAIL
		       : PS_WORD_N;
}

/* Not even asked is no pass either; required() tells when it matters. */
static enum ps_word
openpgp_calls(const struct ps_verdict *v)
{
	return v->openpgp.result == PS_AUTH_PASS ? PS_WORD_N
						 : PS_WORD_ON_SIGNATURE_MISSING;
}

/* In the order of what tells a sender most, for reasons that are as strict. */
static void
call(struct court *k)
{
	const struct ps_verdict *v = k->c->verdict;
	const enum ps_word word[CALLED_MAX] = {dmarc_calls(v), spf_calls(v),
		dkim_calls(v), arc_calls(v), iprev_calls(v), openpgp_calls(v)};

	if (k->authenticated) /* whose mail is not checked */
		return;
	for (size_t i = 0; i < CALLED_MAX; i++)
		if (word[i] != PS_WORD_N)
			k->called[k->n_called++] = word[i];
}

/*
 * A From field that can be read in several ways is no way around DMARC: where
 * one of the domains in it asks for more, that is done.
 */
static enum ps_act
act_of_owner(const struct ps_verdict *v, const struct ps_ruling *r)
{
	if (v->dmarc.policy == PS_DMARC_POLICY_REJECT || v->author.crowded)
		return (enum ps_act)r->word[PS_WORD_ON_DMARC_REJECT].value;
	if (v->dmarc.policy == PS_DMARC_POLICY_QUARANTINE)
		return (enum ps_act)r->word[PS_WORD_ON_DMARC_QUARANTINE].value;
	return PS_ACT_ACCEPT;
}

/* Trouble of ours is no answer: who would refuse waits. */
static enum ps_act
act_of_missing(const struct court *k, const struct ps_ruling *r)
{
	enum ps_act act =
		(enum ps_act)r->word[PS_WORD_ON_SIGNATURE_MISSING].value;

	if (r->word[PS_WORD_REQUIRE_SIGNATURE].value == 0)
		return PS_ACT_ACCEPT;
	return act == PS_ACT_REJECT && ps_signature_is_open(k->c->verdict)
		       ? PS_ACT_TEMPFAIL
		       : act;
}

/* What a ruling makes of a word that was called up. */
static enum ps_act
act_of(struct court *k, const struct ps_ruling *r, enum ps_word w)
{
	enum ps_word method = ps_words[w].under;
	enum ps_act act = (enum ps_act)r->word[w].value;
	enum ps_exempt_by by;

	if (w == PS_WORD_ON_SIGNATURE_MISSING)
		return act_of_missing(k, r);
	if (method != 0 && r->word[method].value != PS_CHECK_ENFORCE)
		return PS_ACT_ACCEPT;
	if (w == PS_WORD_ON_AMBIGUOUS_FROM &&
		act < act_of_owner(k->c->verdict, r))
		act = act_of_owner(k->c->verdict, r);
	by = ps_exempt_word(k->c, r, w);
	if (by == PS_EXEMPT_BY_NONE)
		return act;
	if (method == PS_WORD_DMARC)
		k->exempt = by;
	return PS_ACT_ACCEPT;
}

/* Who requires a signature, rather than who says what its lack costs. */
static enum ps_word
speaks_of(enum ps_word w)
{
	return w == PS_WORD_ON_SIGNATURE_MISSING ? PS_WORD_REQUIRE_SIGNATURE
						 : w;
}

static void
by_verdict(struct court *k, const struct ps_ruling *r)
{
	for (size_t i = 0; i < k->n_called; i++) {
		const struct ps_finding f = {.word = k->called[i]};
		enum ps_act act = act_of(k, r, f.word);

		if (ps_words[f.word].under == PS_WORD_DMARC && act > k->dmarc)
			k->dmarc = act;
		consider(k, act, &f, r->said_by[speaks_of(f.word)]);
	}
}

static void
by_claim(struct court *k, const struct ps_ruling *r)
{
	struct ps_finding f = {.kind = PS_FOUND_LOGIN_REQUIRED};

	if (k->authenticated)
		return;
	if (r->mail_from_needs_login && !ps_exempt_mail_from(k->c))
		f.addr = &k->c->txn->mail_from;
	else if (r->author_needs_login &&
		 ps_exempt_author(k->c, r) == PS_EXEMPT_BY_NONE)
		f.addr = ps_claimed_author(k->c);
	else
		return;
	consider(k, PS_ACT_REJECT, &f, r->said_by[PS_WORD_REQUIRE_LOGIN_FROM]);
}

static bool
is_encrypted_enough(const struct ps_client *c, int need)
{
	if (need == PS_TLS_IN_ANY)
		return true;
	if (c->tls != PS_AUTH_PASS)
		return false;
	return need == PS_TLS_IN_ENCRYPTED ||
	       c->tls_minor >= (need == PS_TLS_IN_1_2 ? 2 : 3);
}

static void
by_connection(struct court *k, const struct ps_client *client,
	const struct ps_ruling *r)
{
	struct ps_finding tls = {.kind = PS_FOUND_TLS_REQUIRED,
		.need = r->word[PS_WORD_TLS_IN].value};
	const struct ps_finding cert = {.kind = PS_FOUND_CERT_REQUIRED};

	if (k->c->txn->is_local) /* came by no connection */
		return;
	if (!is_encrypted_enough(client, tls.need))
		consider(k, PS_ACT_REJECT, &tls, r->said_by[PS_WORD_TLS_IN]);
	if (!k->authenticated && r->word[PS_WORD_CLIENT_CERT].value != 0 &&
		client->cert != PS_CLIENT_CERT_VERIFIED)
		consider(k, PS_ACT_REJECT, &cert,
			r->said_by[PS_WORD_CLIENT_CERT]);
}

static void
by_login(struct court *k, bool with_author)
{
	struct ps_finding f = {.kind = PS_FOUND_NOT_ALLOWED};

	if (!ps_login_may(k->a, k->c, with_author, &f.addr))
		consider(k, PS_ACT_REJECT, &f, "login");
}

static void
reply_of(struct court *k, struct ps_reply *out)
{
	bool hard = k->act == PS_ACT_REJECT;

	*out = (struct ps_reply){.action = PS_ACCEPT};
	if (k->act < PS_ACT_TEMPFAIL)
		return;
	out->action = hard ? PS_REJECT : PS_TEMPFAIL;
	out->code = hard ? "550" : "451";
	out->xcode = ps_arena_printf(
		k->a, "%c.%s", hard ? '5' : '4', ps_finding_xcode(&k->finding));
	out->reason = ps_finding_reason(&k->finding);
	out->rule = k->rule;
	out->text = ps_arena_printf(k->a, "postseal: %s [%s rule=%s]",
		ps_finding_text(k->a, k->c, &k->finding), out->reason, k->rule);
}

static void
mark_of(const struct court *k, struct ps_mark *out)
{
	*out = (struct ps_mark){0};
	if (k->act != PS_ACT_TAG && k->act != PS_ACT_QUARANTINE)
		return;
	out->kind = k->act == PS_ACT_TAG ? PS_MARK_TAG : PS_MARK_QUARANTINE;
	out->reason = ps_finding_reason(&k->finding);
	out->rule = k->rule;
}

/* RFC 9989 section 8: to quarantine is to treat as suspicious, by a folder or
 * a filter too. */
static bool
is_as_asked(enum ps_dmarc_policy asked, enum ps_act done)
{
	switch (asked) {
	case PS_DMARC_POLICY_REJECT:
		return done == PS_ACT_REJECT;
	case PS_DMARC_POLICY_QUARANTINE:
		return done == PS_ACT_TAG || done == PS_ACT_QUARANTINE;
	case PS_DMARC_POLICY_NONE:
		break;
	}
	return done == PS_ACT_ACCEPT;
}

static const char *
override_of(const struct court *k, bool trial)
{
	const struct ps_verdict *v = k->c->verdict;
	enum ps_act done = trial ? PS_ACT_ACCEPT : k->dmarc;

	if (k->authenticated || v->dmarc.result != PS_AUTH_FAIL ||
		is_as_asked(v->dmarc.policy, done))
		return NULL;
	if (k->dmarc == PS_ACT_ACCEPT && k->exempt != PS_EXEMPT_BY_NONE)
		return ps_exempt_text(k->a, k->exempt, v);
	return "local_policy";
}

static bool
is_authenticated(const struct ps_sender_case *c)
{
	/* a trusted relay may have seen the login */
	return ps_policy_trusts(c->policy, c->txn) ||
	       (c->verdict != NULL && (c->verdict->trusted_client ||
					      (c->verdict->by_relay &&
						      c->verdict->client.auth ==
							      PS_AUTH_PASS)));
}

void
ps_judge_sender(struct ps_arena *a, const struct ps_sender_case *c,
	struct ps_sender_judgement *out)
{
	struct court k = {.a = a, .c = c};

	k.authenticated = is_authenticated(c);
	call(&k);
	by_login(&k, true);
	for (size_t i = 0; i < c->n_ruling; i++) {
		by_claim(&k, c->ruling[i]);
		by_connection(&k, &c->verdict->client, c->ruling[i]);
		by_verdict(&k, c->ruling[i]);
	}
	*out = (struct ps_sender_judgement){.trial = c->policy->trial};
	reply_of(&k, &out->reply);
	mark_of(&k, &out->mark);
	out->override = override_of(&k, out->trial);
	if (!out->trial)
		return;
	out->would = out->reply;
	out->would_mark = out->mark;
	out->reply = (struct ps_reply){.action = PS_ACCEPT};
	out->mark = (struct ps_mark){0};
}

/* Could the end of message show that this MAIL FROM is excused? */
static bool
claim_is_open(const struct ps_policy *p, const struct ps_session *s)
{
	return p->forwarder.host.n > 0 ||
	       ps_policy_is_trusted_relay(p, &s->client);
}

void
ps_judge_sender_rcpt(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_txn *t, const struct ps_client *client,
	const struct ps_ruling *ruling, struct ps_reply *out)
{
	const struct ps_sender_case c = {.policy = p, .txn = t};
	struct ps_ruling envelope = *ruling;
	struct court k = {.a = a, .c = &c};

	*out = (struct ps_reply){.action = PS_ACCEPT};
	if (p->trial || t->is_local || ruling->pending != NULL)
		return;
	k.authenticated = is_authenticated(&c);
	envelope.author_needs_login = false; /* nobody has seen From */
	by_login(&k, false);
	if (!claim_is_open(p, t->session))
		by_claim(&k, &envelope);
	by_connection(&k, client, &envelope);
	reply_of(&k, out);
}

void
ps_judge_held_plan(const struct ps_sender_judgement *j, struct ps_plan *plan)
{
	const struct ps_mark *mark = j->trial ? &j->would_mark : &j->mark;
	struct ps_reply *reply = j->trial ? &plan->would : &plan->reply;

	if (mark->kind != PS_MARK_QUARANTINE || plan->n_group < 2 ||
		reply->action != PS_ACCEPT)
		return;
	*reply = (struct ps_reply){
		.action = PS_TEMPFAIL,
		.code = "451",
		.xcode = "4.7.1",
		.reason = "mixed-recipients",
		.rule = mark->rule,
		.text = "postseal: this message is to be held, and its "
			"recipients need different copies: send to each of "
			"them alone [mixed-recipients]",
	};
}

const struct ps_ruling *const *
ps_rulings_of(struct ps_arena *a, const struct ps_key_facts *facts, size_t n)
{
	const struct ps_ruling **all = ps_arena_array(a, n, sizeof(*all));

	for (size_t i = 0; i < n; i++)
		all[i] = &facts[i].ruling;
	return all;
}

struct ps_bytes
ps_mark_value(struct ps_arena *a, const struct ps_mark *m)
{
	return ps_bytes_of(
		ps_arena_printf(a, " %s rule=%s", m->reason, m->rule));
}
