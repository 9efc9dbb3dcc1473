/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The sender's own certificate in what he sends: whose, and when there is none.
 */
#include "tap.h"

#include <string.h>

#include "fake_keys.h"
#include "flow/steps.h"
#include "openpgp/autocrypt.h"
#include "verdict_world.h"

#define ANNA "anna@ours.example"
#define UIDS "Anna <anna@ours.example>|Anna <anna@home.example>"

static int64_t
fixed_now(void *self)
{
	(void)self;
	return 1800000000;
}

/* Only Anna has a key. */
static void
find(void *self, struct ps_arena *a, const struct ps_cert_query *q,
	struct ps_cert_answer *out)
{
	char fpr[PS_FPR_SIZE];

	(void)self;
	assert_null(q->rules); /* the directory alone */
	*out = (struct ps_cert_answer){.state = PS_CERT_NONE, .reason = ""};
	if (!ps_bytes_ieq(q->addr->full, PS_LIT(ANNA)))
		return;
	world_found(a, "A", out);
	out->state = PS_CERT_FOUND;
	fk_fpr(4, 1, fpr);
	memcpy(out->cert[0].fpr, fpr, sizeof(out->cert[0].fpr));
}

static enum ps_status
whole(void *self, struct ps_arena *a, const char *fpr, struct ps_bytes *out,
	const char **why)
{
	struct ps_buf b;
	char want[PS_FPR_SIZE];

	(void)self;
	fk_fpr(4, 1, want);
	*why = "no such certificate";
	if (strcmp(fpr, want) != 0)
		return PS_EPERM;
	ps_buf_init(&b, 10000);
	fk_put(&b, 4, 1, UIDS, 1);
	*out = ps_arena_copy(a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return PS_OK;
}

#define OURS(word) "domain \"ours.example\" { autocrypt-header = " word " } "

static const struct {
	const char *conf, *login, *verdict, *header;
	const char *want; /* "yes", "mutual", "" for none */
} rows[] = {
	{OURS("yes"), "anna", "from=" ANNA, "", "yes"},
	{OURS("mutual"), "anna", "from=" ANNA, "", "mutual"},
	{OURS("no"), "anna", "from=" ANNA, "", ""},
	{"domain \"ours.example\" {}", "anna", "from=" ANNA, "", ""},
	{"defaults { autocrypt-header = yes } domain \"ours.example\" {}",
		"anna", "from=" ANNA, "", "yes"},
	/* a stranger in our name, another's domain, several authors */
	{OURS("yes"), "", "from=" ANNA, "", ""},
	{"defaults { autocrypt-header = yes }", "anna", "from=" ANNA, "", ""},
	{OURS("yes"), "anna", "from=" ANNA " from=bob@ours.example", "", ""},
	{OURS("yes"), "anna", "from=ambiguous", "", ""},
	/* no key; his program has written one */
	{OURS("yes"), "bob", "from=bob@ours.example", "", ""},
	{OURS("yes"), "anna", "from=" ANNA, "Autocrypt: addr=x\r\n", ""},
};

static const char *
put(struct world *w, const char *verdict)
{
	const struct ps_certs certs = {.find = find};
	const struct ps_whole_cert own = {NULL, whole};
	const struct ps_clock clock = {NULL, fixed_now, NULL};
	const struct ps_env env = {.policy = w->policy,
		.certs = &certs,
		.clock = &clock,
		.whole = &own};
	struct ps_course c = {0};
	struct ps_group g = {.n_rcpt = 1};
	struct ps_message copy = ps_message_keep(w->arena, &w->txn.message);
	size_t before = copy.header.n_field, index = 0;
	struct ps_autocrypt got;
	const char *why = "";

	g.rcpt = &index;
	verdict_make(w, verdict, &c.verdict);
	c.facts = ps_find_rulings(&w->txn, &env, &c.verdict);
	ps_own_key_put(&w->txn, &env, &c, &g, &copy);
	if (copy.header.n_field == before)
		return "";
	if (ps_autocrypt_read(w->arena, copy.header.field[before].value, &got,
		    &why) != PS_OK)
		return why;
	assert_bytes(got.addr.full, ANNA);
	/* one of his names only */
	assert_true(ps_bytes_find(got.keydata, PS_LIT(ANNA)) != PS_NOT_FOUND);
	assert_true(ps_bytes_find(got.keydata, PS_LIT("home.example")) ==
		    PS_NOT_FOUND);
	return got.prefers_mutual ? "mutual" : "yes";
}

static void
our_sender_s_own_key_goes_with_his_mail_where_policy_says_so(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world w;
		const char *got;

		world_open(&w, rows[i].conf);
		world_from(&w, "<" ANNA ">");
		world_login(&w, rows[i].login);
		world_client(&w, "203.0.113.5");
		world_rcpts(&w, "c@d.example");
		world_message(&w,
			ps_arena_printf(
				w.arena, "Subject: x\r\n%s", rows[i].header),
			"text\r\n");
		got = put(&w, rows[i].verdict);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("row %zu: '%s', not '%s'", i, got,
				rows[i].want);
		world_close(&w);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		our_sender_s_own_key_goes_with_his_mail_where_policy_says_so),
};

PS_TESTS("own_key", tests)
