/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A key book in memory that can be busy, fail, and be waited for.
 */
#ifndef PS_T_FAKE_BOOK_H
#define PS_T_FAKE_BOOK_H

#include <pthread.h>

#include "store/key_book.h"

struct fb_page {
	struct ps_bytes address;
	struct ps_key_page page;
	int64_t used_s;
};

struct fake_book {
	struct ps_key_book book;
	struct ps_arena *a; /* everything ever written */
	pthread_mutex_t lock;
	pthread_cond_t wrote;
	struct fb_page *page;
	size_t n_page;
	struct ps_key_event *event;
	size_t n_event;
	size_t n_write, n_busy_told, n_forget;
	int64_t forget_s; /* what was last told to be forgotten */
	/* To be set while nobody is at it. */
	size_t busy; /* so many writes find the page changed */
	enum ps_status fails;
};
void fb_init(struct fake_book *b);
void fb_free(struct fake_book *b);

/* Until so many writes were done since the beginning. */
void fb_wait_writes(struct fake_book *b, size_t n);
/* A bond or look as if it had been there before. */
void fb_set(struct fake_book *b, const struct ps_key_change *change);
/* The last event with this word, or NULL. */
const struct ps_key_event *fb_event(struct fake_book *b, const char *what);
const struct ps_key_look *fb_look(
	struct fake_book *b, const char *address, enum ps_key_origin origin);
const struct ps_key_bond *fb_bond(
	struct fake_book *b, const char *address, const char *fpr);

#endif
