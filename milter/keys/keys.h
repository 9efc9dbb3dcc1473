/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys": what its actions share.  One file an action; none of them
 * knows another.
 */
#ifndef PS_MILTER_KEYS_H
#define PS_MILTER_KEYS_H

#include <limits.h>
#include <sysexits.h>

#include "tool.h"

/* Beside those of sysexits.h: there is no such thing; something wants to be
 * looked at. */
#define PS_KEYS_NOT_FOUND 1
#define PS_KEYS_ATTENTION 1

struct ps_keys_place;

struct ps_keys {
	struct ps_tool tool;
	struct ps_arena *a;
	struct ps_wait wait;
	int argc;
	char **argv; /* what follows the options */
	bool json, pending, armor, minimal, direct, generic;
	const char *expiring, *source;
	struct ps_keys_place *place; /* keys_place.h */
	void *prepared;		     /* what prepare has for run */
};

struct ps_keys_action {
	const char *name;
	const char *usage;   /* what follows the name */
	const char *options; /* letters that it takes beside c and d */
	int min, max;	     /* how many arguments */
	/*
	 * As the caller, before root becomes the daemon's user.  False ends the
	 * command with *status.  May be NULL.
	 */
	bool (*prepare)(struct ps_keys *k, int *status);
	int (*run)(struct ps_keys *k);
};

extern const struct ps_keys_action ps_keys_list, ps_keys_show, ps_keys_import,
	ps_keys_export, ps_keys_fetch, ps_keys_pin, ps_keys_unpin,
	ps_keys_trust, ps_keys_reject, ps_keys_drop, ps_keys_expiring,
	ps_keys_audit, ps_keys_publish, ps_keys_dns;

#define PS_KEYS_NO_FPR                                                         \
	"this is no full fingerprint; \"postseal keys list\" shows them"

/* "postseal: what: why" to standard error; returns status. */
int ps_keys_fail(int status, const char *what, const char *why);
int ps_keys_exit(enum ps_status s);
/* For a terminal. */
const char *ps_keys_shown(struct ps_arena *a, const char *s);

/* Upper case hex without blanks, colons and "0x"; NULL when it is none of 32,
 * 40 or 64 digits. */
const char *ps_keys_fpr(struct ps_arena *a, const char *text);
/* Says what is wrong with it. */
bool ps_keys_addr(struct ps_arena *a, const char *text, struct ps_addr *out);
/* "60d", "8w", "12h"; a bare number is days.  Says what is wrong with it. */
bool ps_keys_span(const char *text, int64_t *seconds);

/* NULL: nothing is near enough. */
const char *ps_keys_near(
	const char *word, const char *const *known, size_t n_known);

#endif
