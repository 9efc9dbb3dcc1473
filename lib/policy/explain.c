/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A ruling for people.  The words are those of the configuration and of the
 * log, so that one search finds all three.
 */
#include "policy/explain.h"

#include "base/clock.h"
#include "base/str.h"
#include "policy/judge.h"

#define NAME_WIDTH 20 /* and milter/cmd_explain.c */

static void
put_list(const struct ps_setting *s, struct ps_buf *out)
{
	if (s->n_list == 0)
		ps_buf_puts(out, "none");
	for (size_t i = 0; i < s->n_list; i++) {
		if (i > 0)
			ps_buf_puts(out, ", ");
		ps_str_put_escaped(out, ps_bytes_of(s->list[i]));
	}
}

static void
put_value(const struct ps_candidate *c, struct ps_buf *out)
{
	const struct ps_word_def *w = &ps_words[c->word];
	size_t before = out->len;

	if (w->type == PS_TYPE_LIST)
		put_list(&c->setting, out);
	else
		ps_buf_puts(out, w->choice[c->setting.value]);
	do
		ps_buf_putc(out, ' ');
	while (out->len - before < 11 && !out->full);
}

/* Relative to the main file's directory: "conf.d/10-bank.conf:7". */
static void
put_origin(
	const struct ps_policy *p, struct ps_origin where, struct ps_buf *out)
{
	const char *slash = strrchr(p->file, '/'), *file = where.file;
	size_t dir = slash == NULL ? 0 : (size_t)(slash - p->file) + 1;

	if (strncmp(file, p->file, dir) == 0)
		file += dir;
	ps_buf_printf(out, "%s:%d", file, where.line);
}

static void
put_place(const struct ps_policy *p, const struct ps_candidate *c,
	struct ps_buf *out)
{
	if (c->setting.where.file != NULL) {
		put_origin(p, c->setting.where, out);
		ps_buf_putc(out, ' ');
	}
	ps_buf_printf(out, "(%s)", c->section);
}

/* Words about sources that are not asked, and secret keys that are not there.
 */
static bool
is_about_nothing(const struct ps_policy *p, enum ps_word w)
{
	switch (w) {
	case PS_WORD_WKD:
		return !ps_policy_has_source(p, PS_ORIGIN_WKD);
	case PS_WORD_DANE:
		return !ps_policy_has_source(p, PS_ORIGIN_DANE);
	case PS_WORD_AUTOCRYPT:
		return !ps_policy_has_source(p, PS_ORIGIN_AUTOCRYPT);
	case PS_WORD_ON_KEY_CHANGE:
	case PS_WORD_ON_LATE_LOOKUP:
	case PS_WORD_ON_DNS_ERROR:
		return !ps_policy_discovers(p);
	case PS_WORD_SIGN:
		return p->secret_home == NULL;
	case PS_WORD_AUTOCRYPT_HEADER: /* nothing of the recipient */
		return true;
	default:
		return false;
	}
}

/* What nobody set and what has no effect says nothing. */
static bool
is_silent(const struct ps_policy *p, const struct ps_ruling *r,
	const struct ps_candidate *c)
{
	enum ps_word method = ps_words[c->word].under;

	if (c->setting.set)
		return false;
	if (is_about_nothing(p, c->word))
		return true;
	if (ps_words[c->word].type == PS_TYPE_LIST)
		return true;
	if (c->word == PS_WORD_ON_SIGNATURE_MISSING)
		return r->word[PS_WORD_REQUIRE_SIGNATURE].value == 0;
	return method != 0 && r->word[method].value != PS_CHECK_ENFORCE;
}

/* Decided in judge.c: any sender can write what exempts. */
static bool
is_idle(const struct ps_ruling *r, const struct ps_candidate *c)
{
	return c->word == PS_WORD_EXEMPT && c->setting.value != 0 &&
	       r->word[PS_WORD_ENCRYPT].value == PS_ENCRYPT_ALWAYS &&
	       !r->identity;
}

static void
put_candidate(const struct ps_policy *p, const struct ps_ruling *r,
	const struct ps_candidate *c, bool first, struct ps_buf *out)
{
	ps_buf_printf(out, "  %-*s%c ", NAME_WIDTH,
		first ? ps_words[c->word].name : "", c->wins ? '*' : ' ');
	put_value(c, out);
	put_place(p, c, out);
	if (is_idle(r, c))
		ps_buf_puts(out, ", no effect under always");
	ps_buf_putc(out, '\n');
}

/* The winner first, then who else said something. */
static void
put_word(const struct ps_policy *p, const struct ps_ruling *r, enum ps_word w,
	struct ps_buf *out)
{
	bool first = true;

	for (int turn = 0; turn < 2; turn++) {
		for (size_t i = 0; i < r->n_candidate; i++) {
			const struct ps_candidate *c = &r->candidate[i];

			if (c->word != w || c->wins != (turn == 0) ||
				is_silent(p, r, c))
				continue;
			put_candidate(p, r, c, first, out);
			first = false;
		}
	}
}

static const char *const proof_name[PS_PROOF_N] = {
	[PS_PROOF_HEADER_FROM] = "header-from",
	[PS_PROOF_DKIM_DOMAIN] = "dkim-domain",
	[PS_PROOF_SPF_DOMAIN] = "spf-domain",
	[PS_PROOF_CERT_SUBJECT] = "cert-subject",
	[PS_PROOF_IPREV] = "iprev",
	[PS_PROOF_SIGNED_BY] = "signed-by",
};

/* A rule that speaks instead when a message proves what it asks. */
static void
put_pending(const struct ps_policy *p, const struct ps_ruling *r,
	struct ps_buf *out)
{
	const char *before = " when a message proves ";

	if (r->pending == NULL)
		return;
	ps_buf_printf(
		out, "  %-*s  %s,", NAME_WIDTH, "or perhaps", r->pending->name);
	for (size_t i = 0; i < PS_PROOF_N; i++) {
		if (r->pending->proof[i].n == 0)
			continue;
		ps_buf_printf(out, "%s%s", before, proof_name[i]);
		before = ", ";
	}
	ps_buf_puts(out, ": ");
	put_origin(p, r->pending->where, out);
	ps_buf_putc(out, '\n');
}

void
ps_explain_ruling(const struct ps_policy *p, const struct ps_ruling *r,
	struct ps_buf *out)
{
	ps_buf_printf(out, "  %-*s  %s\n", NAME_WIDTH, "rule", r->rule);
	put_pending(p, r, out);
	for (enum ps_word w = 0; w < PS_WORD_N; w++)
		put_word(p, r, w, out);
}

static void
put_cert(const struct ps_cert *cert, const char *what, struct ps_buf *out)
{
	ps_buf_printf(out, "  %-*s  %s%s\n", NAME_WIDTH, what, cert->fpr,
		cert->pinned ? " (pinned)" : "");
	for (size_t i = 0; i < cert->n_subkey; i++) {
		const struct ps_cert_subkey *s = &cert->subkey[i];
		char date[16] = "";

		if (s->expires_s != 0)
			ps_date(s->expires_s, date);
		ps_buf_printf(out, "  %-*s  %016llX%s%s\n", NAME_WIDTH,
			i == 0 ? "  sealing subkey" : "",
			(unsigned long long)s->key_id,
			*date == '\0' ? "" : " expires ", date);
	}
}

static const char *const state_text[] = {
	[PS_CERT_NONE] = "none",
	[PS_CERT_UNUSABLE] = "cannot be used",
	[PS_CERT_TROUBLE] = "cannot be used",
	[PS_CERT_LATE] = "not known yet",
	[PS_CERT_DNS] = "not known: trouble of the DNS",
	[PS_CERT_CHANGED] = "changed, and waits for a decision",
};

static void
put_answer(
	const struct ps_cert_answer *keys, const char *what, struct ps_buf *out)
{
	if (keys->state != PS_CERT_FOUND) {
		ps_buf_printf(out, "  %-*s  %s", NAME_WIDTH, what,
			state_text[keys->state]);
		if (keys->text != NULL && *keys->text != '\0')
			ps_buf_printf(out, ": %s", keys->text);
		ps_buf_putc(out, '\n');
	}
	for (size_t i = 0; i < keys->n_cert; i++)
		put_cert(&keys->cert[i], what, out);
	if (keys->state == PS_CERT_FOUND && keys->origin != NULL)
		ps_buf_printf(out, "  %-*s  %s\n", NAME_WIDTH, "  found by",
			keys->origin);
}

static void
put_fate(const struct ps_judgement *fate, struct ps_buf *out)
{
	ps_buf_printf(out, "  %-*s  ", NAME_WIDTH, "so a message is");
	switch (fate->fate) {
	case PS_FATE_SEAL:
		ps_buf_puts(out, "sealed, unless its content says otherwise\n");
		break;
	case PS_FATE_CLEAR:
		ps_buf_printf(out, "left as it is (%s)\n", fate->why_clear);
		break;
	case PS_FATE_REFUSE:
		ps_buf_printf(out, "refused: %s %s %s\n", fate->reply.code,
			fate->reply.xcode, fate->reply.text);
		break;
	}
}

void
ps_explain_keys(const struct ps_key_facts *f, struct ps_buf *out)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_case c = {.facts = f};
	struct ps_judgement fate = {0};

	if (f->looked_up) {
		put_answer(&f->keys, "key", out);
		if (f->ruling.word[PS_WORD_ARCHIVE_KEY].n_list > 0)
			put_answer(&f->archive, "archive-key", out);
	}
	ps_judge(a, &c, &fate);
	put_fate(&fate, out);
	ps_arena_free(a);
}
