/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Typed values: numbers, sizes, times, choices, texts, fingerprints.  Pure
 * functions on one value; they know neither sections nor files.
 */
#include "base/str.h"
#include "policy/conf.h"

#define SHOWN_MAX 80
#define FPR_LEN	  40

const char *
ps_type_show(struct ps_arena *a, const char *text)
{
	return ps_str_printable(a, ps_bytes_of(text), SHOWN_MAX);
}

const char *
ps_type_bool(struct ps_arena *a, const char *text, int *out)
{
	if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
		return ps_arena_printf(
			a, "needs yes or no, not '%s'", ps_type_show(a, text));
	*out = text[0] == 'y';
	return NULL;
}

/* "never, when-key or always" */
static const char *
spelled_out(struct ps_arena *a, const char *const *choice)
{
	const char *text = choice[0];

	for (size_t i = 1; choice[i] != NULL; i++)
		text = ps_arena_printf(a, "%s%s%s", text,
			choice[i + 1] == NULL ? " or " : ", ", choice[i]);
	return text;
}

const char *
ps_type_choice(struct ps_arena *a, const char *text, const char *const *choice,
	int *out)
{
	for (int i = 0; choice[i] != NULL; i++) {
		if (strcmp(text, choice[i]) != 0)
			continue;
		*out = i;
		return NULL;
	}
	return ps_arena_printf(a, "cannot be '%s': use %s",
		ps_type_show(a, text), spelled_out(a, choice));
}

/* Decimal digits in front of *text, at least one; they are taken off. */
static bool
take_number(const char **text, uint64_t *out)
{
	uint64_t n = 0;

	if (!ps_is_digit(**text))
		return false;
	for (; ps_is_digit(**text); (*text)++) {
		if (n > (UINT64_MAX >> 8) / 10)
			return false;
		n = 10 * n + (uint64_t)(**text - '0');
	}
	*out = n;
	return true;
}

struct unit {
	const char *name;
	uint64_t factor;
};

/* A number with one of these units behind it. */
static bool
take_measure(const char *text, const struct unit *unit, uint64_t *out)
{
	uint64_t n;

	if (!take_number(&text, &n))
		return false;
	for (; unit->name != NULL; unit++) {
		if (strcmp(unit->name, text) != 0)
			continue;
		if (n > (UINT64_MAX >> 8) / unit->factor)
			return false;
		*out = n * unit->factor;
		return true;
	}
	return false;
}

const char *
ps_type_count(struct ps_arena *a, const char *text, size_t *out)
{
	static const struct unit plain[] = {{"", 1}, {NULL, 0}};
	uint64_t n;

	if (!take_measure(text, plain, &n))
		return ps_arena_printf(
			a, "needs a number, not '%s'", ps_type_show(a, text));
	*out = (size_t)n;
	return NULL;
}

const char *
ps_type_size(struct ps_arena *a, const char *text, size_t *out)
{
	static const struct unit units[] = {{"", 1}, {"k", 1U << 10},
		{"K", 1U << 10}, {"M", 1U << 20}, {"G", 1U << 30}, {NULL, 0}};
	uint64_t n;

	if (!take_measure(text, units, &n))
		return ps_arena_printf(a,
			"needs a size such as 50M (k, M, G, or plain octets), "
			"not '%s'",
			ps_type_show(a, text));
	*out = (size_t)n;
	return NULL;
}

const char *
ps_type_time(struct ps_arena *a, const char *text, int64_t *ms)
{
	static const struct unit units[] = {{"ms", 1}, {"s", 1000},
		{"m", 60000}, {"h", 3600000}, {"d", 86400000}, {NULL, 0}};
	uint64_t n;

	if (!take_measure(text, units, &n) || n > INT64_MAX)
		return ps_arena_printf(a,
			"needs a time with its unit, such as 30s (ms, s, m, h, "
			"d), not '%s'",
			ps_type_show(a, text));
	*ms = (int64_t)n;
	return NULL;
}

static bool
is_printable(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

const char *
ps_type_text(struct ps_arena *a, const char *text, const char **out)
{
	if (*text == '\0' || !is_printable(text))
		return ps_arena_printf(a,
			"needs text of printable ASCII, not '%s'",
			ps_type_show(a, text));
	*out = ps_arena_strdup(a, text);
	return NULL;
}

static bool
is_hex(char c)
{
	return ps_is_digit(c) || strchr("abcdefABCDEF", c) != NULL;
}

/* As gpg prints it, with blanks between, or without. */
const char *
ps_type_fingerprint(struct ps_arena *a, const char *text, const char **out)
{
	char *fpr = ps_arena_alloc(a, FPR_LEN + 1);
	size_t n = 0;
	bool good = true;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == ' ')
			continue;
		good = good && is_hex(*p);
		if (good && n < FPR_LEN)
			fpr[n] = (char)(*p >= 'a' ? *p - ('a' - 'A') : *p);
		n++;
	}
	if (!good)
		return ps_arena_printf(a,
			"must be a full 40-digit fingerprint, not '%s'",
			ps_type_show(a, text));
	if (n != FPR_LEN)
		return ps_arena_printf(a,
			"must be a full 40-digit fingerprint, not '%s' (%zu "
			"digits)",
			ps_type_show(a, text), n);
	*out = fpr;
	return NULL;
}

/* RFC 5322 3.6.8: a field's name is printable ASCII without colon. */
static bool
is_field_name(struct ps_bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (b.p[i] <= 0x20 || b.p[i] > 0x7e || b.p[i] == ':')
			return false;
	return b.len > 0;
}

/* "Name", "Name=value" or "Name: value"; the second one is the normal form. */
const char *
ps_type_header(struct ps_arena *a, const char *text, const char **out)
{
	struct ps_bytes all = ps_bytes_of(text), name, value;
	size_t split = strcspn(text, ":=");

	name = ps_bytes_trim(ps_bytes_head(all, split));
	value = ps_bytes_trim(ps_bytes_from(all, split + 1));
	if (!is_field_name(name) || !is_printable(text))
		return ps_arena_printf(a,
			"needs a header field such as \"X-Encrypt\" or "
			"\"X-Encrypt: yes\", not '%s'",
			ps_type_show(a, text));
	*out = value.len == 0 ? ps_arena_cstr(a, name)
			      : ps_arena_printf(a, "%.*s=%.*s", PS_FMT(name),
					PS_FMT(value));
	return NULL;
}
