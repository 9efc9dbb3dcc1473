/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Recipients into groups by the octets that they are to get.  Several
 * spellings of one mailbox count as one recipient: Postfix delivers to it once
 * for each message, so in two groups one of two different copies might win.
 */
#include <stdlib.h>

#include "policy/judge.h"
#include "policy/signing.h"

static const char *const visible_fields[] = {
	"To", "Cc", "Resent-To", "Resent-Cc"};

/* A mailbox as it compares; of several recipients the first one speaks. */
struct mailbox {
	struct ps_bytes name;
	size_t rcpt;
};

/* One recipient's part in the plan. */
struct want {
	size_t twin; /* the first recipient with this mailbox */
	/* of any of them: the stricter fate holds for all */
	bool sealed, protect_subject;
	int sign;
	bool hidden;
};

static struct ps_bytes
name_of(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_addr *addr)
{
	struct ps_bytes full = ps_policy_complete(a, p, addr).full;
	char *name = ps_arena_cstr(a, full);

	for (size_t i = 0; i < full.len && !p->local_part_case; i++)
		name[i] = (char)ps_lower(name[i]);
	return ps_bytes(name, full.len);
}

static int
by_name(const void *x, const void *y)
{
	const struct ps_bytes a = ((const struct mailbox *)x)->name;
	const struct ps_bytes b = ((const struct mailbox *)y)->name;
	int r = memcmp(a.p, b.p, a.len < b.len ? a.len : b.len);

	return r != 0 ? r : (a.len > b.len) - (a.len < b.len);
}

static int
by_name_and_rcpt(const void *x, const void *y)
{
	const struct mailbox *a = x, *b = y;
	int r = by_name(x, y);

	return r != 0 ? r : (a->rcpt > b->rcpt) - (a->rcpt < b->rcpt);
}

/* All recipients' mailboxes in order, and everybody's twin. */
static struct mailbox *
sort_mailboxes(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_txn *t, struct want *want)
{
	struct mailbox *box = ps_arena_array(a, t->n_rcpt, sizeof(*box));

	for (size_t i = 0; i < t->n_rcpt; i++)
		box[i] = (struct mailbox){name_of(a, p, &t->rcpt[i].addr), i};
	if (t->n_rcpt > 1)
		qsort(box, t->n_rcpt, sizeof(*box), by_name_and_rcpt);
	for (size_t i = 0; i < t->n_rcpt; i++)
		want[box[i].rcpt].twin =
			i > 0 && by_name(&box[i], &box[i - 1]) == 0
				? want[box[i - 1].rcpt].twin
				: box[i].rcpt;
	return box;
}

static void
want_the_stricter(const struct ps_policy *p, const struct ps_txn *t,
	const struct ps_key_facts *facts, const struct ps_judgement *fate,
	struct want *want)
{
	for (size_t i = 0; i < t->n_rcpt; i++) {
		const struct ps_ruling *r = &facts[i].ruling;
		struct want *w = &want[want[i].twin];
		int sign = ps_signing_asked(p, t, r);

		w->sign = sign > w->sign ? sign : w->sign;
		if (fate[i].fate != PS_FATE_SEAL)
			continue;
		w->sealed = true;
		if (r->word[PS_WORD_PROTECT_SUBJECT].value)
			w->protect_subject = true;
	}
}

static void
unhide(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_addr_list *list, const struct mailbox *box,
	size_t n_box, struct want *want)
{
	for (size_t i = 0; i < list->n_addr; i++) {
		const struct mailbox named = {
			.name = name_of(a, p, &list->addr[i])};
		const struct mailbox *at =
			bsearch(&named, box, n_box, sizeof(*box), by_name);

		if (at != NULL)
			want[want[at->rcpt].twin].hidden = false;
	}
}

/* Who is in no To or Cc; a field that cannot be read names nobody. */
static void
hide(struct ps_arena *a, const struct ps_policy *p, const struct ps_txn *t,
	const struct mailbox *box, struct want *want)
{
	const struct ps_header *h = &t->message.header;

	for (size_t i = 0; i < t->n_rcpt; i++)
		want[i].hidden = true;
	for (size_t i = 0; i < h->n_field; i++) {
		const struct ps_field *f = &h->field[i];
		struct ps_addr_list list;
		const char *why = NULL;
		bool named = false;

		for (size_t k = 0; k < 4 && !named; k++)
			named = ps_bytes_ieq(
				f->name, ps_bytes_of(visible_fields[k]));
		if (named &&
			ps_addr_list(a, f->value, p->limits.max_address_list,
				&list, &why) == PS_OK)
			unhide(a, p, &list, box, t->n_rcpt, want);
	}
}

/* Nobody else gets the message: nobody to hide from. */
static bool
is_alone(const struct ps_txn *t, const struct want *want)
{
	for (size_t i = 0; i < t->n_rcpt; i++)
		if (want[i].twin != 0)
			return false;
	return true;
}

static bool
any_sealed(const struct ps_txn *t, const struct want *want)
{
	for (size_t i = 0; i < t->n_rcpt; i++)
		if (want[i].sealed)
			return true;
	return false;
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

static size_t
new_group(struct ps_arena *a, const struct want *w, const char *why_clear,
	const char *rule, struct ps_plan *plan)
{
	PS_GROW(a, plan->group, plan->n_group);
	plan->group[plan->n_group] = (struct ps_group){
		.seal = {.sealed = w->sealed,
			.protect_subject = w->protect_subject,
			.why_clear = w->sealed ? NULL : why_clear,
			.sign = w->sign},
		.rule = rule,
	};
	return plan->n_group++;
}

static void
join(struct ps_arena *a, size_t rcpt, const struct ps_key_facts *f,
	const struct ps_judgement *fate, struct ps_group *g)
{
	PS_GROW(a, g->rcpt, g->n_rcpt);
	g->rcpt[g->n_rcpt++] = rcpt;
	if (fate->fate != PS_FATE_SEAL)
		return;
	add_subkeys(a, &f->keys, &g->seal);
	if (f->ruling.word[PS_WORD_ARCHIVE_KEY].n_list > 0)
		add_subkeys(a, &f->archive, &g->seal);
}

void
ps_group(struct ps_arena *a, const struct ps_policy *p, const struct ps_txn *t,
	const struct ps_key_facts *facts, const struct ps_judgement *fate,
	struct ps_plan *plan)
{
	struct want *want = ps_arena_array(a, t->n_rcpt, sizeof(*want));
	const struct mailbox *box = sort_mailboxes(a, p, t, want);
	size_t *group = ps_arena_array(a, t->n_rcpt, sizeof(*group));
	/* what may be shared, by sealed, protect_subject and sign */
	size_t shared[2][2][PS_SIGN_USER + 1];

	memset(shared, 0xff, sizeof(shared)); /* SIZE_MAX */
	want_the_stricter(p, t, facts, fate, want);
	if (any_sealed(t, want) && !is_alone(t, want))
		hide(a, p, t, box, want);
	for (size_t i = 0; i < t->n_rcpt; i++) {
		const struct want *w = &want[want[i].twin];
		bool lonely = w->sealed && w->hidden;
		size_t *common =
			&shared[w->sealed][w->protect_subject][w->sign];

		if (want[i].twin != i)
			group[i] = group[want[i].twin];
		else if (!lonely && *common != SIZE_MAX)
			group[i] = *common;
		else {
			group[i] = new_group(a, w, fate[i].why_clear,
				facts[i].ruling.rule, plan);
			if (!lonely)
				*common = group[i];
		}
		join(a, i, &facts[i], &fate[i], &plan->group[group[i]]);
	}
}
