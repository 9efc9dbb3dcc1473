/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A GnuPG home with secret keys beside a crypto world, as an administrator
 * would make it: one key without a passphrase, one with, an RSA one, one that
 * has expired, and one whose secret part is gone.
 */
#ifndef PS_T_SECRET_WORLD_H
#define PS_T_SECRET_WORLD_H

#include "crypto_world.h"

enum sw_key { SW_OPEN, SW_LOCKED, SW_RSA, SW_EXPIRED, SW_PUBLIC, SW_N_KEY };
#define SW_PASSPHRASE "three secret words"

struct secret_world {
	char home[CW_PATH], passphrase_file[CW_PATH];
	char fpr[SW_N_KEY][41];
	/* All certificates, in one file. */
	char certs[CW_PATH];
};

/* And makes it known to the world. */
void sw_make(struct secret_world *s, struct crypto_world *w);
/* What stands in the passphrase file from now on. */
void sw_passphrase(const struct secret_world *s, const char *line);
/* No agent serves this home any more. */
void sw_kill_agent(const struct secret_world *s);
/* Is there one? */
bool sw_has_agent(const struct secret_world *s);

/* Who signed, judged by gpg in the home and by sq: true when both say that the
 * detached signature over data is by that key and good. */
bool sw_detached_is_good(const struct secret_world *s, enum sw_key key,
	const char *signature, const char *data);
/* The sealed file opens with the world's first key, in gpg and in sq, to data
 * and with a good signature by that key. */
bool sw_sealed_is_good(const struct secret_world *s,
	const struct crypto_world *w, enum sw_key key, const char *sealed,
	const char *data);

#endif
