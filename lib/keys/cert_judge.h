/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Can this certificate be used for this address now, and why not?  Pure: of
 * what the index knows and of the time that it is handed.  gpg under
 * "trust-model always" checks none of this for us.
 */
#ifndef PS_KEYS_CERT_JUDGE_H
#define PS_KEYS_CERT_JUDGE_H

#include "keys/certs.h"
#include "store/key_index.h"

struct ps_cert_verdict {
	const char *reason; /* "" when usable, else a word of certs.h */
	const char *text;
	/* Its usable encryption subkeys, newest first. */
	const struct ps_key_subkey **subkey;
	size_t n_subkey;
};

/* addr NULL: by whatever name (a pinned certificate). */
struct ps_cert_verdict ps_cert_judge(struct ps_arena *a,
	const struct ps_key_record *record, const struct ps_addr *addr,
	bool fold_local, int64_t now_s);

/* Is the certificate valid now, and a valid user id of it exactly this address?
 * Says nothing of its subkeys. */
bool ps_cert_names(const struct ps_key_record *record,
	const struct ps_addr *addr, bool fold_local, int64_t now_s);

/*
 * When nothing can be sealed for the address of this user id any more with this
 * certificate, by what is known now: 0 or PS_KEY_NEVER_ENDS as in the index.
 * What is not valid yet counts as what it will be.
 */
int64_t ps_cert_ends(
	const struct ps_key_record *record, const struct ps_key_uid *uid);

/*
 * The answer to a query out of the records that the index found, newest
 * first.  q->wait is not used; files are "dir/sub/FPR-SUBFPR.pgp".
 */
void ps_certs_judge(struct ps_arena *a, const struct ps_cert_query *q,
	const char *dir, const struct ps_key_record *record, size_t n_record,
	struct ps_cert_answer *out);

/* The answer when it is not known. */
void ps_certs_trouble(
	struct ps_arena *a, const char *why, struct ps_cert_answer *out);

#endif
