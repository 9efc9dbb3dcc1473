/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Settings to where keys come from: the key directory, what was found before,
 * the key book, and the network.  Wired once for a process.
 */
#ifndef PS_MILTER_DISCOVERING_H
#define PS_MILTER_DISCOVERING_H

#include "flow/flow.h"
#include "https/https_curl.h"
#include "keys/keydir.h"

#define PS_DISCOVERING_SOURCES 2

struct ps_discovering {
	struct ps_keydir *local; /* borrowed */
	struct ps_keydir *found;
	struct ps_key_book_db *db;
	struct ps_key_book book;
	struct ps_https_curl *curl; /* NULL: no web server is asked */
	struct ps_https https;
	struct ps_source source[PS_DISCOVERING_SOURCES];
	size_t n_source;
	struct ps_discovery *discovery;
	struct ps_harvest harvest;
	struct ps_whole_cert whole;
	bool learns; /* from mail */
	bool looks;  /* outside */
};

struct ps_discovering_env {
	const struct ps_policy *policy;
	const struct ps_clock *clock;
	const struct ps_engine *engine;
	struct ps_keydir *local;
	/* NULL: nothing is looked for, and no thread is started; what was found
	 * before counts. */
	const struct ps_dns *dns;
	struct ps_key_rules_of rules;
	int stop_fd;
};

/* After the last fork.  False with *why; then nothing is left open. */
bool ps_discovering_open(struct ps_discovering *d,
	const struct ps_discovering_env *env, struct ps_arena *a,
	const char **why);
void ps_discovering_close(struct ps_discovering *d);

/* Into the core's environment, beside the certs adapter. */
void ps_discovering_wire(const struct ps_discovering *d, struct ps_env *env);

#endif
