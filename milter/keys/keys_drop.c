/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys drop".
 */
#include <limits.h>
#include <stdio.h>

#include "keys.h"

static int
drop(struct ps_keys *k)
{
	const char *why = NULL;
	int r = EX_OK;

	for (int i = 0; i < k->argc; i++) {
		const char *fpr = ps_keys_fpr(k->a, k->argv[i]);
		enum ps_status s;

		if (fpr == NULL) {
			r = ps_keys_fail(EX_USAGE,
				ps_keys_shown(k->a, k->argv[i]),
				"this is no full fingerprint; \"postseal keys "
				"list\" shows them");
			continue;
		}
		s = ps_keydir_drop(
			k->tool.daemon.keydir, k->a, fpr, &k->wait, &why);
		if (s == PS_OK)
			printf("%s dropped\n", fpr);
		else
			r = ps_keys_fail(
				s == PS_EPERM ? PS_KEYS_NOT_FOUND : EX_TEMPFAIL,
				fpr, why);
	}
	return r;
}

const struct ps_keys_action ps_keys_drop = {
	.name = "drop",
	.usage = "FINGERPRINT...",
	.min = 1,
	.max = INT_MAX,
	.run = drop,
};
