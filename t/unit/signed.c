/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * How much of a message does its signature cover?  By structure alone: the
 * signature in these messages is a packet that was never made by a key.
 */
#include "tap.h"

#include <string.h>

#include "openpgp/signed.h"

#define SIGNATURE_TAIL                                                         \
	"wh0EABYIAAYFAmAAAAAACgkQASNFZ4mrze8SNAAI/w==\r\n"                     \
	"-----END PGP SIGNATURE-----\r\n"
#define SIGNATURE "-----BEGIN PGP SIGNATURE-----\r\n\r\n" SIGNATURE_TAIL
#define SIGNED_TYPE                                                            \
	"Content-Type: multipart/signed; micalg=pgp-sha512; "                  \
	"boundary=\"s\";\r\n"                                                  \
	" protocol=\"application/pgp-signature\"\r\n"
#define TYPE_WITH(boundary)                                                    \
	"Content-Type: multipart/signed; protocol=\"application/"              \
	"pgp-signature\"; boundary=" boundary "\r\n"
#define TEXT "Content-Type: text/plain\r\n\r\nPay 10 Euro.\r\n"
#define SIG_PART                                                               \
	"--s\r\nContent-Type: application/pgp-signature\r\n\r\n" SIGNATURE
#define SIGNED(part) "--s\r\n" part "\r\n" SIG_PART "--s--\r\n"
#define CLEAR(text)                                                            \
	"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA512\r\n\r\n" text      \
	"\r\n" SIGNATURE
#define PLAIN_TYPE "Content-Type: text/plain\r\n"
#define PLAIN	   "Content-Type: text/plain\r\n\r\n"

static struct ps_signed
scan(struct ps_arena *a, const char *text)
{
	struct ps_limits limits = PS_LIMITS_DEFAULT;
	struct ps_message m = {.body_fd = -1};
	struct ps_signed out;
	const char *why;

	assert_int_equal(
		ps_header_parse(a, ps_bytes_of(text), limits.max_header_fields,
			&m.header, &m.body, &why),
		PS_OK);
	ps_signed_scan(a, &m, &limits, &out);
	return out;
}

struct scope_case {
	const char *name, *message;
	enum ps_signed_scope scope;
	const char *shape, *octets;
};

static const struct scope_case cases[] = {
	{"no signature", PLAIN "Hello\r\n", PS_SCOPE_NONE, "", NULL},
	{"PGP/MIME", SIGNED_TYPE "\r\n" SIGNED(TEXT), PS_SCOPE_WHOLE,
		"pgp-mime", TEXT},
	{"a notice in the preamble is not shown",
		SIGNED_TYPE
		"\r\nThis is an OpenPGP/MIME signed message\r\n" SIGNED(TEXT),
		PS_SCOPE_WHOLE, "pgp-mime", TEXT},
	{"bare line feeds are hashed as CRLF",
		"Content-Type: multipart/signed; boundary=s;\n "
		"protocol=application/pgp-signature\n\n--s\n\na\nb\n" SIG_PART
		"--s--\n",
		PS_SCOPE_WHOLE, "pgp-mime", "\r\na\r\nb"},
	{"three parts",
		SIGNED_TYPE "\r\n--s\r\n" TEXT "\r\n" SIG_PART "--s\r\n" TEXT
			    "\r\n--s--\r\n",
		PS_SCOPE_BROKEN, "pgp-mime", NULL},
	{"one part", SIGNED_TYPE "\r\n--s\r\n" TEXT "\r\n--s--\r\n",
		PS_SCOPE_BROKEN, "pgp-mime", NULL},
	{"no closing delimiter", SIGNED_TYPE "\r\n--s\r\n" TEXT "\r\n" SIG_PART,
		PS_SCOPE_BROKEN, "pgp-mime", NULL},
	{"the signature first",
		SIGNED_TYPE "\r\n" SIG_PART "--s\r\n" TEXT "\r\n--s--\r\n",
		PS_SCOPE_BROKEN, "pgp-mime", NULL},
	{"no protocol",
		"Content-Type: multipart/signed; boundary=s\r\n\r\n" SIGNED(
			TEXT),
		PS_SCOPE_BROKEN, "pgp-mime", NULL},
	{"two boundaries",
		"Content-Type: multipart/signed; boundary=s; boundary=t;\r\n"
		" protocol=\"application/pgp-signature\"\r\n\r\n" SIGNED(TEXT),
		PS_SCOPE_BROKEN, "pgp-mime", NULL},
	{"two Content-Type fields", PLAIN_TYPE SIGNED_TYPE "\r\n" SIGNED(TEXT),
		PS_SCOPE_NONE, "", NULL},
	{"two Content-Type fields, the other way round",
		SIGNED_TYPE PLAIN_TYPE "\r\n" SIGNED(TEXT), PS_SCOPE_BROKEN,
		"pgp-mime", NULL},
	{"encoded as a whole",
		SIGNED_TYPE
		"Content-Transfer-Encoding: base64\r\n\r\n" SIGNED(TEXT),
		PS_SCOPE_BROKEN, "pgp-mime", NULL},
	{"CMS is another matter",
		"Content-Type: multipart/signed; boundary=s;\r\n"
		" protocol=\"application/pkcs7-signature\"\r\n\r\n" SIGNED(
			TEXT),
		PS_SCOPE_NONE, "", NULL},
	{"under a wrapper",
		"Content-Type: multipart/mixed; "
		"boundary=m\r\n\r\n--m\r\n" SIGNED_TYPE
		"\r\n" SIGNED(TEXT) "\r\n--m--\r\n",
		PS_SCOPE_PARTLY, "pgp-nested", TEXT},
	{"beside a footer",
		"Content-Type: multipart/mixed; "
		"boundary=m\r\n\r\n--m\r\n" SIGNED_TYPE
		"\r\n" SIGNED(TEXT) "\r\n--m\r\n\r\nfooter\r\n"
				    "--m--\r\n",
		PS_SCOPE_PARTLY, "pgp-nested", TEXT},
	{"inline", PLAIN CLEAR("Pay 10 Euro.  \r\n- -- \r\nA"), PS_SCOPE_WHOLE,
		"pgp-inline", "Pay 10 Euro.\r\n--\r\nA"},
	{"inline with text before", PLAIN "Look:\r\n" CLEAR("x"),
		PS_SCOPE_PARTLY, "pgp-inline", "x"},
	{"inline with text behind", PLAIN CLEAR("x") "more\r\n",
		PS_SCOPE_PARTLY, "pgp-inline", "x"},
	{"two inline blocks", PLAIN CLEAR("x") CLEAR("y"), PS_SCOPE_PARTLY,
		"pgp-inline", "x"},
	{"inline with blanks around", PLAIN "\r\n\r\n" CLEAR("x") " \r\n\r\n",
		PS_SCOPE_WHOLE, "pgp-inline", "x"},
	{"inline with a line that is not escaped", PLAIN CLEAR("-x"),
		PS_SCOPE_BROKEN, "pgp-inline", NULL},
	{"inline with a form feed", PLAIN CLEAR("x\fy"), PS_SCOPE_BROKEN,
		"pgp-inline", NULL},
	{"inline with another armor header",
		PLAIN "-----BEGIN PGP SIGNED MESSAGE-----\r\n"
		      "Comment: I owe you 1000\r\n\r\nx\r\n" SIGNATURE,
		PS_SCOPE_BROKEN, "pgp-inline", NULL},
	{"inline without a signature",
		PLAIN "-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\nx\r\n",
		PS_SCOPE_BROKEN, "pgp-inline", NULL},
	{"the marker in the midst of a line",
		PLAIN "see -----BEGIN PGP SIGNED MESSAGE----- there\r\n",
		PS_SCOPE_BROKEN, "pgp-inline", NULL},
	{"inline in HTML",
		"Content-Type: text/html\r\n\r\n<pre>\r\n" CLEAR("x") "</pre>",
		PS_SCOPE_PARTLY, "pgp-inline-html", NULL},
	{"a boundary that is an encoded word to some",
		TYPE_WITH("\"=?us-ascii?q?s?=\""), PS_SCOPE_BROKEN, "pgp-mime",
		NULL},
	{"a second boundary in a comment",
		TYPE_WITH("s (; boundary=t)") "\r\n" SIGNED(TEXT),
		PS_SCOPE_BROKEN, "pgp-mime", NULL},
	{"a boundary with a backslash",
		TYPE_WITH("\"\\s\"") "\r\n" SIGNED(TEXT), PS_SCOPE_BROKEN,
		"pgp-mime", NULL},
	{"a boundary folded inside its quotes",
		TYPE_WITH("\"\r\n s\"") "\r\n" SIGNED(TEXT), PS_SCOPE_BROKEN,
		"pgp-mime", NULL},
	{"a part behind the end",
		SIGNED_TYPE "\r\n" SIGNED(TEXT) "--s\r\n" TEXT, PS_SCOPE_BROKEN,
		"pgp-mime", NULL},
	{"a part between lone CRs in the preamble",
		SIGNED_TYPE "\r\nx\r--s\r\rPay\r\n" SIGNED(TEXT),
		PS_SCOPE_BROKEN, "pgp-mime", NULL},
	{"the same boundary inside what is signed",
		SIGNED_TYPE "\r\n" SIGNED("Content-Type: multipart/mixed; "
					  "boundary=s\r\n\r\n--s\r\n\r\nx"
					  "\r\n--s--\r\n"),
		PS_SCOPE_BROKEN, "pgp-mime", NULL},
	{"a boundary that the inner one begins with",
		SIGNED_TYPE "\r\n" SIGNED("\r\n--sx\r\n"), PS_SCOPE_WHOLE,
		"pgp-mime", "\r\n--sx\r\n"},
	{"a signature of nothing", SIGNED_TYPE "\r\n--s\r\n" SIG_PART "--s--",
		PS_SCOPE_BROKEN, "pgp-mime", NULL},
	{"inline, nothing between", PLAIN CLEAR(""), PS_SCOPE_BROKEN,
		"pgp-inline", NULL},
	{"inline with a word as digest",
		PLAIN "-----BEGIN PGP SIGNED MESSAGE-----\r\n"
		      "Hash: SHA512, I owe you 1000\r\n\r\nx\r\n" SIGNATURE,
		PS_SCOPE_BROKEN, "pgp-inline", NULL},
	{"inline with two digests",
		PLAIN "-----BEGIN PGP SIGNED MESSAGE-----\r\n"
		      "Hash: SHA512, SHA256\r\n\r\nx\r\n" SIGNATURE,
		PS_SCOPE_WHOLE, "pgp-inline", "x"},
	{"inline with a comment at its signature",
		PLAIN "-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\nx\r\n"
		      "-----BEGIN PGP SIGNATURE-----\r\n"
		      "Comment: I owe you 1000\r\n\r\n" SIGNATURE_TAIL,
		PS_SCOPE_PARTLY, "pgp-inline", "x"},
	{"inline in UTF-7",
		"Content-Type: text/plain; charset=utf-7\r\n\r\n" CLEAR("x"),
		PS_SCOPE_PARTLY, "pgp-inline", "x"},
	{"inline in Latin-1, and ASCII only",
		"Content-Type: text/plain; charset=iso-8859-1\r\n\r\n" CLEAR(
			"x"),
		PS_SCOPE_WHOLE, "pgp-inline", "x"},
	{"inline in Latin-1, and not ASCII only",
		"Content-Type: text/plain; charset=iso-8859-1\r\n\r\n" CLEAR(
			"\xa3"),
		PS_SCOPE_PARTLY, "pgp-inline", "\xa3"},
	{"inline in UTF-8",
		"Content-Type: text/plain; charset=UTF-8\r\n\r\n" CLEAR(
			"\xc2\xa3"),
		PS_SCOPE_WHOLE, "pgp-inline", "\xc2\xa3"},
	{"inline in two charsets",
		"Content-Type: text/plain; charset=utf-8; charset=utf-7\r\n"
		"\r\n" CLEAR("x"),
		PS_SCOPE_PARTLY, "pgp-inline", "x"},
	{"inline in an encoding that is not known",
		PLAIN_TYPE
		"Content-Transfer-Encoding: x-uuencode\r\n\r\n" CLEAR("x"),
		PS_SCOPE_PARTLY, "pgp-inline", "x"},
	{"inline in one of two alternatives",
		"Content-Type: multipart/alternative; boundary=m\r\n\r\n"
		"--m\r\n" PLAIN CLEAR(
			"x") "\r\n--m\r\n"
			     "Content-Type: "
			     "text/html\r\n\r\n<b>y</b>\r\n--m--\r\n",
		PS_SCOPE_PARTLY, "pgp-inline-part", "x"},
};

static void
the_scope_is_what_a_reader_sees(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct scope_case *c = &cases[i];
		struct ps_signed out = scan(a, c->message);

		if (out.scope != c->scope || strcmp(out.shape, c->shape) != 0 ||
			!ps_bytes_eq(out.octets, ps_bytes_of(c->octets)))
			fail_msg("%s: "
				 "%s "
				 "%s "
				 "\"%.*s\" "
				 "%s",
				c->name, ps_signed_scope_name(out.scope),
				out.shape, PS_FMT(out.octets),
				out.why == NULL ? "" : out.why);
		assert_true(out.scope == PS_SCOPE_NONE ||
			    (out.scope == PS_SCOPE_WHOLE) == (out.why == NULL));
	}
	ps_arena_free(a);
}

static void
an_inner_from_counts_under_header_protection_only(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_signed out;

	(void)state;
	out = scan(a, SIGNED_TYPE
		"\r\n" SIGNED("From: eve@example.net\r\nContent-Type: "
			      "text/plain; hp=\"clear\"\r\n\r\nx\r\n"));
	assert_true(out.has_inner_from);
	assert_true(ps_bytes_eq(
		ps_bytes_trim(out.inner_from), PS_LIT("eve@example.net")));
	out = scan(
		a, SIGNED_TYPE "\r\n" SIGNED("From: eve@example.net\r\n" TEXT));
	assert_false(out.has_inner_from);
	out = scan(a, SIGNED_TYPE
		"\r\n" SIGNED("From: a@example.net\r\nFrom: "
			      "b@example.net\r\nContent-Type: text/plain; "
			      "hp=clear\r\n\r\nx\r\n"));
	assert_true(out.has_inner_from);
	assert_int_equal(out.inner_from.len, 0);
	ps_arena_free(a);
}

static void
a_claim_names_its_key(void **state)
{
	struct ps_signature_claim claim[PS_SIGNATURES_MAX];
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_signed out = scan(a, PLAIN CLEAR("x"));
	const char *why;
	size_t n;

	(void)state;
	assert_int_equal(
		ps_signature_claims(out.signature, claim, &n, &why), PS_OK);
	assert_int_equal(n, 1);
	assert_true(claim[0].key_id == 0x0123456789abcdef);
	assert_int_equal(claim[0].hash, 8);
	assert_int_equal(claim[0].pubkey, 22);
	assert_int_equal(claim[0].created_s, 0x60000000);
	assert_int_equal(
		ps_signature_claims(PS_LIT(""), claim, &n, &why), PS_EPERM);
	ps_arena_free(a);
}

static void
a_burden_of_signatures_is_refused(void **state)
{
	struct ps_signature_claim claim[PS_SIGNATURES_MAX];
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes one = scan(a, PLAIN CLEAR("x")).signature;
	const char *why;
	struct ps_buf b;
	size_t n;

	(void)state;
	ps_buf_init(&b, 4096);
	for (size_t i = 0; i < PS_SIGNATURES_MAX; i++)
		ps_buf_put(&b, one);
	assert_int_equal(
		ps_signature_claims(ps_buf_bytes(&b), claim, &n, &why), PS_OK);
	assert_int_equal(n, PS_SIGNATURES_MAX);
	ps_buf_put(&b, one);
	assert_int_equal(ps_signature_claims(ps_buf_bytes(&b), claim, &n, &why),
		PS_ELIMIT);
	ps_buf_free(&b);
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_scope_is_what_a_reader_sees),
	cmocka_unit_test(an_inner_from_counts_under_header_protection_only),
	cmocka_unit_test(a_claim_names_its_key),
	cmocka_unit_test(a_burden_of_signatures_is_refused),
};

PS_TESTS("signed", tests)
