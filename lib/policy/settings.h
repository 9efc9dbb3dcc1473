/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The settings that are no words of policy: one table for parser, loader and
 * the test that holds the manual against it.
 */
#ifndef PS_POLICY_SETTINGS_H
#define PS_POLICY_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ps_setting_type {
	PS_SET_BOOL,
	PS_SET_CHOICE, /* of two; the second one is true */
	PS_SET_ONE_OF, /* of several: an int, its index */
	PS_SET_COUNT,
	PS_SET_SIZE,
	PS_SET_TIME,	/* milliseconds */
	PS_SET_SECONDS, /* a time too, for what lasts days */
	PS_SET_NAME,
	PS_SET_PATH,
	PS_SET_DOMAIN,
	PS_SET_DELIMITER,
	PS_SET_MILTER_SOCKET,
	PS_SET_UNIX_SOCKET,
	/* lists */
	PS_SET_NAMES,
	PS_SET_NETWORKS,
	PS_SET_TEXTS,
	PS_SET_DOMAINS,
	PS_SET_HOSTS,	   /* domains, "*" allowed */
	PS_SET_RESOLVERS,  /* addresses, "@port" allowed */
	PS_SET_FORWARDERS, /* networks and hosts */
	PS_SET_SOURCES	   /* of keys: "pinned" and enum ps_key_origin */
};

struct ps_setting_def {
	const char *section; /* NULL: outside of sections */
	const char *name;
	enum ps_setting_type type;
	bool zero; /* 0 has a meaning of its own, below min */
	const char *const *choice;
	size_t at, at_n;  /* offsets in struct ps_policy; lists have a count */
	int64_t min, max; /* counts, sizes, times; max 0: none */
};

extern const struct ps_setting_def ps_settings[];
extern const size_t ps_n_settings;
/* "listen", "identity", ..., NULL. */
extern const char *const ps_setting_sections[];
/* What a rule can ask: "from", ..., NULL. */
extern const char *const ps_conditions[];

/* Also of those with words: "domain", "defaults". */
bool ps_settings_is_section(const char *name);

#endif
