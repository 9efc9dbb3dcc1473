/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The wiring of subcommands.
 */
#include "tool.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "events.h"
#include "privs.h"
#include "reach.h"

#define USUAL_USER "_postseal"

const char *
ps_tool_user(struct ps_arena *a, const struct ps_policy *p)
{
	const struct passwd *pw = NULL;
	struct stat st;

	if (p->user != NULL)
		return p->user;
	/* NOLINTBEGIN(concurrency-mt-unsafe): no threads yet */
	if (stat(p->key_dir, &st) == 0 ||
		stat(ps_reach_parent(a, p->key_dir), &st) == 0)
		pw = getpwuid(st.st_uid);
	if (pw == NULL)
		pw = getpwnam(USUAL_USER);
	/* NOLINTEND(concurrency-mt-unsafe) */
	return pw == NULL ? NULL : ps_arena_strdup(a, pw->pw_name);
}

/*
 * Root would leave files in the key directory that the daemon cannot write, and
 * gpg needs no root.  Who is not root keeps being who he is.
 */
static bool
start_workers(struct ps_tool *t, struct ps_policy *p, const char **why)
{
	struct ps_arena *a = t->daemon.arena;
	bool root = geteuid() == 0;
	const char *user = root ? ps_tool_user(p->arena, p) : NULL;

	if (!root || p->crypto_user == NULL)
		p->crypto_user = user;
	if (ps_conf_spawn(p, a, &t->spawner, why) != PS_OK)
		return false;
	ps_privs_no_dumps();
	return ps_privs_drop(user, a, why);
}

bool
ps_tool_open(struct ps_tool *t, struct ps_policy *p, const char **why)
{
	struct ps_daemon *d = &t->daemon;
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads yet */
	const char *tmp = getenv("TMPDIR");

	*t = (struct ps_tool){.policy = p};
	d->clock = ps_clock_system();
	d->arena = ps_arena_new(PS_ARENA_PLAIN);
	/* The daemon's spool is not ours to write to; and one message fits
	 * into memory. */
	p->spool_dir = ps_arena_strdup(
		p->arena, tmp == NULL || *tmp == '\0' ? "/tmp" : tmp);
	p->limits.memory_per_message = SIZE_MAX / 4;
	p->limits.crypto_workers = 1;
	if (!start_workers(t, p, why) ||
		!ps_daemon_wire(d, p, t->spawner.spawner_fd, why) ||
		!ps_daemon_wire_discovery(d, NULL, why))
		return false;
	t->env = (struct ps_env){
		.policy = p,
		.certs = &d->certs,
		.engine = &d->engine,
		.clock = d->clock,
		.wait =
			{
				.clock = d->clock,
				.deadline_ms = ps_mono_ms(d->clock) +
					       p->limits.message_ms,
				/* an order is to stop, an end is too */
				.stop_fd = t->spawner.orders_fd,
			},
	};
	ps_discovering_wire(&d->discovering, &t->env);
	return true;
}

void
ps_tool_close(struct ps_tool *t)
{
	struct ps_daemon *d = &t->daemon;

	ps_discovering_close(&d->discovering);
	if (d->keydir != NULL)
		ps_keydir_free(d->keydir);
	if (d->workers != NULL)
		ps_workers_free(d->workers);
	if (d->current != NULL)
		ps_generation_drop(d->current); /* and the policy in it */
	else
		ps_policy_free(t->policy);
	ps_arena_free(d->arena);
}

bool
ps_tool_client(const char *text, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

	*out = (struct sockaddr_storage){0};
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1)
		out->ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
		out->ss_family = AF_INET6;
	return out->ss_family != 0;
}

struct ps_conn *
ps_tool_begin(struct ps_tool *t, const struct ps_envelope *e, const char **why)
{
	const char *client = e->client == NULL ? PS_TOOL_STRANGER : e->client;
	bool local = strcmp(client, "local") == 0;
	char *mail[] = {ps_arena_strdup(t->daemon.arena, e->from), NULL};
	struct sockaddr_storage addr = {0};
	struct ps_conn *c;
	struct ps_msg *m;

	if (!local && !ps_tool_client(client, &addr)) {
		*why = ps_arena_printf(t->daemon.arena,
			"'%s' is no address of a client (nor 'local')", client);
		return NULL;
	}
	c = ps_conn_new();
	ps_event_connect(c, "", local ? NULL : (struct sockaddr *)&addr,
		ps_bytes_of(e->daemon_name));
	m = ps_msg_new(c, &t->daemon);
	m->txn.login = ps_arena_copy(m->txn.arena, ps_bytes_of(e->login));
	ps_event_mail(m, mail, PS_LIT(""));
	m->txn.is_local = local;
	return c;
}

const char *
ps_tool_reply(struct ps_arena *a, const struct ps_reply *r)
{
	if (r->action == PS_ACCEPT)
		return "250 accepted";
	if (r->action == PS_DISCARD)
		return "250 accepted and sent as copies";
	return ps_arena_printf(a, "%s %s %s", r->code, r->xcode, r->text);
}

int
ps_tool_exit(const struct ps_reply *r)
{
	switch (r->action) {
	case PS_TEMPFAIL:
		return EX_TEMPFAIL;
	case PS_REJECT:
		return EX_NOPERM;
	case PS_ACCEPT:
	case PS_DISCARD:
		break;
	}
	return EX_OK;
}
