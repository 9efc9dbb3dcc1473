/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Canonical forms: the examples of RFC 6376, a slow model beside the fast
 * code, and bodies cut at every place.
 */
#include "tap.h"

#include "dkim/canon.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void
collect(void *self, struct ps_bytes octets)
{
	ps_buf_put(self, octets);
}

/* A body in pieces of n octets. */
static void
body(enum ps_canon how, struct ps_bytes in, size_t n, uint64_t limit,
	struct ps_buf *out, uint64_t *total)
{
	struct ps_canon_body b;

	ps_buf_init(out, 1 << 20);
	ps_canon_body_begin(
		&b, how, limit, (struct ps_canon_sink){out, collect});
	for (; in.len > 0; in = ps_bytes_from(in, n))
		ps_canon_body_put(&b, ps_bytes_head(in, n));
	ps_canon_body_end(&b);
	*total = b.total;
}

/* Sections 3.4.3 and 3.4.4, line by line. */
static void
model(enum ps_canon how, struct ps_bytes in, struct ps_buf *out)
{
	size_t keep = 0;

	ps_buf_init(out, 1 << 20);
	while (in.len > 0) {
		size_t end = ps_bytes_find(in, PS_LIT("\r\n"));
		struct ps_bytes line = ps_bytes_head(in, end);
		size_t i = 0, n = line.len;

		while (how == PS_CANON_RELAXED && n > 0 &&
			ps_is_wsp(line.p[n - 1]))
			n--;
		while (i < n) {
			bool wsp =
				how == PS_CANON_RELAXED && ps_is_wsp(line.p[i]);

			ps_buf_putc(out, wsp ? ' ' : line.p[i++]);
			while (wsp && i < n && ps_is_wsp(line.p[i]))
				i++;
		}
		ps_buf_puts(out, "\r\n");
		if (n > 0)
			keep = out->len;
		in = end == PS_NOT_FOUND ? PS_LIT("")
					 : ps_bytes_from(in, end + 2);
	}
	out->len = keep;
	if (how == PS_CANON_SIMPLE && keep == 0)
		ps_buf_puts(out, "\r\n");
}

static const struct {
	const char *in, *simple, *relaxed;
} bodies[] = {
	/* RFC 6376 section 3.4.5 */
	{" C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n", " C\r\nD E\r\n"},
	{"", "\r\n", ""},
	{"\r\n", "\r\n", ""},
	{"\r\n\r\n\r\n", "\r\n", ""},
	{" ", " \r\n", ""},
	{" \t\r\n\r\n", " \t\r\n", ""},
	{"a", "a\r\n", "a\r\n"},
	{"a\r\n \t", "a\r\n \t\r\n", "a\r\n"},
	{"a\r\n\r\n\r\nb\r\n", "a\r\n\r\n\r\nb\r\n", "a\r\n\r\n\r\nb\r\n"},
	{"a \r\n \r\nb\r\n", "a \r\n \r\nb\r\n", "a\r\n\r\nb\r\n"},
	{"\r\na\r\n", "\r\na\r\n", "\r\na\r\n"},
	{"a\nb\n", "a\nb\n\r\n", "a\nb\n\r\n"},
	{"a \rb", "a \rb\r\n", "a \rb\r\n"},
	{"a \r", "a \r\r\n", "a \r\r\n"},
	{"a\r\r\n", "a\r\r\n", "a\r\r\n"},
	{"\r\r\r", "\r\r\r\r\n", "\r\r\r\r\n"},
	{"\n\n", "\n\n\r\n", "\n\n\r\n"},
	{"a  \t  b   c\r\n", "a  \t  b   c\r\n", "a b c\r\n"},
};

static void
a_body_takes_its_canonical_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(bodies); i++)
		for (size_t n = 1; n < 20; n++) {
			struct ps_bytes in = ps_bytes_of(bodies[i].in);
			struct ps_buf out;
			uint64_t total;

			body(PS_CANON_SIMPLE, in, n, PS_CANON_ALL, &out,
				&total);
			assert_bytes(ps_buf_bytes(&out), bodies[i].simple);
			assert_int_equal(total, out.len);
			ps_buf_free(&out);
			body(PS_CANON_RELAXED, in, n, PS_CANON_ALL, &out,
				&total);
			assert_bytes(ps_buf_bytes(&out), bodies[i].relaxed);
			assert_int_equal(total, out.len);
			ps_buf_free(&out);
		}
}

/* Both forms, the body in pieces of n octets. */
static void
assert_as_the_model(struct ps_bytes in, size_t n)
{
	for (int how = PS_CANON_SIMPLE; how <= PS_CANON_RELAXED; how++) {
		struct ps_buf want, got;
		uint64_t total;

		model((enum ps_canon)how, in, &want);
		body((enum ps_canon)how, in, n, PS_CANON_ALL, &got, &total);
		assert_int_equal(got.len, want.len);
		assert_int_equal(total, want.len);
		if (want.len > 0)
			assert_memory_equal(got.p, want.p, want.len);
		ps_buf_free(&got);
		ps_buf_free(&want);
	}
}

/* Every body of up to seven octets out of the five that matter. */
static void
all_short_bodies_agree_with_the_model(void **state)
{
	char text[7];

	(void)state;
	for (size_t code = 0; code < 78125; code++) {
		size_t rest = code;

		for (size_t i = 0; i < sizeof(text); i++, rest /= 5)
			text[i] = "a \t\r\n"[rest % 5];
		assert_as_the_model(ps_bytes(text, code % 8), 1 + code % 7);
	}
}

/* Eight octets are looked at together: every octet at every place of them. */
static void
every_octet_at_every_place_agrees_with_the_model(void **state)
{
	(void)state;
	for (int octet = 0; octet < 256; octet++) {
		for (size_t at = 0; at < 27; at++) {
			char text[28] = "abcdefghijklmnopqrstuvwxyz!";

			text[at] = (char)octet;
			assert_as_the_model(ps_bytes(text, 27), 27);
		}
	}
}

/* Words, lines and 8-bit octets, in pieces that end anywhere. */
static void
long_bodies_agree_with_the_model(void **state)
{
	static const char some[] = "abcdefghij\x21\x7f\x80\xff\x1f     \t\r\n";
	uint32_t x = 1;
	char text[100];

	(void)state;
	for (size_t round = 0; round < 5000; round++) {
		size_t n = 0;

		while (n + 1 < sizeof(text)) {
			x = x * 1664525 + 1013904223;
			text[n++] = some[(x >> 16) % (sizeof(some) - 1)];
			if (x >> 28 == 0) {
				text[n - 1] = '\r';
				text[n++] = '\n';
			}
		}
		assert_as_the_model(
			ps_bytes(text, n - round % 9), 1 + round % 101);
	}
}

static void
a_limit_cuts_the_canonical_form(void **state)
{
	struct ps_bytes in = PS_LIT("one  two\r\n\r\n three\r\n\r\n\r\n");
	const char *whole = "one two\r\n\r\n three\r\n";

	(void)state;
	for (uint64_t limit = 0; limit < 30; limit++)
		for (size_t n = 1; n < 9; n++) {
			size_t want = limit < strlen(whole) ? (size_t)limit
							    : strlen(whole);
			struct ps_buf out;
			uint64_t total;

			body(PS_CANON_RELAXED, in, n, limit, &out, &total);
			assert_int_equal(out.len, want);
			if (want > 0)
				assert_memory_equal(out.p, whole, want);
			assert_int_equal(total, strlen(whole));
			ps_buf_free(&out);
		}
}

static void
a_million_line_ends_cost_one_look_each(void **state)
{
	struct ps_buf in, out;
	uint64_t total;

	(void)state;
	ps_buf_init(&in, 4 << 20);
	for (size_t i = 0; i < 1000000; i++)
		ps_buf_puts(&in, "\r\n");
	body(PS_CANON_SIMPLE, ps_buf_bytes(&in), in.len, PS_CANON_ALL, &out,
		&total);
	assert_int_equal(total, 2);
	ps_buf_free(&out);
	body(PS_CANON_RELAXED, ps_buf_bytes(&in), in.len, PS_CANON_ALL, &out,
		&total);
	assert_int_equal(total, 0);
	ps_buf_free(&out);
	ps_buf_free(&in);
}

static const struct {
	const char *name, *value, *simple, *relaxed;
} fields[] = {
	/* RFC 6376 section 3.4.5 */
	{"A", " X", "A: X\r\n", "a:X\r\n"},
	{"B", " Y\t\r\n\tZ  ", "B: Y\t\r\n\tZ  \r\n", "b:Y Z\r\n"},
	{"SUBJECT", " AbC\r\n", "SUBJECT: AbC\r\n\r\n", "subject:AbC\r\n"},
	{"Subject", "", "Subject:\r\n", "subject:\r\n"},
	{"Subject", " \r\n ", "Subject: \r\n \r\n", "subject:\r\n"},
	/* what the MTA made of a folded line is CRLF on the wire */
	{"To", " a,\n b,\n\tc", "To: a,\r\n b,\r\n\tc\r\n", "to:a, b, c\r\n"},
	{"To", "a\r\n \r\n b", "To:a\r\n \r\n b\r\n", "to:a b\r\n"},
	{"To", " a\r\nb\nc", "To: a\r\nb\r\nc\r\n", "to:abc\r\n"},
	{"X", " a\rb", "X: a\rb\r\n", "x:a\rb\r\n"},
	{"X", " \xc3\xbc  \xc3\xbc", "X: \xc3\xbc  \xc3\xbc\r\n",
		"x:\xc3\xbc \xc3\xbc\r\n"},
	{"A-Name-Of-More-Than-Sixty-Four-Octets-"
	 "A-Name-Of-More-Than-Sixty-Four-Octets",
		" v",
		"A-Name-Of-More-Than-Sixty-Four-Octets-"
		"A-Name-Of-More-Than-Sixty-Four-Octets: v\r\n",
		"a-name-of-more-than-sixty-four-octets-"
		"a-name-of-more-than-sixty-four-octets:v\r\n"},
};

static void
a_field_takes_its_canonical_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(fields); i++) {
		struct ps_field f = {.name = ps_bytes_of(fields[i].name),
			.value = ps_bytes_of(fields[i].value)};
		struct ps_buf out;
		struct ps_canon_sink sink = {&out, collect};

		ps_buf_init(&out, 4096);
		ps_canon_field(PS_CANON_SIMPLE, &f, true, &sink);
		assert_bytes(ps_buf_bytes(&out), fields[i].simple);
		out.len = 0;
		ps_canon_field(PS_CANON_RELAXED, &f, true, &sink);
		assert_bytes(ps_buf_bytes(&out), fields[i].relaxed);
		out.len = 0;
		ps_canon_field(PS_CANON_RELAXED, &f, false, &sink);
		assert_int_equal(out.len, strlen(fields[i].relaxed) - 2);
		ps_buf_free(&out);
	}
}

static const char *const without_b[][2] = {
	{" v=1; b=abc; d=x", " v=1; b=; d=x"},
	{" v=1; b= a\r\n b c ; d=x", " v=1; b=; d=x"},
	{" v=1; b = abc", " v=1; b ="},
	{"b=abc\r\n ", "b="},
	{" bh=abc; h=b=c; b=x==; bb=b", " bh=abc; h=b=c; b=; bb=b"},
	{" b=", " b="},
	{" v=1; B=abc", " v=1; B=abc"},
	{"", ""},
	{" ;;; b=a", " ;;; b="},
};

static void
a_signature_is_taken_without_itself(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < N(without_b); i++)
		assert_bytes(ps_canon_unsigned(a, ps_bytes_of(without_b[i][0])),
			without_b[i][1]);
	ps_arena_free(a);
}

static const struct {
	const char *c;
	bool good;
	enum ps_canon header, body;
} words[] = {
	{"simple", true, PS_CANON_SIMPLE, PS_CANON_SIMPLE},
	{"relaxed", true, PS_CANON_RELAXED, PS_CANON_SIMPLE},
	{"relaxed/relaxed", true, PS_CANON_RELAXED, PS_CANON_RELAXED},
	{"simple/relaxed", true, PS_CANON_SIMPLE, PS_CANON_RELAXED},
	{"relaxed/", false, PS_CANON_RELAXED, PS_CANON_SIMPLE},
	{"", false, PS_CANON_SIMPLE, PS_CANON_SIMPLE},
	{"Relaxed", false, PS_CANON_SIMPLE, PS_CANON_SIMPLE},
	{"relaxed/simple/simple", false, PS_CANON_RELAXED, PS_CANON_SIMPLE},
};

static void
only_two_words_name_a_canonical_form(void **state)
{
	enum ps_canon h, b;

	(void)state;
	for (size_t i = 0; i < N(words); i++) {
		bool good = ps_canon_words(ps_bytes_of(words[i].c), &h, &b);

		assert_int_equal(good, words[i].good);
		if (good) {
			assert_int_equal(h, words[i].header);
			assert_int_equal(b, words[i].body);
		}
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_body_takes_its_canonical_form),
	cmocka_unit_test(all_short_bodies_agree_with_the_model),
	cmocka_unit_test(every_octet_at_every_place_agrees_with_the_model),
	cmocka_unit_test(long_bodies_agree_with_the_model),
	cmocka_unit_test(a_limit_cuts_the_canonical_form),
	cmocka_unit_test(a_million_line_ends_cost_one_look_each),
	cmocka_unit_test(a_field_takes_its_canonical_form),
	cmocka_unit_test(a_signature_is_taken_without_itself),
	cmocka_unit_test(only_two_words_name_a_canonical_form),
};

PS_TESTS("canon", tests)
