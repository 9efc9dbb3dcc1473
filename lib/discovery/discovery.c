/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The service: its birth and death, and what its other files share.
 */
#include "discovery/discovery_parts.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"

struct ps_bytes
ps_discovery_name(const struct ps_discovery *d, struct ps_arena *a,
	const struct ps_addr *addr)
{
	char *p;

	if (!d->env.fold_local)
		return addr->full;
	p = ps_arena_alloc(a, addr->full.len + 1);
	for (size_t i = 0; i < addr->full.len; i++)
		p[i] = (char)ps_lower((unsigned char)addr->full.p[i]);
	return ps_bytes(p, addr->full.len);
}

const struct ps_source *
ps_discovery_source(const struct ps_discovery *d,
	const struct ps_key_rules *rules, enum ps_key_origin origin)
{
	if (rules->use[origin] == PS_USE_OFF)
		return NULL;
	for (size_t i = 0; i < d->env.n_source; i++) {
		if (d->env.source[i].origin == origin)
			return &d->env.source[i];
	}
	return NULL;
}

const struct ps_key_look *
ps_discovery_look_of(const struct ps_key_page *page, enum ps_key_origin origin)
{
	for (size_t i = 0; i < page->n_look; i++) {
		if (page->look[i].origin == origin)
			return &page->look[i];
	}
	return NULL;
}

static int
stop_fd(const struct ps_discovery *d)
{
	return d->env.stop_fd >= 0 ? d->env.stop_fd : d->own_stop;
}

bool
ps_discovery_is_stopping(const struct ps_discovery *d)
{
	struct pollfd p = {.fd = stop_fd(d), .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

struct ps_discovery *
ps_discovery_open(const struct ps_discovery_env *env, struct ps_arena *a,
	const char **why)
{
	struct ps_discovery *d = calloc(1, sizeof(*d));
	struct ps_flights_env flights = {
		.n_thread = env->n_thread,
		.max_waiting = env->max_waiting,
		.self = d,
		.fly = ps_discovery_fly,
	};

	(void)a;
	*why = "out of memory";
	if (d == NULL)
		return NULL;
	d->env = *env;
	d->own_stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	d->notes = ps_notes_new();
	if (d->own_stop < 0)
		*why = "no descriptor left";
	else if (d->notes != NULL)
		d->flights = ps_flights_new(&flights, why);
	if (d->flights == NULL) {
		ps_discovery_close(d);
		return NULL;
	}
	return d;
}

void
ps_discovery_close(struct ps_discovery *d)
{
	if (d == NULL)
		return;
	if (d->own_stop >= 0 && eventfd_write(d->own_stop, 1) != 0)
		ps_log(PS_LOG_DEBUG, "looks for keys are not told to stop");
	ps_flights_free(d->flights);
	ps_notes_free(d->notes);
	if (d->own_stop >= 0)
		close(d->own_stop);
	free(d);
}

struct ps_certs
ps_discovery_certs(struct ps_discovery *d)
{
	return (struct ps_certs){.self = d,
		.find = ps_discovery_find,
		.signers = ps_discovery_signers};
}
