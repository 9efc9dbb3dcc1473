/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Processes that die, and files that are locked, damaged, full or gone: what is
 * recorded stays, and trouble is told before anything is sent.
 */
#include "ledger_world.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"

struct child {
	pid_t pid;
	int ready;
};

/* A process that claims the second message, has its first copy acknowledged,
 * and waits to be killed. */
static struct child
claimant(struct ledger_world *w)
{
	struct child c;
	char mark;
	int p[2];

	assert_int_equal(pipe(p), 0);
	c.pid = fork();
	assert_true(c.pid >= 0);
	if (c.pid == 0) {
		struct ps_ledger_db *db = another(w);

		acknowledge(w, claim(w, db, 1, PS_OK), 0);
		if (write(p[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(p[1]);
	c.ready = p[0];
	assert_int_equal(read(c.ready, &mark, 1), 1);
	return c;
}

static void
end_child(struct child c)
{
	kill(c.pid, SIGKILL);
	waitpid(c.pid, NULL, 0);
	close(c.ready);
}

static void
a_claim_of_a_living_process_is_respected_and_a_dead_ones_is_not(void **state)
{
	struct ledger_world *w = *state;
	struct child c = claimant(w);
	struct ps_ledger_known known[2];
	struct ps_ledger_intent rest = w->intent[1];
	struct ps_ledger_claim *mine;
	const char *why = "";

	look(w, w->db, 1, known);
	assert_true(known[1].busy);
	claim(w, w->db, 1, PS_EBUSY);
	end_child(c);
	look(w, w->db, 1, known);
	assert_int_equal(known[0].state, PS_LEDGER_ACKNOWLEDGED);
	assert_int_equal(known[1].state, PS_LEDGER_INTENDED);
	assert_false(known[1].busy);
	rest.group = &w->group[1][1];
	rest.n_group = 1;
	assert_int_equal(w->ledger.intend(w->ledger.self, w->a, &rest, &w->wait,
				 &mine, &why),
		PS_OK);
	w->ledger.finish(mine, true, &w->wait);
}

static void
assert_trouble(struct ledger_world *w, const char *what)
{
	struct ps_ledger_known known[2];
	struct ps_ledger_claim *c;
	const char *why = "";
	bool found;

	assert_int_equal(
		w->ledger.find(w->ledger.self, w->a, &w->intent[1].message,
			w->rcpt, 2, known, &why),
		PS_ETEMP);
	assert_non_null(strstr(why, what));
	assert_int_equal(w->ledger.find_copy(w->ledger.self, w->a,
				 &w->group[1][0].copy, &found, &why),
		PS_ETEMP);
	assert_int_equal(w->ledger.intend(w->ledger.self, w->a, &w->intent[1],
				 &w->wait, &c, &why),
		PS_ETEMP);
	assert_non_null(strstr(why, what));
}

static void
spoil(struct ledger_world *w, const char *text, long at)
{
	FILE *f;

	ps_ledger_db_free(w->db); /* the write-ahead log goes into the file */
	f = fopen(w->path, "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	w->db = another(w);
	w->ledger = ps_ledger_db_adapter(w->db);
}

static void
a_damaged_ledger_is_trouble_and_never_empty(void **state)
{
	static const long at[] = {0, 20, 60, 4096, 8192, 3 * 4096};
	struct ledger_world *w = *state;
	struct ps_ledger_claim *c;

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		c = claim(w, w->db, 1, PS_OK);
		w->ledger.finish(c, false, &w->wait);
		spoil(w, "garbage that is no database", at[i]);
		assert_trouble(w, "ledger");
		/* Somebody takes the wreck away. */
		unlink(w->path);
		claim(w, w->db, 2, PS_OK);
		unlink(w->path);
	}
}

static void
a_ledger_that_cannot_be_reached_is_trouble(void **state)
{
	struct ledger_world *w = *state;
	char good[80];

	memcpy(good, w->path, sizeof(good));
	snprintf(w->path, sizeof(w->path), "%s/nowhere/ledger", w->dir);
	ps_ledger_db_free(w->db);
	w->db = another(w);
	w->ledger = ps_ledger_db_adapter(w->db);
	assert_trouble(w, "nowhere");
	memcpy(w->path, good, sizeof(good));
}

static void
a_locked_ledger_is_trouble_for_who_writes(void **state)
{
	static const struct ps_store_schema schema = {1, ""};
	struct ledger_world *w = *state;
	struct ps_ledger_known known[2];
	struct sqlite3 *thief;
	const char *why = "";

	w->ledger.finish(claim(w, w->db, 2, PS_OK), false, &w->wait);
	assert_int_equal(
		ps_store_open(w->a, w->path, &schema, &thief, &why), PS_OK);
	assert_int_equal(
		ps_store_exec(w->a, thief, "BEGIN EXCLUSIVE", &why), PS_OK);
	claim(w, w->db, 1, PS_ETEMP);
	look(w, w->db, 2, known);
	assert_int_equal(known[0].state, PS_LEDGER_INTENDED);
	ps_store_close(thief);
	claim(w, w->db, 1, PS_OK);
}

static rlim_t
limit_files(rlim_t most)
{
	struct rlimit old, now;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	now = old;
	now.rlim_cur = most;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
	return old.rlim_cur;
}

static void
a_full_disk_is_trouble_at_intent(void **state)
{
	struct ledger_world *w = *state;
	struct ps_ledger_known known[2];
	rlim_t old;

	signal(SIGXFSZ, SIG_IGN);
	w->ledger.finish(claim(w, w->db, 2, PS_OK), false, &w->wait);
	old = limit_files(100);
	claim(w, w->db, 1, PS_ETEMP);
	limit_files(old);
	look(w, w->db, 1, known);
	assert_int_equal(known[0].state, PS_LEDGER_NONE);
	claim(w, w->db, 1, PS_OK); /* works again without a restart */
}

static void
an_acknowledgement_that_the_disk_does_not_take_is_kept(void **state)
{
	struct ledger_world *w = *state;
	struct ps_ledger_claim *c = claim(w, w->db, 1, PS_OK);
	struct ps_ledger_known known[2];
	struct ps_ledger_db *other;
	const char *why = "";
	rlim_t old;

	signal(SIGXFSZ, SIG_IGN);
	old = limit_files(100);
	assert_int_equal(
		w->ledger.acknowledge(c, 0, "Ok", &w->wait, &why), PS_ETEMP);
	w->ledger.finish(c, false, &w->wait);
	limit_files(old);
	look(w, w->db, 1, known);
	assert_int_equal(known[0].state, PS_LEDGER_ACKNOWLEDGED);
	assert_string_equal(known[0].reply, "Ok");
	assert_int_equal(known[1].state, PS_LEDGER_INTENDED);
	assert_false(known[1].busy);
	/* Whoever writes next writes it too. */
	claim(w, w->db, 1, PS_EBUSY);
	w->ledger.finish(claim(w, w->db, 2, PS_OK), false, &w->wait);
	other = another(w);
	look(w, other, 1, known);
	assert_int_equal(known[0].state, PS_LEDGER_ACKNOWLEDGED);
	assert_int_equal(known[1].state, PS_LEDGER_INTENDED);
	ps_ledger_db_free(other);
}

/* An administrator who removes the file starts a new one, and no record goes
 * into one that nobody will find. */
static void
a_ledger_that_was_replaced_is_opened_anew(void **state)
{
	struct ledger_world *w = *state;
	struct ps_ledger_db *other;
	struct ps_ledger_known known[2];

	w->ledger.finish(claim(w, w->db, 1, PS_OK), false, &w->wait);
	unlink(w->path);
	look(w, w->db, 1, known);
	assert_int_equal(known[0].state, PS_LEDGER_NONE);
	w->ledger.finish(claim(w, w->db, 1, PS_OK), false, &w->wait);
	other = another(w);
	look(w, other, 1, known);
	assert_int_equal(known[0].state, PS_LEDGER_INTENDED);
	ps_ledger_db_free(other);
}

#define T(f) cmocka_unit_test_setup_teardown(f, ledger_make, ledger_clean)

static const struct CMUnitTest tests[] = {
	T(a_claim_of_a_living_process_is_respected_and_a_dead_ones_is_not),
	T(a_damaged_ledger_is_trouble_and_never_empty),
	T(a_ledger_that_cannot_be_reached_is_trouble),
	T(a_locked_ledger_is_trouble_for_who_writes),
	T(a_full_disk_is_trouble_at_intent),
	T(an_acknowledgement_that_the_disk_does_not_take_is_kept),
	T(a_ledger_that_was_replaced_is_opened_anew),
};

PS_TESTS("ledger_faults", tests)
