/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A Postfix configuration as values: what main.cf says after expansion, and
 * the services of master.cf with what they set for themselves.  mta_postfix.c
 * reads one; mta_judge.c judges one, and a test makes one up.
 */
#ifndef PS_MILTER_MTA_H
#define PS_MILTER_MTA_H

#include "base/arena.h"
#include "base/status.h"
#include "findings.h"
#include "policy/policy.h"
#include "socket_name.h"

struct ps_mta_setting {
	const char *name, *value;
};

struct ps_mta_settings {
	struct ps_mta_setting *entry;
	size_t n_entry;
};

struct ps_mta_service {
	const char *name, *type; /* "smtp", "inet" */
	const char *command;	 /* "smtpd" */
	bool chroot;
	struct ps_mta_settings own; /* "-o name=value" */
};

struct ps_mta {
	const char *dir; /* configuration directory */
	struct ps_mta_settings main;
	struct ps_mta_service *service;
	size_t n_service;
};

/* The value, "" where this Postfix has no such parameter. */
const char *ps_mta_get(const struct ps_mta *m, const char *name);
/* The service's own value, or main.cf's. */
const char *ps_mta_service_get(const struct ps_mta *m,
	const struct ps_mta_service *s, const char *name);

/* The output of postconf, postconf -M and postconf -P, in this order. */
void ps_mta_parse_main(
	struct ps_arena *a, struct ps_bytes text, struct ps_mta *m);
void ps_mta_parse_services(
	struct ps_arena *a, struct ps_bytes text, struct ps_mta *m);
void ps_mta_parse_overrides(
	struct ps_arena *a, struct ps_bytes text, struct ps_mta *m);

/*
 * Read the configuration in dir (NULL: Postfix's own place) through
 * postconf(1).  PS_EPERM when there is no Postfix here, PS_ETEMP when there is
 * one that does not answer.
 */
enum ps_status ps_mta_read(struct ps_arena *a, const char *dir,
	struct ps_mta *out, const char **why);

/* One milter of a list such as smtpd_milters. */
struct ps_mta_milter {
	struct ps_socket_name socket;
	const char *text; /* as it stands in the list */
	/* of "{ ..., default_action=x }", or NULL */
	const char *default_action;
};
struct ps_mta_milter *ps_mta_milters(struct ps_arena *a, const struct ps_mta *m,
	const char *list, size_t *n_out);

/* Everything about it that leaks mail or breaks ours. */
void ps_mta_judge(const struct ps_mta *m, const struct ps_policy *p,
	const struct ps_socket_name *ours, struct ps_findings *out);

/* The same of one service of master.cf that takes mail in. */
struct ps_mta_view {
	const struct ps_mta *mta;
	const struct ps_policy *policy;
	const struct ps_socket_name *ours;
	struct ps_arena *arena;
};
void ps_mta_judge_services(
	const struct ps_mta_view *v, struct ps_findings *out);

/* Is our socket in this list of milters? */
bool ps_mta_lists_us(const struct ps_mta_view *v, const char *list);
/* What the service sets for itself, or NULL. */
const char *ps_mta_own(const struct ps_mta_service *s, const char *name);

/*
 * The service that takes our copies back, or its absence: mta_reentry.c.
 * True: s is that one, and all is said of it.
 */
bool ps_mta_judge_reentry(const struct ps_mta_view *v,
	const struct ps_mta_service *s, const char *where,
	struct ps_findings *out);
void ps_mta_judge_no_reentry(const struct ps_mta_view *v, const char *where,
	struct ps_findings *out);

/* Is a word in a list of words separated by commas and blanks? */
bool ps_mta_has_word(const char *list, const char *word);

/* "300s", "5m", "1h", "2d", "1w", "10" (seconds); -1 for what is no time. */
int64_t ps_mta_seconds(const char *value);

#endif
