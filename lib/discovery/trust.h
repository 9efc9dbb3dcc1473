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

/* Certificates that wait for one address.  One more ends the one that was
 * seen longest ago: whoever makes keys cannot make the book grow. */
#define PS_TRUST_MAX_WAITING 16

/* What the rules let a source do; LOCAL: always "use". */
enum ps_source_use ps_trust_of_source(
	const struct ps_key_rules *rules, enum ps_key_origin origin);

/*
 * What may be done with this bond's certificate, by itself: "use" where the
 * administrator trusts it, else what the present rule of its source says, and
 * never "use" for one that waits as a change, but where changes are accepted.
 * "off": rejected, or as if it were not there.  (A pin of another certificate
 * is not seen here: ps_trust_plan.)
 */
enum ps_source_use ps_trust_use(
	const struct ps_key_bond *b, const struct ps_key_rules *rules);

/* What one look at one source gave for an address, already read by the engine:
 * only certificates that can be used for it now. */
struct ps_finding {
	struct ps_bytes name;	   /* as the book spells the address */
	enum ps_key_origin origin; /* never LOCAL */
	enum ps_look_outcome outcome;
	/* Usable ones, in the source's order, each once.  FOUND without any
	 * changes no bond: what is in use stays in use until it ends. */
	const char *const *fpr;
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
 * What the book is to say now.
 *
 * A certificate is new when neither the page nor the administrator has it.  New
 * and the first of its address, it is trusted or pending as the rules say.  New
 * while there is another, in use now or once, local, waiting as a change, or
 * pending of a source that may do as much as this one: a change.  (What a
 * weaker source gave and nobody ever used stands in nobody's way.)  The same
 * for one that waited and would come into use because a better source gives it
 * too; of two sources the one that may do more is its origin.
 *
 * A change is CHANGED, and waits, under keep-old and tempfail; under accept it
 * is as if it were the first, and those of the same source that are no longer
 * given end, once one that is given may be used.
 *
 * One that is known is seen again.  A source that no longer gives one marks it
 * gone, which alone does not end its use: who can make a source say nothing
 * would otherwise turn encryption off.  An Autocrypt header gives one key only,
 * so that nothing of it is ever gone; one dated before the last does nothing,
 * and a date in the future is now (Autocrypt 1.1, section 2.3).
 *
 * Nothing that was set by hand changes.  Events say what happened: "found",
 * "changed", "trusted" (its source's rule, or on-key-change, became kinder),
 * "gone", "back", "ended"; of rejected ones none.  out->n_event 0 when nothing
 * did.
 */
void ps_trust_admit(struct ps_arena *a, const struct ps_key_page *page,
	const struct ps_finding *f, const struct ps_key_rules *rules,
	struct ps_key_change *out);

/*
 * What a person said.  Pin, trust and reject make a bond where there is none
 * (of origin LOCAL); trust refuses a pinned one, and drop too: a pin ends only
 * by unpin or reject.  Events: "pinned", "unpinned", "trusted", "rejected",
 * "dropped", by "hand".
 */
enum ps_trust_order {
	PS_ORDER_PIN,	/* this one and no other: other pins are unpinned */
	PS_ORDER_UNPIN, /* trusted by hand from now on */
	PS_ORDER_TRUST,
	PS_ORDER_REJECT,
	PS_ORDER_DROP,	  /* forgotten; when found again it is new */
	PS_ORDER_PIN_ALSO /* beside other pins */
};
/* PS_EPERM with why when there is nothing of this kind to change. */
enum ps_status ps_trust_order(struct ps_arena *a,
	const struct ps_key_page *page, struct ps_bytes name, const char *fpr,
	enum ps_trust_order order, int64_t now_s, struct ps_key_change *out,
	const char **why);

/*
 * Which fingerprints may serve an address, by the page and the rules, in the
 * order of the rules' sources: one step a source (or all pins), to be tried in
 * turn until one has a usable certificate.  What is trusted by hand and is of a
 * source that is not asked, or LOCAL, has a step of its own at the end.
 */
struct ps_trust_step {
	enum ps_key_origin origin;
	bool pinned; /* only these, and nothing after this step */
	/* LOCAL with n_fpr 0: whatever the directory has for the address, but
	 * for n_not fingerprints that were rejected.  Of every other origin
	 * n_fpr 0 means none. */
	const char *const *fpr;
	size_t n_fpr;
	const char *const *not_fpr;
	size_t n_not;
	/* No bond of this source may be used and its last look is missing or
	 * due: it is to be looked for before the next step.  Never of LOCAL
	 * and AUTOCRYPT, which nobody can ask. */
	bool look;
	/* Of the last look; FOUND also when there was none. */
	enum ps_look_outcome last;
};
struct ps_trust_plan {
	struct ps_trust_step *step;
	size_t n_step;
	/* A changed key waits for the administrator, and the rules say that
	 * mail waits with it: its fingerprint, else NULL.  Never when pinned.
	 * Stays when its source takes the change back. */
	const char *held;
	/* Those that wait, for people: "key 8E7A...1357 found by wkd waits for
	 * approval"; or NULL.  To be said also where what may be used can not
	 * be used any more. */
	const char *pending;
};
void ps_trust_plan(struct ps_arena *a, const struct ps_key_page *page,
	const struct ps_key_rules *rules, int64_t now_s,
	struct ps_trust_plan *out);

#endif
