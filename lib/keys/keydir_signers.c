/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Who could have signed: whole certificates by the key ids of a signature.
 * Everything that lies here was put here on purpose; whose word counts for an
 * address when others gave it is not known here.
 */
#include "keys/cert_judge.h"
#include "keys/keydir_parts.h"

enum ps_status
ps_keydir_signers(void *self, struct ps_arena *a,
	const struct ps_signer_query *q, struct ps_signer **out, size_t *n_out,
	const char **why)
{
	struct ps_keydir *d = self;
	const struct ps_key_lookup lookup = {
		.any_id = q->key_id, .n_any_id = q->n_key_id};
	struct ps_signer *all = ps_arena_array(a, PS_SIGNERS_MAX, sizeof(*all));
	struct ps_key_found found = {0};
	enum ps_status s = PS_OK;
	size_t n = 0;

	if (q->n_key_id > 0)
		s = ps_keydir_look(d, a, &lookup, q->wait, &found, why);
	for (size_t i = 0; s == PS_OK && i < found.n_record; i++) {
		const struct ps_key_record *r = &found.record[i];

		/* another version's fingerprint does not fit, and no engine of
		 * ours would verify with it */
		if (n == PS_SIGNERS_MAX || r->version != 4)
			continue;
		all[n] = (struct ps_signer){
			.origin = "local",
			.speaks_for = q->addr != NULL &&
				      ps_cert_names(r, q->addr, q->fold_local,
					      q->now_s),
		};
		memcpy(all[n].fpr, r->fpr, sizeof(all[n].fpr));
		all[n].fpr[sizeof(all[n].fpr) - 1] = '\0';
		s = ps_keydir_octets(d, a, r->fpr, &all[n].octets, why);
		n++;
	}
	if (s != PS_OK)
		return PS_ETEMP;
	*out = all;
	*n_out = n;
	return PS_OK;
}
