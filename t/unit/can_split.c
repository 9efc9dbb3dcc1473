/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which configurations can come to need several copies, and from which line.
 */
#include "tap.h"

#include "policy/policy.h"

static const struct {
	const char *conf;
	int line; /* 0: it cannot */
} rows[] = {
	{"", 0},
	{"defaults { encrypt = never }", 0},
	{"defaults { encrypt = when-key }", 1},
	{"defaults { encrypt = always }", 1},
	{"defaults {\nencrypt = when-key\nmixed = reject\n}", 0},
	{"defaults { subject-trigger = \"[x]\" }", 1},
	{"defaults {\nmixed = reject\nheader-trigger = \"X-Seal\"\n}", 0},
	{"domain \"a\" {\nencrypt = when-key\n}", 2},
	{"domain \"a\" { mixed = reject\nencrypt = when-key\n}", 0},
	{"domain \"a\" {\nrule \"r\" { to = \"x@a\"\nencrypt = always }\n}", 3},
	{"domain \"a\" { mixed = reject\n"
	 "rule \"r\" { to = \"x@a\"\nencrypt = always }\n}",
		0},
	{"domain \"a\" { mixed = reject\n"
	 "rule \"r\" { mixed = split\nencrypt = always }\n}",
		3},
	/* split where nothing is sealed, sealed where nothing is split */
	{"defaults { mixed = reject }\n"
	 "domain \"a\" { mixed = split }\n"
	 "domain \"b\" { encrypt = always }",
		0},
	{"defaults { mixed = reject encrypt = when-key }\n"
	 "domain \"a\" { mixed = split encrypt = never }",
		0},
	{"defaults { mixed = reject encrypt = when-key }\n"
	 "domain \"a\" { mixed = split }",
		1},
	/* a sender's trigger seals to anybody */
	{"domain \"a\" {\nrule \"r\" { subject-trigger = \"[x]\" }\n}\n", 2},
	{"domain \"a\" { mixed = reject\nsubject-trigger = \"[x]\" }\n", 2},
	{"defaults { mixed = reject }\n"
	 "domain \"a\" { subject-trigger = \"[x]\" }\n",
		0},
};

static void
what_can_need_several_copies_is_known_with_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_problems problems;
		struct ps_policy *p = ps_policy_load_text(
			ps_bytes_of(rows[i].conf), "x.conf", a, &problems);
		struct ps_origin where = {0};
		bool can;

		if (p == NULL)
			fail_msg("%s: %s", rows[i].conf,
				problems.problem[0].text);
		can = ps_policy_can_split(p, &where);
		if (can != (rows[i].line != 0) || where.line != rows[i].line)
			fail_msg("%s: %d, line %d", rows[i].conf, can,
				where.line);
		ps_policy_free(p);
		ps_arena_free(a);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_can_need_several_copies_is_known_with_its_line),
};

PS_TESTS("can_split", tests)
