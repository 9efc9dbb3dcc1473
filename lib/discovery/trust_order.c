/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a person said about a certificate, as a change of the book.  Whoever
 * calls has made sure that there is such a certificate.
 */
#include "discovery/trust.h"

#include "openpgp/cert_raw.h"

struct said {
	struct ps_arena *a;
	int64_t now_s;
	struct ps_key_change *out;
	struct ps_key_bond *put;
	struct ps_key_event *event;
};

static const char *const word[] = {
	[PS_ORDER_PIN] = "pinned",
	[PS_ORDER_UNPIN] = "unpinned",
	[PS_ORDER_TRUST] = "trusted",
	[PS_ORDER_REJECT] = "rejected",
	[PS_ORDER_DROP] = "dropped",
	[PS_ORDER_PIN_ALSO] = "pinned",
};

static const struct ps_key_bond *
find(const struct ps_key_page *page, const char *fpr)
{
	for (size_t i = 0; i < page->n_bond; i++) {
		if (strcmp(page->bond[i].fpr, fpr) == 0)
			return &page->bond[i];
	}
	return NULL;
}

static size_t
count_other_pins(const struct ps_key_page *page, const struct ps_key_bond *b)
{
	size_t n = 0;

	for (size_t i = 0; i < page->n_bond; i++)
		n += &page->bond[i] != b &&
		     page->bond[i].trust == PS_TRUST_PINNED;
	return n;
}

/* Why the order says nothing new, or NULL. */
static const char *
objection(const struct ps_key_page *page, const struct ps_key_bond *b,
	enum ps_trust_order order)
{
	bool pinned = b != NULL && b->trust == PS_TRUST_PINNED;

	switch (order) {
	case PS_ORDER_PIN:
		return pinned && count_other_pins(page, b) == 0
			       ? "it is pinned already"
			       : NULL;
	case PS_ORDER_PIN_ALSO:
		return pinned ? "it is pinned already" : NULL;
	case PS_ORDER_UNPIN:
		return pinned ? NULL : "it is not pinned";
	case PS_ORDER_TRUST:
		if (pinned)
			return "it is pinned, which is more: unpin it first";
		return b != NULL && b->trust == PS_TRUST_TRUSTED && b->by_hand
			       ? "it is trusted already"
			       : NULL;
	case PS_ORDER_REJECT:
		return b != NULL && b->trust == PS_TRUST_REJECTED
			       ? "it is rejected already"
			       : NULL;
	case PS_ORDER_DROP:
		if (b == NULL)
			return "it is not known for this address";
		return pinned ? "it is pinned: unpin it first" : NULL;
	}
	return "no such order";
}

static enum ps_trust
trust_after(enum ps_trust_order order)
{
	if (order == PS_ORDER_PIN || order == PS_ORDER_PIN_ALSO)
		return PS_TRUST_PINNED;
	return order == PS_ORDER_REJECT ? PS_TRUST_REJECTED : PS_TRUST_TRUSTED;
}

static void
tell(struct said *s, const char *what, const char *fpr, const char *old_fpr,
	const char *text)
{
	s->event[s->out->n_event++] = (struct ps_key_event){
		.at_s = s->now_s,
		.address = s->out->address,
		.what = what,
		.fpr = ps_arena_strdup(s->a, fpr),
		.old_fpr = ps_arena_strdup(s->a, old_fpr),
		.by = "hand",
		.text = text,
	};
}

static void
set(struct said *s, const struct ps_key_bond *b, enum ps_trust trust)
{
	struct ps_key_bond *put = &s->put[s->out->n_put++];

	*put = *b;
	put->trust = trust;
	put->by_hand = true;
}

static void
unpin_others(struct said *s, const struct ps_key_page *page, const char *fpr)
{
	for (size_t i = 0; i < page->n_bond; i++) {
		const struct ps_key_bond *b = &page->bond[i];

		if (b->trust != PS_TRUST_PINNED || strcmp(b->fpr, fpr) == 0)
			continue;
		set(s, b, PS_TRUST_TRUSTED);
		tell(s, "unpinned", b->fpr, "",
			ps_arena_printf(s->a, "%s is pinned in its place",
				ps_cert_short(s->a, fpr)));
	}
}

static void
drop(struct said *s, const struct ps_key_bond *b)
{
	const char **over = ps_arena_alloc(s->a, sizeof(const char *));

	over[0] = ps_arena_strdup(s->a, b->fpr);
	s->out->remove = over;
	s->out->n_remove = 1;
}

enum ps_status
ps_trust_order(struct ps_arena *a, const struct ps_key_page *page,
	struct ps_bytes name, const char *fpr, enum ps_trust_order order,
	int64_t now_s, struct ps_key_change *out, const char **why)
{
	const struct ps_key_bond *b = find(page, fpr);
	struct ps_key_bond new = {.address = name,
		.origin = PS_ORIGIN_LOCAL,
		.since_s = now_s,
		.seen_s = now_s};
	const char *no = objection(page, b, order);
	struct said s = {.a = a, .now_s = now_s, .out = out};

	if (no != NULL) {
		*why = ps_arena_printf(a, "%s: %s", ps_cert_short(a, fpr), no);
		return PS_EPERM;
	}
	*out = (struct ps_key_change){.address = name};
	s.put = ps_arena_array(a, page->n_bond + 1, sizeof(*s.put));
	s.event = ps_arena_array(a, page->n_bond + 1, sizeof(*s.event));
	memccpy(new.fpr, fpr, '\0', sizeof(new.fpr) - 1);
	if (order == PS_ORDER_DROP)
		drop(&s, b);
	else
		set(&s, b == NULL ? &new : b, trust_after(order));
	tell(&s, word[order], fpr, "",
		b == NULL ? ""
			  : ps_arena_printf(
				    a, "was %s", ps_trust_name(b->trust)));
	if (order == PS_ORDER_PIN)
		unpin_others(&s, page, fpr);
	out->put = s.put;
	out->event = s.event;
	return PS_OK;
}
