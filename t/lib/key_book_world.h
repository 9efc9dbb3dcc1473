/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A key book in a folder of its own, and short ways to write and read it.
 */
#ifndef PS_T_KEY_BOOK_WORLD_H
#define PS_T_KEY_BOOK_WORLD_H

#include "tap.h"

#include "store/key_book.h"

#define KB_NOW 1795525372 /* 2026-11-24 */

struct key_book_world {
	char dir[64], path[80];
	struct ps_arena *a;
	struct ps_key_book_db *db;
	struct ps_key_book book;
};

/* cmocka's fixtures; *state is the world. */
int kb_make(void **state);
int kb_clean(void **state);
/* As a process that starts would. */
void kb_reopen(struct key_book_world *w);

/* Trusted, of WKD, first and last seen at since_s. */
struct ps_key_bond kb_bond(
	const char *address, const char *fpr, int64_t since_s);
/* Found at WKD now, due in an hour, used now. */
struct ps_key_look kb_look(const char *address);
struct ps_key_page kb_page(struct key_book_world *w, const char *address);
/* Write to the page as it is now; fails the test when that fails. */
void kb_write(struct key_book_world *w, const struct ps_key_change *change);
void kb_put(struct key_book_world *w, struct ps_key_bond bond);
void kb_put_look(struct key_book_world *w, struct ps_key_look look);

#endif
