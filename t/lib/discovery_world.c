/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * See discovery_world.h.
 */
#include "discovery_world.h"

#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int64_t
now_s(void *self)
{
	struct dw *w = self;

	return w->now_s;
}

static int64_t
mono_ms(void *self)
{
	struct dw *w = self;

	/* Who waits for the lock of a key directory asks again after a while
	 * (keys/keydir_files.c): under a clock that stands still, never. */
	return w->mono_ms + ps_mono_ms(ps_clock_system());
}

/* The lock is held. */
static bool
is_held(const struct dw_source *s, const struct ps_addr *addr)
{
	return !s->w->stopped && s->slow != NULL &&
	       (strcmp(s->slow, "*") == 0 ||
		       ps_bytes_eq(addr->domain, ps_bytes_of(s->slow)));
}

static void
fetch(void *self, struct ps_arena *a, const struct ps_addr *addr,
	const struct ps_wait *wait, struct ps_source_answer *out)
{
	struct dw_source *s = self;
	struct dw *w = s->w;

	(void)wait;
	pthread_mutex_lock(&w->lock);
	s->n_fetch++;
	if (++s->n_inside > s->most_inside)
		s->most_inside = s->n_inside;
	pthread_cond_broadcast(&w->moved);
	while (is_held(s, addr))
		pthread_cond_wait(&w->moved, &w->lock);
	s->n_inside--;
	w->mono_ms += s->takes_ms;
	*out = (struct ps_source_answer){
		.outcome = s->outcome,
		.octets = ps_arena_copy(a, s->octets),
		.text = s->text,
		.whole_domain = s->whole_domain,
	};
	pthread_mutex_unlock(&w->lock);
}

static void
rules_of(void *self, struct ps_arena *a, const struct ps_addr *addr,
	struct ps_key_rules *out)
{
	struct dw *w = self;

	(void)a;
	*out = w->rules;
	if (w->off != NULL && ps_bytes_eq(addr->domain, ps_bytes_of(w->off)))
		memset(out->use, 0, sizeof(out->use)); /* PS_USE_OFF */
}

static struct ps_keydir *
open_dir(struct dw *w, const char *name)
{
	const struct ps_keydir_env env = {
		.dir = ps_arena_printf(w->a, "%s/%s", w->dir, name),
		.engine = &w->engine.engine,
		.clock = &w->clock,
		.max_certificate = 1 << 20,
	};
	const struct ps_wait wait = {.clock = &w->clock,
		.deadline_ms = mono_ms(w) + DW_WAIT,
		.stop_fd = -1};
	const char *why = "";
	struct ps_keydir *d = ps_keydir_open(&env, w->a, &why);

	if (d == NULL)
		fail_msg("%s", why);
	/* As who serves does: nobody's first question has to. */
	if (ps_keydir_refresh(d, w->a, &wait, &why) != PS_OK)
		fail_msg("%s", why);
	return d;
}

void
dw_reopen(struct dw *w)
{
	const char *why = "";

	ps_discovery_close(w->d);
	w->d = ps_discovery_open(&w->env, w->a, &why);
	if (w->d == NULL)
		fail_msg("%s", why);
	w->certs = ps_discovery_certs(w->d);
}

static void
init_sources(struct dw *w)
{
	w->wkd = (struct dw_source){.w = w, .outcome = PS_LOOK_ABSENT};
	w->dane = w->wkd;
	w->source[0] = (struct ps_source){PS_ORIGIN_WKD, &w->wkd, fetch};
	w->source[1] = (struct ps_source){PS_ORIGIN_DANE, &w->dane, fetch};
	w->rules = (struct ps_key_rules){
		.order = {PS_ORIGIN_LOCAL, PS_ORIGIN_WKD},
		.n_order = 2,
		.use = {PS_USE_USE, PS_USE_USE, PS_USE_USE, PS_USE_PENDING},
		.on_change = PS_CHANGE_KEEP_OLD,
	};
}

int
dw_make(void **state)
{
	struct dw *w = calloc(1, sizeof(*w));

	snprintf(w->dir, sizeof(w->dir), "%s/postseal-discovery-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(w->dir));
	w->a = ps_arena_new(PS_ARENA_PLAIN);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->moved, NULL);
	w->now_s = DW_NOW;
	w->clock = (struct ps_clock){w, now_s, mono_ms};
	w->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	fk_engine_init(&w->engine);
	fb_init(&w->book);
	init_sources(w);
	w->env = (struct ps_discovery_env){
		.local = open_dir(w, "local"),
		.found = open_dir(w, "found"),
		.book = &w->book.book,
		.engine = &w->engine.engine,
		.clock = &w->clock,
		.source = w->source,
		.n_source = 2,
		.rules = {w, rules_of},
		.fold_local = true,
		.n_thread = 4,
		.max_waiting = 100,
		.look_ms = 30000,
		.found_s = DW_DAY,
		.absent_s = 3600,
		.trouble_s = 300,
		.unused_s = 30 * DW_DAY,
		.stop_fd = w->stop_fd,
	};
	dw_reopen(w);
	*state = w;
	return 0;
}

int
dw_clean(void **state)
{
	struct dw *w = *state;
	char command[128];

	dw_stop(w);
	ps_discovery_close(w->d);
	ps_keydir_free(w->env.local);
	ps_keydir_free(w->env.found);
	fb_free(&w->book);
	close(w->stop_fd);
	pthread_cond_destroy(&w->moved);
	pthread_mutex_destroy(&w->lock);
	ps_arena_free(w->a);
	snprintf(command, sizeof(command), "rm -rf '%s'", w->dir);
	assert_int_equal(system(command), 0);
	free(w);
	return 0;
}

struct ps_cert_answer
dw_query(struct dw *w, struct ps_arena *a, const struct dw_question *question)
{
	const struct ps_wait wait = {
		.clock = &w->clock,
		.deadline_ms = mono_ms(w) + 2 * DW_WAIT,
		.stop_fd = w->stop_fd,
	};
	const struct ps_wait look = ps_wait_within(
		&wait, question->patience == DW_PATIENT ? DW_WAIT : 0);
	struct ps_addr addr;
	struct ps_cert_query q = {
		.addr = &addr,
		.fold_local = w->env.fold_local,
		.pin = question->pin,
		.n_pin = question->n_pin,
		.now_s = w->now_s,
		.max_certs = 4,
		.wait = &wait,
		.rules = &w->rules,
		.look = question->patience == DW_NO_LOOK ? NULL : &look,
	};
	struct ps_cert_answer out;
	const char *why = "";

	if (ps_addr_path(a, ps_bytes_of(question->address), &addr, &why) !=
		PS_OK)
		fail_msg("%s: %s", question->address, why);
	w->certs.find(w->certs.self, a, &q, &out);
	return out;
}

struct ps_cert_answer
dw_ask(struct dw *w, const char *address, enum dw_patience patience)
{
	const struct dw_question q = {.address = address, .patience = patience};

	return dw_query(w, w->a, &q);
}

void
dw_expect(struct dw *w, const char *address, enum dw_patience patience,
	enum ps_cert_state state)
{
	struct ps_cert_answer out = dw_ask(w, address, patience);

	if (out.state != state)
		fail_msg("%s is %s (%s %s), not %s", address,
			ps_cert_state_name(out.state), out.reason,
			out.text == NULL ? "" : out.text,
			ps_cert_state_name(state));
}

struct ps_bytes
dw_cert(struct dw *w, unsigned seed, const char *uids)
{
	struct ps_bytes copy;
	struct ps_buf b;

	ps_buf_init(&b, 1 << 20);
	fk_put(&b, 4, seed, uids, 1);
	copy = ps_arena_copy(w->a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return copy;
}

const char *
dw_fpr(struct dw *w, unsigned seed)
{
	char *fpr = ps_arena_alloc(w->a, PS_FPR_SIZE);

	fk_fpr(4, seed, fpr);
	return fpr;
}

void
dw_gives(struct dw_source *s, struct ps_bytes octets)
{
	dw_says(s, PS_LOOK_FOUND, NULL, false);
	pthread_mutex_lock(&s->w->lock);
	s->octets = octets;
	pthread_mutex_unlock(&s->w->lock);
}

void
dw_says(struct dw_source *s, enum ps_look_outcome outcome, const char *text,
	bool whole_domain)
{
	pthread_mutex_lock(&s->w->lock);
	s->outcome = outcome;
	s->octets = ps_bytes(NULL, 0);
	s->text = text;
	s->whole_domain = whole_domain;
	pthread_mutex_unlock(&s->w->lock);
}

void
dw_hold(struct dw_source *s, const char *domain)
{
	pthread_mutex_lock(&s->w->lock);
	s->slow = domain;
	pthread_cond_broadcast(&s->w->moved);
	pthread_mutex_unlock(&s->w->lock);
}

void
dw_let_go(struct dw_source *s)
{
	dw_hold(s, NULL);
}

void
dw_wait_inside(struct dw_source *s, size_t n)
{
	pthread_mutex_lock(&s->w->lock);
	while (s->n_inside < n)
		pthread_cond_wait(&s->w->moved, &s->w->lock);
	pthread_mutex_unlock(&s->w->lock);
}

size_t
dw_fetches(struct dw_source *s)
{
	size_t n;

	pthread_mutex_lock(&s->w->lock);
	n = s->n_fetch;
	pthread_mutex_unlock(&s->w->lock);
	return n;
}

static void
ignore_report(void *self, const struct ps_import *line)
{
	(void)self;
	assert_true(line->stored);
}

void
dw_import_local(struct dw *w, struct ps_bytes octets)
{
	const struct ps_key_source source = {"test", octets};
	const struct ps_import_job job = {
		.source = &source, .n_source = 1, .report = ignore_report};
	const struct ps_wait wait = {
		.clock = &w->clock,
		.deadline_ms = mono_ms(w) + 2 * DW_WAIT,
		.stop_fd = -1,
	};
	const char *why = "";

	if (ps_keydir_import(w->env.local, w->a, &job, &wait, &why) != PS_OK)
		fail_msg("%s", why);
}

void
dw_later(struct dw *w, int64_t seconds)
{
	w->now_s += seconds;
	w->mono_ms += 1000 * seconds;
}

void
dw_stop(struct dw *w)
{
	pthread_mutex_lock(&w->lock);
	w->stopped = true;
	assert_int_equal(eventfd_write(w->stop_fd, 1), 0);
	pthread_cond_broadcast(&w->moved);
	pthread_mutex_unlock(&w->lock);
}
