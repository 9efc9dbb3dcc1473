/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The resolver against a name server of our own: libunbound, real sockets.
 */
#include "tap.h"

#include <pthread.h>

#include "dns/dns_rdata.h"
#include "resolver_world.h"

static const char *const no_args[] = {NULL};
/* Nobody has its key: whatever stands below is bogus. */
static const char *const anchors[] = {
	"signed.example.com. DS 12345 13 2 "
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};

static void
open_world(struct resolver_world *w, const char *const args[])
{
	*w = (struct resolver_world){
		.options = {.anchor = anchors, .n_anchor = 1}};
	assert_true(dns_server_open(
		&w->server, PS_SOURCE_DIR "/t/data/dns/resolver.zone", args));
	resolver_open(w);
}

static const struct {
	const char *name;
	enum ps_dns_type type;
	enum ps_dns_status status;
	size_t n_rr;
} questions[] = {
	{"text.example.com", PS_DNS_TXT, PS_DNS_FOUND, 2},
	{"TEXT.Example.com.", PS_DNS_TXT, PS_DNS_FOUND, 2},
	{"host.example.com", PS_DNS_A, PS_DNS_FOUND, 1},
	{"host.example.com", PS_DNS_AAAA, PS_DNS_FOUND, 1},
	{"host.example.com", PS_DNS_TXT, PS_DNS_NODATA, 0},
	{"mail.example.com", PS_DNS_MX, PS_DNS_FOUND, 3},
	{"alias.example.com", PS_DNS_A, PS_DNS_FOUND, 1},
	{"alias.example.com", PS_DNS_TXT, PS_DNS_NODATA, 0},
	{"broken.example.com", PS_DNS_A, PS_DNS_NXDOMAIN, 0},
	{"nowhere.example.com", PS_DNS_A, PS_DNS_NXDOMAIN, 0},
	{"empty.example.com", PS_DNS_A, PS_DNS_NODATA, 0},
	{"odd name\x01.example.com", PS_DNS_A, PS_DNS_FOUND, 1},
	{"long.example.com", PS_DNS_TXT, PS_DNS_FOUND, 6},
	{"here.test", PS_DNS_A, PS_DNS_FOUND, 1},
	{"1.1.168.192.in-addr.arpa", PS_DNS_PTR, PS_DNS_FOUND, 1},
	{"dead.example.com", PS_DNS_A, PS_DNS_TROUBLE, 0},
	{"no.example.com", PS_DNS_A, PS_DNS_TROUBLE, 0},
};

static void
answers_over_the_wire_are_found_absent_or_trouble(void **state)
{
	struct resolver_world w;

	(void)state;
	open_world(&w, no_args);
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		struct ps_dns_answer out =
			resolver_ask(&w, questions[i].name, questions[i].type);

		if (out.status != questions[i].status ||
			out.n_rr != questions[i].n_rr || out.secure ||
			out.bogus)
			fail_msg("%s %d: status %d, %zu records, %s",
				questions[i].name, questions[i].type,
				out.status, out.n_rr,
				out.why == NULL ? "" : out.why);
	}
	/* An answer that UDP has no room for is fetched by TCP. */
	assert_int_equal(dns_server_asked(&w.server, "tcp 'long."), 1);
	resolver_close(&w);
}

static void
record_data_arrive_whole_and_in_order(void **state)
{
	struct ps_bytes text;
	struct ps_dns_answer out;
	uint16_t preference;
	struct resolver_world w;

	(void)state;
	open_world(&w, no_args);
	out = resolver_ask(&w, "text.example.com", PS_DNS_TXT);
	assert_true(ps_dns_rdata_txt(w.arena, out.rr[0], &text));
	assert_bytes(text, "one record");
	out = resolver_ask(&w, "mail.example.com", PS_DNS_MX);
	assert_true(ps_dns_rdata_mx(w.arena, out.rr[0], &preference, &text));
	assert_int_equal(preference, 30);
	assert_bytes(text, "c.example.com");
	out = resolver_ask(&w, "alias.example.com", PS_DNS_A);
	assert_int_equal(out.rr[0].len, 4);
	assert_memory_equal(out.rr[0].p, "\xc0\0\2\1", 4);
	resolver_close(&w);
}

static void
data_below_a_trust_anchor_that_are_not_signed_are_bogus(void **state)
{
	struct ps_dns_answer out;
	struct resolver_world w;

	(void)state;
	open_world(&w, no_args);
	out = resolver_ask(&w, "signed.example.com", PS_DNS_TXT);
	assert_int_equal(out.status, PS_DNS_TROUBLE);
	assert_true(out.bogus);
	assert_int_equal(out.n_rr, 0);
	assert_string_equal(out.why, "the DNSSEC check failed (bogus)");
	resolver_close(&w);
}

static void
a_name_that_cannot_exist_costs_no_query(void **state)
{
	struct ps_dns_answer out;
	struct resolver_world w;

	(void)state;
	open_world(&w, no_args);
	out = resolver_ask(&w, "a..example.com", PS_DNS_TXT);
	assert_int_equal(out.status, PS_DNS_NXDOMAIN);
	assert_non_null(out.why);
	assert_int_equal(dns_server_asked(&w.server, ""), 0);
	resolver_close(&w);
}

static void
a_server_that_is_silent_costs_the_deadline_and_no_more(void **state)
{
	struct ps_dns_answer out;
	struct resolver_world w;
	int64_t took;

	(void)state;
	open_world(&w, no_args);
	w.budget.query_ms = 150;
	took = ps_mono_ms(w.wait.clock);
	out = resolver_ask(&w, "silent.example.com", PS_DNS_TXT);
	took = ps_mono_ms(w.wait.clock) - took;
	assert_int_equal(out.status, PS_DNS_TROUBLE);
	assert_string_equal(out.why, "no answer within the time");
	assert_true(took >= 150 && took < 5000);
	resolver_close(&w);
}

static void
a_late_answer_is_there_for_the_next_one_who_asks(void **state)
{
	static const char *const args[] = {
		"--slow", "slow.example.com=300", "--ttl", "60", NULL};
	struct resolver_world w;

	(void)state;
	open_world(&w, args);
	w.budget.query_ms = 10;
	assert_int_equal(resolver_ask(&w, "slow.example.com", PS_DNS_A).status,
		PS_DNS_TROUBLE);
	w.budget.query_ms = 10000;
	assert_int_equal(resolver_ask(&w, "slow.example.com", PS_DNS_A).status,
		PS_DNS_FOUND);
	assert_int_equal(dns_server_asked(&w.server, "'slow."), 1);
	resolver_close(&w);
}

static void
look_ups_begun_ahead_run_side_by_side(void **state)
{
	static const char *const args[] = {
		"--latency", "200", "--ttl", "60", NULL};
	static const char *const name[] = {"text.example.com",
		"host.example.com", "mail.example.com", "dead.example.com",
		"nowhere.example.com", "empty.example.com", "x.example.com",
		"y.example.com", "z.example.com", "u.example.com"};
	struct resolver_world w;
	int64_t took;

	(void)state;
	open_world(&w, args);
	took = ps_mono_ms(w.wait.clock);
	for (size_t i = 0; i < 10; i++)
		ps_dns_ahead(ps_bytes_of(name[i]), PS_DNS_A, &w.budget);
	for (size_t i = 0; i < 10; i++)
		resolver_ask(&w, name[i], PS_DNS_A);
	took = ps_mono_ms(w.wait.clock) - took;
	assert_true(took >= 200 && took < 1900); /* one by one: 2000 */
	resolver_close(&w);
}

struct caller {
	struct resolver_world *world;
	size_t wrong;
	pthread_t thread;
};

static void *
call(void *self)
{
	struct caller *c = self;
	struct ps_dns_budget budget = c->world->budget;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	budget.max_query = 10000;
	for (int i = 0; i < 500; i++) {
		struct ps_dns_answer out;
		size_t q = (size_t)i % 14;

		ps_arena_reset(a);
		ps_dns_ask(a, ps_bytes_of(questions[q].name), questions[q].type,
			&budget, &out);
		if (out.status != questions[q].status ||
			out.n_rr != questions[q].n_rr)
			c->wrong++;
	}
	ps_arena_free(a);
	return NULL;
}

static void
eight_threads_share_the_resolver_and_its_cache(void **state)
{
	static const char *const args[] = {"--ttl", "60", NULL};
	struct caller caller[8];
	struct resolver_world w;

	(void)state;
	open_world(&w, args);
	for (size_t i = 0; i < 8; i++) {
		caller[i] = (struct caller){.world = &w};
		assert_int_equal(pthread_create(&caller[i].thread, NULL, call,
					 &caller[i]),
			0);
	}
	for (size_t i = 0; i < 8; i++) {
		pthread_join(caller[i].thread, NULL);
		assert_int_equal(caller[i].wrong, 0);
	}
	assert_true(dns_server_asked(&w.server, "'text.") <= 2);
	resolver_close(&w);
}

static void
a_resolver_ends_at_once_with_queries_in_flight(void **state)
{
	struct resolver_world w;
	int64_t took;

	(void)state;
	open_world(&w, no_args);
	ps_dns_ahead(PS_LIT("silent.example.com"), PS_DNS_A, &w.budget);
	took = ps_mono_ms(w.wait.clock);
	ps_dns_unbound_free(w.resolver);
	took = ps_mono_ms(w.wait.clock) - took;
	w.resolver = NULL;
	assert_true(took < 5000);
	resolver_close(&w);
}

static void
settings_that_make_no_sense_are_refused_with_their_text(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	const char *forwarder[] = {"not an address"}, *why = NULL;
	struct ps_dns_unbound_options o = {.forwarder = forwarder,
		.n_forwarder = 1,
		.limits = PS_DNS_CACHE_LIMITS};
	struct ps_dns_unbound *u;

	(void)state;
	assert_int_equal(ps_dns_unbound_new(a, &o, ps_clock_system(), &u, &why),
		PS_EPERM);
	assert_string_equal(why, "the resolver does not take the server "
				 "not an address: syntax error");
	o.n_forwarder = 0;
	o.root_key = "/nonexistent/key";
	assert_int_equal(ps_dns_unbound_new(a, &o, ps_clock_system(), &u, &why),
		PS_EPERM);
	assert_string_equal(why,
		"the resolver does not take the trust anchor file "
		"/nonexistent/key: error reading file");
	ps_arena_free(a);
}

static void
the_root_key_of_debian_and_plain_recursion_are_taken(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_dns_unbound_options o = {.recursion = true,
		.root_key = PS_DNS_ROOT_KEY,
		.limits = PS_DNS_CACHE_LIMITS};
	struct ps_dns_unbound *u = NULL;
	const char *why = NULL;

	(void)state;
	if (ps_dns_unbound_new(a, &o, ps_clock_system(), &u, &why) != PS_OK)
		fail_msg("%s", why);
	ps_dns_unbound_free(u);
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(answers_over_the_wire_are_found_absent_or_trouble),
	cmocka_unit_test(record_data_arrive_whole_and_in_order),
	cmocka_unit_test(
		data_below_a_trust_anchor_that_are_not_signed_are_bogus),
	cmocka_unit_test(a_name_that_cannot_exist_costs_no_query),
	cmocka_unit_test(
		a_server_that_is_silent_costs_the_deadline_and_no_more),
	cmocka_unit_test(a_late_answer_is_there_for_the_next_one_who_asks),
	cmocka_unit_test(look_ups_begun_ahead_run_side_by_side),
	cmocka_unit_test(eight_threads_share_the_resolver_and_its_cache),
	cmocka_unit_test(a_resolver_ends_at_once_with_queries_in_flight),
	cmocka_unit_test(
		settings_that_make_no_sense_are_refused_with_their_text),
	cmocka_unit_test(the_root_key_of_debian_and_plain_recursion_are_taken),
};

PS_TESTS("dns", tests)
