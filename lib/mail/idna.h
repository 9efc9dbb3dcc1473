/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Domains that are not ASCII (RFC 5890, UTS 46 non-transitional): the A-label
 * form is the normal form, so that writing a domain in another script's
 * spelling escapes no rule.
 */
#ifndef PS_MAIL_IDNA_H
#define PS_MAIL_IDNA_H

#include <stdbool.h>
#include <stddef.h>

#define PS_IDNA_MAX 255

/*
 * Turn the n octets of domain into A-labels in place; the buffer has room for
 * PS_IDNA_MAX octets.  False when it is no UTF-8, or holds what no domain may.
 * What comes out is ASCII, but not yet known to be a host name.
 */
bool ps_idna_fold(char *domain, size_t *n);

#endif
