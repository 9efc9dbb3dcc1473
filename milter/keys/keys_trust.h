/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * An order of the administrator, from the page as it is now to the book.
 */
#ifndef PS_MILTER_KEYS_TRUST_H
#define PS_MILTER_KEYS_TRUST_H

#include "discovery/trust.h"
#include "keys.h"

/* name: as the book spells it.  PS_EPERM: there is nothing to change. */
enum ps_status ps_keys_say(struct ps_keys *k, struct ps_bytes name,
	const char *fpr, enum ps_trust_order order, const char **why);

#endif
