/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A counter and a line of those who wait, each with a descriptor of its own
 * that is written to when its turn may have come.
 */
#include "relay/slots.h"

#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct waiter {
	size_t n;
	int fd;
	bool served;
	struct waiter *next;
};

struct ps_slots {
	pthread_mutex_t lock;
	size_t n_all, n_free;
	struct waiter *first, **last;
};

struct ps_slots *
ps_slots_new(size_t n)
{
	struct ps_slots *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	pthread_mutex_init(&s->lock, NULL);
	s->n_all = s->n_free = n;
	s->last = &s->first;
	return s;
}

void
ps_slots_free(struct ps_slots *s)
{
	if (s == NULL)
		return;
	assert(s->first == NULL && s->n_free == s->n_all);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* Under the lock. */
static void
serve(struct ps_slots *s)
{
	struct waiter *w;

	while ((w = s->first) != NULL && w->n <= s->n_free) {
		s->n_free -= w->n;
		s->first = w->next;
		if (s->first == NULL)
			s->last = &s->first;
		w->served = true;
		eventfd_write(w->fd, 1);
	}
}

/* Under the lock. */
static void
leave_line(struct ps_slots *s, const struct waiter *w)
{
	struct waiter **at = &s->first;

	while (*at != NULL && *at != w)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	*at = w->next;
	if (*at == NULL)
		s->last = at;
	serve(s); /* those behind may need less */
}

static enum ps_status
wait_in_line(struct ps_slots *s, struct waiter *w, const struct ps_wait *wait,
	const char **why)
{
	enum ps_status st = ps_wait_fd(wait, w->fd, POLLIN, why);

	pthread_mutex_lock(&s->lock);
	if (st != PS_OK && w->served) {
		s->n_free += w->n;
		serve(s);
	} else if (st != PS_OK) {
		leave_line(s, w);
	}
	pthread_mutex_unlock(&s->lock);
	return st;
}

enum ps_status
ps_slots_take(struct ps_slots *s, size_t n, const struct ps_wait *wait,
	const char **why)
{
	struct waiter w = {.n = n, .fd = -1};
	enum ps_status st = PS_OK;

	assert(n <= s->n_all);
	pthread_mutex_lock(&s->lock);
	if (s->first == NULL && n <= s->n_free) {
		s->n_free -= n;
		pthread_mutex_unlock(&s->lock);
		return PS_OK;
	}
	w.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w.fd >= 0) {
		*s->last = &w;
		s->last = &w.next;
	}
	pthread_mutex_unlock(&s->lock);
	if (w.fd < 0) {
		*why = "no descriptor to wait for the relay with";
		return PS_ETEMP;
	}
	st = wait_in_line(s, &w, wait, why);
	close(w.fd);
	return st;
}

void
ps_slots_give(struct ps_slots *s, size_t n)
{
	pthread_mutex_lock(&s->lock);
	s->n_free += n;
	assert(s->n_free <= s->n_all);
	serve(s);
	pthread_mutex_unlock(&s->lock);
}
