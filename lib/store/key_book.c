/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The words of the key book, as people read them and configurations write
 * them.
 */
#include "store/key_book.h"

const char *
ps_key_origin_name(enum ps_key_origin o)
{
	static const char *const name[PS_ORIGIN_N] = {
		"local", "wkd", "dane", "autocrypt"};

	return name[o];
}

const char *
ps_trust_name(enum ps_trust t)
{
	static const char *const name[] = {
		"pending", "trusted", "pinned", "rejected", "changed"};

	return name[t];
}

const char *
ps_look_outcome_name(enum ps_look_outcome o)
{
	static const char *const name[] = {"found", "absent", "dns-trouble",
		"trouble", "refused", "unusable"};

	return name[o];
}
