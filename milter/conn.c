/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One arena a connection, one a message.
 */
#include "conn.h"

#include <stdlib.h>

struct ps_conn *
ps_conn_new(void)
{
	struct ps_conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		abort();
	c->session.arena = ps_arena_new(PS_ARENA_PLAIN);
	return c;
}

void
ps_conn_free(struct ps_conn *c)
{
	if (c == NULL)
		return;
	ps_msg_free(c);
	ps_arena_free(c->session.arena);
	free(c);
}

struct ps_msg *
ps_msg_new(struct ps_conn *c, struct ps_daemon *d)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_SECRET);
	struct ps_msg *m = ps_arena_alloc(a, sizeof(*m));
	const struct ps_policy *p;

	ps_msg_free(c);
	m->generation = ps_daemon_hold(d);
	p = m->generation->policy;
	m->txn.arena = a;
	m->txn.session = &c->session;
	m->txn.message.body_fd = -1;
	m->body = ps_spool_new(
		(struct ps_spool_where){
			.dir = p->spool_dir,
			.in_memory = p->limits.memory_per_message,
		},
		p->limits.max_message);
	c->msg = m;
	return m;
}

void
ps_msg_free(struct ps_conn *c)
{
	struct ps_msg *m = c->msg;
	struct ps_arena *a;

	c->msg = NULL;
	if (m == NULL)
		return;
	ps_spool_free(m->body);
	ps_generation_drop(m->generation);
	a = m->txn.arena;
	ps_arena_free(a);
}

void
ps_msg_trouble(struct ps_msg *m, enum ps_status s, const char *why)
{
	if (m->trouble != PS_OK)
		return;
	m->trouble = s;
	m->why = why;
}
