/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Signing in the flow, on an engine that lies: what it made is looked at, and
 * nothing leaves unsigned.
 */
#include "world.h"

#include "tap.h"

#define FPR "0123456789ABCDEF0123456789ABCDEF01234567"
#define ID  0x89ABCDEF01234567U

static const struct known_key known[] = {
	{"alice@example.net", PS_CERT_FOUND, "1111111111111111", NULL},
	{NULL, PS_CERT_NONE, NULL, NULL}};

/* What the engine says and makes. */
struct making {
	const char *title;
	enum ps_status status;
	int n, version, class, hash;
	uint64_t id;
	size_t cut;
	const char *code, *reason; /* NULL: signed */
};

static const struct making makings[] = {
	{"a good one", PS_OK, 1, 4, 0, 10, ID, 0, NULL, NULL},
	{"with SHA-256", PS_OK, 1, 4, 0, 8, ID, 0, NULL, NULL},
	{"by a subkey", PS_OK, 1, 4, 0, 10, 7, 0, NULL, NULL},
	{"by another key", PS_OK, 1, 4, 0, 10, 8, 0, "451", "sign-trouble"},
	{"by nobody", PS_OK, 1, 4, 0, 10, 0, 0, "451", "sign-trouble"},
	{"two", PS_OK, 2, 4, 0, 10, ID, 0, "451", "sign-trouble"},
	{"none", PS_OK, 0, 4, 0, 10, ID, 0, "451", "sign-trouble"},
	{"of a text", PS_OK, 1, 4, 1, 10, ID, 0, "451", "sign-trouble"},
	{"of a key", PS_OK, 1, 4, 0x13, 10, ID, 0, "451", "sign-trouble"},
	{"with SHA-1", PS_OK, 1, 4, 0, 2, ID, 0, "451", "sign-trouble"},
	{"with MD5", PS_OK, 1, 4, 0, 1, ID, 0, "451", "sign-trouble"},
	{"cut off", PS_OK, 1, 4, 0, 10, ID, 1, "451", "sign-trouble"},
	{"trouble", PS_ETEMP, 1, 4, 0, 10, ID, 0, "451", "sign-trouble"},
	{"a refusal", PS_EPERM, 1, 4, 0, 10, ID, 0, "451", "sign-trouble"},
	{"too late", PS_ELATE, 1, 4, 0, 10, ID, 0, "451", "deadline"},
	{"the end", PS_ESTOP, 1, 4, 0, 10, ID, 0, "451", "stopping"},
	{"a crowd", PS_EBUSY, 1, 4, 0, 10, ID, 0, "451", "busy"},
};
static const struct making *making;
static const char *asked_fpr;
static struct ps_bytes asked_octets;

static void
put_signature(struct ps_buf *b)
{
	ps_buf_putc(b, (char)0xc2);
	ps_buf_putc(b, 26);
	ps_buf_putc(b, (char)making->version);
	ps_buf_putc(b, (char)making->class);
	ps_buf_putc(b, 22); /* EdDSA */
	ps_buf_putc(b, (char)making->hash);
	ps_buf_put(b, ps_bytes("\0\0\0\12\11\20", 6)); /* an issuer */
	for (int shift = 56; shift >= 0; shift -= 8)
		ps_buf_putc(b, (char)(making->id >> shift));
	ps_buf_put(b, ps_bytes("xy\0\11\1\1\0\1", 8));
}

static enum ps_status
sign(void *self, struct ps_arena *a, const struct ps_sign_job *job,
	const struct ps_wait *wait, struct ps_signature_made *out,
	const char **why)
{
	struct ps_buf b;

	(void)self, (void)wait;
	*why = "the engine says so";
	asked_fpr = job->fpr;
	ps_buf_init(&b, 1 << 20);
	ps_buf_put(&b, job->head);
	ps_buf_put(&b, job->body);
	asked_octets = ps_arena_copy(a, ps_buf_bytes(&b));
	b.len = 0;
	for (int i = 0; i < making->n; i++)
		put_signature(&b);
	b.len -= making->cut;
	*out = (struct ps_signature_made){
		.octets = ps_arena_copy(a, ps_buf_bytes(&b)),
		.key_id = {ID, 7},
		.n_key_id = 2};
	ps_buf_free(&b);
	return making->status;
}

static void
mail(struct world *w, const char *to, struct ps_outcome *out)
{
	const char *const rcpt[] = {to, NULL};

	world_message(w, "plain.eml", "sender@example.org", rcpt);
	w->txn.is_local = true;
	w->engine.sign = sign;
	world_mail(w, out);
}

static void
only_what_is_proven_to_be_signed_leaves(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(makings) / sizeof(makings[0]); i++) {
		struct ps_outcome out;
		struct world w;

		making = &makings[i];
		world_init(&w, "sign.conf", known);
		mail(&w, "bob@example.net", &out);
		print_message("# %s\n", making->title);
		assert_string_equal(asked_fpr, FPR);
		assert_bytes(asked_octets, "\r\nA secret place at noon.\r\n");
		if (making->code == NULL) {
			assert_int_equal(out.reply.action, PS_ACCEPT);
			assert_true(out.edits.replace_body);
			assert_true(ps_bytes_find(out.edits.body,
					    PS_LIT("BEGIN PGP SIGNATURE")) !=
				    PS_NOT_FOUND);
			assert_non_null(strstr(out.log, "sign=" FPR));
		} else {
			assert_string_equal(out.reply.code, making->code);
			assert_string_equal(out.reply.reason, making->reason);
			assert_int_equal(out.edits.n_edit, 0);
		}
		ps_spool_free(out.body);
		world_free(&w);
	}
}

static void
a_sealed_copy_is_signed_inside(void **state)
{
	struct ps_outcome out;
	struct world w;

	(void)state;
	making = &makings[0];
	asked_fpr = NULL;
	world_init(&w, "sign.conf", known);
	mail(&w, "alice@example.net", &out);
	assert_int_equal(out.reply.action, PS_ACCEPT);
	assert_string_equal(w.sign_fpr, FPR);
	assert_null(asked_fpr); /* and not once more outside */
	ps_spool_free(out.body);
	w.mood = ENGINE_RETURNS_STATUS;
	w.status = PS_ETEMP;
	mail(&w, "alice@example.net", &out);
	assert_string_equal(out.reply.reason, "sign-trouble");
	world_free(&w);
}

static void
under_trial_it_is_told_and_not_done(void **state)
{
	struct ps_outcome out;
	struct world w;
	const char *field = "";

	(void)state;
	making = &makings[0];
	world_init(&w, "sign.conf", known);
	w.policy->trial = true;
	asked_fpr = NULL;
	mail(&w, "alice@example.net", &out);
	assert_null(asked_fpr);
	assert_int_equal(w.n_encrypt, 0);
	for (size_t i = 0; i < out.edits.n_edit; i++)
		if (ps_bytes_ieq(
			    out.edits.edit[i].name, PS_LIT("X-Postseal-Trial")))
			field = ps_arena_cstr(w.arena, out.edits.edit[i].value);
	assert_non_null(strstr(field, "would be signed and sealed"));
	world_free(&w);
}

static void
an_engine_that_cannot_sign_defers(void **state)
{
	const char *const rcpt[] = {"bob@example.net", NULL};
	struct ps_outcome out;
	struct world w;

	(void)state;
	world_init(&w, "sign.conf", known);
	world_message(&w, "plain.eml", "sender@example.org", rcpt);
	w.txn.is_local = true;
	world_mail(&w, &out);
	assert_string_equal(out.reply.reason, "sign-trouble");
	world_free(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(only_what_is_proven_to_be_signed_leaves),
	cmocka_unit_test(a_sealed_copy_is_signed_inside),
	cmocka_unit_test(under_trial_it_is_told_and_not_done),
	cmocka_unit_test(an_engine_that_cannot_sign_defers),
};

PS_TESTS("openpgp_sign", tests)
