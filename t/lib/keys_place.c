/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * See keys_place.h.
 */
#include "keys_place.h"

#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int64_t
now_s(void *self)
{
	(void)self;
	return 1700000000;
}

static int64_t
mono_ms(void *self)
{
	struct keys_place *p = self;

	return p->mono_ms;
}

void
kp_reopen(struct keys_place *p)
{
	const struct ps_keydir_env env = {
		.dir = p->dir,
		.engine = &p->engine.engine,
		.clock = &p->clock,
		.max_certificate = 1 << 20,
	};
	const char *why = "";

	ps_keydir_free(p->d);
	p->d = ps_keydir_open(&env, p->a, &why);
	if (p->d == NULL)
		fail_msg("%s", why);
	p->certs = ps_keydir_certs(p->d);
}

int
kp_make(void **state)
{
	struct keys_place *p = calloc(1, sizeof(*p));

	/* Nothing here depends on a disk; most would be spent in fsync. */
	snprintf(p->dir, sizeof(p->dir), "%s/postseal-keydir-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(p->dir));
	p->a = ps_arena_new(PS_ARENA_PLAIN);
	fk_engine_init(&p->engine);
	p->clock = (struct ps_clock){p, now_s, mono_ms};
	p->wait = (struct ps_wait){
		.clock = &p->clock, .deadline_ms = 10000, .stop_fd = -1};
	kp_reopen(p);
	*state = p;
	return 0;
}

int
kp_clean(void **state)
{
	struct keys_place *p = *state;
	char command[128];

	ps_keydir_free(p->d);
	ps_arena_free(p->a);
	snprintf(command, sizeof(command), "rm -rf '%s'", p->dir);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

const char *
kp_path(struct keys_place *p, const char *name)
{
	return ps_arena_printf(p->a, "%s/%s", p->dir, name);
}

struct ps_bytes
kp_cert(struct keys_place *p, int version, unsigned seed, const char *uids,
	size_t n)
{
	struct ps_bytes copy;
	struct ps_buf b;

	ps_buf_init(&b, 1 << 20);
	fk_put(&b, version, seed, uids, n);
	copy = ps_arena_copy(p->a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return copy;
}

void
kp_save(struct keys_place *p, const char *name, struct ps_bytes octets)
{
	FILE *f = fopen(kp_path(p, name), "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(octets.p, 1, octets.len, f), octets.len);
	assert_int_equal(fclose(f), 0);
}

static void
keep_report(void *self, const struct ps_import *line)
{
	struct keys_place *p = self;

	if (p->n_report++ == 0)
		p->report = *line;
}

static void
keep_progress(void *self, size_t n_done, size_t n_all)
{
	struct keys_place *p = self;

	p->n_done = n_done;
	p->n_all = n_all;
	p->n_progress++;
}

struct ps_import
kp_import(struct keys_place *p, struct ps_bytes octets)
{
	const struct ps_key_source source = {"test", octets};
	const struct ps_import_job job = {.source = &source,
		.n_source = 1,
		.self = p,
		.report = keep_report,
		.progress = keep_progress};
	const char *why = "";

	p->n_report = 0;
	p->n_progress = 0;
	if (ps_keydir_import(p->d, p->a, &job, &p->wait, &why) != PS_OK)
		fail_msg("%s", why);
	assert_true(p->n_report >= 1);
	p->report.text = ""; /* it lived for the call */
	return p->report;
}

struct ps_cert_answer
kp_ask(struct keys_place *p, const char *address, bool may_wait)
{
	struct ps_addr addr = {.full = ps_bytes_of(address)};
	const struct ps_cert_query q = {
		.addr = &addr,
		.fold_local = true,
		.now_s = 1700000000,
		.max_certs = 4,
		.wait = may_wait ? &p->wait : NULL,
	};
	struct ps_cert_answer out;

	p->certs.find(p->certs.self, p->a, &q, &out);
	return out;
}

void
kp_expect(struct keys_place *p, const char *address, enum ps_cert_state state)
{
	struct ps_cert_answer out = kp_ask(p, address, true);

	if (out.state != state)
		fail_msg("%s is %s (%s %s), not %s", address,
			ps_cert_state_name(out.state), out.reason, out.text,
			ps_cert_state_name(state));
}

void
kp_refresh(struct keys_place *p)
{
	const char *why = "";

	if (ps_keydir_refresh(p->d, p->a, &p->wait, &why) != PS_OK)
		fail_msg("%s", why);
}
