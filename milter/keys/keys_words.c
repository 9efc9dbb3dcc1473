/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What people type and what they are told: fingerprints, addresses, times,
 * complaints.  Reads no key.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "keys.h"

#define SHOWN_MAX  1000
#define SPAN_MAX_S ((int64_t)100 * 366 * 86400)

int
ps_keys_fail(int status, const char *what, const char *why)
{
	fprintf(stderr, "postseal: %s%s%s\n", what, *what == '\0' ? "" : ": ",
		why == NULL ? "unknown trouble" : why);
	return status;
}

int
ps_keys_exit(enum ps_status s)
{
	return s == PS_EPERM ? EX_DATAERR : EX_TEMPFAIL;
}

const char *
ps_keys_shown(struct ps_arena *a, const char *s)
{
	return ps_str_printable(a, ps_bytes_of(s), SHOWN_MAX);
}

const char *
ps_keys_fpr(struct ps_arena *a, const char *text)
{
	char *fpr = ps_arena_strdup(a, text);
	size_t n = 0;

	if (strncmp(text, "0x", 2) == 0 || strncmp(text, "0X", 2) == 0)
		text += 2;
	for (; *text != '\0'; text++) {
		int c = ps_lower(*text);

		if (ps_is_wsp(c) || c == ':')
			continue;
		if (!ps_is_digit(c) && (c < 'a' || c > 'f'))
			return NULL;
		fpr[n++] = (char)(ps_is_digit(c) ? c : c - 'a' + 'A');
	}
	fpr[n] = '\0';
	return n == 32 || n == 40 || n == 64 ? fpr : NULL;
}

bool
ps_keys_addr(struct ps_arena *a, const char *text, struct ps_addr *out)
{
	const char *why = NULL;

	if (ps_addr_path(a, ps_bytes_of(text), out, &why) == PS_OK)
		return true;
	ps_keys_fail(0, ps_keys_shown(a, text), why);
	return false;
}

bool
ps_keys_span(const char *text, int64_t *seconds)
{
	static const struct {
		char unit;
		int64_t seconds;
	} known[] = {{'\0', 86400}, {'d', 86400}, {'w', 604800}, {'h', 3600}};
	char *end;
	long n = strtol(text, &end, 10);

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (end == text || *end != known[i].unit || n < 0 ||
			(*end != '\0' && end[1] != '\0') ||
			n > SPAN_MAX_S / known[i].seconds)
			continue;
		*seconds = n * known[i].seconds;
		return true;
	}
	fprintf(stderr, "postseal: a time is needed, such as 60d (h, d, w)\n");
	return false;
}

const char *
ps_keys_near(const char *word, const char *const *known, size_t n_known)
{
	const char *best = NULL;
	size_t least = 3; /* further off is another word */

	for (size_t i = 0; i < n_known; i++) {
		size_t d = ps_str_distance(word, known[i]);

		if (d < least && d < strlen(known[i])) {
			least = d;
			best = known[i];
		}
	}
	return best;
}
