/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Keys that come with mail: which are offered to the key book, and which
 * forged, listed or unclear ones are not.
 */
#include "tap.h"

#include <string.h>

#include "flow/steps.h"
#include "verdict_world.h"

#define NOW_S 1795525372 /* Tue, 24 Nov 2026 13:02:52 UTC */

struct basket {
	struct ps_arena *arena;
	const char *got; /* "bob@d.example key -52", or "" */
};

static void
offer(void *self, const struct ps_addr *addr, struct ps_bytes keydata,
	int64_t dated_s)
{
	struct basket *b = self;

	b->got = ps_arena_printf(b->arena, "%s%.*s %.*s %lld", b->got,
		PS_FMT(addr->full), PS_FMT(keydata),
		(long long)(dated_s - NOW_S));
}

static int64_t
fixed_now(void *self)
{
	(void)self;
	return NOW_S;
}

#define DATE	"Date: Tue, 24 Nov 2026 13:02:00 +0000\r\n"
#define KEY	"Autocrypt: addr=bob@d.example; keydata=a2V5\r\n" /* "key" */
#define OTHER	"Autocrypt: addr=eve@e.example; keydata=ZXZl\r\n"
#define SPF	"from=bob@d.example dmarc=pass spf=pass/d.example"
#define DKIM	"from=bob@d.example dmarc=pass dkim=pass/d.example"
#define COVERED "from=bob@d.example dmarc=pass dkimkey=pass/d.example"
#define TAKEN	"bob@d.example key -52"

static const struct {
	const char *verdict, *header, *want;
} rows[] = {
	{SPF, DATE KEY, TAKEN},
	{COVERED, DATE KEY, TAKEN},
	{"from=Bob@D.example dmarc=pass spf=pass/d.example", DATE KEY,
		"Bob@d.example key -52"},
	/* forged: DMARC must pass, and prove the key itself */
	{"from=bob@d.example", DATE KEY, ""},
	{"from=bob@d.example dmarc=fail spf=pass/d.example", DATE KEY, ""},
	{"from=bob@d.example dmarc=temperror dkimkey=pass/d.example", DATE KEY,
		""},
	{"from=bob@d.example dmarc=none spf=pass/d.example", DATE KEY, ""},
	{"from=bob@d.example dmarc=pass spf=pass/e.example", DATE KEY, ""},
	/* replayed, with a field that the signature does not cover */
	{DKIM, DATE KEY, ""},
	{DKIM " dkimkey=pass/e.example", DATE KEY, ""},
	{DKIM " dkimkey=fail/d.example", DATE KEY, ""},
	/* not one author */
	{"from=bob@d.example from=eve@e.example dmarc=pass spf=pass/d.example",
		DATE KEY, ""},
	{"from=bob@d.example from=al@d.example dmarc=pass spf=pass/d.example",
		DATE KEY, ""},
	{"from=ambiguous dmarc=pass spf=pass/d.example", DATE KEY, ""},
	{"from=absent dmarc=pass spf=pass/d.example", DATE KEY, ""},
	/* another's key */
	{SPF, DATE OTHER, ""},
	{SPF, DATE OTHER KEY, TAKEN},
	{SPF, DATE KEY KEY, ""},
	{SPF, DATE "Autocrypt: addr=bob@d.example; keydata=b3RoZXI=\r\n" KEY,
		""},
	{SPF,
		DATE "Autocrypt: addr=bob@d.example; critical=1; "
		     "keydata=a2V5\r\n",
		""},
	{SPF, DATE "Autocrypt: addr=bob+x@d.example; keydata=a2V5\r\n", ""},
	{SPF, DATE, ""},
	/* lists and reports */
	{SPF, DATE KEY "List-Id: <l.d.example>\r\n", ""},
	{SPF, DATE KEY "list-unsubscribe: <mailto:l@d.example>\r\n", ""},
	{SPF, DATE KEY "Precedence: bulk\r\n", ""},
	{SPF, DATE KEY "Precedence: List\r\n", ""},
	{SPF, DATE KEY "Precedence: first-class\r\n", TAKEN},
	{SPF, DATE KEY "Content-Type: Multipart/Report; boundary=x\r\n", ""},
	{SPF, DATE KEY "Content-Type: multipart/mixed; boundary=x\r\n", TAKEN},
	/* a date that orders it among others */
	{SPF, KEY, ""},
	{SPF, DATE DATE KEY, ""},
	{SPF, "Date: yesterday\r\n" KEY, ""},
	{SPF, "Date: Wed, 25 Nov 2026 13:02:52 +0000\r\n" KEY, ""},
	{SPF, "Date: Tue, 24 Nov 2026 13:05:52 +0000\r\n" KEY,
		"bob@d.example key 0"},
};

static const char *
harvested(struct world *w, const char *verdict, bool takes)
{
	struct basket b = {w->arena, ""};
	const struct ps_harvest harvest = {&b, offer};
	const struct ps_clock clock = {NULL, fixed_now, NULL};
	const struct ps_env env = {
		.policy = w->policy,
		.clock = &clock,
		.harvest = takes ? &harvest : NULL,
	};
	struct ps_verdict v;

	verdict_make(w, verdict, &v);
	ps_flow_harvest(&w->txn, &env, &v);
	return b.got;
}

static void
only_a_key_that_is_proven_to_be_the_author_s_is_offered(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world w;
		const char *got;

		world_open(&w, "");
		world_rcpts(&w, "a@ours.example");
		world_message(&w, rows[i].header, "text\r\n");
		got = harvested(&w, rows[i].verdict, true);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s\n%s'%s', not '%s'", rows[i].verdict,
				rows[i].header, got, rows[i].want);
		world_close(&w);
	}
}

static void
the_case_of_a_local_part_counts_where_policy_says_so(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "local-part-case = yes");
	world_rcpts(&w, "a@ours.example");
	world_message(&w, DATE KEY, "text\r\n");
	assert_string_equal(harvested(&w, SPF, true), TAKEN);
	assert_string_equal(
		harvested(&w,
			"from=Bob@d.example dmarc=pass spf=pass/d.example",
			true),
		"");
	world_close(&w);
}

static void
nothing_is_read_where_nobody_takes_it(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "");
	world_rcpts(&w, "a@ours.example");
	world_message(&w, DATE KEY, "text\r\n");
	assert_string_equal(harvested(&w, SPF, false), "");
	world_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		only_a_key_that_is_proven_to_be_the_author_s_is_offered),
	cmocka_unit_test(the_case_of_a_local_part_counts_where_policy_says_so),
	cmocka_unit_test(nothing_is_read_where_nobody_takes_it),
};

PS_TESTS("harvest", tests)
