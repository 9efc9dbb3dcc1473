/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Keys that belong to authors: which secret key signs for one of ours, and
 * which keys policy binds to a From address.  Fingerprints only; whether there
 * are such keys is asked elsewhere.
 */
#include "policy/condition.h"

const struct ps_signer_setting *
ps_policy_signer(
	const struct ps_policy *p, const struct ps_addr *addr, bool by_domain)
{
	for (size_t i = 0; i < p->n_signer; i++) {
		const struct ps_signer_setting *s = &p->signer[i];

		if (s->by_domain != by_domain)
			continue;
		if (by_domain ? ps_bytes_eq(
					ps_bytes_of(s->domain), addr->domain)
			      : ps_addr_eq(&s->addr, addr, !p->local_part_case))
			return s;
	}
	return NULL;
}

/*
 * The verdict is not there yet, and MAIL FROM is anybody's to write: rules hold
 * here by the From address alone, which "from" is matched with, and one that
 * asks for a recipient, a login or a proof does not hold.
 */
const char *const *
ps_policy_author_keys(
	const struct ps_policy *p, const struct ps_addr *from, size_t *n)
{
	const struct ps_section *s = ps_policy_section(p, from->domain);
	const struct ps_addr nobody = {.full = ps_bytes(NULL, 0)};
	const struct ps_sender sender = {
		.mail_from = from, .direction = PS_DIR_IN};
	const struct ps_rule *pending = NULL, *r;
	const struct ps_setting *word;

	*n = 0;
	if (s == NULL)
		return NULL;
	r = ps_condition_first(p, s, &sender, from, &nobody, &pending);
	word = r != NULL && r->word[PS_WORD_AUTHOR_KEY].set
		       ? &r->word[PS_WORD_AUTHOR_KEY]
		       : &s->word[PS_WORD_AUTHOR_KEY];
	*n = word->n_list;
	return word->list;
}
