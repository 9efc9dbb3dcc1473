/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The MIME scanner against offsets that another parser (MimeKit) published for
 * real mail: where each part, its header and its body begin and end.
 */
#include "tap.h"

#include "data.h"
#include "mail/entity.h"

struct expected {
	struct ps_bytes json;
	struct ps_bytes type;
	size_t begin, header_end, end;
};

static size_t
number_after(struct ps_bytes *json, struct ps_bytes key)
{
	size_t at = ps_bytes_find(*json, key), n = 0;

	assert_int_not_equal(at, PS_NOT_FOUND);
	*json = ps_bytes_from(*json, at + key.len);
	while (json->len > 0 && ps_is_digit(json->p[0])) {
		n = 10 * n + (size_t)(json->p[0] - '0');
		*json = ps_bytes_from(*json, 1);
	}
	return n;
}

/* The next part in the file's order, which is depth first. */
static bool
next_expected(struct expected *e)
{
	struct ps_bytes key = PS_LIT("\"mimeType\": \"");
	size_t at = ps_bytes_find(e->json, key);

	if (at == PS_NOT_FOUND)
		return false;
	e->json = ps_bytes_from(e->json, at + key.len);
	e->type = ps_bytes_head(e->json, ps_bytes_chr(e->json, '"'));
	e->begin = number_after(&e->json, PS_LIT("\"beginOffset\": "));
	e->header_end =
		number_after(&e->json, PS_LIT("\"headersEndOffset\": "));
	e->end = number_after(&e->json, PS_LIT("\"endOffset\": "));
	return true;
}

/* Every part of a message, and those of the messages in it. */
static size_t
compare(struct ps_arena *a, struct ps_bytes box, struct ps_bytes message,
	struct expected *want)
{
	const struct ps_limits limits = PS_LIMITS_DEFAULT;
	struct ps_entities all;
	struct ps_header h;
	struct ps_bytes body, from, raw = message;
	const char *why = NULL;
	size_t n = 0;

	/* A mailbox's own line in a message that was forwarded out of it. */
	if (ps_bytes_starts(raw, PS_LIT(">From ")))
		ps_bytes_line(&raw, &from);
	assert_int_equal(ps_header_parse(a, raw, 1000, &h, &body, &why), PS_OK);
	assert_int_equal(
		ps_entity_scan(a, &h, body, &limits, &all, &why), PS_OK);
	for (size_t i = 0; i < all.n_part; i++) {
		const struct ps_entity *e = &all.part[i];
		const char *begin = i == 0 ? message.p : e->raw.p;

		if (i != 0 || n != 0)
			assert_true(next_expected(want));
		assert_true(ps_bytes_ieq(e->type.main, want->type));
		assert_int_equal(begin - box.p, want->begin);
		assert_int_equal(e->body.p - box.p, want->header_end);
		assert_int_equal(e->body.p + e->body.len - box.p, want->end);
		n++;
		if (ps_bytes_eq(e->type.main, PS_LIT("message/rfc822"))) {
			assert_true(next_expected(want));
			n += compare(a, box, e->body, want);
		}
	}
	return n;
}

static void
parts_of_29_messages_stand_where_mimekit_sees_them(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *suites = data_suites(a), *stem;
	struct expected want = {{NULL, 0}, {NULL, 0}, 0, 0, 0};
	struct ps_bytes box;
	size_t n = 0;

	(void)state;
	if (suites == NULL) {
		ps_arena_free(a);
		skip();
	}
	stem = ps_arena_printf(
		a, "%s/mimekit/UnitTests/TestData/mbox/content-length", suites);
	box = data_read(a, ps_arena_printf(a, "%s.mbox.txt", stem));
	want.json =
		data_read(a, ps_arena_printf(a, "%s.unix-offsets.json", stem));
	assert_non_null(box.p);
	while (next_expected(&want))
		n += compare(a, box,
			ps_bytes(box.p + want.begin, want.end - want.begin),
			&want);
	assert_int_equal(n, 105);
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(parts_of_29_messages_stand_where_mimekit_sees_them),
};

PS_TESTS("entity_suite", tests)
