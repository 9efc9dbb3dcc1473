/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Slots and those who wait for one.  A waiter has an eventfd of its own, made
 * only when it must really wait: with one shared semaphore every release would
 * wake all of them, and the luckiest, not the first, would go on.
 */
#include "crypto/worker_pool.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

void
ps_pool_init(struct ps_pool *p, int spawner_fd, size_t n_slot)
{
	pthread_mutex_init(&p->lock, NULL);
	p->spawner_fd = spawner_fd;
	p->n_slot = n_slot;
	p->last = &p->first;
	for (size_t i = 0; i < n_slot; i++) {
		p->slot[i].fd = -1;
		p->idle[p->n_idle++] = &p->slot[i];
	}
}

void
ps_pool_destroy(struct ps_pool *p)
{
	assert(p->first == NULL);
	for (size_t i = 0; i < p->n_slot; i++)
		ps_pool_kill(p, &p->slot[i]);
	/* The spawner kills whoever did not hear of it. */
	close(p->spawner_fd);
	pthread_mutex_destroy(&p->lock);
}

static void
wake(const struct ps_pool_waiter *waiter)
{
	/* Fails only when the counter is full: then it is readable too. */
	if (eventfd_write(waiter->fd, 1) != 0)
		return;
}

static void
leave_queue(struct ps_pool *p, const struct ps_pool_waiter *waiter)
{
	struct ps_pool_waiter **at = &p->first;

	while (*at != NULL && *at != waiter)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	*at = waiter->next;
	if (*at == NULL)
		p->last = at;
	p->n_waiting--;
}

/* The lock is held. */
static void
give_to_next(struct ps_pool *p, struct ps_pool_slot *slot)
{
	struct ps_pool_waiter *first = p->first;

	if (first == NULL) {
		p->idle[p->n_idle++] = slot;
		return;
	}
	leave_queue(p, first);
	first->slot = slot;
	wake(first);
}

/* The lock is held.  PS_OK with a slot, or with the waiter in the queue. */
static enum ps_status
take_or_queue(
	struct ps_pool *p, struct ps_pool_waiter *waiter, const char **why)
{
	if (p->stopping) {
		*why = "the filter is stopping";
		return PS_ESTOP;
	}
	if (p->n_idle > 0) {
		waiter->slot = p->idle[--p->n_idle];
		return PS_OK;
	}
	if (p->n_waiting >= p->n_queue) {
		*why = "too many messages wait for a crypto worker";
		return PS_ELIMIT;
	}
	waiter->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (waiter->fd < 0) {
		*why = "no descriptor to wait for a crypto worker";
		return PS_ETEMP;
	}
	*p->last = waiter;
	p->last = &waiter->next;
	p->n_waiting++;
	return PS_OK;
}

enum ps_status
ps_pool_take(struct ps_pool *p, const struct ps_wait *wait,
	struct ps_pool_slot **out, const char **why)
{
	struct ps_pool_waiter waiter = {.fd = -1};
	enum ps_status s;

	pthread_mutex_lock(&p->lock);
	s = take_or_queue(p, &waiter, why);
	pthread_mutex_unlock(&p->lock);
	if (waiter.fd < 0) {
		*out = waiter.slot;
		return s;
	}
	s = ps_wait_fd(wait, waiter.fd, POLLIN, why);
	pthread_mutex_lock(&p->lock);
	leave_queue(p, &waiter);
	if (s == PS_OK && waiter.slot == NULL) {
		*why = "the filter is stopping";
		s = PS_ESTOP;
	}
	if (s != PS_OK && waiter.slot != NULL)
		give_to_next(p, waiter.slot);
	pthread_mutex_unlock(&p->lock);
	close(waiter.fd);
	if (s == PS_OK)
		*out = waiter.slot;
	return s;
}

void
ps_pool_give(struct ps_pool *p, struct ps_pool_slot *slot)
{
	pthread_mutex_lock(&p->lock);
	give_to_next(p, slot);
	pthread_mutex_unlock(&p->lock);
}

static bool
ask_spawner(struct ps_pool *p, enum ps_spawn_op op, uint64_t id, int fd)
{
	const struct ps_spawn_request r = {.id = id, .op = (uint32_t)op};

	return ps_worker_send(
		p->spawner_fd, &r, sizeof(r), &fd, fd >= 0 ? 1 : 0);
}

enum ps_status
ps_pool_start(struct ps_pool *p, struct ps_pool_slot *slot, bool *fresh,
	const char **why)
{
	int pair[2];
	bool sent;

	*fresh = slot->fd < 0;
	if (!*fresh)
		return PS_OK;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		*why = "no descriptor for a crypto worker";
		return PS_ETEMP;
	}
	pthread_mutex_lock(&p->lock);
	slot->id = ++p->last_id;
	slot->n_done = 0;
	sent = !p->stopping &&
	       ask_spawner(p, PS_SPAWN_START, slot->id, pair[1]);
	if (sent)
		slot->fd = pair[0];
	pthread_mutex_unlock(&p->lock);
	close(pair[1]);
	if (sent)
		return PS_OK;
	close(pair[0]);
	*why = "crypto workers cannot be started";
	return PS_ETEMP;
}

void
ps_pool_kill(struct ps_pool *p, struct ps_pool_slot *slot)
{
	int fd;

	pthread_mutex_lock(&p->lock);
	fd = slot->fd;
	slot->fd = -1;
	if (fd >= 0)
		ask_spawner(p, PS_SPAWN_KILL, slot->id, -1);
	pthread_mutex_unlock(&p->lock);
	if (fd >= 0)
		close(fd);
}

void
ps_pool_stop(struct ps_pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	while (p->first != NULL) {
		struct ps_pool_waiter *first = p->first;

		leave_queue(p, first);
		wake(first);
	}
	for (size_t i = 0; i < p->n_slot; i++) {
		if (p->slot[i].fd >= 0)
			shutdown(p->slot[i].fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&p->lock);
}

bool
ps_pool_is_stopping(struct ps_pool *p)
{
	bool stopping;

	pthread_mutex_lock(&p->lock);
	stopping = p->stopping;
	pthread_mutex_unlock(&p->lock);
	return stopping;
}
