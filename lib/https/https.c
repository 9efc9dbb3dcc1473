/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The names of outcomes.
 */
#include "https/https.h"

const char *
ps_https_outcome_name(enum ps_https_outcome o)
{
	static const char *const name[] = {"found", "absent", "no-host",
		"dns-trouble", "refused", "trouble"};

	return name[o];
}
