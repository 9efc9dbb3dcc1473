/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One certificate as list, show and audit see it.
 */
#ifndef PS_MILTER_KEYS_CERT_H
#define PS_MILTER_KEYS_CERT_H

#include "keys_place.h"

struct ps_keys_view {
	const char *names;   /* user ids, joined */
	const char *state;   /* "usable", or a reason word of keys/certs.h */
	const char *text;    /* why it cannot be used; NULL when it can */
	int64_t ends_s;	     /* as ps_keydir_ends() */
	const char *sources; /* "local,wkd"; NULL: the book does not know it */
	const char *trust;   /* "trusted"; several: "pinned,rejected" */
};

/* bond: those of this certificate.  addr NULL: by whatever name. */
void ps_keys_view(struct ps_keys *k, const struct ps_keys_cert *c,
	const struct ps_addr *addr, const struct ps_key_bond *bond,
	size_t n_bond, struct ps_keys_view *out);

/* Those that name the address and those of its page, the administrator's
 * first. */
enum ps_status ps_keys_of_address(struct ps_keys *k, const struct ps_addr *addr,
	struct ps_key_page *page, struct ps_keys_all *out, const char **why);

/*
 * For every address the moment from which on it has no key that may be used;
 * of those that have one, and of those that have only such as cannot be used
 * any more.  By address.
 */
struct ps_keys_end {
	struct ps_bytes address;
	const char *fpr;
	bool now;	/* it has none already */
	int64_t ends_s; /* 0: never */
	const char *text;
};
void ps_keys_forecast(struct ps_keys *k, const struct ps_keys_all *all,
	struct ps_keys_end **out, size_t *n_out);

#endif
