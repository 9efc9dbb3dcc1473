/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * OPENPGPKEY records of zones that are really signed, of one that is not, and
 * of one whose server fails: what each look gives, as a table.
 */
#include "tap.h"

#include "discovery/dane.h"
#include "resolver_world.h"

#define DATA PS_SOURCE_DIR "/t/data/dns/"
#define AT   "._openpgpkey.dane.example/OPENPGPKEY"

/* clang-format off */
static const char *const zones[] = {
	"--signed", "dane.example=" DATA "dane.zone",
	"--signed", "none.example=" DATA "dane-none.zone",
	"--plain", "open.example=" DATA "dane-open.zone",
	"--broken",
	"f526795c95399cea27c055c842c3d6ab018ed0fa4f66f701c28ab22d" AT,
	"--expired",
	"fa64ea1e82e1206f828ab2a02917c7e92accb98e3b95881a1b4ad52b" AT,
	"--stripped",
	"8531d8960e7f2447508d80e80d48fd96730cf89a9987268971d858fc" AT,
	NULL};
/* clang-format on */

#define ONE "a certificate"

static const struct {
	const char *what, *addr;
	enum ps_look_outcome outcome;
	const char *text; /* found: of the octets the first */
	size_t len;
	bool whole_domain;
} looks[] = {
	{"secure", "hugh@dane.example", PS_LOOK_FOUND, ONE, 13, false},
	{"secure, generic form", "generic@dane.example", PS_LOOK_FOUND, ONE, 13,
		false},
	{"secure, two records", "two@dane.example", PS_LOOK_FOUND, "", 26,
		false},
	{"secure, over TCP", "large@dane.example", PS_LOOK_FOUND, "postseal",
		2400, false},
	{"secure, by an alias", "alias@dane.example", PS_LOOK_FOUND, ONE, 13,
		false},
	{"another case is another name", "Hugh@dane.example", PS_LOOK_ABSENT,
		"there is no OPENPGPKEY record", 0, false},
	{"absent, secure", "nobody@dane.example", PS_LOOK_ABSENT,
		"there is no OPENPGPKEY record", 0, false},
	{"no such record, secure", "nodata@dane.example", PS_LOOK_ABSENT,
		"there is no OPENPGPKEY record", 0, false},
	{"absent for all, secure", "hugh@none.example", PS_LOOK_ABSENT,
		"the domain has no OPENPGPKEY records", 0, true},
	{"insecure", "hugh@open.example", PS_LOOK_REFUSED,
		"the OPENPGPKEY record is not signed with DNSSEC", 0, false},
	{"an alias to an insecure one", "away@dane.example", PS_LOOK_REFUSED,
		"the OPENPGPKEY record is not signed with DNSSEC", 0, false},
	{"absent, insecure", "nobody@open.example", PS_LOOK_ABSENT,
		"there is no OPENPGPKEY record", 0, false},
	{"bogus: a wrong signature", "broken@dane.example", PS_LOOK_DNS,
		"the DNSSEC check failed (bogus)", 0, false},
	{"bogus: an old signature", "expired@dane.example", PS_LOOK_DNS,
		"the DNSSEC check failed (bogus)", 0, false},
	{"bogus: no signature", "stripped@dane.example", PS_LOOK_DNS,
		"the DNSSEC check failed (bogus)", 0, false},
	{"no server for the zone", "hugh@refused.example", PS_LOOK_DNS, NULL, 0,
		false},
};

static bool
is_right(size_t i, const struct ps_source_answer *got)
{
	if (got->outcome != looks[i].outcome ||
		got->whole_domain != looks[i].whole_domain ||
		got->octets.len != looks[i].len)
		return false;
	if (got->outcome == PS_LOOK_FOUND)
		return ps_bytes_starts(got->octets, ps_bytes_of(looks[i].text));
	return got->text != NULL &&
	       (looks[i].text == NULL || strcmp(got->text, looks[i].text) == 0);
}

static void
open_zones(struct resolver_world *w, const char **anchor)
{
	*w = (struct resolver_world){.resolver = NULL};
	if (!dns_server_open_signed(&w->server, zones)) {
		dns_server_close(&w->server);
		assert_string_not_equal(w->server.missing, "");
		print_message(
			"# skipped: %s is not installed\n", w->server.missing);
		skip();
	}
	assert_int_equal(w->server.n_anchor, 2);
	for (size_t i = 0; i < 2; i++)
		anchor[i] = w->server.anchor[i];
	w->options.anchor = anchor;
	w->options.n_anchor = 2;
	resolver_open(w);
}

static void
only_what_dnssec_proves_is_found(void **state)
{
	struct resolver_world w;
	const char *anchor[2], *why;
	struct ps_source source;
	size_t n_wrong = 0;

	(void)state;
	open_zones(&w, anchor);
	source = ps_dane_source(w.budget.dns);
	assert_int_equal(source.origin, PS_ORIGIN_DANE);
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		struct ps_source_answer got;
		struct ps_addr addr;

		assert_int_equal(
			ps_addr_path(w.arena, ps_bytes_of(looks[i].addr), &addr,
				&why),
			PS_OK);
		source.fetch(source.self, w.arena, &addr, &w.wait, &got);
		n_wrong += !is_right(i, &got);
		print_message("# %-4s %-30s %-22s %-8s %s\n",
			is_right(i, &got) ? "ok" : "BAD", looks[i].what,
			looks[i].addr, ps_look_outcome_name(got.outcome),
			got.text == NULL ? "" : got.text);
	}
	resolver_close(&w);
	assert_int_equal(n_wrong, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(only_what_dnssec_proves_is_found),
};

PS_TESTS("dane", tests)
