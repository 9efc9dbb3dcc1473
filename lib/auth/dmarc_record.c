/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The reader of DMARC records.  Tolerant behind the version: an owner's slip
 * in one tag must not take the others away (RFC 9989 4.8).
 */
#include "auth/dmarc_record.h"

#include <assert.h>

#include "mail/tagval.h"

#define MAX_TAG 100

static const char *const policy_name[] = {
	[PS_DMARC_POLICY_NONE] = "none",
	[PS_DMARC_POLICY_QUARANTINE] = "quarantine",
	[PS_DMARC_POLICY_REJECT] = "reject",
};

const char *
ps_dmarc_policy_name(enum ps_dmarc_policy p)
{
	assert((unsigned)p < sizeof(policy_name) / sizeof(policy_name[0]));
	return policy_name[p];
}

/* The version is told from the first part alone, before anything else is. */
static bool
is_dmarc1(struct ps_bytes text)
{
	struct ps_bytes first, name;
	size_t equal;

	if (!ps_tagval_item(&text, ';', &first))
		return false;
	equal = ps_bytes_chr(first, '=');
	if (equal == PS_NOT_FOUND)
		return false;
	name = ps_bytes_trim(ps_bytes_head(first, equal));
	return ps_bytes_ieq(name, PS_LIT("v")) &&
	       ps_bytes_eq(ps_bytes_trim(ps_bytes_from(first, equal + 1)),
		       PS_LIT("DMARC1"));
}

/* Empty when there is none: no tag has an empty value (dmarc-tag). */
static struct ps_bytes
get(const struct ps_tagval *t, struct ps_bytes name)
{
	for (size_t i = 0; i < t->n_tag; i++)
		if (ps_bytes_ieq(t->tag[i].name, name))
			return t->tag[i].value;
	return PS_LIT("");
}

static bool
is(const struct ps_tagval *t, struct ps_bytes name, struct ps_bytes value)
{
	return ps_bytes_ieq(get(t, name), value);
}

static bool
get_policy(const struct ps_tagval *t, struct ps_bytes name,
	enum ps_dmarc_policy *out)
{
	struct ps_bytes value = get(t, name);

	for (int i = PS_DMARC_POLICY_NONE; i <= PS_DMARC_POLICY_REJECT; i++)
		if (ps_bytes_ieq(value, ps_bytes_of(policy_name[i]))) {
			*out = (enum ps_dmarc_policy)i;
			return true;
		}
	return false;
}

static bool
is_hex(char c)
{
	return ps_is_digit(c) || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

/* Octets of a URI (RFC 3986 2) without "!" and "," (RFC 9989 4.8). */
static bool
is_uri_text(struct ps_bytes b)
{
	for (size_t i = 0; i < b.len; i++) {
		char c = b.p[i];

		if (c == '%') {
			if (b.len - i < 3 || !is_hex(b.p[i + 1]) ||
				!is_hex(b.p[i + 2]))
				return false;
		} else if (!ps_is_alpha(c) && !ps_is_digit(c) &&
			   (c == '\0' ||
				   strchr("-._~:/?#[]@$&'()*+;=", c) == NULL)) {
			return false;
		}
	}
	return b.len > 0;
}

/* "!10m", of RFC 7489, is dropped (obs-dmarc-report-size). */
static struct ps_bytes
without_size(struct ps_bytes uri)
{
	size_t at = ps_bytes_chr(uri, '!'), end = uri.len;
	int64_t size;

	if (at == PS_NOT_FOUND)
		return uri;
	if (strchr("kmgtKMGT", uri.p[end - 1]) != NULL)
		end--;
	if (end <= at || !ps_tagval_number(
				 ps_bytes(uri.p + at + 1, end - at - 1), &size))
		return uri;
	return ps_bytes_head(uri, at);
}

static bool
is_scheme(struct ps_bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (!ps_is_alpha(b.p[i]) &&
			(i == 0 || (!ps_is_digit(b.p[i]) && b.p[i] != '+' &&
					   b.p[i] != '-' && b.p[i] != '.')))
			return false;
	return b.len > 0;
}

static bool
is_report_uri(struct ps_bytes uri)
{
	struct ps_bytes rest;
	size_t colon, at;

	if (uri.len == 0)
		return false;
	uri = without_size(uri);
	colon = ps_bytes_chr(uri, ':');
	if (colon == PS_NOT_FOUND || !is_scheme(ps_bytes_head(uri, colon)))
		return false;
	rest = ps_bytes_from(uri, colon + 1);
	if (!is_uri_text(rest))
		return false;
	if (!ps_bytes_ieq(ps_bytes_head(uri, colon), PS_LIT("mailto")))
		return true;
	/* RFC 6068; a report needs somebody to send it to. */
	at = ps_bytes_chr(rest, '@');
	return at != PS_NOT_FOUND && at > 0 && at + 1 < rest.len;
}

static bool
wants_reports(const struct ps_tagval *t)
{
	struct ps_bytes list = get(t, PS_LIT("rua")), uri;

	while (ps_tagval_item(&list, ',', &uri))
		if (is_report_uri(uri))
			return true;
	return false;
}

static void
read_policies(const struct ps_tagval *t, struct ps_dmarc_record *out)
{
	bool has_p = get_policy(t, PS_LIT("p"), &out->p);
	bool bad;

	out->has_sp = get_policy(t, PS_LIT("sp"), &out->sp);
	out->has_np = get_policy(t, PS_LIT("np"), &out->np);
	bad = !has_p || (!out->has_sp && get(t, PS_LIT("sp")).len > 0) ||
	      (!out->has_np && get(t, PS_LIT("np")).len > 0);
	out->usable = !bad || wants_reports(t);
	if (bad) {
		out->p = PS_DMARC_POLICY_NONE;
		out->has_sp = out->has_np = false;
	}
}

bool
ps_dmarc_record_parse(
	struct ps_arena *a, struct ps_bytes text, struct ps_dmarc_record *out)
{
	struct ps_tagval t;

	if (!is_dmarc1(text))
		return false;
	ps_tagval_parse(a, text, MAX_TAG, &t);
	*out = (struct ps_dmarc_record){.text = text};
	read_policies(&t, out);
	out->strict_dkim = is(&t, PS_LIT("adkim"), PS_LIT("s"));
	out->strict_spf = is(&t, PS_LIT("aspf"), PS_LIT("s"));
	out->testing = is(&t, PS_LIT("t"), PS_LIT("y"));
	if (is(&t, PS_LIT("psd"), PS_LIT("y")))
		out->psd = PS_DMARC_PSD_YES;
	else if (is(&t, PS_LIT("psd"), PS_LIT("n")))
		out->psd = PS_DMARC_PSD_NO;
	return true;
}
