/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A key directory of a test's own, with the fake engine and a clock that
 * stands still.
 */
#ifndef PS_T_KEYS_PLACE_H
#define PS_T_KEYS_PLACE_H

#include "fake_keys.h"
#include "keys/keydir.h"

struct keys_place {
	char dir[64];
	struct ps_arena *a;
	struct fk_engine engine;
	struct ps_clock clock;
	int64_t mono_ms;
	struct ps_wait wait;
	struct ps_keydir *d;
	struct ps_certs certs;
	struct ps_import report; /* the first line of the last import */
	size_t n_report;
	size_t n_done, n_all, n_progress; /* what was told last */
};

/* For cmocka_unit_test_setup_teardown(). */
int kp_make(void **state);
int kp_clean(void **state);
/* As a process that starts would. */
void kp_reopen(struct keys_place *p);

const char *kp_path(struct keys_place *p, const char *name);
/* See fk_put(). */
struct ps_bytes kp_cert(struct keys_place *p, int version, unsigned seed,
	const char *uids, size_t n_subkey);
void kp_save(struct keys_place *p, const char *name, struct ps_bytes octets);
/* The first line of the report. */
struct ps_import kp_import(struct keys_place *p, struct ps_bytes octets);
void kp_refresh(struct keys_place *p);
struct ps_cert_answer kp_ask(
	struct keys_place *p, const char *address, bool may_wait);
void kp_expect(
	struct keys_place *p, const char *address, enum ps_cert_state state);

#endif
