/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Recipients into groups by the octets that they are to get.
 */
#include "policy/judge.h"

static const char *const visible_fields[] = {
	"To", "Cc", "Resent-To", "Resent-Cc"};

/* What To and Cc name; what cannot be read names nobody. */
static struct ps_addr_list *
visible(struct ps_arena *a, const struct ps_policy *p, const struct ps_txn *t,
	size_t *n_out)
{
	const struct ps_header *h = &t->message.header;
	struct ps_addr_list *all = NULL;
	size_t n = 0;

	for (size_t i = 0; i < h->n_field; i++) {
		const struct ps_field *f = &h->field[i];
		const char *why = NULL;
		bool named = false;

		for (size_t k = 0; k < 4 && !named; k++)
			named = ps_bytes_ieq(
				f->name, ps_bytes_of(visible_fields[k]));
		if (!named)
			continue;
		PS_GROW(a, all, n);
		if (ps_addr_list(a, f->value, p->limits.max_address_list,
			    &all[n], &why) == PS_OK)
			n++;
	}
	*n_out = n;
	return all;
}

static bool
is_named(const struct ps_policy *p, const struct ps_addr *rcpt,
	const struct ps_addr_list *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < list[i].n_addr; k++)
			if (ps_addr_eq(&list[i].addr[k], rcpt,
				    !p->local_part_case))
				return true;
	return false;
}

/* Which sealed recipients nobody may know of. */
static bool *
find_hidden(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_txn *t, const struct ps_judgement *fate)
{
	bool *hidden = ps_arena_array(a, t->n_rcpt, sizeof(*hidden));
	struct ps_addr_list *list = NULL;
	bool alone = true, any = false;
	size_t n = 0;

	for (size_t i = 0; i < t->n_rcpt; i++) {
		any = any || fate[i].fate == PS_FATE_SEAL;
		alone = alone && ps_addr_eq(&t->rcpt[0].addr, &t->rcpt[i].addr,
					 !p->local_part_case);
	}
	if (alone || !any)
		return hidden;
	list = visible(a, p, t, &n);
	for (size_t i = 0; i < t->n_rcpt; i++)
		hidden[i] = fate[i].fate == PS_FATE_SEAL &&
			    !is_named(p, &t->rcpt[i].addr, list, n);
	return hidden;
}

static void
add_subkeys(struct ps_arena *a, const struct ps_cert_answer *keys,
	struct ps_seal *seal)
{
	for (size_t i = 0; i < keys->n_cert; i++) {
		const struct ps_cert *cert = &keys->cert[i];

		for (size_t k = 0; k < cert->n_subkey; k++) {
			size_t have = 0;

			while (have < seal->n_subkey &&
				strcmp(seal->subkey[have]->fpr,
					cert->subkey[k].fpr) != 0)
				have++;
			if (have < seal->n_subkey)
				continue;
			/* NOLINTNEXTLINE(bugprone-sizeof-expression) */
			PS_GROW(a, seal->subkey, seal->n_subkey);
			seal->subkey[seal->n_subkey++] = &cert->subkey[k];
		}
	}
}

/* The group whose octets this recipient can share, or a new one. */
static struct ps_group *
group_for(struct ps_arena *a, struct ps_plan *plan, const struct ps_seal *want,
	const bool *lonely, bool hidden)
{
	for (size_t g = 0; g < plan->n_group && !hidden; g++) {
		struct ps_group *one = &plan->group[g];

		if (!lonely[g] && one->seal.sealed == want->sealed &&
			one->seal.protect_subject == want->protect_subject)
			return one;
	}
	PS_GROW(a, plan->group, plan->n_group);
	plan->group[plan->n_group] = (struct ps_group){.seal = *want};
	return &plan->group[plan->n_group++];
}

void
ps_group(struct ps_arena *a, const struct ps_policy *p, const struct ps_txn *t,
	const struct ps_key_facts *facts, const struct ps_judgement *fate,
	struct ps_plan *plan)
{
	bool *hidden = find_hidden(a, p, t, fate);
	bool *lonely = ps_arena_array(a, t->n_rcpt, sizeof(*lonely));

	for (size_t i = 0; i < t->n_rcpt; i++) {
		const struct ps_ruling *r = &facts[i].ruling;
		bool sealed = fate[i].fate == PS_FATE_SEAL;
		struct ps_seal want = {
			.sealed = sealed,
			.protect_subject =
				sealed &&
				r->word[PS_WORD_PROTECT_SUBJECT].value,
			.why_clear = sealed ? NULL : fate[i].why_clear,
		};
		struct ps_group *g =
			group_for(a, plan, &want, lonely, hidden[i]);

		lonely[g - plan->group] = hidden[i];
		if (g->n_rcpt == 0)
			g->rule = r->rule;
		PS_GROW(a, g->rcpt, g->n_rcpt);
		g->rcpt[g->n_rcpt++] = i;
		if (!sealed)
			continue;
		add_subkeys(a, &facts[i].keys, &g->seal);
		if (r->word[PS_WORD_ARCHIVE_KEY].n_list > 0)
			add_subkeys(a, &facts[i].archive, &g->seal);
	}
}
