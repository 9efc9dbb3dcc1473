/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Three looks at a certificate: can its packets be used at all, what the
 * engine said of it, and how old-fashioned it is.
 */
#include "openpgp/cert_lint.h"

#include "base/clock.h"
#include "base/str.h"
#include "openpgp/cert_lint_parts.h"
#include "openpgp/cert_raw.h"
#include "openpgp/cert_trim.h"

#define MANY_PACKETS 1000 /* left out: worth a word */

const char *
ps_lint_severity_name(enum ps_lint_severity s)
{
	static const char *const name[] = {"error", "warning", "note"};

	return name[s];
}

void
ps_lint_add(struct ps_linting *l, enum ps_lint_severity severity,
	const char *word, const char *text)
{
	if (l->out->n_lint == PS_LINT_MAX)
		return;
	PS_GROW(l->a, l->out->lint, l->out->n_lint);
	l->out->lint[l->out->n_lint++] = (struct ps_lint){severity, word, text};
}

static void
dated(struct ps_linting *l, enum ps_lint_severity severity, const char *word,
	const char *what, int64_t when_s)
{
	char date[16];

	ps_date(when_s, date);
	ps_lint_add(
		l, severity, word, ps_arena_printf(l->a, "%s %s", what, date));
}

static bool
is_over(const struct ps_linting *l, int64_t expires_s)
{
	return expires_s != 0 && expires_s <= l->job->now_s;
}

/* The packets.  False when there is nothing more to say. */
static bool
lint_whole(struct ps_linting *l)
{
	struct ps_cert_trimmed t;
	struct ps_cert_raws raw;
	const char *why;
	enum ps_status s;

	ps_cert_raw_split(l->a, l->job->certificate, &raw);
	if (raw.n_cert == 0 || raw.cert[0].broken != NULL) {
		why = raw.n_cert > 0	     ? raw.cert[0].broken
		      : raw.left_out != NULL ? raw.left_out
					     : "there is no OpenPGP public key";
		ps_lint_add(l, PS_LINT_ERROR,
			strcmp(why, PS_CERT_IS_SECRET) == 0 ? "secret-key"
							    : "broken",
			why);
		return false;
	}
	if (raw.cert[0].version != 4) {
		ps_lint_add(l, PS_LINT_ERROR, "unsupported-version",
			ps_arena_printf(l->a,
				"it is of version %d, and only version 4 is "
				"supported",
				raw.cert[0].version));
		return false;
	}
	memcpy(l->fpr, raw.cert[0].fpr, sizeof(l->fpr));
	s = ps_cert_trim(
		l->a, raw.cert[0].octets, &ps_cert_trim_default, &t, &why);
	if (s != PS_OK) {
		ps_lint_add(l, PS_LINT_ERROR,
			s == PS_ELIMIT ? "flooded" : "broken", why);
		return false;
	}
	if (t.n_left_uid > 0)
		ps_lint_add(l, PS_LINT_WARNING, "many-user-ids",
			ps_arena_printf(l->a,
				"%zu user ids are too many: no mail can be "
				"sealed for the last %zu",
				t.n_uid + t.n_left_uid, t.n_left_uid));
	if (t.n_dropped >= MANY_PACKETS)
		ps_lint_add(l, PS_LINT_NOTE, "left-out",
			ps_arena_printf(l->a,
				"%zu signatures and user ids by others are "
				"left out",
				t.n_dropped));
	return true;
}

/* The whole key, as the engine sees it. */
static bool
lint_key(struct ps_linting *l)
{
	const struct ps_key_record *r = l->job->record;

	if (r->revoked)
		ps_lint_add(l, PS_LINT_ERROR, "revoked", "it is revoked");
	else if (r->invalid)
		ps_lint_add(l, PS_LINT_ERROR, "invalid",
			r->note != NULL ? r->note
					: "no self-signature that gpg accepts");
	else if (is_over(l, r->expires_s))
		dated(l, PS_LINT_ERROR, "expired", "it expired", r->expires_s);
	return !r->revoked && !r->invalid;
}

static const char *
quoted(struct ps_linting *l, struct ps_bytes uid, const char *what)
{
	return ps_arena_printf(l->a, "user id \"%s\" %s",
		ps_str_printable(l->a, uid, 120), what);
}

static void
lint_uids(struct ps_linting *l)
{
	const struct ps_key_record *r = l->job->record;
	size_t n_valid = 0, n_address = 0;

	for (size_t i = 0; i < r->n_uid; i++) {
		const struct ps_key_uid *u = &r->uid[i];

		if (u->revoked) {
			ps_lint_add(l, PS_LINT_NOTE, "uid-revoked",
				quoted(l, u->text, "is revoked"));
		} else if (u->invalid) {
			ps_lint_add(l, PS_LINT_WARNING, "uid-invalid",
				quoted(l, u->text,
					"has no valid signature by the key"));
		} else if (is_over(l, u->expires_s)) {
			ps_lint_add(l, PS_LINT_WARNING, "uid-expired",
				quoted(l, u->text, "expired"));
		} else {
			n_valid++;
			n_address += u->address.len > 0;
		}
	}
	if (n_valid == 0)
		ps_lint_add(l, PS_LINT_ERROR, "no-user-id",
			"it has no valid user id");
	else if (n_address == 0)
		ps_lint_add(l, PS_LINT_WARNING, "no-address",
			"no user id has an address: it is found for nobody, "
			"only a policy's \"key\" can name it");
}

/* Until when can mail be sealed to it?  0 for ever. */
static void
lint_end(struct ps_linting *l, int64_t end_s)
{
	const struct ps_cert_lint_job *job = l->job;
	int64_t key_s = job->record->expires_s;

	if (key_s != 0 && (end_s == 0 || key_s < end_s))
		end_s = key_s;
	if (end_s != 0 && !is_over(l, end_s) &&
		end_s - job->now_s < job->warn_before_s)
		dated(l, PS_LINT_WARNING, "expires-soon", "it expires", end_s);
}

static void
lint_subkeys(struct ps_linting *l)
{
	const struct ps_key_record *r = l->job->record;
	size_t n_encrypt = 0, n_usable = 0;
	int64_t end_s = 1, over_s = 0;

	for (size_t i = 0; i < r->n_subkey; i++) {
		const struct ps_key_subkey *k = &r->subkey[i];

		if (!k->can_encrypt || k->invalid)
			continue;
		n_encrypt++;
		if (k->revoked)
			continue;
		if (is_over(l, k->expires_s)) {
			if (k->expires_s > over_s)
				over_s = k->expires_s;
			continue;
		}
		n_usable++;
		if (end_s != 0 && (k->expires_s == 0 || k->expires_s > end_s))
			end_s = k->expires_s;
	}
	if (n_encrypt == 0)
		ps_lint_add(l, PS_LINT_ERROR, "sign-only",
			"it has no valid encryption subkey: it can sign, but "
			"no mail can be sealed to it");
	else if (n_usable == 0 && over_s != 0)
		dated(l, PS_LINT_ERROR, "expired",
			"its encryption subkey expired", over_s);
	else if (n_usable == 0)
		ps_lint_add(l, PS_LINT_ERROR, "no-encryption-subkey",
			"its encryption subkey is revoked");
	else
		lint_end(l, end_s);
	if (n_usable > 1)
		ps_lint_add(l, PS_LINT_NOTE, "encryption-subkeys",
			ps_arena_printf(l->a,
				"it has %zu encryption subkeys: mail is sealed "
				"to the newest, or to all with subkeys = all",
				n_usable));
}

static void
sort(struct ps_lints *out)
{
	struct ps_lint sorted[PS_LINT_MAX];
	size_t n = 0;

	for (int s = PS_LINT_ERROR; s <= PS_LINT_NOTE; s++)
		for (size_t i = 0; i < out->n_lint; i++)
			if ((int)out->lint[i].severity == s)
				sorted[n++] = out->lint[i];
	for (size_t i = 0; i < n; i++)
		out->lint[i] = sorted[i];
}

void
ps_cert_lint(struct ps_arena *a, const struct ps_cert_lint_job *job,
	struct ps_lints *out)
{
	struct ps_linting l = {.a = a, .job = job, .out = out};

	*out = (struct ps_lints){0};
	if (!lint_whole(&l))
		return;
	if (job->record == NULL || lint_key(&l)) {
		if (job->record != NULL) {
			lint_subkeys(&l);
			lint_uids(&l);
		}
		ps_lint_strength(&l);
	}
	sort(out);
}
