/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which sources stand behind which setting.
 */
#include "discovering.h"

#include "discovery/dane.h"
#include "discovery/wkd.h"

/* Looks that wait for a thread; more is "late" to who asks. */
#define MAX_WAITING 1000

static bool
open_found(struct ps_discovering *d, const struct ps_discovering_env *env,
	struct ps_arena *a, const char **why)
{
	const struct ps_policy *p = env->policy;
	const struct ps_keydir_env keys = {
		.dir = ps_arena_printf(a, "%s/found", p->key_dir),
		.engine = env->engine,
		.clock = env->clock,
		.max_certificate = p->limits.max_certificate,
	};

	d->found = ps_keydir_open(&keys, a, why);
	if (d->found == NULL)
		return false;
	d->db = ps_key_book_db_new(
		ps_arena_printf(a, "%s/book.db", p->key_dir));
	if (d->db == NULL) {
		*why = "out of memory";
		return false;
	}
	d->book = ps_key_book_db_adapter(d->db);
	return true;
}

static bool
open_wkd(struct ps_discovering *d, const struct ps_discovering_env *env,
	const char **why)
{
	const struct ps_policy *p = env->policy;
	const struct ps_https_settings web = {
		.dns = env->dns,
		.ca_file = p->https_ca,
		.private_addresses = p->https_private,
		.port = (int)p->https_port,
	};

	d->curl = ps_https_curl_new(&web, why);
	if (d->curl == NULL)
		return false;
	d->https = ps_https_curl_adapter(d->curl);
	d->source[d->n_source++] = ps_wkd_source(&d->https);
	return true;
}

/* Mail that brings its key is no source to be asked. */
static bool
open_sources(struct ps_discovering *d, const struct ps_discovering_env *env,
	const char **why)
{
	const struct ps_policy *p = env->policy;

	if (env->dns == NULL)
		return true;
	if (ps_policy_has_source(p, PS_ORIGIN_DANE))
		d->source[d->n_source++] = ps_dane_source(env->dns);
	d->looks = d->n_source > 0 || ps_policy_has_source(p, PS_ORIGIN_WKD);
	d->learns = ps_policy_has_source(p, PS_ORIGIN_AUTOCRYPT);
	return !ps_policy_has_source(p, PS_ORIGIN_WKD) || open_wkd(d, env, why);
}

static bool
open_service(struct ps_discovering *d, const struct ps_discovering_env *env,
	struct ps_arena *a, const char **why)
{
	const struct ps_policy *p = env->policy;
	const struct ps_discovery_env service = {
		.local = env->local,
		.found = d->found,
		.book = &d->book,
		.engine = env->engine,
		.clock = env->clock,
		.source = d->source,
		.n_source = d->n_source,
		.rules = env->rules,
		.fold_local = !p->local_part_case,
		.n_thread = d->looks || d->learns ? p->lookups : 0,
		.max_waiting = MAX_WAITING,
		.look_ms = p->lookup_ms,
		.found_s = p->refresh_s,
		.absent_s = p->absent_s,
		.trouble_s = p->trouble_s,
		.unused_s = p->unused_s,
		.stop_fd = env->stop_fd,
	};

	d->discovery = ps_discovery_open(&service, a, why);
	if (d->discovery == NULL)
		return false;
	d->harvest = ps_discovery_harvest(d->discovery);
	return true;
}

static enum ps_status
whole_of(void *self, struct ps_arena *a, const char *fpr, struct ps_bytes *out,
	const char **why)
{
	return ps_keydir_octets(self, a, fpr, out, why);
}

bool
ps_discovering_open(struct ps_discovering *d,
	const struct ps_discovering_env *env, struct ps_arena *a,
	const char **why)
{
	*d = (struct ps_discovering){
		.local = env->local, .whole = {env->local, whole_of}};
	if (open_found(d, env, a, why) && open_sources(d, env, why) &&
		open_service(d, env, a, why))
		return true;
	ps_discovering_close(d);
	return false;
}

void
ps_discovering_close(struct ps_discovering *d)
{
	ps_discovery_close(d->discovery);
	ps_https_curl_free(d->curl);
	ps_key_book_db_free(d->db);
	if (d->found != NULL)
		ps_keydir_free(d->found);
	*d = (struct ps_discovering){0};
}

void
ps_discovering_wire(const struct ps_discovering *d, struct ps_env *env)
{
	env->whole = &d->whole;
	env->looks_outside = d->looks;
	env->harvest = d->learns ? &d->harvest : NULL;
}
