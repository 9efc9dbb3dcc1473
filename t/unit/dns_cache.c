/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The front cache over a back end that answers when the test says so, with a
 * clock that moves when the test says so.
 */
#include "tap.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "dns/dns_cache.h"

#define MAX_TICKET  64
#define MAX_CALLERS 16

struct place {
	struct ps_arena *arena;
	struct ps_clock clock;
	int64_t now_ms;
	struct ps_dns_cache *cache;
	bool at_once; /* the back end answers inside start */
	struct ps_dns_found reply;
	pthread_mutex_t lock;
	struct ps_dns_ticket *ticket[MAX_TICKET];
	size_t n_ticket;
	struct ps_wait wait;
};

static int64_t
fixed(void *self)
{
	return ((struct place *)self)->now_ms;
}

static void
start(void *self, struct ps_bytes name, enum ps_dns_type type,
	struct ps_dns_ticket *ticket)
{
	struct place *p = self;

	(void)name;
	(void)type;
	if (p->at_once) {
		ps_dns_cache_done(ticket, &p->reply);
		return;
	}
	pthread_mutex_lock(&p->lock);
	p->ticket[p->n_ticket++ % MAX_TICKET] = ticket;
	pthread_mutex_unlock(&p->lock);
}

static const struct ps_bytes one[] = {{"\3abc", 4}};
static const struct ps_dns_found text = {.answer = {.status = PS_DNS_FOUND,
						 .rr = one,
						 .n_rr = 1,
						 .secure = true},
	.ttl_s = 100};

static void
open_place(struct place *p, const struct ps_dns_cache_limits *limits)
{
	struct ps_dns_backend backend = {.self = p, .start = start};

	*p = (struct place){.arena = ps_arena_new(PS_ARENA_PLAIN),
		.clock = {.self = p, .now_s = fixed, .mono_ms = fixed},
		.now_ms = 1000000,
		.at_once = true,
		.reply = text};
	pthread_mutex_init(&p->lock, NULL);
	p->wait = (struct ps_wait){.clock = &p->clock,
		.deadline_ms = p->now_ms + 60000,
		.stop_fd = -1};
	p->cache = ps_dns_cache_new(&backend, limits, &p->clock);
	assert_non_null(p->cache);
}

static void
close_place(struct place *p)
{
	ps_dns_cache_free(p->cache);
	pthread_mutex_destroy(&p->lock);
	ps_arena_free(p->arena);
}

static struct ps_dns_answer
ask(struct place *p, const char *name, enum ps_dns_type type)
{
	const struct ps_dns *dns = ps_dns_cache_dns(p->cache);
	struct ps_dns_answer out;

	dns->query(
		dns->self, p->arena, ps_bytes_of(name), type, &p->wait, &out);
	return out;
}

static struct ps_dns_cache_count
count(struct place *p)
{
	struct ps_dns_cache_count c;

	ps_dns_cache_count(p->cache, &c);
	return c;
}

static const struct ps_dns_cache_limits usual = PS_DNS_CACHE_LIMITS;

static void
a_second_caller_gets_the_same_answer_without_a_query(void **state)
{
	struct place p;

	(void)state;
	open_place(&p, &usual);
	for (int i = 0; i < 2; i++) {
		struct ps_dns_answer out = ask(&p, "a.example", PS_DNS_TXT);

		assert_int_equal(out.status, PS_DNS_FOUND);
		assert_true(out.secure);
		assert_int_equal(out.n_rr, 1);
		assert_bytes(out.rr[0], "\3abc");
	}
	assert_int_equal(count(&p).started, 1);
	ask(&p, "a.example", PS_DNS_A);
	ask(&p, "b.example", PS_DNS_TXT);
	assert_int_equal(count(&p).started, 3);
	close_place(&p);
}

static void
an_answer_outlives_its_cache_entry(void **state)
{
	struct ps_dns_answer out;
	struct place p;

	(void)state;
	open_place(&p, &usual);
	out = ask(&p, "a.example", PS_DNS_TXT);
	ps_dns_cache_free(p.cache);
	p.cache = NULL;
	assert_bytes(out.rr[0], "\3abc");
	close_place(&p);
}

static const struct {
	enum ps_dns_status status;
	int64_t ttl_s, kept_s;
} lives[] = {
	{PS_DNS_FOUND, 100, 100},
	{PS_DNS_FOUND, 86400, 3600},
	{PS_DNS_NODATA, 100, 100},
	{PS_DNS_NODATA, 3600, 300},
	{PS_DNS_NXDOMAIN, 3600, 300},
	{PS_DNS_TROUBLE, 32768, 5},
	{PS_DNS_TROUBLE, 0, 5},
};

static void
an_entry_lives_for_its_ttl_and_never_past_the_cap_of_its_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++) {
		struct place p;

		open_place(&p, &usual);
		p.reply = (struct ps_dns_found){
			.answer = {.status = lives[i].status, .why = "x"},
			.ttl_s = lives[i].ttl_s};
		ask(&p, "a.example", PS_DNS_TXT);
		p.now_ms += 1000 * lives[i].kept_s - 1;
		p.wait.deadline_ms = p.now_ms + 60000;
		ask(&p, "a.example", PS_DNS_TXT);
		assert_int_equal(count(&p).started, 1);
		p.now_ms += 1;
		ask(&p, "a.example", PS_DNS_TXT);
		assert_int_equal(count(&p).started, 2);
		assert_int_equal(count(&p).entry, 1);
		close_place(&p);
	}
}

static void
an_answer_with_ttl_0_is_told_and_not_kept(void **state)
{
	struct place p;

	(void)state;
	open_place(&p, &usual);
	p.reply.ttl_s = 0;
	assert_int_equal(ask(&p, "a", PS_DNS_TXT).status, PS_DNS_FOUND);
	assert_int_equal(ask(&p, "a", PS_DNS_TXT).status, PS_DNS_FOUND);
	assert_int_equal(count(&p).started, 2);
	assert_int_equal(count(&p).entry, 0);
	assert_int_equal(count(&p).octets, 0);
	close_place(&p);
}

static void
a_caller_whose_time_is_over_leaves_and_the_late_answer_is_kept(void **state)
{
	struct ps_dns_answer out;
	struct place p;

	(void)state;
	open_place(&p, &usual);
	p.at_once = false;
	p.wait.deadline_ms = p.now_ms + 1;
	out = ask(&p, "a", PS_DNS_TXT);
	assert_int_equal(out.status, PS_DNS_TROUBLE);
	assert_string_equal(out.why, "no answer within the time");
	assert_int_equal(count(&p).late, 1);
	assert_int_equal(count(&p).in_flight, 1);
	ps_dns_cache_done(p.ticket[0], &text);
	assert_int_equal(ask(&p, "a", PS_DNS_TXT).status, PS_DNS_FOUND);
	assert_int_equal(count(&p).started, 1);
	assert_int_equal(count(&p).in_flight, 0);
	close_place(&p);
}

static void
count_block(void *self)
{
	++*(int *)self;
}

static void
a_dry_run_begins_what_is_missing_and_never_blocks(void **state)
{
	struct ps_dns_answer out;
	struct ps_dns_budget dry;
	int n_block = 0;
	struct place p;

	(void)state;
	open_place(&p, &usual);
	p.at_once = false;
	p.wait.self = &n_block;
	p.wait.blocking = count_block;
	dry = (struct ps_dns_budget){.dns = ps_dns_cache_dns(p.cache),
		.wait = &p.wait,
		.max_query = 10};
	for (int i = 0; i < 2; i++) {
		ps_dns_ask(p.arena, PS_LIT("a"), PS_DNS_TXT, &dry, &out);
		assert_int_equal(out.status, PS_DNS_TROUBLE);
		assert_int_equal(count(&p).started, 1);
	}
	assert_int_equal(n_block, 0);
	assert_int_equal(count(&p).late, 0);
	ps_dns_cache_done(p.ticket[0], &text);
	ps_dns_ask(p.arena, PS_LIT("a"), PS_DNS_TXT, &dry, &out);
	assert_int_equal(out.status, PS_DNS_FOUND);
	assert_int_equal(n_block, 0);
	close_place(&p);
}

static void
a_stop_ends_the_wait(void **state)
{
	struct ps_dns_answer out;
	struct place p;
	int fd[2];

	(void)state;
	open_place(&p, &usual);
	p.at_once = false;
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(write(fd[1], "x", 1), 1);
	p.wait.stop_fd = fd[0];
	out = ask(&p, "a", PS_DNS_TXT);
	assert_int_equal(out.status, PS_DNS_TROUBLE);
	assert_string_equal(out.why, "the filter is stopping");
	close(fd[0]);
	close(fd[1]);
	close_place(&p); /* and the query in flight is forgotten */
}

static void
too_many_queries_in_flight_are_trouble_at_once(void **state)
{
	struct ps_dns_cache_limits limits = usual;
	const struct ps_dns *dns;
	struct place p;

	(void)state;
	limits.max_in_flight = 2;
	open_place(&p, &limits);
	p.at_once = false;
	dns = ps_dns_cache_dns(p.cache);
	dns->ahead(dns->self, PS_LIT("a"), PS_DNS_TXT);
	dns->ahead(dns->self, PS_LIT("b"), PS_DNS_TXT);
	dns->ahead(dns->self, PS_LIT("b"), PS_DNS_TXT); /* joins */
	assert_int_equal(ask(&p, "c", PS_DNS_TXT).status, PS_DNS_TROUBLE);
	assert_int_equal(count(&p).refused, 1);
	assert_int_equal(count(&p).started, 2);
	ps_dns_cache_done(p.ticket[0], &text);
	p.at_once = true;
	assert_int_equal(ask(&p, "c", PS_DNS_TXT).status, PS_DNS_FOUND);
	close_place(&p);
}

static void
a_query_begun_ahead_is_what_the_later_caller_finds(void **state)
{
	const struct ps_dns *dns;
	struct place p;

	(void)state;
	open_place(&p, &usual);
	p.at_once = false;
	dns = ps_dns_cache_dns(p.cache);
	dns->ahead(dns->self, PS_LIT("a"), PS_DNS_TXT);
	ps_dns_cache_done(p.ticket[0], &text);
	assert_int_equal(ask(&p, "a", PS_DNS_TXT).status, PS_DNS_FOUND);
	assert_int_equal(count(&p).started, 1);
	assert_int_equal(count(&p).hit, 1);
	close_place(&p);
}

static void
the_table_never_outgrows_its_ceilings(void **state)
{
	struct ps_dns_cache_limits limits = usual;
	char big[2000] = "";
	struct ps_bytes rr = {big, sizeof(big)};
	struct place p;

	(void)state;
	limits.max_entry = 4;
	limits.max_octets = 6000;
	open_place(&p, &limits);
	for (int i = 0; i < 2000; i++)
		ask(&p, ps_arena_printf(p.arena, "n%d", i), PS_DNS_TXT);
	assert_true(count(&p).entry <= 4 * 64);
	p.reply.answer.rr = &rr;
	for (int i = 0; i < 2000; i++)
		ask(&p, ps_arena_printf(p.arena, "m%d", i), PS_DNS_TXT);
	assert_true(count(&p).octets <= 6000 * 64);
	assert_true(count(&p).entry >= 64); /* it is still a cache */
	close_place(&p);
}

static void
what_is_used_stays_and_what_is_not_goes(void **state)
{
	struct ps_dns_cache_limits limits = usual;
	struct place p;
	uint64_t before;

	(void)state;
	limits.max_entry = 4;
	open_place(&p, &limits);
	for (int i = 0; i < 5000; i++) {
		ask(&p, "often.example", PS_DNS_TXT);
		ask(&p, ps_arena_printf(p.arena, "n%d", i), PS_DNS_TXT);
	}
	before = count(&p).started;
	assert_int_equal(before, 5001);
	close_place(&p);
}

struct caller {
	struct place *place;
	struct ps_dns_answer out;
	pthread_t thread;
};

static void *
call(void *self)
{
	struct caller *c = self;
	const struct ps_dns *dns = ps_dns_cache_dns(c->place->cache);
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	dns->query(dns->self, a, PS_LIT("a.example"), PS_DNS_TXT,
		&c->place->wait, &c->out);
	if (c->out.n_rr == 1 && !ps_bytes_eq(c->out.rr[0], one[0]))
		c->out.status = PS_DNS_TROUBLE;
	ps_arena_free(a);
	return NULL;
}

static void
callers_that_ask_the_same_at_once_share_one_query(void **state)
{
	struct caller caller[MAX_CALLERS];
	struct place p;

	(void)state;
	open_place(&p, &usual);
	p.at_once = false;
	p.reply.ttl_s = 0;
	for (size_t i = 0; i < MAX_CALLERS; i++) {
		caller[i] = (struct caller){.place = &p};
		assert_int_equal(pthread_create(&caller[i].thread, NULL, call,
					 &caller[i]),
			0);
	}
	while (count(&p).joined + count(&p).started < MAX_CALLERS)
		sched_yield();
	assert_int_equal(count(&p).started, 1);
	ps_dns_cache_done(p.ticket[0], &p.reply);
	for (size_t i = 0; i < MAX_CALLERS; i++) {
		pthread_join(caller[i].thread, NULL);
		assert_int_equal(caller[i].out.status, PS_DNS_FOUND);
	}
	assert_int_equal(count(&p).entry, 0);
	close_place(&p);
}

static void *
wander(void *self)
{
	struct caller *c = self;
	const struct ps_dns *dns = ps_dns_cache_dns(c->place->cache);
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	unsigned int seed = (unsigned int)(size_t)self;

	for (int i = 0; i < 3000; i++) {
		char name = (char)('a' + rand_r(&seed) % 20);
		struct ps_dns_answer out;

		ps_arena_reset(a);
		dns->query(dns->self, a, ps_bytes(&name, 1), PS_DNS_TXT,
			&c->place->wait, &out);
		if (out.status != PS_DNS_FOUND || out.n_rr != 1 ||
			!ps_bytes_eq(out.rr[0], one[0]))
			c->out.status = PS_DNS_TROUBLE;
	}
	ps_arena_free(a);
	return NULL;
}

static void
many_threads_over_few_entries_never_see_a_wrong_answer(void **state)
{
	struct ps_dns_cache_limits limits = usual;
	struct caller caller[8];
	struct place p;

	(void)state;
	limits.max_entry = 1;
	open_place(&p, &limits);
	for (size_t i = 0; i < 8; i++) {
		caller[i] = (struct caller){.place = &p};
		assert_int_equal(pthread_create(&caller[i].thread, NULL, wander,
					 &caller[i]),
			0);
	}
	for (size_t i = 0; i < 8; i++) {
		pthread_join(caller[i].thread, NULL);
		assert_int_equal(caller[i].out.status, PS_DNS_FOUND);
	}
	close_place(&p);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_second_caller_gets_the_same_answer_without_a_query),
	cmocka_unit_test(an_answer_outlives_its_cache_entry),
	cmocka_unit_test(
		an_entry_lives_for_its_ttl_and_never_past_the_cap_of_its_kind),
	cmocka_unit_test(an_answer_with_ttl_0_is_told_and_not_kept),
	cmocka_unit_test(
		a_caller_whose_time_is_over_leaves_and_the_late_answer_is_kept),
	cmocka_unit_test(a_dry_run_begins_what_is_missing_and_never_blocks),
	cmocka_unit_test(a_stop_ends_the_wait),
	cmocka_unit_test(too_many_queries_in_flight_are_trouble_at_once),
	cmocka_unit_test(a_query_begun_ahead_is_what_the_later_caller_finds),
	cmocka_unit_test(the_table_never_outgrows_its_ceilings),
	cmocka_unit_test(what_is_used_stays_and_what_is_not_goes),
	cmocka_unit_test(callers_that_ask_the_same_at_once_share_one_query),
	cmocka_unit_test(
		many_threads_over_few_entries_never_see_a_wrong_answer),
};

PS_TESTS("dns_cache", tests)
