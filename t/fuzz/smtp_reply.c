/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Replies of an SMTP server, one after the other.  How the octets arrive makes
 * no difference: what is whole stays whole, and what is bad stays bad, whatever
 * follows.
 */
#include <assert.h>
#include <stdint.h>

#include "relay/smtp_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_whole(struct ps_arena *a, const struct ps_smtp_reply *r)
{
	struct ps_smtp_offer offer;
	const char *xcode, *text;

	assert(r->code >= 200 && r->code <= 599);
	assert(r->raw.len >= 5 && r->raw.len <= PS_SMTP_REPLY_MAX);
	assert(r->raw.p[r->raw.len - 2] == '\r');
	ps_smtp_offer_read(r, &offer);
	ps_smtp_reply_say(a, r, &xcode, &text);
	assert(strlen(text) <= 4 * 400 + 3);
	for (const char *p = text; *p != '\0'; p++)
		assert(*p >= ' ' && *p <= '~');
}

/* Any beginning of a whole reply is "more". */
static void
check_beginnings(struct ps_bytes raw)
{
	struct ps_smtp_reply r;

	for (size_t n = 0; n < raw.len; n += 1 + raw.len / 64)
		assert(ps_smtp_reply_parse(ps_bytes_head(raw, n), &r) ==
			PS_SMTP_MORE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_bytes rest = {(const char *)data, size};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_smtp_reply r;

	while (ps_smtp_reply_parse(rest, &r) == PS_SMTP_WHOLE) {
		check_whole(a, &r);
		check_beginnings(r.raw);
		rest = ps_bytes_from(rest, r.raw.len);
	}
	ps_arena_free(a);
	return 0;
}
