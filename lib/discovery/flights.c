/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Flights and those who wait for one.  A waiter has an eventfd of its own, so
 * that it can wait for the end of the daemon and keep the MTA patient at the
 * same time (base/wait.h).
 */
#include "discovery/flights.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "discovery/hash.h"

/* A domain that never answered gets one thread, any other two. */
#define SLOW_DOMAIN 1
#define GOOD_DOMAIN 2
#define N_GOOD	    256
#define TROUBLE_MAX 400

struct waiter {
	int fd;
	char trouble[TROUBLE_MAX]; /* "" for none */
	bool done, stopped;
	struct waiter *next;
};

struct flight {
	struct ps_arena *a;
	struct ps_flight_job job;
	uint64_t domain;
	struct waiter *waiter;
	struct flight *next;
};

struct ps_flights {
	struct ps_flights_env env;
	pthread_mutex_t lock; /* for all that follows */
	pthread_cond_t work;
	struct flight *waiting, **last, *flying;
	size_t n_waiting, n_started;
	/* Domains that answered, by hash; one that shares its place with
	 * another is slow again for a while. */
	uint64_t good[N_GOOD];
	bool stopping;
	pthread_t thread[];
};

static bool
is_harvest(const struct ps_flight_job *job)
{
	return job->keydata.len > 0;
}

static bool
is_same(const struct ps_flight_job *x, const struct ps_flight_job *y)
{
	return is_harvest(x) == is_harvest(y) && ps_bytes_eq(x->name, y->name);
}

static struct flight *
in_list(struct flight *list, const struct ps_flight_job *job)
{
	while (list != NULL && !is_same(&list->job, job))
		list = list->next;
	return list;
}

static void
take_out(struct ps_flights *fs, struct flight **list, struct flight *f)
{
	struct flight **at = list;

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	if (list == &fs->waiting) {
		fs->n_waiting--;
		if (*at == NULL)
			fs->last = at;
	}
	f->next = NULL;
}

/* The lock is held. */
static bool
may_fly(const struct ps_flights *fs, const struct flight *f)
{
	size_t most = fs->good[f->domain % N_GOOD] == f->domain ? GOOD_DOMAIN
								: SLOW_DOMAIN;
	size_t n = 0, n_idle_work = 0;

	for (const struct flight *o = fs->flying; o != NULL; o = o->next) {
		/* An offer that is read touches no network. */
		n += o->domain == f->domain && !is_harvest(&o->job);
		n_idle_work += !o->job.mail;
	}
	if (!f->job.mail && n_idle_work > 0 &&
		n_idle_work >= fs->env.n_thread / 2)
		return false; /* half of the threads are for mail */
	return is_harvest(&f->job) || n < most;
}

/* The lock is held.  Mail first; then first come, first served. */
static struct flight *
next_flight(struct ps_flights *fs)
{
	struct flight *later = NULL;

	for (struct flight *f = fs->waiting; f != NULL; f = f->next) {
		if ((later != NULL && !f->job.mail) || !may_fly(fs, f))
			continue;
		if (f->job.mail)
			return f;
		later = f;
	}
	return later;
}

static void
wake(struct waiter *w)
{
	/* Fails only when the counter is full: then it is readable too. */
	if (eventfd_write(w->fd, 1) != 0)
		return;
}

/* The lock is held; f is in no list any more. */
static void
end(struct flight *f, const struct ps_landing *landing, bool stopped)
{
	while (f->waiter != NULL) {
		struct waiter *w = f->waiter;

		f->waiter = w->next;
		w->done = true;
		w->stopped = stopped;
		if (landing->trouble != NULL)
			snprintf(w->trouble, sizeof(w->trouble), "%s",
				landing->trouble);
		wake(w);
	}
	ps_arena_free(f->a); /* f lives there */
}

/* The lock is held, but not while it flies. */
static void
fly(struct ps_flights *fs, struct flight *f)
{
	struct ps_landing landing = {0};

	take_out(fs, &fs->waiting, f);
	f->next = fs->flying;
	fs->flying = f;
	pthread_mutex_unlock(&fs->lock);
	fs->env.fly(fs->env.self, f->a, &f->job, &landing);
	pthread_mutex_lock(&fs->lock);
	take_out(fs, &fs->flying, f);
	if (landing.answered)
		fs->good[f->domain % N_GOOD] = f->domain;
	else if (landing.silent && fs->good[f->domain % N_GOOD] == f->domain)
		fs->good[f->domain % N_GOOD] = 0;
	end(f, &landing, false);
	pthread_cond_broadcast(&fs->work); /* its domain has room again */
}

static void *
work(void *self)
{
	struct ps_flights *fs = self;

	pthread_mutex_lock(&fs->lock);
	while (!fs->stopping) {
		struct flight *f = next_flight(fs);

		if (f == NULL)
			pthread_cond_wait(&fs->work, &fs->lock);
		else
			fly(fs, f);
	}
	pthread_mutex_unlock(&fs->lock);
	return NULL;
}

struct ps_flights *
ps_flights_new(const struct ps_flights_env *env, const char **why)
{
	struct ps_flights *fs =
		calloc(1, sizeof(*fs) + env->n_thread * sizeof(fs->thread[0]));

	if (fs == NULL) {
		*why = "out of memory";
		return NULL;
	}
	fs->env = *env;
	fs->last = &fs->waiting;
	pthread_mutex_init(&fs->lock, NULL);
	pthread_cond_init(&fs->work, NULL);
	while (fs->n_started < env->n_thread) {
		if (pthread_create(
			    &fs->thread[fs->n_started], NULL, work, fs) != 0) {
			ps_flights_free(fs);
			*why = "a thread that looks for keys cannot be started";
			return NULL;
		}
		fs->n_started++;
	}
	return fs;
}

void
ps_flights_free(struct ps_flights *fs)
{
	const struct ps_landing none = {0};

	if (fs == NULL)
		return;
	pthread_mutex_lock(&fs->lock);
	fs->stopping = true;
	while (fs->waiting != NULL) {
		struct flight *f = fs->waiting;

		take_out(fs, &fs->waiting, f);
		end(f, &none, true);
	}
	pthread_cond_broadcast(&fs->work);
	pthread_mutex_unlock(&fs->lock);
	for (size_t i = 0; i < fs->n_started; i++)
		pthread_join(fs->thread[i], NULL);
	pthread_cond_destroy(&fs->work);
	pthread_mutex_destroy(&fs->lock);
	free(fs);
}

static struct flight *
new_flight(const struct ps_flight_job *job)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct flight *f = ps_arena_alloc(a, sizeof(*f));

	f->a = a;
	f->job = *job;
	f->job.name = ps_arena_copy(a, job->name);
	f->job.addr.local = ps_arena_copy(a, job->addr.local);
	f->job.addr.domain = ps_arena_copy(a, job->addr.domain);
	f->job.addr.full = ps_arena_copy(a, job->addr.full);
	f->job.keydata = ps_arena_copy(a, job->keydata);
	f->domain = ps_hash(0, job->addr.domain);
	return f;
}

/* The lock is held. */
static size_t
room_for_others(const struct ps_flights *fs)
{
	size_t most = (fs->env.max_waiting + 1) / 2;

	return fs->n_waiting < most ? most - fs->n_waiting : 0;
}

/* The lock is held. */
static bool
has_room(const struct ps_flights *fs, const struct ps_flight_job *job)
{
	uint64_t domain = ps_hash(0, job->addr.domain);
	size_t n = 0;

	if (fs->env.n_thread == 0 || fs->n_waiting >= fs->env.max_waiting)
		return false;
	if (!job->mail)
		return room_for_others(fs) > 0;
	for (const struct flight *f = fs->waiting; f != NULL; f = f->next)
		n += f->domain == domain;
	return n <= fs->env.max_waiting / 4;
}

/* The lock is held. */
static enum ps_status
join(struct ps_flights *fs, const struct ps_flight_job *job,
	struct flight **out, const char **why)
{
	struct flight *f = in_list(fs->flying, job);

	if (fs->stopping) {
		*why = "the filter is stopping";
		return PS_ESTOP;
	}
	if (f == NULL)
		f = in_list(fs->waiting, job);
	if (f == NULL && !has_room(fs, job)) {
		*why = "too many look-ups for keys wait already";
		return PS_EBUSY;
	}
	if (f == NULL) {
		f = new_flight(job);
		*fs->last = f;
		fs->last = &f->next;
		fs->n_waiting++;
		pthread_cond_signal(&fs->work);
	} else if (job->mail && !f->job.mail && in_list(fs->waiting, job)) {
		f->job.mail = true;
		pthread_cond_signal(&fs->work);
	}
	*out = f;
	return PS_OK;
}

enum ps_status
ps_flights_begin(struct ps_flights *fs, const struct ps_flight_job *job,
	const char **why)
{
	struct flight *ignored;
	enum ps_status s;

	pthread_mutex_lock(&fs->lock);
	s = join(fs, job, &ignored, why);
	pthread_mutex_unlock(&fs->lock);
	return s;
}

/* The lock is held. */
static void
leave(struct ps_flights *fs, const struct ps_flight_job *job, struct waiter *w)
{
	struct flight *f = in_list(fs->flying, job);
	struct waiter **at;

	if (f == NULL)
		f = in_list(fs->waiting, job);
	for (at = &f->waiter; *at != w; at = &(*at)->next)
		;
	*at = w->next;
}

enum ps_status
ps_flights_await(struct ps_flights *fs, struct ps_arena *a,
	const struct ps_flight_job *job, const struct ps_wait *wait,
	const char **trouble, const char **why)
{
	struct waiter w = {.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
	struct flight *f;
	enum ps_status s;

	if (w.fd < 0) {
		*why = "no descriptor to wait for a look-up";
		return PS_ETEMP;
	}
	pthread_mutex_lock(&fs->lock);
	s = join(fs, job, &f, why);
	if (s == PS_OK) {
		w.next = f->waiter;
		f->waiter = &w;
	}
	pthread_mutex_unlock(&fs->lock);
	if (s == PS_OK) {
		s = ps_wait_fd(wait, w.fd, POLLIN, why);
		pthread_mutex_lock(&fs->lock);
		if (!w.done)
			leave(fs, job, &w);
		pthread_mutex_unlock(&fs->lock);
	}
	close(w.fd);
	if (w.stopped) {
		*why = "the filter is stopping";
		return PS_ESTOP;
	}
	if (w.done)
		*trouble = *w.trouble == '\0' ? NULL
					      : ps_arena_strdup(a, w.trouble);
	return w.done ? PS_OK : s;
}

size_t
ps_flights_room(struct ps_flights *fs)
{
	size_t room;

	pthread_mutex_lock(&fs->lock);
	room = room_for_others(fs);
	pthread_mutex_unlock(&fs->lock);
	return room;
}
