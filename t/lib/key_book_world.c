/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The world of key_book_world.h.
 */
#include "key_book_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void
kb_reopen(struct key_book_world *w)
{
	ps_key_book_db_free(w->db);
	w->db = ps_key_book_db_new(w->path);
	assert_non_null(w->db);
	w->book = ps_key_book_db_adapter(w->db);
}

int
kb_make(void **state)
{
	struct key_book_world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	snprintf(w->dir, sizeof(w->dir), "%s/postseal-book-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->path, sizeof(w->path), "%s/book.db", w->dir);
	w->a = ps_arena_new(PS_ARENA_PLAIN);
	kb_reopen(w);
	*state = w;
	return 0;
}

/* The folder must be empty then: nothing else may be left in it. */
int
kb_clean(void **state)
{
	static const char *const suffix[] = {"", "-wal", "-shm", "-lock"};
	struct key_book_world *w = *state;
	char path[128];

	ps_key_book_db_free(w->db);
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s", w->path, suffix[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(w->dir), 0);
	ps_arena_free(w->a);
	free(w);
	return 0;
}

struct ps_key_bond
kb_bond(const char *address, const char *fpr, int64_t since_s)
{
	struct ps_key_bond b = {
		.address = ps_bytes_of(address),
		.origin = PS_ORIGIN_WKD,
		.trust = PS_TRUST_TRUSTED,
		.since_s = since_s,
		.seen_s = since_s,
	};

	snprintf(b.fpr, sizeof(b.fpr), "%s", fpr);
	return b;
}

struct ps_key_look
kb_look(const char *address)
{
	return (struct ps_key_look){
		.address = ps_bytes_of(address),
		.origin = PS_ORIGIN_WKD,
		.outcome = PS_LOOK_FOUND,
		.at_s = KB_NOW,
		.due_s = KB_NOW + 3600,
		.used_s = KB_NOW,
		.text = "",
	};
}

struct ps_key_page
kb_page(struct key_book_world *w, const char *address)
{
	struct ps_key_page page;
	const char *why = "";

	if (w->book.read(w->book.self, w->a, ps_bytes_of(address), &page,
		    &why) != PS_OK)
		fail_msg("%s", why);
	return page;
}

void
kb_write(struct key_book_world *w, const struct ps_key_change *change)
{
	struct ps_key_page page;
	const char *why = "";

	if (w->book.read(w->book.self, w->a, change->address, &page, &why) !=
			PS_OK ||
		w->book.write(w->book.self, w->a, change, page.serial, &why) !=
			PS_OK)
		fail_msg("%s", why);
}

void
kb_put(struct key_book_world *w, struct ps_key_bond bond)
{
	const struct ps_key_change change = {
		.address = bond.address, .put = &bond, .n_put = 1};

	kb_write(w, &change);
}

void
kb_put_look(struct key_book_world *w, struct ps_key_look look)
{
	const struct ps_key_change change = {
		.address = look.address, .look = &look, .n_look = 1};

	kb_write(w, &change);
}
