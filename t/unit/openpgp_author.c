/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * When does a signature make somebody the author?  The engine and the
 * certificates are fakes that say what a case wants; the message is real.
 */
#include "tap.h"

#include <string.h>

#include "auth/openpgp.h"
#include "openpgp/cert_raw.h"

#define ALICE "A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1"
#define EVE   "E7E7E7E7E7E7E7E7E7E7E7E7E7E7E7E7E7E7E7E7"
#define SIG                                                                    \
	"-----BEGIN PGP SIGNATURE-----\r\n\r\n"                                \
	"wh0EABYIAAYFAmAAAAAACgkQASNFZ4mrze8SNAAI/w==\r\n"                     \
	"-----END PGP SIGNATURE-----\r\n"
#define TYPE                                                                   \
	"Content-Type: multipart/signed; boundary=s; "                         \
	"protocol=\"application/pgp-signature\"\r\n"
#define PARTS(head)                                                            \
	"\r\n--s\r\n" head "\r\nhello\r\n--s\r\nContent-Type: "                \
	"application/pgp-signature\r\n\r\n" SIG "--s--\r\n"
#define FROM_ALICE "From: Alice <alice@example.org>\r\n"
#define WHOLE	   FROM_ALICE TYPE PARTS("")

struct verdict_case {
	const char *name, *message;
	/* What the fakes say. */
	struct ps_signature_info info[2];
	size_t n_info;
	const char *signer; /* fingerprint, or NULL: unknown */
	bool speaks_for;
	const char *bound; /* by policy, or NULL */
	bool certs_fail, engine_fails, unreadable;
	int bits; /* of an RSA key; 0: over a curve */
	/* What must come out. */
	enum ps_auth_result result;
	const char *reason;
};

#define INFO(who, how, digest)                                                 \
	{                                                                      \
		.state = PS_SIGNATURE_##how, .fpr = who, .signing_fpr = who,   \
		.hash = digest, .created_s = 1600000000                        \
	}
#define ONE(how) .info = {INFO(ALICE, how, 8)}, .n_info = 1
#define BY_ALICE ONE(GOOD), .signer = ALICE
#define TRUSTED	 BY_ALICE, .speaks_for = true

static const struct verdict_case cases[] = {
	{"not signed", FROM_ALICE "\r\nhello\r\n", .result = PS_AUTH_NONE,
		.reason = ""},
	{"signed by a trusted key of this address", WHOLE, TRUSTED,
		.result = PS_AUTH_PASS, .reason = ""},
	{"signed by a key of somebody else", WHOLE, BY_ALICE,
		.result = PS_AUTH_POLICY, .reason = "not-the-author"},
	{"signed by a key that policy binds", WHOLE, BY_ALICE, .bound = ALICE,
		.result = PS_AUTH_PASS, .reason = ""},
	{"policy binds another key", WHOLE, TRUSTED, .bound = EVE,
		.result = PS_AUTH_POLICY, .reason = "not-the-author"},
	{"the key is not known", WHOLE, ONE(NO_KEY), .result = PS_AUTH_NEUTRAL,
		.reason = "unknown-key"},
	{"forged", WHOLE, ONE(BAD), .signer = ALICE, .speaks_for = true,
		.result = PS_AUTH_FAIL, .reason = "bad-signature"},
	{"expired", WHOLE, ONE(EXPIRED), .signer = ALICE, .speaks_for = true,
		.result = PS_AUTH_POLICY, .reason = "signature-expired"},
	{"by an expired key", WHOLE, ONE(KEY_EXPIRED), .signer = ALICE,
		.speaks_for = true, .result = PS_AUTH_POLICY,
		.reason = "key-expired"},
	{"by a revoked key", WHOLE, ONE(KEY_REVOKED), .signer = ALICE,
		.speaks_for = true, .result = PS_AUTH_POLICY,
		.reason = "key-revoked"},
	{"SHA-1", WHOLE, .info = {INFO(ALICE, GOOD, 2)}, .n_info = 1,
		.signer = ALICE, .speaks_for = true, .result = PS_AUTH_POLICY,
		.reason = "weak-digest"},
	{"RSA of 1024 bits", WHOLE, TRUSTED, .bits = 1024,
		.result = PS_AUTH_POLICY, .reason = "weak-key"},
	{"RSA of 2048 bits", WHOLE, TRUSTED, .bits = 2048,
		.result = PS_AUTH_PASS, .reason = ""},
	{"a good one beside a bad one", WHOLE,
		.info = {INFO(ALICE, GOOD, 8), INFO(EVE, BAD, 8)}, .n_info = 2,
		.signer = ALICE, .speaks_for = true, .result = PS_AUTH_FAIL,
		.reason = "bad-signature"},
	{"a stranger's good one in front", WHOLE,
		.info = {INFO(EVE, GOOD, 8), INFO(ALICE, GOOD, 8)}, .n_info = 2,
		.signer = ALICE, .speaks_for = true, .result = PS_AUTH_PASS,
		.reason = ""},
	{"the engine says nothing", WHOLE, .signer = ALICE,
		.result = PS_AUTH_PERMERROR, .reason = "unreadable"},
	{"the engine fails", WHOLE, .signer = ALICE, .engine_fails = true,
		.result = PS_AUTH_TEMPERROR, .reason = "engine-trouble"},
	{"the engine cannot read it", WHOLE, .signer = ALICE,
		.engine_fails = true, .unreadable = true,
		.result = PS_AUTH_PERMERROR, .reason = "unreadable"},
	{"the key directory fails", WHOLE, .certs_fail = true,
		.result = PS_AUTH_TEMPERROR, .reason = "key-trouble"},
	{"two addresses in From",
		"From: alice@example.org, eve@example.net\r\n" TYPE PARTS(""),
		TRUSTED, .result = PS_AUTH_POLICY,
		.reason = "no-single-author"},
	{"two addresses of one domain in From",
		"From: alice@example.org, bob@example.org\r\n" TYPE PARTS(""),
		TRUSTED, .result = PS_AUTH_POLICY,
		.reason = "no-single-author"},
	{"two From fields", FROM_ALICE WHOLE, TRUSTED, .result = PS_AUTH_POLICY,
		.reason = "no-single-author"},
	{"no From field", TYPE PARTS(""), TRUSTED, .result = PS_AUTH_POLICY,
		.reason = "no-single-author"},
	{"another author inside",
		FROM_ALICE TYPE PARTS("From: eve@example.net\r\nContent-Type: "
				      "text/plain; hp=clear\r\n"),
		TRUSTED, .result = PS_AUTH_POLICY,
		.reason = "inner-from-differs"},
	{"the same author inside, spelled otherwise",
		FROM_ALICE TYPE PARTS("From: \"A\" <alice@EXAMPLE.org>\r\n"
				      "Content-Type: text/plain; hp=clear\r\n"),
		TRUSTED, .result = PS_AUTH_PASS, .reason = ""},
	{"a signed part inside others",
		FROM_ALICE "Content-Type: multipart/mixed; boundary=m\r\n\r\n"
			   "--m\r\n" TYPE PARTS("") "--m\r\n\r\nmore\r\n"
						    "--m--\r\n",
		TRUSTED, .result = PS_AUTH_POLICY, .reason = "not-whole"},
	{"three parts",
		FROM_ALICE TYPE "\r\n--s\r\n\r\nx\r\n--s\r\n\r\ny" PARTS(""),
		TRUSTED, .result = PS_AUTH_PERMERROR,
		.reason = "built-wrongly"},
};

static enum ps_status
fake_verify(void *self, struct ps_arena *a, const struct ps_verify_job *job,
	const struct ps_wait *wait, struct ps_spool *clear,
	struct ps_signature_info **out, size_t *n_out, const char **why)
{
	const struct verdict_case *c = self;

	(void)wait;
	(void)clear;
	assert_true(job->octets.len > 0 && job->signature.len > 0);
	assert_true(c->engine_fails || job->certs.len > 0);
	*why = "fake";
	*out = ps_arena_array(a, c->n_info, sizeof(**out));
	memcpy(*out, c->info, c->n_info * sizeof(**out));
	*n_out = c->n_info;
	if (c->unreadable)
		return PS_EPERM;
	return c->engine_fails ? PS_ETEMP : PS_OK;
}

/* A key packet whose fingerprint the case then carries. */
static struct ps_bytes
key_packet(struct ps_arena *a, int bits)
{
	char *p = ps_arena_alloc(a, 12);

	p[0] = (char)0xc6;
	p[1] = 10;
	p[2] = 4;
	p[7] = bits == 0 ? 22 : 1;
	p[8] = (char)(bits >> 8);
	p[9] = (char)bits;
	return ps_bytes(p, 12);
}

static enum ps_status
fake_signers(void *self, struct ps_arena *a, const struct ps_signer_query *q,
	struct ps_signer **out, size_t *n_out, const char **why)
{
	const struct verdict_case *c = self;

	assert_int_equal(q->n_key_id, 1);
	*why = "fake";
	*n_out = 0;
	if (c->certs_fail || c->signer == NULL)
		return c->certs_fail ? PS_ETEMP : PS_OK;
	*out = ps_arena_array(a, 1, sizeof(**out));
	memcpy((*out)->fpr, c->signer, 41);
	(*out)->octets = key_packet(a, c->bits);
	(*out)->speaks_for = c->speaks_for && q->addr != NULL;
	*n_out = 1;
	return PS_OK;
}

static const char *const *
fake_bound(void *self, const struct ps_addr *from, size_t *n)
{
	const struct verdict_case *c = self;

	assert_non_null(from);
	*n = c->bound != NULL;
	return &c->bound;
}

/* The engine names keys as the certificate spells them. */
static struct verdict_case
with_true_fingerprint(struct ps_arena *a, const struct verdict_case *from)
{
	struct verdict_case c = *from;
	struct ps_cert_raws raws;

	ps_cert_raw_split(a, key_packet(a, c.bits), &raws);
	assert_int_equal(raws.n_cert, 1);
	for (size_t i = 0; i < c.n_info; i++) {
		if (strcmp(c.info[i].fpr, ALICE) != 0)
			continue;
		memcpy(c.info[i].fpr, raws.cert[0].fpr, 41);
		memcpy(c.info[i].signing_fpr, raws.cert[0].fpr, 41);
	}
	if (c.signer != NULL)
		c.signer = ps_arena_strdup(a, raws.cert[0].fpr);
	if (c.bound != NULL && strcmp(c.bound, ALICE) == 0)
		c.bound = c.signer;
	return c;
}

static struct ps_openpgp_result
verify(struct ps_arena *a, struct verdict_case *c)
{
	static const struct ps_limits limits = PS_LIMITS_DEFAULT;
	struct ps_engine engine = {.self = c, .verify = fake_verify};
	struct ps_certs certs = {.self = c, .signers = fake_signers};
	struct ps_openpgp_verifier v = {
		.engine = &engine,
		.certs = &certs,
		.bound = {c, fake_bound},
		.limits = &limits,
		.min_rsa_bits = 2048,
	};
	struct ps_message m = {.body_fd = -1};
	struct ps_openpgp_result out;
	struct ps_dmarc_author author;
	const char *why;

	assert_int_equal(ps_header_parse(a, ps_bytes_of(c->message), 100,
				 &m.header, &m.body, &why),
		PS_OK);
	ps_dmarc_author(a, &m.header, &author);
	ps_openpgp_verify(a, &m, &author, &v, &out);
	return out;
}

static void
only_everything_together_makes_an_author(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct verdict_case c = with_true_fingerprint(a, &cases[i]);
		struct ps_openpgp_result out = verify(a, &c);

		if (out.result != c.result || strcmp(out.reason, c.reason) != 0)
			fail_msg("%s: %s %s", c.name,
				ps_auth_result_name(out.result), out.reason);
		assert_int_equal(
			out.author.len > 0, out.result == PS_AUTH_PASS);
	}
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(only_everything_together_makes_an_author),
};

PS_TESTS("openpgp_author", tests)
