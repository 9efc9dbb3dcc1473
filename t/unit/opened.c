/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What an engine gets to open, and what message comes of what was inside.
 */
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "openpgp/armor.h"
#include "openpgp/opened.h"

static const struct ps_limits limits = PS_LIMITS_DEFAULT;

/* Packets of no meaning, but with the right heads (new format). */
#define HEAD   "\xc1\x0c\x03"
#define PKESK  HEAD "ABCDEFGH\x12\x00\x01"
#define HIDDEN HEAD "\0\0\0\0\0\0\0\0\x12\x00\x01"
#define SKESK  "\xc3\x04\x04\x09\x00\x08"
#define NOISE  "0123456789ghijklmnop"
#define SEIPD  "\xd2\x3d\x01" NOISE NOISE NOISE
#define SED    "\xc9\x14" NOISE
#define OCTETS(s)                                                              \
	{                                                                      \
		s, sizeof(s) - 1                                               \
	}

static struct ps_message
parse(struct ps_arena *a, const char *text)
{
	struct ps_message m = {.body_fd = -1};
	const char *why;

	assert_int_equal(ps_header_parse(a, ps_bytes_of(text), 100, &m.header,
				 &m.body, &why),
		PS_OK);
	return m;
}

static struct ps_message
sealed(struct ps_arena *a, struct ps_bytes packets, const char *after)
{
	size_t n = ps_armor_size(packets.len);
	char *armor = ps_arena_alloc(a, n + 1);

	ps_armor_write(packets, armor);
	return parse(a,
		ps_arena_printf(a,
			"From: a@example.org\r\nSubject: [...]\r\nMIME-Version:"
			" 1.0\r\nContent-Type: multipart/encrypted; boundary=b;"
			" protocol=\"application/pgp-encrypted\"\r\n\r\n--b\r\n"
			"Content-Type: application/pgp-encrypted\r\n\r\n"
			"Version: 1\r\n--b\r\nContent-Type: "
			"application/octet-stream\r\n\r\n%.*s\r\n--b--\r\n%s",
			(int)n, armor, after));
}

static const struct {
	struct ps_bytes packets;
	const char *after;
	enum ps_status status;
	struct ps_bytes want;
} ends[] = {
	{OCTETS(PKESK SEIPD), "", PS_OK, OCTETS(PKESK SEIPD)},
	{OCTETS(PKESK SKESK SEIPD), "", PS_OK, OCTETS(PKESK SEIPD)},
	{OCTETS(HIDDEN SEIPD), "", PS_OK, OCTETS(HIDDEN SEIPD)},
	{OCTETS(SKESK SEIPD), "", PS_EPERM, OCTETS("")},
	{OCTETS(PKESK SED), "", PS_EPERM, OCTETS("")},
	{OCTETS(PKESK SEIPD SEIPD), "", PS_EPERM, OCTETS("")},
	{OCTETS(SEIPD), "", PS_EPERM, OCTETS("")},
	{OCTETS(PKESK), "", PS_EPERM, OCTETS("")},
	{OCTETS(PKESK SEIPD), "--b--\r\n", PS_OK, OCTETS(PKESK SEIPD)},
};

static void
only_proven_packets_for_keys_reach_an_engine(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct ps_message m = sealed(a, ends[i].packets, ends[i].after);
		struct ps_bytes got = {0};
		const char *why = NULL;

		assert_int_equal(ps_opened_sealed(a, &m, &limits, &got, &why),
			ends[i].status);
		assert_true((why == NULL) == (ends[i].status == PS_OK));
		if (ends[i].status == PS_OK)
			assert_true(ps_bytes_eq(got, ends[i].want));
	}
	ps_arena_free(a);
}

static void
hidden_recipients_have_a_ceiling(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_message m;
	struct ps_bytes got;
	struct ps_buf b;
	const char *why;

	(void)state;
	ps_buf_init(&b, 10000);
	for (size_t i = 0; i <= PS_OPENED_MAX_HIDDEN; i++)
		ps_buf_put(&b, ps_bytes(HIDDEN, sizeof(HIDDEN) - 1));
	ps_buf_put(&b, ps_bytes(SEIPD, sizeof(SEIPD) - 1));
	m = sealed(a, ps_buf_bytes(&b), "");
	assert_int_equal(
		ps_opened_sealed(a, &m, &limits, &got, &why), PS_ELIMIT);
	ps_buf_free(&b);
	ps_arena_free(a);
}

#define OUTER(subject)                                                         \
	"From: a@example.org\nSubject: " subject                               \
	"\nContent-Type: multipart/encrypted\nMIME-Version: 1.0\nTo: b\n\nx"
#define KEPT(subject) "From: a@example.org\r\nSubject: " subject "\r\n"
#define REST	      "MIME-Version: 1.0\r\nTo: b\r\n"

static const struct {
	const char *outer, *inside, *want;
} openings[] = {
	{OUTER("hi"),
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Content-Language: en\r\n\r\nhello\r\n",
		KEPT("hi") REST "Content-Type: text/plain; charset=utf-8\r\n"
				"Content-Language: en\r\n\r\nhello\r\n"},
	/* line ends of gpg's system */
	{OUTER("hi"), "Content-Type: text/plain\n\na\nb\r\nc\n",
		KEPT("hi") REST
		"Content-Type: text/plain\r\n\r\na\r\nb\r\nc\r\n"},
	/* what is inside says nothing of sender, path and verdicts */
	{OUTER("hi"),
		"From: eve@example.net\r\nAuthentication-Results: x; dmarc=pass"
		"\r\nSubject: no\r\nReceived: x\r\nContent-Type: text/plain; "
		"hp=\"cipher\"\r\n\r\nx",
		KEPT("hi") REST
		"Content-Type: text/plain; hp=\"cipher\"\r\n\r\nx"},
	{OUTER("[...]"),
		"Subject: =?utf-8?q?caf=C3=A9?=\r\n folded\r\n"
		"Content-Type: text/plain; hp=\"cipher\"\r\n\r\nx",
		KEPT("=?utf-8?q?caf=C3=A9?=\r\n folded") REST
		"Content-Type: text/plain; hp=\"cipher\"\r\n\r\nx"},
	{OUTER("..."),
		"Subject: old\r\nContent-Type: text/plain; "
		"protected-headers=v1\r\n\r\nx",
		KEPT("old") REST
		"Content-Type: text/plain; protected-headers=v1\r\n\r\nx"},
	{OUTER("[...]"),
		"Subject: a\r\nSubject: b\r\n"
		"Content-Type: text/plain; hp=\"cipher\"\r\n\r\nx",
		KEPT("[...]") REST
		"Content-Type: text/plain; hp=\"cipher\"\r\n\r\nx"},
	{OUTER("[...]"), "Subject: a\r\nContent-Type: text/plain\r\n\r\nx",
		KEPT("[...]") REST "Content-Type: text/plain\r\n\r\nx"},
	/* a line end that hides in a value */
	{OUTER("[...]"),
		"Subject: a\rBcc: eve\r\n"
		"Content-Type: text/plain; hp=\"cipher\"\r\n\r\nx",
		KEPT("aBcc: eve") REST
		"Content-Type: text/plain; hp=\"cipher\"\r\n\r\nx"},
	{OUTER("hi"), "no header at all\r\n",
		KEPT("hi") REST "\r\nno header at all\r\n"},
};

static void
the_original_s_fields_and_the_entity_make_the_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_message m = parse(a, openings[i].outer), out = {0};
		struct ps_spool *body = ps_spool_new(
			(struct ps_spool_where){"/tmp", 1000}, 10000);
		const char *why = NULL;
		struct ps_buf b;

		assert_int_equal(ps_opened_message(a, &m,
					 ps_bytes_of(openings[i].inside),
					 &limits, body, &out, &why),
			PS_OK);
		ps_buf_init(&b, 10000);
		for (size_t k = 0; k < out.header.n_field; k++)
			ps_header_put(&b, &out.header.field[k]);
		ps_buf_puts(&b, "\r\n");
		ps_buf_put(&b, out.body);
		ps_buf_putc(&b, '\0');
		assert_string_equal(b.p, openings[i].want);
		ps_buf_free(&b);
		ps_spool_free(body);
		ps_arena_free(a);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(only_proven_packets_for_keys_reach_an_engine),
	cmocka_unit_test(hidden_recipients_have_a_ceiling),
	cmocka_unit_test(the_original_s_fields_and_the_entity_make_the_message),
};

int
main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("opened", tests, NULL, NULL);
}
