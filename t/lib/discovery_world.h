/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Discovery among fakes: sources whose answers a test holds back and lets go,
 * a book in memory, key directories of its own, dates that
 * stand still.
 */
#ifndef PS_T_DISCOVERY_WORLD_H
#define PS_T_DISCOVERY_WORLD_H

#include <pthread.h>

#include "discovery/discovery.h"
#include "fake_book.h"
#include "fake_keys.h"

#define DW_NOW	1700000000
#define DW_DAY	86400
#define DW_WAIT 60000 /* ms that mail waits for a look */

struct dw;
struct dw_source {
	struct dw *w;
	enum ps_look_outcome outcome;
	struct ps_bytes octets;
	const char *text;
	bool whole_domain;
	/* Addresses of this domain wait until let go; NULL: none. "*": all */
	const char *slow;
	int64_t takes_ms; /* by the clock of the world */
	size_t n_fetch, n_inside, most_inside;
};

struct dw {
	char dir[64];
	struct ps_arena *a;
	pthread_mutex_t lock; /* for the sources */
	pthread_cond_t moved;
	_Atomic int64_t now_s, mono_ms;
	struct ps_clock clock;
	struct fk_engine engine;
	struct fake_book book;
	struct dw_source wkd, dane;
	struct ps_source source[2];
	struct ps_key_rules rules;
	const char *off; /* a domain for which every source is off */
	struct ps_discovery_env env;
	struct ps_discovery *d;
	struct ps_certs certs;
	int stop_fd;
	bool stopped;
};

int dw_make(void **state);
int dw_clean(void **state);
/* With env as the test left it. */
void dw_reopen(struct dw *w);

enum dw_patience { DW_NO_LOOK, DW_BEGIN, DW_PATIENT };
struct ps_cert_answer dw_ask(
	struct dw *w, const char *address, enum dw_patience patience);
/* The same in another arena, with pins. */
struct dw_question {
	const char *address;
	enum dw_patience patience;
	const char *const *pin;
	size_t n_pin;
};
struct ps_cert_answer dw_query(
	struct dw *w, struct ps_arena *a, const struct dw_question *q);
void dw_expect(struct dw *w, const char *address, enum dw_patience patience,
	enum ps_cert_state state);

/* A certificate for the source to give; see fk_put(). */
struct ps_bytes dw_cert(struct dw *w, unsigned seed, const char *uids);
const char *dw_fpr(struct dw *w, unsigned seed);
void dw_gives(struct dw_source *s, struct ps_bytes octets);
void dw_says(struct dw_source *s, enum ps_look_outcome outcome,
	const char *text, bool whole_domain);
void dw_hold(struct dw_source *s, const char *domain);
void dw_let_go(struct dw_source *s);
/* Until so many fetches are held at once. */
void dw_wait_inside(struct dw_source *s, size_t n);
size_t dw_fetches(struct dw_source *s);
void dw_import_local(struct dw *w, struct ps_bytes octets);
void dw_later(struct dw *w, int64_t seconds);
void dw_stop(struct dw *w);

#endif
