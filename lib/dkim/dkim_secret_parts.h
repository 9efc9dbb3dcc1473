/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A secret key inside; for the dkim_secret* files only.
 */
#ifndef PS_DKIM_DKIM_SECRET_PARTS_H
#define PS_DKIM_DKIM_SECRET_PARTS_H

#include "dkim/dkim_secret.h"

struct evp_pkey_st;

struct ps_dkim_secret {
	struct evp_pkey_st *pkey;
	enum ps_dkim_alg alg;
	unsigned bits;
};

#endif
