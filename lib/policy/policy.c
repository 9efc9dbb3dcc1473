/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A configuration's life: loaded, asked, freed.  The defaults of the settings
 * stand here.
 */
#include "policy/policy.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/utsname.h>

#include "policy/conf.h"
#include "policy/judge_sender.h"

/* Of the package dns-root-data. */
#define PS_ROOT_KEY "/usr/share/dns/root.key"

static const struct ps_network loopback[] = {
	{AF_INET, {127}, 8},
	{AF_INET6, {[15] = 1}, 128},
};

static struct ps_policy *
new_policy(void)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_policy *p = ps_arena_alloc(a, sizeof(*p));
	struct utsname host;

	*p = (struct ps_policy){
		.arena = a,
		.milter_socket = "inet:8895@127.0.0.1",
		.internal = loopback,
		.n_internal = sizeof(loopback) / sizeof(loopback[0]),
		.key_dir = "/var/lib/postseal/keys",
		.gpg = "/usr/bin/gpg",
		.key_order = {PS_ORIGIN_LOCAL},
		.n_key_order = 1, /* nothing leaves the machine unasked */
		.lookup_wait_ms = 3000,
		.lookup_ms = 30000,
		.lookups = 8,
		.refresh_s = 86400,
		.absent_s = 3600,
		.trouble_s = 300,
		.unused_s = (int64_t)30 * 86400,
		.warn_before_s = (int64_t)30 * 86400,
		.https_port = 443,
		.dkim_dir = "/etc/postseal/dkim",
		.spool_dir = "/var/lib/postseal/spool",
		.recipient_delimiter = "",
		.auth = PS_AUTH_SETTINGS_DEFAULT,
		.root_key = PS_ROOT_KEY,
		.iprev = true,
		.openpgp = true,
		.ledger = "/var/lib/postseal/ledger",
		.relay_ms = 60000,
		.queue_life_s = 5 * 86400, /* maximal_queue_lifetime */
		.relay_connections = 50,
		.log_syslog = true,
		.limits = PS_LIMITS_DEFAULT,
		.defaults = {.kind = PS_SECTION_DEFAULTS, .name = ""},
	};
	p->authserv_id = uname(&host) == 0 && host.nodename[0] != '\0'
				 ? ps_arena_strdup(a, host.nodename)
				 : "localhost";
	return p;
}

/* The directory of a path, with its final slash; "" when it has none. */
static const char *
directory(struct ps_arena *a, const char *file)
{
	const char *slash = strrchr(file, '/');

	return ps_arena_cstr(a,
		ps_bytes(file, slash == NULL ? 0 : (size_t)(slash - file) + 1));
}

/* libconfuse's scanner is one for the process: one load at a time. */
static pthread_mutex_t one_load = PTHREAD_MUTEX_INITIALIZER;

static void
parse_files(struct ps_conf *c, const char *name)
{
	struct ps_arena *a = c->policy->arena;

	c->dir = directory(a, name);
	PS_GROW(c->scratch, c->file, 0);
	c->file[c->n_file++].name = c->policy->file;
	for (size_t i = 0; i < c->n_file; i++)
		ps_conf_load_file(c, i);
}

static struct ps_policy *
load(const struct ps_bytes *text, const char *name, struct ps_arena *a,
	struct ps_problems *problems)
{
	struct ps_conf c = {
		.scratch = ps_arena_new(PS_ARENA_PLAIN),
		.said = a,
		.problems = problems,
		.policy = new_policy(),
	};

	*problems = (struct ps_problems){0};
	c.policy->file = ps_arena_strdup(c.policy->arena, name);
	pthread_mutex_lock(&one_load);
	if (text == NULL)
		parse_files(&c, name);
	else
		ps_conf_parse(&c, c.policy->file, *text);
	pthread_mutex_unlock(&one_load);
	if (c.n_error == 0)
		ps_conf_build(&c);
	c.policy->auth.receiver = c.policy->authserv_id;
	c.policy->methods = ps_policy_methods_of_all(c.policy);
	if (c.n_error == 0)
		ps_conf_check(&c);
	ps_conf_sort(&c);
	ps_arena_free(c.scratch);
	if (c.n_error == 0)
		return c.policy;
	ps_policy_free(c.policy);
	return NULL;
}

struct ps_policy *
ps_policy_load(
	const char *file, struct ps_arena *a, struct ps_problems *problems)
{
	return load(NULL, file, a, problems);
}

struct ps_policy *
ps_policy_load_text(struct ps_bytes text, const char *name, struct ps_arena *a,
	struct ps_problems *problems)
{
	return load(&text, name, a, problems);
}

void
ps_policy_free(struct ps_policy *p)
{
	if (p != NULL)
		ps_arena_free(p->arena);
}

static int
by_name(const void *key, const void *element)
{
	const struct ps_bytes *domain = key;
	const struct ps_section *s = element;
	size_t len = strlen(s->name);
	int r = memcmp(
		domain->p, s->name, domain->len < len ? domain->len : len);

	if (r != 0)
		return r;
	return (domain->len > len) - (domain->len < len);
}

const struct ps_section *
ps_policy_section(const struct ps_policy *p, struct ps_bytes domain)
{
	if (domain.len == 0 || p->n_section == 0)
		return NULL;
	return bsearch(&domain, p->section, p->n_section, sizeof(*p->section),
		by_name);
}

bool
ps_policy_is_ours(const struct ps_policy *p, const struct ps_addr *addr)
{
	const struct ps_section *s = ps_policy_section(p, addr->domain);

	return s != NULL && s->kind == PS_SECTION_DOMAIN;
}

static bool
same_bits(const unsigned char *x, const unsigned char *y, int bits)
{
	size_t whole = (size_t)bits / 8;
	unsigned rest = (unsigned)bits % 8;

	if (memcmp(x, y, whole) != 0)
		return false;
	return rest == 0 || ((x[whole] ^ y[whole]) >> (8 - rest)) == 0;
}

static bool
is_in(const struct ps_network *n, size_t n_network, int family,
	const void *addr)
{
	for (size_t i = 0; i < n_network; i++)
		if (n[i].family == family &&
			same_bits(n[i].addr, addr, n[i].bits))
			return true;
	return false;
}

bool
ps_network_has(const struct ps_network *n, size_t n_network,
	const struct sockaddr_storage *client)
{
	const void *at = client;
	const struct sockaddr_in6 *six = at;
	const struct sockaddr_in *four = at;

	if (client->ss_family == AF_INET)
		return is_in(n, n_network, AF_INET, &four->sin_addr);
	if (client->ss_family != AF_INET6)
		return false;
	/* RFC 4291 2.5.5.2: an IPv4 client on a socket for both */
	if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		return is_in(
			n, n_network, AF_INET, &six->sin6_addr.s6_addr[12]);
	return is_in(n, n_network, AF_INET6, &six->sin6_addr);
}

bool
ps_policy_is_internal(
	const struct ps_policy *p, const struct sockaddr_storage *client)
{
	return ps_network_has(p->internal, p->n_internal, client);
}

bool
ps_policy_is_trusted_relay(
	const struct ps_policy *p, const struct sockaddr_storage *client)
{
	return ps_network_has(p->trusted_relay, p->n_trusted_relay, client);
}

const struct ps_login *
ps_policy_login(const struct ps_policy *p, struct ps_bytes name)
{
	for (size_t i = 0; i < p->n_login; i++)
		if (ps_bytes_ieq(ps_bytes_of(p->login[i].name), name))
			return &p->login[i];
	return NULL;
}
