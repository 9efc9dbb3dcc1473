/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Everything that is known of keys, opened without the daemon: the
 * administrator's directory, what the network gave, and the book.
 */
#ifndef PS_MILTER_KEYS_PLACE_H
#define PS_MILTER_KEYS_PLACE_H

#include "keys.h"
#include "store/key_book.h"

struct ps_keys_place {
	struct ps_keydir *local, *found;
	struct ps_key_book book;
};

void ps_keys_place_open(struct ps_keys *k);

/* As the book spells it. */
struct ps_bytes ps_keys_name(
	const struct ps_keys *k, const struct ps_addr *addr);
/* What policy says of it, when no message asks. */
void ps_keys_rules(struct ps_keys *k, const struct ps_addr *addr,
	struct ps_key_rules *out);
/* What policy would use for it now; the network is not asked. */
void ps_keys_now(struct ps_keys *k, const struct ps_addr *addr,
	struct ps_cert_answer *out);

/* A certificate wherever it lies; the administrator's first. */
struct ps_keys_cert {
	struct ps_key_record record;
	bool is_local, is_found; /* where it lies */
};
/* PS_EPERM when there is none. */
enum ps_status ps_keys_record(struct ps_keys *k, const char *fpr,
	struct ps_keys_cert *out, const char **why);
enum ps_status ps_keys_octets(struct ps_keys *k, const char *fpr,
	struct ps_bytes *out, const char **why);

/* All of them, by fingerprint: for reports. */
struct ps_keys_all {
	struct ps_keys_cert *cert;
	size_t n_cert;
	struct ps_key_file *bad; /* of both directories */
	size_t n_bad;
	struct ps_key_bond *bond; /* by fingerprint, then address */
	size_t n_bond;
};
enum ps_status ps_keys_read_all(
	struct ps_keys *k, struct ps_keys_all *out, const char **why);
/* The bonds of one page instead. */
void ps_keys_all_take(struct ps_keys_all *all, const struct ps_key_page *page);
const struct ps_keys_cert *ps_keys_all_cert(
	const struct ps_keys_all *all, const char *fpr);
/* The bonds of one certificate; NULL when there are none. */
const struct ps_key_bond *ps_keys_all_bonds(
	const struct ps_keys_all *all, const char *fpr, size_t *n);

#endif
