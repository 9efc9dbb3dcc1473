/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What our own domains may publish: of every address the certificates of the
 * local directory that can be used for it and that nobody rejected; the pinned
 * one alone where there is a pin.
 */
#ifndef PS_MILTER_KEYS_OURS_H
#define PS_MILTER_KEYS_OURS_H

#include "discovery/publish.h"
#include "keys.h"

struct ps_keys_ours {
	const char **domain;
	size_t n_domain;
	struct ps_publish_key *key; /* of an address the newest first */
	size_t n_key;
};

/* only  one domain of ours, or NULL for all */
enum ps_status ps_keys_ours(struct ps_keys *k, const char *only,
	struct ps_keys_ours *out, const char **why);
/* What was left out, to standard error. */
void ps_keys_ours_complain(struct ps_keys *k, const struct ps_keys_ours *ours);

#endif
