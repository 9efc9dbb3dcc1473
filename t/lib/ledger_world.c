/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The world of ledger_world.h.
 */
#include "ledger_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int64_t
world_now(void *self)
{
	return ((const struct ledger_world *)self)->now_s;
}

static int64_t
world_mono(void *self)
{
	return ((const struct ledger_world *)self)->mono_ms;
}

static void
make_messages(struct ledger_world *w)
{
	w->rcpt[0] = PS_LIT("ann@a");
	w->rcpt[1] = PS_LIT("bob@b");
	for (size_t i = 0; i < 3; i++) {
		for (size_t g = 0; g < 2; g++) {
			w->group[i][g] = (struct ps_ledger_group){
				.rcpt = &w->rcpt[g], .n_rcpt = 1};
			w->group[i][g].copy.octet[0] =
				(unsigned char)(100 + 10 * i + g);
		}
		w->intent[i] = (struct ps_ledger_intent){
			.sender = PS_LIT("s@x"),
			.queue_id = PS_LIT("4F1C0A7E5F6"),
			.group = w->group[i],
			.n_group = 2,
			.lease_ms = PS_LEDGER_LEASE_MS,
		};
		w->intent[i].message.octet[0] = (unsigned char)i;
	}
}

struct ps_ledger_db *
another(struct ledger_world *w)
{
	const struct ps_ledger_settings s = {
		.path = w->path, .clock = &w->clock};
	struct ps_ledger_db *db = ps_ledger_db_new(&s);

	assert_non_null(db);
	return db;
}

int
ledger_make(void **state)
{
	struct ledger_world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	snprintf(w->dir, sizeof(w->dir), "%s/postseal-ledger-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->path, sizeof(w->path), "%s/ledger", w->dir);
	w->now_s = 1795525372;
	w->mono_ms = 1000000000;
	w->clock = (struct ps_clock){w, world_now, world_mono};
	w->wait = (struct ps_wait){.clock = ps_clock_system(),
		.deadline_ms = ps_mono_ms(ps_clock_system()) + 60000,
		.stop_fd = -1};
	w->a = ps_arena_new(PS_ARENA_PLAIN);
	make_messages(w);
	w->db = another(w);
	w->ledger = ps_ledger_db_adapter(w->db);
	*state = w;
	return 0;
}

int
ledger_clean(void **state)
{
	static const char *const suffix[] = {"", "-wal", "-shm", "-owners"};
	struct ledger_world *w = *state;
	char path[128];

	ps_ledger_db_free(w->db);
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s", w->path, suffix[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(w->dir), 0);
	ps_arena_free(w->a);
	free(w);
	return 0;
}

struct ps_ledger_claim *
claim(struct ledger_world *w, struct ps_ledger_db *db, size_t message,
	enum ps_status expected)
{
	struct ps_ledger l = ps_ledger_db_adapter(db);
	struct ps_ledger_claim *c = NULL;
	const char *why = "";
	enum ps_status s =
		l.intend(l.self, w->a, &w->intent[message], &w->wait, &c, &why);

	if (s != expected)
		fail_msg("%s: %s", ps_status_name(s), why);
	return c;
}

void
acknowledge(struct ledger_world *w, struct ps_ledger_claim *c, size_t group)
{
	const char *why = "";

	if (w->ledger.acknowledge(c, group, "Ok: queued", &w->wait, &why) !=
		PS_OK)
		fail_msg("%s", why);
}

void
look(struct ledger_world *w, struct ps_ledger_db *db, size_t message,
	struct ps_ledger_known known[2])
{
	struct ps_ledger l = ps_ledger_db_adapter(db);
	const char *why = "";

	if (l.find(l.self, w->a, &w->intent[message].message, w->rcpt, 2, known,
		    &why) != PS_OK)
		fail_msg("%s", why);
}
