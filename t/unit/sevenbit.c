/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * To 7bit: what must change and nothing else; and every leaf decodes to what it
 * was, whatever the octets.
 */
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "mail/encode.h"
#include "mail/entity.h"
#include "mail/sevenbit.h"

#define TEXT8  "Content-Type: text/plain; charset=utf-8\r\n"
#define CTE(x) "Content-Transfer-Encoding: " x "\r\n"
#define MIXED(x)                                                               \
	"Content-Type: multipart/mixed; boundary=m\r\n" x "\r\npre\r\n--m\r\n"
#define X100                                                                   \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"     \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X900 X100 X100 X100 X100 X100 X100 X100 X100 X100

static const struct ps_limits limits = PS_LIMITS_DEFAULT;

static enum ps_status
convert(struct ps_arena *a, const char *text, struct ps_bytes *out,
	const char **why)
{
	struct ps_message m = {.body_fd = -1};
	struct ps_buf b;
	enum ps_status s;

	assert_int_equal(ps_header_parse(a, ps_bytes_of(text), 100, &m.header,
				 &m.body, why),
		PS_OK);
	ps_buf_init(&b, (size_t)1 << 24);
	s = ps_sevenbit_entity(a, &m, &limits, &b, why);
	*out = ps_arena_copy(a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return s;
}

struct seven_case {
	const char *name, *in, *out; /* out NULL: refused */
};

static const struct seven_case cases[] = {
	{"no header at all", "\r\nhello\r\n", "\r\nhello\r\n"},
	{"other fields stay outside",
		"Subject: x\r\nContent-Type: text/plain\r\n\r\nhello\r\n",
		"Content-Type: text/plain\r\n\r\nhello\r\n"},
	{"a last line without end gets one", "\r\nhello", "\r\nhello\r\n"},
	{"an empty body", TEXT8 "\r\n", TEXT8 "\r\n"},
	{"said 8bit without need", TEXT8 CTE("8bit") "\r\nhello\r\n",
		TEXT8 CTE("7bit") "\r\nhello\r\n"},
	{"text",
		TEXT8 CTE("8bit") "\r\ngr\xc3\xbc\xc3\x9f"
				  "e \r\nFrom x\r\n.\r\n",
		TEXT8 CTE("quoted-printable") "\r\ngr=C3=BC=C3=9Fe=20\r\n"
					      "=46rom x\r\n=2E\r\n"},
	{"text that says nothing of its encoding", TEXT8 "\r\n\xc3\xbc = 1\r\n",
		TEXT8 CTE("quoted-printable") "\r\n=C3=BC =3D 1\r\n"},
	{"text that is hardly ASCII",
		TEXT8 CTE("8bit") "\r\n\xc3\xbc\xc3\xbc\r\n",
		TEXT8 CTE("base64") "\r\nw7zDvA0K\r\n"},
	{"octets", "Content-Type: image/png\r\n" CTE("binary") "\r\n\x89PNG",
		"Content-Type: image/png\r\n" CTE("base64") "\r\niVBORw==\r\n"},
	{"encoded parts stay as they stand",
		MIXED("")
			TEXT8 CTE("base64") "\r\nw7zDvA0K\r\n--m--\r\npost\r\n",
		MIXED("") TEXT8 CTE(
			"base64") "\r\nw7zDvA0K\r\n--m--\r\npost\r\n"},
	{"one part of several",
		MIXED(CTE("8bit")) "\r\nascii \r\n--m\r\n" TEXT8 CTE(
			"8bit") "\r\n\xc3\xbc"
				"ber the hill\r\n--m--\r\n",
		MIXED(CTE("7bit")) "\r\nascii \r\n--m\r\n" TEXT8 CTE(
			"quoted-printable") "\r\n=C3=BC"
					    "ber the hill\r\n--m--\r\n"},
	{"a message inside",
		"Content-Type: message/rfc822\r\n" CTE(
			"8bit") "\r\nSubject: a\r\n" TEXT8
			CTE("8bit") "\r\n\xc3\xbc"
				    "ber the hill\r\n",
		"Content-Type: message/rfc822\r\n" CTE(
			"7bit") "\r\nSubject: a\r\n" TEXT8
			CTE("quoted-printable") "\r\n=C3=BC"
						"ber the hill\r\n"},
	{"what says base64 and is not", TEXT8 CTE("base64") "\r\n\xc3\r\n",
		NULL},
	{"a signed part inside",
		MIXED("") "Content-Type: multipart/signed; boundary=s; "
			  "protocol=x\r\n"
			  "\r\n--s\r\n" TEXT8 CTE(
				  "8bit") "\r\n\xc3\r\n--s\r\n\r\nsig\r\n"
					  "--s--\r\n--m--\r\n",
		NULL},
};

static void
only_what_must_change_changes(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct seven_case *c = &cases[i];
		const char *why = "";
		struct ps_bytes out;
		enum ps_status s;

		s = convert(a, c->in, &out, &why);
		if (c->out == NULL) {
			assert_int_equal(s, PS_EPERM);
			continue;
		}
		if (s != PS_OK || !ps_bytes_eq(out, ps_bytes_of(c->out)))
			fail_msg("%s: \"%.*s\" %s", c->name, PS_FMT(out), why);
	}
	ps_arena_free(a);
}

static void
lines_of_998_octets_are_not_too_long(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *why, *text = X900 X100;
	struct ps_bytes out;

	(void)state;
	assert_int_equal(convert(a, ps_arena_printf(a, "\r\n%.998s\r\n", text),
				 &out, &why),
		PS_OK);
	assert_int_equal(out.len, 2 + 998 + 2);
	assert_int_equal(convert(a, ps_arena_printf(a, "\r\n%.999s\r\n", text),
				 &out, &why),
		PS_OK);
	assert_true(ps_bytes_starts(out,
		PS_LIT("Content-Transfer-Encoding: quoted-printable\r\n")));
	ps_arena_free(a);
}

static struct ps_bytes
decoded(struct ps_arena *a, struct ps_bytes encoded, const char *encoding)
{
	struct ps_entity e = {
		.encoding = ps_bytes_of(encoding), .body = encoded};

	return ps_entity_decode(a, &e, (size_t)1 << 20);
}

/* Lines, line ends alone, blanks, high octets: with a seed. */
static struct ps_bytes
some_octets(struct ps_arena *a, unsigned *seed)
{
	static const char pieces[] = "\r\n \t.=aF\x80\xff\0";
	size_t len = (size_t)(*seed % 300);
	char *p = ps_arena_alloc(a, len + 1);

	for (size_t i = 0; i < len; i++) {
		*seed = *seed * 1103515245U + 12345U;
		p[i] = pieces[*seed >> 16 % 7 & 7];
		if ((*seed >> 20 & 3) == 0)
			p[i] = pieces[(*seed >> 24) % 11];
	}
	*seed = *seed * 1103515245U + 12345U;
	return ps_bytes(p, len);
}

static void
what_is_encoded_decodes_to_itself(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	unsigned seed = 42;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct ps_bytes octets = some_octets(a, &seed);
		struct ps_buf b;

		ps_buf_init(&b, 65536);
		ps_encode_quoted_printable(octets, &b);
		assert_true(ps_bytes_eq(octets,
			decoded(a, ps_buf_bytes(&b), "quoted-printable")));
		for (size_t k = 0, column = 0; k < b.len; k++) {
			column = b.p[k] == '\n' ? 0 : column + 1;
			assert_in_range(column, 0, 77);
		}
		ps_buf_free(&b);
		ps_buf_init(&b, 65536);
		ps_encode_base64(octets, &b);
		assert_true(ps_bytes_eq(
			octets, decoded(a, ps_buf_bytes(&b), "base64")));
		ps_buf_free(&b);
		ps_arena_reset(a);
	}
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(only_what_must_change_changes),
	cmocka_unit_test(lines_of_998_octets_are_not_too_long),
	cmocka_unit_test(what_is_encoded_decodes_to_itself),
};

PS_TESTS("sevenbit", tests)
