/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Where the relay is, and who may connect to it when.
 */
#include "tap.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sched.h>
#include <unistd.h>

#include "relay/address.h"
#include "relay/slots.h"

static void
an_address_is_a_port_on_a_host_or_a_path(void **state)
{
	static const struct {
		const char *text;
		enum ps_status status;
		int family;
	} cases[] = {
		{"inet:10026@127.0.0.1", PS_OK, AF_INET},
		{"inet6:10026@::1", PS_OK, AF_INET6},
		{"inet6:10026@[::1]", PS_OK, AF_INET6},
		{"unix:/run/relay", PS_OK, AF_UNIX},
		{"unix:run/relay", PS_EPERM, 0},
		{"inet:10026", PS_EPERM, 0},
		{"inet:@127.0.0.1", PS_EPERM, 0},
		{"inet:10026@", PS_EPERM, 0},
		{"inet:smtp@127.0.0.1", PS_EPERM, 0},
		{"127.0.0.1:10026", PS_EPERM, 0},
		{"", PS_EPERM, 0},
	};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ps_relay_address at;
		const char *why = NULL;

		assert_int_equal(
			ps_relay_address_read(a, cases[i].text, &at, &why),
			cases[i].status);
		if (cases[i].status != PS_OK) {
			assert_non_null(why);
			continue;
		}
		assert_true(at.n_at >= 1);
		assert_int_equal(at.at[0].addr.ss_family, cases[i].family);
	}
	ps_arena_free(a);
}

static void
a_client_is_the_relay_by_its_address_alone(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_relay_address at;
	struct sockaddr_storage who = {0};
	struct sockaddr_in *v4 = (struct sockaddr_in *)&who;
	const char *why;

	(void)state;
	assert_int_equal(
		ps_relay_address_read(a, "inet:10026@127.0.0.1", &at, &why),
		PS_OK);
	assert_false(ps_relay_address_has(&at, &who)); /* submitted locally */
	v4->sin_family = AF_INET;
	v4->sin_port = htons(4711);
	v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(ps_relay_address_has(&at, &who));
	v4->sin_addr.s_addr = htonl(0xc0000207);
	assert_false(ps_relay_address_has(&at, &who));
	ps_arena_free(a);
}

struct taker {
	struct ps_slots *slots;
	size_t n;
	atomic_int *inside, *most;
};

static struct ps_wait
patience(int64_t ms)
{
	return (struct ps_wait){.clock = ps_clock_system(),
		.deadline_ms = ps_mono_ms(ps_clock_system()) + ms,
		.stop_fd = -1};
}

static void *
take_often(void *arg)
{
	struct taker *t = arg;
	struct ps_wait wait = patience(60000);
	const char *why;

	for (int i = 0; i < 200; i++) {
		if (ps_slots_take(t->slots, t->n, &wait, &why) != PS_OK)
			return t;
		int now = atomic_fetch_add(t->inside, (int)t->n) + (int)t->n;

		if (now > atomic_load(t->most))
			atomic_store(t->most, now);
		sched_yield();
		atomic_fetch_sub(t->inside, (int)t->n);
		ps_slots_give(t->slots, t->n);
	}
	return NULL;
}

static void
never_more_are_taken_than_there_are_and_nobody_starves(void **state)
{
	struct ps_slots *slots = ps_slots_new(5);
	atomic_int inside = 0, most = 0;
	struct taker taker[6];
	pthread_t thread[6];
	void *failed;

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		taker[i] = (struct taker){slots, i % 5 + 1, &inside, &most};
		assert_int_equal(
			pthread_create(&thread[i], NULL, take_often, &taker[i]),
			0);
	}
	for (size_t i = 0; i < 6; i++) {
		pthread_join(thread[i], &failed);
		assert_null(failed);
	}
	assert_true(atomic_load(&most) <= 5);
	ps_slots_free(slots);
}

static void
who_gives_up_leaves_the_line(void **state)
{
	struct ps_slots *slots = ps_slots_new(3);
	struct ps_wait none = patience(0), some = patience(60000);
	const char *why = NULL;

	(void)state;
	assert_int_equal(ps_slots_take(slots, 2, &some, &why), PS_OK);
	assert_int_equal(ps_slots_take(slots, 2, &none, &why), PS_ELATE);
	assert_non_null(why);
	assert_int_equal(ps_slots_take(slots, 1, &none, &why), PS_OK);
	ps_slots_give(slots, 3);
	assert_int_equal(ps_slots_take(slots, 3, &none, &why), PS_OK);
	ps_slots_give(slots, 3);
	ps_slots_free(slots);
}

static void
who_waits_when_the_daemon_stops_goes(void **state)
{
	struct ps_slots *slots = ps_slots_new(1);
	struct ps_wait wait = patience(60000);
	const char *why = NULL;
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(ps_slots_take(slots, 1, &wait, &why), PS_OK);
	close(p[1]);
	wait.stop_fd = p[0];
	assert_int_equal(ps_slots_take(slots, 1, &wait, &why), PS_ESTOP);
	ps_slots_give(slots, 1);
	ps_slots_free(slots);
	close(p[0]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(an_address_is_a_port_on_a_host_or_a_path),
	cmocka_unit_test(a_client_is_the_relay_by_its_address_alone),
	cmocka_unit_test(
		never_more_are_taken_than_there_are_and_nobody_starves),
	cmocka_unit_test(who_gives_up_leaves_the_line),
	cmocka_unit_test(who_waits_when_the_daemon_stops_goes),
};

PS_TESTS("relay_parts", tests)
