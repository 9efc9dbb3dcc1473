/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Is it sealed already?  Made messages around real packets and real CMS (see
 * t/data/pgp/make), and all messages of the public suites.
 */
#include "tap.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "data.h"
#include "openpgp/armor.h"
#include "openpgp/cms.h"
#include "openpgp/inspect.h"

static const char *const words[] = {"not", "partly", "wholly"};

static struct ps_inspection
inspect(struct ps_arena *a, struct ps_bytes octets)
{
	struct ps_limits limits = PS_LIMITS_DEFAULT;
	struct ps_message m = {.body_fd = -1};
	struct ps_inspection out = {PS_SEALED_PARTLY, "unset"};
	struct ps_bytes line, rest = octets;
	const char *why;

	/* a file from a mailbox */
	if (ps_bytes_line(&rest, &line) &&
		ps_bytes_starts(line, PS_LIT("From ")))
		octets = rest;
	assert_int_equal(ps_header_parse(a, octets, limits.max_header_fields,
				 &m.header, &m.body, &why),
		PS_OK);
	ps_inspect(a, &m, &limits, &out);
	return out;
}

/* Base64 in lines; armor without its head, checksum and tail is just that. */
static void
put_base64(struct ps_arena *a, struct ps_bytes b, struct ps_buf *out)
{
	char *p = ps_arena_alloc(a, ps_armor_size(b.len));
	struct ps_armor_writer w = {0};

	ps_buf_put(out, ps_bytes(p, ps_armor_put(&w, b, p)));
}

static struct ps_bytes
armor_of(struct ps_arena *a, struct ps_bytes b)
{
	char *p = ps_arena_alloc(a, ps_armor_size(b.len));

	ps_armor_write(b, p);
	return ps_bytes(p, ps_armor_size(b.len));
}

/*
 * "{one.pgp}" stands for a file's armor, "{=one.pgp}" for its octets in
 * base64, "{+one.pgp}" for its armor in base64, "{0one.pgp}" for its octets,
 * "{-one.pgp}" for its armor without the last 20 octets of the block's lines.
 */
static void
put_file(struct ps_arena *a, struct ps_bytes name, struct ps_buf *out)
{
	char how = name.p[0];
	bool is_plain = ps_is_alpha(how);
	struct ps_bytes b;

	if (!is_plain)
		name = ps_bytes_from(name, 1);
	b = data_own(a, ps_arena_printf(a, "pgp/%.*s", PS_FMT(name)));
	if (how == '=')
		put_base64(a, b, out);
	else if (how == '+')
		put_base64(a, armor_of(a, b), out);
	else if (how == '0')
		ps_buf_put(out, b);
	else
		ps_buf_put(out,
			armor_of(a, ps_bytes_head(b, b.len - (how == '-'))));
}

static struct ps_bytes
expand(struct ps_arena *a, const char *text)
{
	struct ps_bytes rest = ps_bytes_of(text), result;
	struct ps_buf b;

	ps_buf_init(&b, 1 << 20);
	for (;;) {
		size_t open = ps_bytes_chr(rest, '{');
		size_t shut = ps_bytes_chr(rest, '}');

		ps_buf_put(&b, ps_bytes_head(rest, open));
		if (open == PS_NOT_FOUND)
			break;
		put_file(a, ps_bytes(rest.p + open + 1, shut - open - 1), &b);
		rest = ps_bytes_from(rest, shut + 1);
	}
	assert_false(b.full);
	result = ps_arena_copy(a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return result;
}

#define ENC	"Content-Type: multipart/encrypted; boundary=b\n\n"
#define MIXED	"Content-Type: multipart/mixed; boundary=b\n\n"
#define VERSION "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n"
#define OCTETS	"--b\nContent-Type: application/octet-stream\n\n"
#define OCTETS64                                                               \
	"--b\nContent-Type: application/octet-stream\n"                        \
	"Content-Transfer-Encoding: base64\n\n"
#define TEXT "--b\nContent-Type: text/plain\n\n"
#define END  "\n--b--\n"
#define T64  "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
#define SMIME                                                                  \
	"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n"    \
	"Content-Transfer-Encoding: base64\n\n"
#define LONG                                                                   \
	"0123456789012345678901234567890123456789012345678901234567890123\n"   \
	"0123456789012345678901234567890123456789012345678901234567890123\n"   \
	"0123456789012345678901234567890123456789012345678901234567890123\n"

#define DIGITS64                                                               \
	"0123456789012345678901234567890123456789012345678901234567890123"
#define LONG576                                                                \
	DIGITS64 DIGITS64 DIGITS64 DIGITS64 DIGITS64 DIGITS64 DIGITS64         \
		DIGITS64 DIGITS64
#define LONG1152 LONG576 LONG576

#define NL16   "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"
#define NL128  NL16 NL16 NL16 NL16 NL16 NL16 NL16 NL16
#define NL1152 NL128 NL128 NL128 NL128 NL128 NL128 NL128 NL128 NL128

/* clang-format off */
static const struct row {
	const char *name, *text, *sealed, *shape;
} rows[] = {
	/* PGP/MIME, and what only says so */
	{"pgp/mime", ENC VERSION OCTETS "{one.pgp}" END, "wholly", "pgp-mime"},
	{"hidden recipients", ENC VERSION OCTETS "{hidden.pgp}" END,
		"wholly", "pgp-mime"},
	{"a password", ENC VERSION OCTETS "{symmetric.pgp}" END,
		"wholly", "pgp-mime"},
	{"gnupg's aead", ENC VERSION OCTETS "{aead.pgp}" END,
		"wholly", "pgp-mime"},
	{"partial lengths", ENC VERSION OCTETS "{partial.pgp}" END,
		"wholly", "pgp-mime"},
	{"notices", ENC "notice\n" VERSION OCTETS "{one.pgp}" END "bye\n",
		"wholly", "pgp-mime"},
	{"no close delimiter", ENC VERSION OCTETS "{one.pgp}",
		"wholly", "pgp-mime"},
	{"armor in base64", ENC VERSION OCTETS64 "{+one.pgp}" END,
		"wholly", "pgp-mime"},
	{"octets in base64", ENC VERSION OCTETS64 "{=one.pgp}" END,
		"wholly", "pgp-mime"},
	{"version spelled", ENC "--b\nContent-Type: Application/PGP-Encrypted\n"
		"\n version:1 \n" OCTETS "{one.pgp}" END, "wholly", "pgp-mime"},
	{"a label on text", ENC VERSION OCTETS "hello" END, "not", ""},
	{"a label on literal data", ENC VERSION OCTETS "{literal.pgp}" END,
		"not", ""},
	{"a label on compressed data", ENC VERSION OCTETS "{compressed.pgp}" END,
		"not", ""},
	{"no integrity protection", ENC VERSION OCTETS "{sed.pgp}" END,
		"not", ""},
	{"a key", ENC VERSION OCTETS "{alice.pgp}" END, "not", ""},
	{"cut packets", ENC VERSION OCTETS "{-one.pgp}" END, "not", ""},
	{"a third part", ENC VERSION OCTETS "{one.pgp}" "\n" TEXT "x" END,
		"partly", "pgp-part"},
	{"a nested part", ENC VERSION OCTETS "{one.pgp}"
		"\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx"
		"\n--c--" END, "partly", "pgp-part"},
	{"text beside armor", ENC VERSION OCTETS "x\n{one.pgp}" END,
		"partly", "pgp-part"},
	{"two blocks", ENC VERSION OCTETS "{one.pgp}{one.pgp}" END,
		"partly", "pgp-part"},
	{"no version part", ENC OCTETS "{one.pgp}" END, "partly", "pgp-part"},
	{"another version", ENC "--b\nContent-Type: application/pgp-encrypted"
		"\n\nVersion: 2\n" OCTETS "{one.pgp}" END, "partly", "pgp-part"},
	{"text as version", ENC TEXT "Version: 1\n" OCTETS "{one.pgp}" END,
		"partly", "pgp-part"},
	{"parts the other way", ENC OCTETS "{one.pgp}" VERSION END,
		"partly", "pgp-part"},
	{"a long preamble", ENC LONG LONG LONG VERSION OCTETS "{one.pgp}" END,
		"partly", "pgp-part"},
	{"text in the header of a part", ENC VERSION
		"--b\nContent-Type: application/octet-stream\nX-Text: " LONG1152
		"\n\n{one.pgp}" END, "partly", "pgp-part"},
	{"text in the head of the armor", ENC VERSION OCTETS
		"-----BEGIN PGP MESSAGE-----\nText: " LONG1152
		"\n\n{=one.pgp}-----END PGP MESSAGE-----\n" END,
		"partly", "pgp-part"},
	{"the same in line", "Subject: x\n\n-----BEGIN PGP MESSAGE-----\n"
		"Text: " LONG1152
		"\n\n{=one.pgp}-----END PGP MESSAGE-----\n",
		"partly", "pgp-inline"},
	{"a long epilogue", ENC VERSION OCTETS "{one.pgp}" END LONG LONG LONG,
		"partly", "pgp-part"},
	{"text behind the version", ENC VERSION NL1152 "x\n" OCTETS "{one.pgp}"
		END, "partly", "pgp-part"},
	{"blanks behind the version", ENC VERSION NL128 OCTETS "{one.pgp}" END,
		"wholly", "pgp-mime"},
	{"html as second part", ENC VERSION "--b\nContent-Type: text/html\n\n"
		"{one.pgp}" END, "partly", "pgp-inline"},

	/* what Exchange makes of it */
	{"mangled", MIXED TEXT "\n\n" VERSION OCTETS64 "{+one.pgp}" END,
		"wholly", "pgp-mime-mangled"},
	{"mangled, no text", MIXED VERSION OCTETS "{one.pgp}" END,
		"wholly", "pgp-mime-mangled"},
	{"mangled, and text", MIXED TEXT "x\n" VERSION OCTETS "{one.pgp}" END,
		"partly", "pgp-part"},
	{"mangled, and text far down", MIXED TEXT NL1152 "x\n" VERSION OCTETS
		"{one.pgp}" END, "partly", "pgp-part"},
	{"mangled, html", MIXED "--b\nContent-Type: text/html\n\n\n"
		VERSION OCTETS "{one.pgp}" END, "partly", "pgp-part"},
	{"mangled and a footer", MIXED TEXT "\n" VERSION OCTETS "{one.pgp}\n"
		TEXT "footer" END, "partly", "pgp-part"},
	{"a label on text, mangled", MIXED TEXT "\n" VERSION OCTETS "x" END,
		"not", ""},
	{"two blank texts", MIXED TEXT "\n" TEXT "\n" OCTETS "{one.pgp}" END,
		"partly", "pgp-part"},

	/* armor in text */
	{"inline", "Subject: x\n\n{one.pgp}", "wholly", "pgp-inline"},
	{"inline, blanks", "Subject: x\n\n \r\n\n{one.pgp}\n\t\n",
		"wholly", "pgp-inline"},
	{"inline, base64", T64 "{+one.pgp}", "wholly", "pgp-inline"},
	{"inline, text before", "\n\nhello\n{one.pgp}", "partly", "pgp-inline"},
	{"inline, text behind", "\n\n{one.pgp}hello", "partly", "pgp-inline"},
	{"the second block", "\n\n{literal.pgp}{sed.pgp}{one.pgp}",
		"partly", "pgp-inline"},
	{"a block in no block", "\n\n-----BEGIN PGP MESSAGE-----\n\nab\n{one.pgp}",
		"partly", "pgp-inline"},
	{"a block in a head", "\n\n-----BEGIN PGP MESSAGE-----\nA: b\n{one.pgp}",
		"partly", "pgp-inline"},
	{"no sealed block", "\n\n{literal.pgp}{sed.pgp}", "not", ""},
	{"quoted", "\n\n> -----BEGIN PGP MESSAGE-----\n>\n> hE4D\n", "not", ""},
	{"armor by name only", "\n\n-----BEGIN PGP MESSAGE-----\n\nhello\n"
		"-----END PGP MESSAGE-----\n", "not", ""},
	{"html", "Content-Type: text/html\n\n<html><body><pre>{one.pgp}</pre>"
		"</body></html>", "partly", "pgp-inline"},
	{"html alone", "Content-Type: text/html\n\n{one.pgp}",
		"partly", "pgp-inline"},
	{"in an alternative", MIXED "--b\nContent-Type: multipart/alternative; "
		"boundary=c\n\n--c\n\n{one.pgp}\n--c\nContent-Type: text/html\n\n"
		"x\n--c--" END, "partly", "pgp-inline"},

	/* parts and attachments */
	{"under a footer", MIXED "--b\n" ENC "--b\n" VERSION OCTETS "{one.pgp}"
		"\n" TEXT "footer" END, "partly", "pgp-part"},
	{"attached octets", MIXED TEXT "x\n" OCTETS64 "{=one.pgp}" END,
		"partly", "pgp-part"},
	{"attached armor", MIXED TEXT "x\n" OCTETS64 "{+one.pgp}" END,
		"partly", "pgp-part"},
	{"attached literal", MIXED TEXT "x\n" OCTETS64 "{=literal.pgp}" END,
		"not", ""},
	{"attached key", MIXED TEXT "x\n" OCTETS64 "{=alice.pgp}" END,
		"not", ""},
	{"a root of octets", "Content-Type: application/octet-stream\n\n"
		"{one.pgp}", "partly", "pgp-part"},
	{"a message in a message", MIXED TEXT "x\n--b\nContent-Type: "
		"message/rfc822\n\n" "Content-Type: multipart/encrypted; "
		"boundary=c\n\n--c\n\n\n--c\n\n{one.pgp}\n--c--" END,
		"partly", "pgp-part"},

	/* S/MIME */
	{"enveloped", SMIME "{=enveloped.cms}", "wholly", "cms"},
	{"enveloped, stream", SMIME "{=stream.cms}", "wholly", "cms"},
	{"auth-enveloped", SMIME "{=auth.cms}", "wholly", "cms"},
	{"octets by name", "Content-Type: application/octet-stream; "
		"name=smime.p7m\nContent-Transfer-Encoding: base64\n\n"
		"{=enveloped.cms}", "wholly", "cms"},
	{"opaque-signed", SMIME "{=signed.cms}", "not", ""},
	{"a label on a text", SMIME "aGVsbG8K\n", "not", ""},
	{"two of them", SMIME "{=stream.cms}{=stream.cms}", "not", ""},
	{"under a footer", MIXED "--b\n" SMIME "{=enveloped.cms}\n" TEXT "x" END,
		"partly", "cms"},

	/* no mail at all */
	{"nothing", "", "not", ""},
	{"no body", "Subject: x\n", "not", ""},
	{"no parts", ENC "hello\n", "not", ""},
};
/* clang-format on */

static void
only_what_proves_sealed_counts(void **state)
{
	size_t bad = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_inspection out = inspect(a, expand(a, rows[i].text));

		if (strcmp(words[out.sealed], rows[i].sealed) != 0 ||
			strcmp(out.shape, rows[i].shape) != 0) {
			print_message("# %s: %s %s\n", rows[i].name,
				words[out.sealed], out.shape);
			bad++;
		}
		ps_arena_free(a);
	}
	assert_int_equal(bad, 0);
}

static void
what_lies_too_deep_is_not_sealed(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes inner = expand(a, "\n\n{one.pgp}");
	struct ps_buf b;

	(void)state;
	for (int depth = 49; depth <= 51; depth += 2) {
		ps_buf_init(&b, 1 << 20);
		for (int i = 0; i < depth; i++)
			ps_buf_printf(&b,
				"Content-Type: multipart/mixed; boundary=%d\n\n"
				"--%d\n",
				i, i);
		ps_buf_put(&b, inner);
		assert_int_equal(inspect(a, ps_buf_bytes(&b)).sealed,
			depth < 50 ? PS_SEALED_PARTLY : PS_SEALED_NOT);
		ps_buf_free(&b);
	}
	ps_arena_free(a);
}

static void
cms_cut_anywhere_is_not_sealed(void **state)
{
	const char *const names[] = {"enveloped", "stream", "auth"};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct ps_bytes b =
			data_own(a, ps_arena_printf(a, "pgp/%s.cms", names[i]));

		assert_true(ps_cms_is_enveloped(b));
		for (size_t n = 0; n < b.len; n++) {
			char *cut = malloc(n + 1);

			assert_non_null(cut);
			memcpy(cut, b.p, n);
			assert_false(ps_cms_is_enveloped(ps_bytes(cut, n)));
			free(cut);
		}
	}
	ps_arena_free(a);
}

static void
text_beyond_what_is_read_is_not_sealed(void **state)
{
	const char *const encodings[] = {"7bit", "quoted-printable"};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes armor = expand(a, "{one.pgp}");

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct ps_buf b;

		ps_buf_init(&b, (size_t)8 << 20);
		ps_buf_printf(&b, "Content-Transfer-Encoding: %s\n\n",
			encodings[i / 2]);
		if (i / 2 == 0) {
			ps_buf_put(&b, armor);
		} else {
			for (size_t k = 0; k < armor.len; k++)
				ps_buf_printf(&b,
					armor.p[k] == '=' ? "=3D" : "%c",
					armor.p[k]);
		}
		for (size_t k = 0; k < (size_t)3 << 20; k++)
			ps_buf_putc(&b, '\n');
		ps_buf_puts(&b, i % 2 ? "clear text\n" : "");
		assert_int_equal(inspect(a, ps_buf_bytes(&b)).sealed,
			i == 0 ? PS_SEALED_WHOLLY : PS_SEALED_PARTLY);
		ps_buf_free(&b);
	}
	ps_arena_free(a);
}

struct suites {
	struct ps_arena *a;
	const char *dir;
	struct ps_bytes list;
	size_t n_listed, n_bad;
};

/* "sealed<TAB>shape<TAB>path" against the message at path. */
static void
check_listed(struct suites *s, struct ps_bytes line)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	size_t tab = ps_bytes_chr(line, '\t');
	struct ps_bytes sealed = ps_bytes_head(line, tab), shape, path, octets;
	struct ps_inspection out;

	shape = ps_bytes_from(line, tab + 1);
	tab = ps_bytes_chr(shape, '\t');
	path = ps_bytes_from(shape, tab + 1);
	shape.len = tab;
	octets = data_read(
		a, ps_arena_printf(a, "%s/%.*s", s->dir, PS_FMT(path)));
	out = inspect(a, octets);
	s->n_listed++;
	if (octets.p == NULL ||
		!ps_bytes_eq(sealed, ps_bytes_of(words[out.sealed])) ||
		!ps_bytes_eq(
			shape, ps_bytes_of(out.shape[0] ? out.shape : "-"))) {
		print_message("# %s %s: %.*s\n", words[out.sealed], out.shape,
			PS_FMT(path));
		s->n_bad++;
	}
	ps_arena_free(a);
}

static bool
is_message_name(const char *path)
{
	struct ps_bytes p = ps_bytes_of(path);

	return ps_bytes_iends(p, PS_LIT(".eml")) ||
	       ps_bytes_iends(p, PS_LIT(".msg")) ||
	       ps_bytes_find(p, PS_LIT("/messages/")) != PS_NOT_FOUND;
}

/* Every message below this folder of the suites must be in the list. */
static void
check_folder(struct suites *s, const char *folder)
{
	DIR *d = opendir(ps_arena_printf(s->a, "%s/%s", s->dir, folder));
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		const char *path =
			ps_arena_printf(s->a, "%s/%s", folder, e->d_name);

		if (e->d_name[0] == '.')
			continue;
		if (e->d_type == DT_DIR)
			check_folder(s, path);
		else if (is_message_name(path) &&
			 ps_bytes_find(s->list,
				 ps_bytes_of(ps_arena_printf(s->a, "\t%s\n",
					 path))) == PS_NOT_FOUND) {
			print_message("# not listed: %s\n", path);
			s->n_bad++;
		}
	}
	if (d != NULL)
		closedir(d);
}

static void
every_message_of_the_public_suites_is_recognised(void **state)
{
	struct suites s = {.a = ps_arena_new(PS_ARENA_PLAIN)};
	struct ps_bytes rest, line;

	(void)state;
	s.dir = data_suites(s.a);
	if (s.dir == NULL) {
		ps_arena_free(s.a);
		skip();
	}
	s.list = rest = data_own(s.a, "inspect-suites");
	while (ps_bytes_line(&rest, &line))
		if (line.p[0] != '#')
			check_listed(&s, ps_bytes_chomp(line));
	check_folder(&s, "thunderbird-openpgp");
	check_folder(&s, "autocrypt-spec");
	check_folder(&s, "mimekit");
	assert_int_equal(s.n_bad, 0);
	assert_in_range(s.n_listed, 100, 1000);
	ps_arena_free(s.a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(only_what_proves_sealed_counts),
	cmocka_unit_test(what_lies_too_deep_is_not_sealed),
	cmocka_unit_test(text_beyond_what_is_read_is_not_sealed),
	cmocka_unit_test(cms_cut_anywhere_is_not_sealed),
	cmocka_unit_test(every_message_of_the_public_suites_is_recognised),
};

PS_TESTS("inspect", tests)
