/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * DNSSEC: the resolver against nsd with zones that are really signed, and what
 * becomes of it behind a forwarder that strips signatures.
 */
#include "tap.h"

#include "dns/dns_rdata.h"
#include "resolver_world.h"

#define DATA PS_SOURCE_DIR "/t/data/dns/"

static const char *const zones[] = {"--signed",
	"signed.example=" DATA "signed.zone", "--plain",
	"plain.example=" DATA "plain.zone", "--plain",
	"below.signed.example=" DATA "plain.zone", "--broken",
	"broken.signed.example/TXT", "--expired", "expired.signed.example/TXT",
	"--stripped", "stripped.signed.example/TXT", "--broken",
	"k.signed.example/NSEC", "--stripped", "m.signed.example/NSEC", NULL};

enum proof { SECURE, INSECURE, BOGUS };

static const struct {
	const char *name;
	enum ps_dns_type type;
	enum ps_dns_status status;
	enum proof proof;
} questions[] = {
	{"text.signed.example", PS_DNS_TXT, PS_DNS_FOUND, SECURE},
	{"TEXT.Signed.example.", PS_DNS_TXT, PS_DNS_FOUND, SECURE},
	{"alias.signed.example", PS_DNS_A, PS_DNS_FOUND, SECURE},
	{"any.wild.signed.example", PS_DNS_TXT, PS_DNS_FOUND, SECURE},
	{"a.b.wild.signed.example", PS_DNS_TXT, PS_DNS_FOUND, SECURE},
	/* absence is proven too */
	{"unknown.signed.example", PS_DNS_TXT, PS_DNS_NXDOMAIN, SECURE},
	{"host.signed.example", PS_DNS_TXT, PS_DNS_NODATA, SECURE},
	{"alias.signed.example", PS_DNS_TXT, PS_DNS_NODATA, SECURE},
	{"wild.signed.example", PS_DNS_TXT, PS_DNS_NODATA, SECURE},
	/* the chain is as weak as its last link */
	{"away.signed.example", PS_DNS_TXT, PS_DNS_FOUND, INSECURE},
	{"to-signed.plain.example", PS_DNS_TXT, PS_DNS_FOUND, INSECURE},
	{"text.below.signed.example", PS_DNS_TXT, PS_DNS_FOUND, INSECURE},
	{"nowhere.below.signed.example", PS_DNS_A, PS_DNS_NXDOMAIN, INSECURE},
	{"text.plain.example", PS_DNS_TXT, PS_DNS_FOUND, INSECURE},
	{"text.plain.example", PS_DNS_A, PS_DNS_NODATA, INSECURE},
	{"nowhere.plain.example", PS_DNS_TXT, PS_DNS_NXDOMAIN, INSECURE},
	/* lies */
	{"broken.signed.example", PS_DNS_TXT, PS_DNS_TROUBLE, BOGUS},
	{"expired.signed.example", PS_DNS_TXT, PS_DNS_TROUBLE, BOGUS},
	{"stripped.signed.example", PS_DNS_TXT, PS_DNS_TROUBLE, BOGUS},
	{"to-broken.signed.example", PS_DNS_TXT, PS_DNS_TROUBLE, BOGUS},
	{"kk.signed.example", PS_DNS_TXT, PS_DNS_TROUBLE, BOGUS},
	{"k.signed.example", PS_DNS_TXT, PS_DNS_TROUBLE, BOGUS},
	{"mm.signed.example", PS_DNS_TXT, PS_DNS_TROUBLE, BOGUS},
	/* beside the lies the rest of the zone is as good as before */
	{"broken.signed.example", PS_DNS_A, PS_DNS_NODATA, SECURE},
	{"k.signed.example", PS_DNS_A, PS_DNS_FOUND, SECURE},
};

static void
open_signed(struct resolver_world *w)
{
	const char *anchor[1];

	*w = (struct resolver_world){.resolver = NULL};
	if (!dns_server_open_signed(&w->server, zones)) {
		dns_server_close(&w->server);
		assert_string_not_equal(w->server.missing, "");
		print_message(
			"# skipped: %s is not installed\n", w->server.missing);
		skip();
	}
	assert_int_equal(w->server.n_anchor, 1);
	anchor[0] = w->server.anchor[0];
	w->options.anchor = anchor;
	w->options.n_anchor = 1;
	resolver_open(w);
}

static void
each_answer_says_whether_it_is_proven(void **state)
{
	struct resolver_world w;

	(void)state;
	open_signed(&w);
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		struct ps_dns_answer out =
			resolver_ask(&w, questions[i].name, questions[i].type);

		if (out.status != questions[i].status ||
			out.secure != (questions[i].proof == SECURE) ||
			out.bogus != (questions[i].proof == BOGUS) ||
			(out.n_rr == 0) != (out.status != PS_DNS_FOUND))
			fail_msg("%s %d: status %d, secure %d, bogus %d, "
				 "%zu records, %s",
				questions[i].name, questions[i].type,
				out.status, out.secure, out.bogus, out.n_rr,
				out.why == NULL ? "" : out.why);
	}
	resolver_close(&w);
}

static void
the_bits_survive_the_cache(void **state)
{
	struct ps_dns_cache_count count;
	struct resolver_world w;

	(void)state;
	open_signed(&w);
	for (int i = 0; i < 3; i++) {
		struct ps_dns_answer out =
			resolver_ask(&w, "text.signed.example", PS_DNS_TXT);

		assert_true(out.secure);
		out = resolver_ask(&w, "unknown.signed.example", PS_DNS_TXT);
		assert_true(out.secure);
		out = resolver_ask(&w, "broken.signed.example", PS_DNS_TXT);
		assert_true(out.bogus);
		assert_string_equal(out.why, "the DNSSEC check failed (bogus)");
	}
	ps_dns_unbound_count(w.resolver, &count);
	assert_int_equal(count.started, 3);
	resolver_close(&w);
}

static const struct {
	const char *what;
	bool root_key, stripped_is_insecure, bogus;
} strips[] = {
	{"no anchor", false, false, false},
	{"an anchor", true, false, true},
	{"an anchor and the word", true, true, false},
};

/* Debian's root key over a server that knows of no DNSSEC. */
static void
a_forwarder_that_strips_dnssec_is_bogus_or_insecure_and_never_a_stall(
	void **state)
{
	static const char *const no_args[] = {NULL};

	(void)state;
	for (size_t i = 0; i < sizeof(strips) / sizeof(strips[0]); i++) {
		struct resolver_world w = {.resolver = NULL};
		static const char *const name[] = {"text.example.com",
			"host.example.com", "nowhere.example.com"};
		int64_t took;

		assert_true(dns_server_open(
			&w.server, DATA "resolver.zone", no_args));
		if (strips[i].root_key)
			w.options.root_key = PS_DNS_ROOT_KEY;
		w.options.stripped_is_insecure = strips[i].stripped_is_insecure;
		resolver_open(&w);
		took = ps_mono_ms(w.wait.clock);
		for (size_t n = 0; n < 3; n++) {
			struct ps_dns_answer out =
				resolver_ask(&w, name[n], PS_DNS_TXT);

			assert_false(out.secure);
			if (out.bogus != strips[i].bogus ||
				(out.status == PS_DNS_TROUBLE) !=
					strips[i].bogus)
				fail_msg("%s: %s: status %d, bogus %d, %s",
					strips[i].what, name[n], out.status,
					out.bogus, out.why);
		}
		took = ps_mono_ms(w.wait.clock) - took;
		print_message("# %s: three names in %lld ms\n", strips[i].what,
			(long long)took);
		assert_true(took < 8000);
		resolver_close(&w);
	}
}

static void
signatures_that_do_come_are_checked_whatever_the_word_says(void **state)
{
	struct ps_dns_answer out;
	struct resolver_world w;

	(void)state;
	open_signed(&w);
	ps_dns_unbound_free(w.resolver);
	ps_arena_free(w.arena);
	w.options.stripped_is_insecure = true;
	w.options.anchor = (const char *const[]){w.server.anchor[0]};
	resolver_open(&w);
	out = resolver_ask(&w, "text.signed.example", PS_DNS_TXT);
	assert_true(out.secure);
	out = resolver_ask(&w, "broken.signed.example", PS_DNS_TXT);
	assert_true(out.bogus);
	resolver_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_answer_says_whether_it_is_proven),
	cmocka_unit_test(the_bits_survive_the_cache),
	cmocka_unit_test(
		a_forwarder_that_strips_dnssec_is_bogus_or_insecure_and_never_a_stall),
	cmocka_unit_test(
		signatures_that_do_come_are_checked_whatever_the_word_says),
};

PS_TESTS("dns_signed", tests)
