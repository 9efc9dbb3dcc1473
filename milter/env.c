/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The composition root: which adapter stands behind which pointer, and which
 * configuration is in force.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon.h"

static pthread_mutex_t generation_lock = PTHREAD_MUTEX_INITIALIZER;

static struct ps_generation *
new_generation(struct ps_policy *policy)
{
	struct ps_generation *g = calloc(1, sizeof(*g));

	if (g == NULL)
		abort();
	g->policy = policy;
	atomic_init(&g->holders, 1);
	return g;
}

struct ps_generation *
ps_daemon_hold(struct ps_daemon *d)
{
	struct ps_generation *g;

	pthread_mutex_lock(&generation_lock);
	g = d->current;
	atomic_fetch_add(&g->holders, 1);
	pthread_mutex_unlock(&generation_lock);
	return g;
}

void
ps_generation_drop(struct ps_generation *g)
{
	if (g == NULL || atomic_fetch_sub(&g->holders, 1) != 1)
		return;
	ps_policy_free(g->policy);
	free(g);
}

static bool
make_spool(const struct ps_policy *p, const char **why)
{
	if (mkdir(p->spool_dir, 0700) != 0 && errno != EEXIST) {
		*why = "cannot make the spool directory";
		return false;
	}
	if (access(p->spool_dir, W_OK | X_OK) != 0) {
		*why = "cannot write to the spool directory";
		return false;
	}
	return true;
}

bool
ps_daemon_wire(struct ps_daemon *d, struct ps_policy *policy, int spawner_fd,
	const char **why)
{
	struct ps_workers_env workers = {
		.spawner_fd = spawner_fd,
		.clock = d->clock,
		.n_worker = policy->limits.crypto_workers,
		.n_queue = policy->limits.crypto_queue,
		.crypto_ms = policy->limits.crypto_ms,
	};
	struct ps_keydir_env keys = {
		.dir = policy->key_dir,
		.engine = &d->engine,
		.clock = d->clock,
		.max_certificate = policy->limits.max_certificate,
	};

	d->current = new_generation(policy);
	d->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (d->stop_fd < 0 || !make_spool(policy, why))
		return false;
	d->workers = ps_workers_new(&workers, why);
	if (d->workers == NULL)
		return false;
	d->engine = ps_workers_engine(d->workers);
	d->keydir = ps_keydir_open(&keys, d->arena, why);
	if (d->keydir == NULL)
		return false;
	d->certs = ps_keydir_certs(d->keydir);
	return true;
}

/* By the configuration in force when it is asked. */
static void
rules_of(void *self, struct ps_arena *a, const struct ps_addr *addr,
	struct ps_key_rules *out)
{
	struct ps_generation *g = ps_daemon_hold(self);

	ps_policy_key_rules_of(a, g->policy, addr, out);
	ps_generation_drop(g);
}

bool
ps_daemon_wire_discovery(
	struct ps_daemon *d, const struct ps_dns *dns, const char **why)
{
	const struct ps_discovering_env env = {
		.policy = d->current->policy,
		.clock = d->clock,
		.engine = &d->engine,
		.local = d->keydir,
		.dns = dns,
		.rules = {d, rules_of},
		.stop_fd = d->stop_fd,
	};

	if (!ps_discovering_open(&d->discovering, &env, d->arena, why))
		return false;
	d->certs = ps_discovery_certs(d->discovering.discovery);
	return true;
}

bool
ps_daemon_wire_outside(struct ps_daemon *d, const char **why)
{
	const struct ps_policy *p = d->current->policy;

	return ps_lookups_open(&d->lookups, p, NULL, d->arena, d->clock, why) &&
	       ps_daemon_wire_discovery(d, d->lookups.dns, why) &&
	       ps_splitting_open(&d->splitting, p, d->arena, d->clock, why);
}

static bool
differ(const char *a, const char *b)
{
	return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) != 0;
}

static const char *
joined(struct ps_arena *a, const char *const *list, size_t n)
{
	const char *text = "";

	for (size_t i = 0; i < n; i++)
		text = ps_arena_printf(a, "%s %s", text, list[i]);
	return text;
}

/* Everything that the resolver and the public suffix list were made of. */
static const char *
lookups_of(struct ps_arena *a, const struct ps_policy *p)
{
	return ps_arena_printf(a, "%s;%s;%s;%d%d%d%d;%s",
		joined(a, p->resolver, p->n_resolver),
		joined(a, p->trust_anchor, p->n_trust_anchor), p->root_key,
		p->recursion, p->dnssec, p->stripped_is_insecure,
		p->auth.discovery == PS_DMARC_WALK,
		p->psl == NULL ? "" : p->psl);
}

/* Everything that looking for keys was made of; the order of the sources and
 * the words about them are asked anew for each message. */
static const char *
discovery_of(struct ps_arena *a, const struct ps_policy *p)
{
	return ps_arena_printf(a, "%d%d%d%d;%lld;%zu;%lld;%lld;%lld;%lld",
		ps_policy_has_source(p, PS_ORIGIN_WKD),
		ps_policy_has_source(p, PS_ORIGIN_DANE), ps_policy_discovers(p),
		ps_policy_discovers(p) && p->local_part_case,
		(long long)p->lookup_ms, p->lookups, (long long)p->refresh_s,
		(long long)p->absent_s, (long long)p->trouble_s,
		(long long)p->unused_s);
}

static const char *
https_of(struct ps_arena *a, const struct ps_policy *p)
{
	return ps_arena_printf(a, "%s;%zu;%d",
		p->https_ca == NULL ? "" : p->https_ca, p->https_port,
		p->https_private);
}

/* What a reload cannot change is said by name, never ignored in silence. */
static const char *
needs_restart(struct ps_arena *a, const struct ps_policy *now,
	const struct ps_policy *next)
{
	const struct {
		const char *name, *now, *next;
	} fixed[] = {
		{"listen.milter", now->milter_socket, next->milter_socket},
		{"listen.control", now->control_socket, next->control_socket},
		{"listen.socket-group", now->socket_group, next->socket_group},
		{"listen.user", now->user, next->user},
		{"listen.crypto-user", now->crypto_user, next->crypto_user},
		{"keys.directory", now->key_dir, next->key_dir},
		{"keys.secret-home", now->secret_home, next->secret_home},
		{"keys.passphrase-file", now->passphrase_file,
			next->passphrase_file},
		{"keys.gpg", now->gpg, next->gpg},
		{"keys (sources, look-ups and their times)",
			discovery_of(a, now), discovery_of(a, next)},
		{"https", https_of(a, now), https_of(a, next)},
		{"relay.to", now->relay_to, next->relay_to},
		{"relay.login-file", now->relay_login_file,
			next->relay_login_file},
		{"relay.ledger", now->ledger, next->ledger},
		{"verify (resolver, DNSSEC, public suffix list)",
			lookups_of(a, now), lookups_of(a, next)},
	};
	const char *text = "";

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (differ(fixed[i].now, fixed[i].next))
			text = ps_arena_printf(a, "%s%s%s", text,
				*text == '\0' ? "; needs restart: " : ", ",
				fixed[i].name);
	return text;
}

static const char *
problem_lines(struct ps_arena *a, const struct ps_problems *problems)
{
	const char *text = "";

	for (size_t i = 0; i < problems->n_problem; i++) {
		const struct ps_problem *p = &problems->problem[i];

		text = ps_arena_printf(a, "%s%s:%d: %s: %s\n", text,
			p->where.file, p->where.line,
			p->warning ? "warning" : "error", p->text);
	}
	return text;
}

static void
swap_in(struct ps_daemon *d, struct ps_policy *next)
{
	struct ps_generation *g = new_generation(next), *old;

	if (d->lookups.psl == NULL) /* until the restart that opens it */
		next->auth.discovery = PS_DMARC_WALK;
	pthread_mutex_lock(&generation_lock);
	old = d->current;
	d->current = g;
	pthread_mutex_unlock(&generation_lock);
	ps_generation_drop(old);
	ps_workers_limits(
		d->workers, next->limits.crypto_queue, next->limits.crypto_ms);
}

bool
ps_daemon_reload(struct ps_daemon *d, struct ps_arena *a, const char **report)
{
	static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
	struct ps_problems problems = {0};
	struct ps_generation *now = ps_daemon_hold(d);
	const char *lines, *restart;
	struct ps_policy *next;

	pthread_mutex_lock(&one_at_a_time);
	next = ps_policy_load(d->config_file, a, &problems);
	lines = problem_lines(a, &problems);
	if (next == NULL) {
		*report = ps_arena_printf(a,
			"%serror: %s was not loaded, the configuration before "
			"it stays in force\n",
			lines, d->config_file);
	} else {
		restart = needs_restart(a, now->policy, next);
		*report = ps_arena_printf(a,
			"%sok: configuration reloaded from %s (%zu "
			"sections)%s\n",
			lines, d->config_file, next->n_section, restart);
		swap_in(d, next);
	}
	pthread_mutex_unlock(&one_at_a_time);
	ps_generation_drop(now);
	return next != NULL;
}

void
ps_daemon_stop(struct ps_daemon *d)
{
	uint64_t one = 1;

	atomic_store(&d->stopping, true);
	if (write(d->stop_fd, &one, sizeof(one)) < 0)
		ps_log(PS_LOG_WARNING, "NOQUEUE: cannot tell waiters to stop");
}
