/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From every recipient's fate to one plan for the message.
 */
#include "openpgp/pgpmime.h"
#include "policy/judge.h"

/* A PKESK packet for a 4096-bit RSA key has 527 octets; most are smaller. */
#define PER_SUBKEY 544
/* Packet headers inside, and outside the fields of the seal. */
#define AROUND 1024
/* What is put on top: Authentication-Results is long where there are many
 * signatures, and a host's name may have 255 octets everywhere. */
#define ON_TOP ((size_t)16 << 10)

/* Fields that go inside, and under protect-subject nearly all of them, each
 * once as it is and once as HP-Outer. */
static size_t
inner_header_size(const struct ps_header *h, bool protect_subject)
{
	size_t size = 0;

	for (size_t i = 0; i < h->n_field; i++) {
		size_t one = h->field[i].name.len + h->field[i].value.len + 3;

		if (protect_subject)
			size += 2 * one + sizeof("HP-Outer: ");
		else if (ps_bytes_istarts(h->field[i].name, PS_LIT("Content-")))
			size += one;
	}
	return size;
}

size_t
ps_decide_size(const struct ps_txn *t, size_t n_subkey, bool protect_subject)
{
	size_t body = t->message.body.len;
	size_t header = t->size > body ? t->size - body : 0;
	size_t inner = body + AROUND +
		       inner_header_size(&t->message.header, protect_subject);
	/* a length octet for each partial chunk, of 512 octets at least */
	size_t sealed = inner + inner / 512 + n_subkey * PER_SUBKEY;

	return header + ps_pgpmime_body_size(sealed) + AROUND + ON_TOP;
}

static bool
is_too_large(const struct ps_policy *p, const struct ps_txn *t,
	const struct ps_key_facts *facts)
{
	bool protect = false;
	size_t n = 0;

	if (p->limits.mta_message_size == 0)
		return false;
	for (size_t i = 0; i < t->n_rcpt; i++) {
		const struct ps_key_facts *f = &facts[i];

		for (size_t k = 0; k < f->keys.n_cert; k++)
			n += f->keys.cert[k].n_subkey;
		for (size_t k = 0; k < f->archive.n_cert; k++)
			n += f->archive.cert[k].n_subkey;
		if (f->ruling.word[PS_WORD_PROTECT_SUBJECT].value)
			protect = true;
	}
	return ps_decide_size(t, n, protect) > p->limits.mta_message_size;
}

/* A permanent refusal is said before a temporary one: no retry mends it. */
static const struct ps_judgement *
first_refusal(const struct ps_judgement *fate, size_t n)
{
	const struct ps_judgement *first = NULL;

	for (size_t i = 0; i < n; i++) {
		if (fate[i].fate != PS_FATE_REFUSE)
			continue;
		if (fate[i].reply.action == PS_REJECT)
			return &fate[i];
		if (first == NULL)
			first = &fate[i];
	}
	return first;
}

/* May they be served by several copies?  Not when one of them forbids it. */
static void
refuse_mixed(struct ps_arena *a, const struct ps_key_facts *facts, size_t n,
	struct ps_plan *out)
{
	const struct ps_ruling *r = NULL;

	for (size_t i = 0; i < n && r == NULL; i++)
		if (facts[i].ruling.word[PS_WORD_MIXED].value ==
			PS_MIXED_REJECT)
			r = &facts[i].ruling;
	if (out->n_group < 2 || r == NULL)
		return;
	out->reply = (struct ps_reply){
		.action = PS_REJECT,
		.code = "550",
		.xcode = "5.7.1",
		.reason = "mixed-recipients",
		.rule = r->rule,
		.text = ps_arena_printf(a,
			"postseal: the recipients need different copies: send "
			"to each of them alone [mixed-recipients rule=%s]",
			r->rule),
	};
}

void
ps_decide(struct ps_arena *a, const struct ps_policy *p, const struct ps_txn *t,
	const struct ps_key_facts *facts,
	const struct ps_content_facts *content, struct ps_plan *out)
{
	struct ps_judgement *fate = ps_arena_array(a, t->n_rcpt, sizeof(*fate));
	bool too_large = is_too_large(p, t, facts);
	const struct ps_judgement *refusal;
	bool null_sender = t->mail_from.full.len == 0;
	struct ps_sender sender;

	*out = (struct ps_plan){.trial = p->trial};
	for (size_t i = 0; i < t->n_rcpt; i++) {
		struct ps_case one = {
			.facts = &facts[i],
			.content = content,
			.rcpt = &t->rcpt[i].addr,
			/* RFC 5321 4.5.5: reports come from nobody */
			.exempt = content->exempt |
				  (null_sender ? PS_EXEMPT_REPORT : 0U),
			.too_large = too_large,
		};

		ps_sender_of(p, t, &t->rcpt[i], &sender);
		one.authenticated = sender.authenticated;
		ps_judge(a, &one, &fate[i]);
	}
	refusal = first_refusal(fate, t->n_rcpt);
	if (refusal == NULL)
		ps_group(a, p, t, facts, fate, out);
	else
		out->reply = refusal->reply;
	refuse_mixed(a, facts, t->n_rcpt, out);
	if (!p->trial)
		return;
	out->would = out->reply;
	out->reply = (struct ps_reply){.action = PS_ACCEPT};
}

/* A look that has only begun may have ended when the message has: what is not
 * known is refused then. */
static bool
is_not_known_yet(const struct ps_key_facts *f)
{
	return f->looked_up &&
	       (f->keys.state == PS_CERT_LATE || f->keys.state == PS_CERT_DNS ||
		       f->keys.state == PS_CERT_CHANGED);
}

void
ps_decide_rcpt(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_txn *t, const struct ps_rcpt *r,
	const struct ps_key_facts *facts, struct ps_reply *out)
{
	struct ps_case one = {.facts = facts};
	struct ps_judgement fate = {0};
	struct ps_sender sender;

	*out = (struct ps_reply){.action = PS_ACCEPT};
	if (p->trial || t->is_local || facts->ruling.pending != NULL ||
		is_not_known_yet(facts) ||
		facts->ruling.word[PS_WORD_REFUSE_AT].value !=
			PS_REFUSE_AT_RCPT)
		return;
	ps_sender_of(p, t, r, &sender);
	one.authenticated = sender.authenticated;
	ps_judge(a, &one, &fate);
	if (fate.fate == PS_FATE_REFUSE)
		*out = fate.reply;
}
