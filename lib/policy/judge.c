/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One recipient's fate.  What a message says of itself may turn a wish for a
 * seal into a must; it weakens only "when-key", or what a rule with a login
 * leaves to its sender.
 */
#include "base/str.h"
#include "policy/judge.h"

#define SHOWN_MAX 200

static const char *
shown(struct ps_arena *a, const struct ps_case *c)
{
	return ps_str_printable(a, c->rcpt->full, SHOWN_MAX);
}

/* "<bob@example.net>", or "this recipient" while SMTP speaks of him. */
static const char *
who(struct ps_arena *a, const struct ps_case *c)
{
	if (c->rcpt == NULL)
		return "this recipient";
	return ps_arena_printf(a, "<%s>", shown(a, c));
}

static void
refuse(struct ps_arena *a, const struct ps_case *c, const char *reason,
	enum ps_on how, const char *text, struct ps_judgement *out)
{
	bool hard = how == PS_ON_REJECT;
	bool size = strcmp(reason, "too-large") == 0;
	const char *rule = c->facts->ruling.rule;

	out->fate = PS_FATE_REFUSE;
	out->reply = (struct ps_reply){
		.action = hard ? PS_REJECT : PS_TEMPFAIL,
		.code = !hard  ? "451"
			: size ? "552"
			       : "550",
		.xcode = size ? (hard ? "5.3.4" : "4.3.4")
			      : (hard ? "5.7.1" : "4.7.1"),
		.reason = reason,
		.rule = rule,
		.text = ps_arena_printf(
			a, "postseal: %s [%s rule=%s]", text, reason, rule),
	};
}

static void
clear(const char *why, struct ps_judgement *out)
{
	*out = (struct ps_judgement){.fate = PS_FATE_CLEAR, .why_clear = why};
}

/* What on-... says; nothing goes in clear under "always". */
static enum ps_on
on(const struct ps_case *c, enum ps_word w, bool always)
{
	int value = c->facts->ruling.word[w].value;

	if (value == PS_ON_DELIVER && always)
		return PS_ON_REJECT;
	return (enum ps_on)value;
}

static bool
archive_complete(const struct ps_key_facts *f)
{
	const struct ps_setting *want = &f->ruling.word[PS_WORD_ARCHIVE_KEY];

	for (size_t i = 0; i < want->n_list; i++) {
		bool found = false;

		for (size_t k = 0; k < f->archive.n_cert && !found; k++)
			found = f->archive.cert[k].n_subkey > 0 &&
				strcmp(f->archive.cert[k].fpr, want->list[i]) ==
					0;
		if (!found)
			return false;
	}
	return want->n_list == 0 || f->archive.state == PS_CERT_FOUND;
}

static size_t
n_subkeys(const struct ps_cert_answer *keys)
{
	size_t n = 0;

	for (size_t i = 0; i < keys->n_cert; i++)
		n += keys->cert[i].n_subkey;
	return n;
}

static void
without_key(struct ps_arena *a, const struct ps_case *c, bool always,
	struct ps_judgement *out)
{
	const struct ps_cert_answer *keys = &c->facts->keys;
	bool known = keys->reason != NULL && *keys->reason != '\0';
	bool none = keys->state == PS_CERT_NONE ||
		    (!known && (keys->state == PS_CERT_LATE ||
				       keys->state == PS_CERT_DNS));
	const char *reason = none ? "no-key" : "unusable-key";
	enum ps_on how =
		on(c, none ? PS_WORD_ON_MISSING_KEY : PS_WORD_ON_UNUSABLE_KEY,
			always);

	if (how == PS_ON_DELIVER)
		clear(reason, out);
	else if (none)
		refuse(a, c, reason, how,
			ps_arena_printf(
				a, "no usable OpenPGP key for %s", who(a, c)),
			out);
	else
		refuse(a, c, reason, how,
			ps_arena_printf(a,
				"the OpenPGP key of %s cannot be used (%s)",
				who(a, c),
				keys->reason == NULL || *keys->reason == '\0'
					? "invalid"
					: keys->reason),
			out);
}

/* Not knowing is never "no key". */
static bool
in_trouble(const struct ps_key_facts *f)
{
	return !f->looked_up || f->keys.state == PS_CERT_TROUBLE;
}

static bool
may_count_as_missing(const struct ps_case *c, enum ps_word w)
{
	return c->facts->ruling.word[w].value == PS_UNKNOWN_MISSING;
}

/*
 * Nobody knows yet.  Where policy makes nothing else of it the sender's MTA
 * tries again: under "always" and under "when-key" alike, for a key that comes
 * a second too late must not turn into clear mail.
 */
static bool
is_deferred(
	struct ps_arena *a, const struct ps_case *c, struct ps_judgement *out)
{
	enum ps_cert_state state = c->facts->keys.state;
	const char *name = who(a, c);

	if (state == PS_CERT_LATE &&
		!may_count_as_missing(c, PS_WORD_ON_LATE_LOOKUP)) {
		refuse(a, c, "key-lookup", PS_ON_TEMPFAIL,
			ps_arena_printf(a,
				"the OpenPGP key of %s is being looked up, try "
				"again soon",
				name),
			out);
		return true;
	}
	if (state == PS_CERT_DNS &&
		!may_count_as_missing(c, PS_WORD_ON_DNS_ERROR)) {
		refuse(a, c, "key-dns", PS_ON_TEMPFAIL,
			ps_arena_printf(a,
				"the DNS does not say now whether there is an "
				"OpenPGP key of %s",
				name),
			out);
		return true;
	}
	if (state != PS_CERT_CHANGED)
		return false;
	refuse(a, c, "key-changed", PS_ON_TEMPFAIL,
		ps_arena_printf(a,
			"the OpenPGP key of %s has changed, and an "
			"administrator has to decide: postseal keys show %s",
			name, c->rcpt == NULL ? "ADDRESS" : shown(a, c)),
		out);
	return true;
}

static void
by_keys(struct ps_arena *a, const struct ps_case *c, bool always,
	struct ps_judgement *out)
{
	enum ps_on how;

	if (in_trouble(c->facts)) {
		refuse(a, c, "key-trouble", PS_ON_TEMPFAIL,
			ps_arena_printf(a,
				"the OpenPGP keys of %s cannot be looked up "
				"now",
				who(a, c)),
			out);
		return;
	}
	if (is_deferred(a, c, out))
		return;
	if (c->facts->keys.state != PS_CERT_FOUND ||
		n_subkeys(&c->facts->keys) == 0) {
		without_key(a, c, always, out);
		return;
	}
	if (!archive_complete(c->facts)) {
		refuse(a, c, "archive-key", PS_ON_TEMPFAIL,
			ps_arena_printf(a,
				"the archive key for mail to %s cannot be used "
				"now",
				who(a, c)),
			out);
		return;
	}
	*out = (struct ps_judgement){.fate = PS_FATE_SEAL};
	how = on(c, PS_WORD_ON_TOO_LARGE, always);
	if (c->too_large && how == PS_ON_DELIVER)
		clear("too-large", out);
	else if (c->too_large)
		refuse(a, c, "too-large", how,
			ps_arena_printf(a,
				"sealed for %s this message would be larger "
				"than the mail system takes",
				who(a, c)),
			out);
}

/* Bits of "exempt" that count under this ruling. */
static unsigned
exemptions(const struct ps_case *c, bool always)
{
	const struct ps_ruling *r = &c->facts->ruling;

	if (always && !r->identity)
		return 0;
	return (unsigned)r->word[PS_WORD_EXEMPT].value;
}

static bool
stays_as_it_is(const struct ps_case *c, bool always)
{
	bool again = c->facts->ruling.word[PS_WORD_ALREADY_ENCRYPTED].value ==
		     PS_ALREADY_SEAL_AGAIN;
	enum ps_sealed sealed = c->content->inspection.sealed;

	if (again)
		return false;
	return sealed == PS_SEALED_WHOLLY ||
	       (sealed == PS_SEALED_PARTLY && !always);
}

void
ps_judge(struct ps_arena *a, const struct ps_case *c, struct ps_judgement *out)
{
	const struct ps_ruling *r = &c->facts->ruling;
	int encrypt = r->word[PS_WORD_ENCRYPT].value;
	bool asked = c->content != NULL && c->authenticated &&
		     ps_trigger_fires(a, r, c->content);
	bool always = asked || encrypt == PS_ENCRYPT_ALWAYS;
	/* who asks for a seal does not want to be exempt */
	unsigned exempt = asked ? 0 : exemptions(c, always);

	if (encrypt == PS_ENCRYPT_NEVER && !asked)
		clear("policy", out);
	else if (c->content == NULL && exempt != 0)
		*out = (struct ps_judgement){.fate = PS_FATE_SEAL};
	else if ((c->exempt & exempt) != 0)
		clear("exempt", out);
	else if (c->content != NULL && stays_as_it_is(c, always))
		clear("already-sealed", out);
	else
		by_keys(a, c, always, out);
}
