/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * gpg's status lines about signatures (doc/DETAILS of GnuPG), as GPGME hands
 * them over.  Its own summary lacks the primary key and calls it a success when
 * gpg dies.
 */
#ifndef PS_CRYPTO_GPG_STATUS_H
#define PS_CRYPTO_GPG_STATUS_H

#include "crypto/engine.h"

#define PS_GPG_STATUS_MAX 16 /* signatures; more make all of them useless */

struct ps_gpg_status {
	struct ps_signature_info info[PS_GPG_STATUS_MAX];
	bool said[PS_GPG_STATUS_MAX];  /* one of the words that judge */
	bool valid[PS_GPG_STATUS_MAX]; /* VALIDSIG */
	size_t n;
	bool too_many;
};

/* One line: its keyword, and what follows.  User ids in it are not read. */
void ps_gpg_status_feed(
	struct ps_gpg_status *s, const char *keyword, const char *args);

/* At the end: what is good only by half is an error. */
void ps_gpg_status_settle(struct ps_gpg_status *s);

#endif
