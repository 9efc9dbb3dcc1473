/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys list".
 */
#include <stdio.h>

#include "keys.h"

static void
print_line(const struct ps_key_line *l)
{
	char created[16] = "-", expires[16] = "never";

	if (*l->fpr != '\0')
		ps_date(l->created_s, created);
	else
		snprintf(expires, sizeof(expires), "-");
	if (l->expires_s != 0)
		ps_date(l->expires_s, expires);
	printf("%-40s %-20s %-10s %-10s %s", *l->fpr == '\0' ? "-" : l->fpr,
		l->state, created, expires, l->user_ids);
	if (strcmp(l->state, "usable") != 0)
		printf("%s(%s)", *l->user_ids == '\0' ? "" : " ", l->text);
	putchar('\n');
}

static int
list(struct ps_keys *k)
{
	struct ps_key_list all;
	struct ps_addr addr;
	const char *why = NULL;
	enum ps_status s = PS_OK;

	if (k->argc == 1)
		s = ps_addr_path(k->a, ps_bytes_of(k->argv[0]), &addr, &why);
	if (s != PS_OK)
		return ps_keys_fail(
			EX_USAGE, ps_keys_shown(k->a, k->argv[0]), why);
	s = ps_keydir_list(k->tool.daemon.keydir, k->a,
		k->argc == 1 ? &addr : NULL, &k->wait, &all, &why);
	if (s != PS_OK)
		return ps_keys_fail(EX_TEMPFAIL, "list", why);
	for (size_t i = 0; i < all.n_line; i++)
		print_line(&all.line[i]);
	if (k->argc == 0 || all.n_line > 0)
		return EX_OK;
	return ps_keys_fail(PS_KEYS_NOT_FOUND, ps_keys_shown(k->a, k->argv[0]),
		"no certificate names exactly this address");
}

const struct ps_keys_action ps_keys_list = {
	.name = "list",
	.usage = "[ADDRESS]",
	.max = 1,
	.run = list,
};
