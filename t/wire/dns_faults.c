/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Name servers that are slow, dead or mad: each look-up ends within its time
 * with the right one of three answers, and other names asked beside are not
 * held up.  Prints figures; asserts verdicts, and deadlines that a busy machine
 * keeps too.
 */
#include "tap.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "resolver_world.h"

#define QUERY_MS 1000
#define BUSY_MS	 4000 /* what a busy machine may add */
#define GOOD	 500  /* look-ups of each good caller */
#define CALLERS	 4

static const char *const faults[] = {"--slow", "a.slow.example.com=600",
	"--slow", "b.slow.example.com=1500", "--many", "many.example.com=10000",
	"--wrong", "id.example.com=id", "--wrong",
	"question.example.com=question", "--wrong", "cut.example.com=cut",
	"--wrong", "count.example.com=count", "--wrong",
	"pointer.example.com=pointer", "--wrong", "noise.example.com=noise",
	"--wrong", "*.tc.example.com=tc", NULL};

static void
open_faults(struct resolver_world *w)
{
	*w = (struct resolver_world){.resolver = NULL};
	assert_true(dns_server_open(
		&w->server, PS_SOURCE_DIR "/t/data/dns/faults.zone", faults));
	resolver_open(w);
	w->budget.query_ms = QUERY_MS;
	w->budget.max_query = 1000000;
}

static const struct {
	const char *name;
	enum ps_dns_status status;
	size_t least_rr;
} questions[] = {
	{"x.good.example.com", PS_DNS_FOUND, 1},
	{"x.dead.example.com", PS_DNS_TROUBLE, 0},
	{"x.failing.example.com", PS_DNS_TROUBLE, 0},
	{"x.refused.example.com", PS_DNS_TROUBLE, 0},
	{"many.example.com", PS_DNS_FOUND, 3000}, /* what 64 kB hold */
	{"id.example.com", PS_DNS_TROUBLE, 0},
	{"question.example.com", PS_DNS_TROUBLE, 0},
	{"cut.example.com", PS_DNS_TROUBLE, 0},
	{"count.example.com", PS_DNS_TROUBLE, 0},
	{"pointer.example.com", PS_DNS_TROUBLE, 0},
	{"noise.example.com", PS_DNS_TROUBLE, 0},
	{"x.tc.example.com", PS_DNS_TROUBLE, 0},
	{"loop.example.com", PS_DNS_TROUBLE, 0},
	{"self.example.com", PS_DNS_TROUBLE, 0},
	{"c0.example.com", PS_DNS_FOUND, 1},
	{"d0.example.com", PS_DNS_TROUBLE, 0},
};

static void
each_fault_ends_in_time_with_the_right_answer(void **state)
{
	struct resolver_world w;

	(void)state;
	open_faults(&w);
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		int64_t took = ps_mono_ms(w.wait.clock);
		struct ps_dns_answer out =
			resolver_ask(&w, questions[i].name, PS_DNS_A);

		took = ps_mono_ms(w.wait.clock) - took;
		print_message("# %-24s %5lld ms  %4zu records  %s\n",
			questions[i].name, (long long)took, out.n_rr,
			out.why == NULL ? "" : out.why);
		assert_int_equal(out.status, questions[i].status);
		assert_true(out.n_rr >= questions[i].least_rr);
		assert_true(took < QUERY_MS + BUSY_MS);
		assert_false(out.bogus);
	}
	resolver_close(&w);
}

/* A forwarder knows most names at once, and has to look for some. */
static void
a_server_that_is_quick_at_first_may_still_think(void **state)
{
	static const char *const name[] = {
		"a.slow.example.com", "b.slow.example.com"};
	struct resolver_world w;

	(void)state;
	open_faults(&w);
	w.budget.query_ms = PS_DNS_QUERY_MS;
	for (size_t i = 0; i < 2; i++) {
		int64_t took;

		for (int n = 0; n < 50; n++)
			resolver_ask(&w,
				ps_arena_printf(
					w.arena, "n%d.good.example.com", n),
				PS_DNS_A);
		took = ps_mono_ms(w.wait.clock);
		assert_int_equal(resolver_ask(&w, name[i], PS_DNS_A).status,
			PS_DNS_FOUND);
		took = ps_mono_ms(w.wait.clock) - took;
		print_message("# %s: %lld ms\n", name[i], (long long)took);
	}
	resolver_close(&w);
}

/* Begin a look-up for each of n names that nobody answers. */
static void
begin_dead(struct resolver_world *w, const char *kind, int n)
{
	for (int i = 0; i < n; i++)
		ps_dns_ahead(ps_bytes_of(ps_arena_printf(
				     w->arena, "n%d.%s.example.com", i, kind)),
			PS_DNS_A, &w->budget);
}

static void
dead_names_in_flight_leave_room_for_good_ones(void **state)
{
	static const char *const name[] = {
		"x.good.example.com", "many.example.com"};
	struct resolver_world w;

	(void)state;
	open_faults(&w);
	w.budget.query_ms = PS_DNS_QUERY_MS;
	begin_dead(&w, "dead", 500);
	begin_dead(&w, "tc", 40);
	for (size_t i = 0; i < 2; i++) {
		int64_t took = ps_mono_ms(w.wait.clock);
		struct ps_dns_answer out = resolver_ask(&w, name[i], PS_DNS_A);

		took = ps_mono_ms(w.wait.clock) - took;
		print_message("# %s behind 540 dead ones: %lld ms\n", name[i],
			(long long)took);
		assert_int_equal(out.status, PS_DNS_FOUND);
		assert_true(took < BUSY_MS);
	}
	resolver_close(&w);
}

struct caller {
	struct resolver_world *world;
	int number;
	atomic_bool *stop; /* of those who ask for trouble */
	int64_t took_ms[GOOD];
	size_t n, wrong;
	pthread_t thread;
};

static enum ps_dns_status
ask(struct caller *c, struct ps_arena *a, const char *name, int64_t query_ms)
{
	struct ps_dns_budget budget = c->world->budget;
	struct ps_dns_answer out;

	budget.query_ms = query_ms;
	ps_dns_ask(a, ps_bytes_of(name), PS_DNS_A, &budget, &out);
	return out.status;
}

static void *
good(void *self)
{
	struct caller *c = self;
	const struct ps_clock *clock = c->world->wait.clock;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	for (; c->n < GOOD; c->n++) {
		const char *name;

		ps_arena_reset(a);
		name = ps_arena_printf(
			a, "n%zu-%d.good.example.com", c->n, c->number);
		c->took_ms[c->n] = ps_mono_ms(clock);
		c->wrong += ask(c, a, name, PS_DNS_QUERY_MS) != PS_DNS_FOUND;
		c->took_ms[c->n] = ps_mono_ms(clock) - c->took_ms[c->n];
	}
	ps_arena_free(a);
	return NULL;
}

static void *
bad(void *self)
{
	static const char *const fixed[] = {"loop", "cut", "x.tc", "d0", "id",
		"noise", "x.failing", "pointer"};
	struct caller *c = self;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	for (; !atomic_load(c->stop); c->n++) {
		const char *name;

		ps_arena_reset(a);
		name = c->n % 2 == 0
			       ? ps_arena_printf(a, "n%zu-%d.dead.example.com",
					 c->n, c->number)
			       : ps_arena_printf(a, "%s.example.com",
					 fixed[c->n / 2 % 8]);
		c->wrong += ask(c, a, name, 20) != PS_DNS_TROUBLE;
	}
	ps_arena_free(a);
	return NULL;
}

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
begin(struct caller *c, size_t n, void *(*what)(void *),
	struct resolver_world *w, atomic_bool *stop)
{
	for (size_t i = 0; i < n; i++) {
		c[i] = (struct caller){
			.world = w, .number = (int)i, .stop = stop};
		assert_int_equal(
			pthread_create(&c[i].thread, NULL, what, &c[i]), 0);
	}
}

static void
join(struct caller *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		pthread_join(c[i].thread, NULL);
}

/* The slowest of all, in milliseconds. */
static int64_t
figures(const char *when, struct caller *c)
{
	static int64_t all[CALLERS * GOOD];

	for (size_t i = 0; i < CALLERS; i++) {
		assert_int_equal(c[i].wrong, 0);
		memcpy(all + i * GOOD, c[i].took_ms, sizeof(c[i].took_ms));
	}
	qsort(all, CALLERS * GOOD, sizeof(all[0]), by_size);
	print_message("# %s: %d look-ups, half within %lld ms, 99 %% within "
		      "%lld, all within %lld\n",
		when, CALLERS * GOOD, (long long)all[CALLERS * GOOD / 2],
		(long long)all[CALLERS * GOOD * 99 / 100],
		(long long)all[CALLERS * GOOD - 1]);
	return all[CALLERS * GOOD - 1];
}

static void
good_names_are_not_held_up_by_bad_ones(void **state)
{
	static struct caller well[CALLERS], ill[2 * CALLERS];
	atomic_bool stop = false;
	struct resolver_world w;
	size_t n = 0;

	(void)state;
	open_faults(&w);
	begin(well, CALLERS, good, &w, NULL);
	join(well, CALLERS);
	figures("good names alone", well);
	begin(ill, 2 * CALLERS, bad, &w, &stop);
	begin(well, CALLERS, good, &w, NULL);
	join(well, CALLERS);
	atomic_store(&stop, true);
	join(ill, 2 * CALLERS);
	assert_true(figures("beside bad ones", well) < BUSY_MS);
	for (size_t i = 0; i < 2 * CALLERS; i++) {
		assert_int_equal(ill[i].wrong, 0);
		n += ill[i].n;
	}
	print_message("# %zu bad look-ups meanwhile\n", n);
	resolver_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_fault_ends_in_time_with_the_right_answer),
	cmocka_unit_test(a_server_that_is_quick_at_first_may_still_think),
	cmocka_unit_test(dead_names_in_flight_leave_room_for_good_ones),
	cmocka_unit_test(good_names_are_not_held_up_by_bad_ones),
};

PS_TESTS("dns_faults", tests)
