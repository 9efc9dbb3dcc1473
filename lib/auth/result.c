/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The words.
 */
#include "auth/result.h"

#include <assert.h>

const char *
ps_auth_result_name(enum ps_auth_result r)
{
	static const char *const name[] = {
		[PS_AUTH_NONE] = "none",
		[PS_AUTH_PASS] = "pass",
		[PS_AUTH_FAIL] = "fail",
		[PS_AUTH_SOFTFAIL] = "softfail",
		[PS_AUTH_NEUTRAL] = "neutral",
		[PS_AUTH_POLICY] = "policy",
		[PS_AUTH_TEMPERROR] = "temperror",
		[PS_AUTH_PERMERROR] = "permerror",
	};

	assert((unsigned)r < sizeof(name) / sizeof(name[0]));
	return name[r];
}
