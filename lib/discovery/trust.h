/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What may be done with certificates that were found, and which of those that
 * are known may be used: pure functions of the book's page and the rules.
 * A pin wins over everything; what the administrator said wins over what a
 * source says; a certificate for an address that had another one is a change,
 * and never slips in.
 */
#ifndef PS_DISCOVERY_TRUST_H
#define PS_DISCOVERY_TRUST_H

#include "keys/certs.h"
#include "store/key_book.h"

/*
 * May this bond's certificate be used, by trust alone?  Trusted by hand or
 * pinned: yes; else as its source's present rule says ("off": as if it were
 * not there).
 */
enum ps_trust ps_trust_effective(
	const struct ps_key_bond *b, const struct ps_key_rules *rules);

/* What one look at one source gave for an address, already read by the engine:
 * only certificates that can be used for it now. */
struct ps_finding {
	const struct ps_addr *addr;
	struct ps_bytes name; /* as the book spells the address */
	enum ps_key_origin origin;
	enum ps_look_outcome outcome;
	const char *const *fpr; /* usable ones, in the source's order */
	size_t n_fpr;
	const char *text; /* of the look */
	int64_t dated_s;  /* Autocrypt: Date of the message, else 0 */
	int64_t now_s, due_s;
	/* Usable or not: certificates that the administrator has for this
	 * address, for another one is a change. */
	const char *const *local;
	size_t n_local;
};

/*
 * What the book is to say now.  A new certificate for an address that had none
 * is pending or trusted as the rules say; one that is another than those known
 * (of any source, and not rejected) is a change: pending under keep-old and
 * tempfail, in use under accept, where those of the same source that are no
 * longer given end.  One that is known is seen again.  A source that no longer
 * gives one marks it gone.  Nothing that was set by hand changes.  An Autocrypt
 * finding with a date before the last one does nothing.  Events "found",
 * "changed", "gone", "back" say what happened; out->n_event 0 when nothing
 * did.
 */
void ps_trust_admit(struct ps_arena *a, const struct ps_key_page *page,
	const struct ps_finding *f, const struct ps_key_rules *rules,
	struct ps_key_change *out);

/* What a person said, for the same page: "pin", "trust", "reject" put or
 * change the bond of fpr; "unpin" makes a pinned one trusted. A pin ends other
 * pins of the address only when alone. */
enum ps_trust_order {
	PS_ORDER_PIN,
	PS_ORDER_UNPIN,
	PS_ORDER_TRUST,
	PS_ORDER_REJECT,
	PS_ORDER_DROP
};
/* PS_EPERM with why when there is nothing of this kind to change. */
enum ps_status ps_trust_order(struct ps_arena *a,
	const struct ps_key_page *page, struct ps_bytes name, const char *fpr,
	enum ps_trust_order order, int64_t now_s, struct ps_key_change *out,
	const char **why);

/*
 * Which fingerprints may serve an address, by the page and the rules, in the
 * order of the rules' sources: one step a source (or all pins), to be tried in
 * turn until one has a usable certificate.
 */
struct ps_trust_step {
	enum ps_key_origin origin;
	bool pinned; /* only these, and nothing after this step */
	/* LOCAL without pin: whatever the directory has for the address, but
	 * for n_not fingerprints that were rejected. */
	const char *const *fpr;
	size_t n_fpr;
	const char *const *not_fpr;
	size_t n_not;
	/* No bond of this source may be used and its last look is missing or
	 * due: it is to be looked for before the next step. */
	bool look;
	enum ps_look_outcome last; /* of the last look, when there was one */
};
struct ps_trust_plan {
	struct ps_trust_step *step;
	size_t n_step;
	/* A changed key waits for the administrator, and the rules say that
	 * mail waits with it: its fingerprint, else NULL. */
	const char *held;
	/* Pending ones, for people: "key 8E7A...1357 found by wkd waits for
	 * approval"; or NULL. */
	const char *pending;
};
void ps_trust_plan(struct ps_arena *a, const struct ps_key_page *page,
	const struct ps_key_rules *rules, int64_t now_s,
	struct ps_trust_plan *out);

#endif
