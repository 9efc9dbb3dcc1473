/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Status lines to signatures.  Each begins with NEWSIG; the first word that
 * judges it stands, and none makes it better afterwards.
 */
#include "crypto/gpg_status.h"

#include <stdlib.h>
#include <string.h>

const char *
ps_signature_state_name(enum ps_signature_state s)
{
	static const char *const name[] = {"good", "bad", "expired",
		"key-expired", "key-revoked", "no-key", "weak", "error"};

	return name[s];
}

#define NO_PUBKEY	9 /* ERRSIG's reason, an error code of libgpg-error */
#define BAD_PUBKEY_ALGO 4
#define BAD_DIGEST_ALGO 5

/* The next token of a line, cut off it; empty at the end. */
static struct ps_bytes
token(const char **rest)
{
	const char *p = *rest, *start;

	while (*p == ' ')
		p++;
	start = p;
	while (*p != '\0' && *p != ' ')
		p++;
	*rest = p;
	return ps_bytes(start, (size_t)(p - start));
}

static int64_t
number(struct ps_bytes t)
{
	int64_t n = 0;

	if (t.len == 0 || t.len > 12)
		return 0;
	for (size_t i = 0; i < t.len; i++) {
		if (!ps_is_digit(t.p[i]))
			return 0;
		n = n * 10 + (t.p[i] - '0');
	}
	return n;
}

static int
hex_digit(char c)
{
	if (ps_is_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The last 16 digits: of a key id, or of a fingerprint of version 4. */
static uint64_t
key_id(struct ps_bytes t)
{
	uint64_t id = 0;

	if (t.len != 16 && t.len != 40)
		return 0;
	for (size_t i = t.len - 16; i < t.len; i++) {
		int digit = hex_digit(t.p[i]);

		if (digit < 0)
			return 0;
		id = id << 4 | (uint64_t)digit;
	}
	return id;
}

static void
fingerprint(struct ps_bytes t, char out[41])
{
	out[0] = '\0';
	if (t.len != 40)
		return;
	for (size_t i = 0; i < t.len; i++)
		if (hex_digit(t.p[i]) < 0)
			return;
	memcpy(out, t.p, t.len);
	out[t.len] = '\0';
}

static enum ps_signature_state
of_error(int64_t reason)
{
	if (reason == NO_PUBKEY)
		return PS_SIGNATURE_NO_KEY;
	return reason == BAD_PUBKEY_ALGO || reason == BAD_DIGEST_ALGO
		       ? PS_SIGNATURE_WEAK
		       : PS_SIGNATURE_ERROR;
}

/* ERRSIG keyid pkalgo hashalgo class time rc [fpr] */
static void
read_error(struct ps_signature_info *info, const char *args)
{
	info->key_id = key_id(token(&args));
	info->pubkey = (int)number(token(&args));
	info->hash = (int)number(token(&args));
	token(&args);
	info->created_s = number(token(&args));
	info->state = of_error(number(token(&args)));
}

/* VALIDSIG fpr date time expires version reserved pkalgo hashalgo class
 * [primary fpr] */
static void
read_valid(struct ps_signature_info *info, const char *args)
{
	struct ps_bytes signing = token(&args);

	fingerprint(signing, info->signing_fpr);
	info->key_id = key_id(signing);
	token(&args);
	info->created_s = number(token(&args));
	info->expires_s = number(token(&args));
	token(&args);
	token(&args);
	info->pubkey = (int)number(token(&args));
	info->hash = (int)number(token(&args));
	token(&args);
	fingerprint(token(&args), info->fpr);
}

static const struct {
	const char *keyword;
	enum ps_signature_state state;
} words[] = {
	{"GOODSIG", PS_SIGNATURE_GOOD},
	{"BADSIG", PS_SIGNATURE_BAD},
	{"EXPSIG", PS_SIGNATURE_EXPIRED},
	{"EXPKEYSIG", PS_SIGNATURE_KEY_EXPIRED},
	{"REVKEYSIG", PS_SIGNATURE_KEY_REVOKED},
};

static void
judge(struct ps_gpg_status *s, enum ps_signature_state state, const char *args)
{
	size_t at = s->n - 1;

	if (s->said[at]) { /* twice: the worse one stands */
		if (state != PS_SIGNATURE_GOOD)
			s->info[at].state = state;
		return;
	}
	s->said[at] = true;
	s->info[at].state = state;
	s->info[at].key_id = key_id(token(&args));
}

void
ps_gpg_status_feed(
	struct ps_gpg_status *s, const char *keyword, const char *args)
{
	if (strcmp(keyword, "NEWSIG") == 0) {
		s->too_many = s->too_many || s->n == PS_GPG_STATUS_MAX;
		if (!s->too_many)
			s->info[s->n++] = (struct ps_signature_info){
				.state = PS_SIGNATURE_ERROR};
		return;
	}
	if (s->n == 0 || s->too_many)
		return;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(keyword, words[i].keyword) == 0)
			judge(s, words[i].state, args);
	if (strcmp(keyword, "ERRSIG") == 0 && !s->said[s->n - 1]) {
		s->said[s->n - 1] = true;
		read_error(&s->info[s->n - 1], args);
	} else if (strcmp(keyword, "VALIDSIG") == 0 && !s->valid[s->n - 1]) {
		s->valid[s->n - 1] = true;
		read_valid(&s->info[s->n - 1], args);
	}
}

void
ps_gpg_status_settle(struct ps_gpg_status *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct ps_signature_info *info = &s->info[i];

		if (s->too_many ||
			(info->state == PS_SIGNATURE_GOOD &&
				(!s->valid[i] || info->fpr[0] == '\0')))
			info->state = PS_SIGNATURE_ERROR;
	}
}
