/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The structure of a chain (RFC 8617 sections 4 and 5.2, steps 1 to 3).  It
 * comes from strangers: how many fields there are is looked at before any of
 * them is read.
 */
#include "auth/arc_parts.h"
#include "mail/lex.h"

#define MAX_FIELDS ((size_t)3 * PS_ARC_MAX_SETS)
#define MAX_TAGS   ((size_t)30)

enum kind { OTHER, RESULTS, MESSAGE, SEAL };

static enum kind
kind_of(struct ps_bytes name)
{
	/* most fields are told apart by their length alone */
	if (name.len == 8 && ps_bytes_ieq(name, PS_LIT("ARC-Seal")))
		return SEAL;
	if (name.len == 21 &&
		ps_bytes_ieq(name, PS_LIT("ARC-Message-Signature")))
		return MESSAGE;
	if (name.len == 26 &&
		ps_bytes_ieq(name, PS_LIT("ARC-Authentication-Results")))
		return RESULTS;
	return OTHER;
}

static size_t
count(const struct ps_header *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n_field; i++)
		n += kind_of(h->field[i].name) != OTHER;
	return n;
}

/* "1*2DIGIT ; 1 - 50" (section 4.2.1); 0 for anything else. */
static size_t
read_position(struct ps_bytes digits)
{
	int64_t n;

	if (digits.len > 2 || !ps_tagval_number(digits, &n) ||
		n > PS_ARC_MAX_SETS)
		return 0;
	return (size_t)n;
}

/* The cursor behind c, blanks and comments before it skipped. */
static bool
expect(struct ps_lex *l, int c)
{
	ps_lex_cfws(l);
	if (ps_lex_peek(l) != c)
		return false;
	l->p++;
	return true;
}

/* "i=N;" before the results themselves (section 4.1.1). */
static size_t
read_results(struct ps_bytes value, struct ps_bytes *text)
{
	struct ps_lex l = {.p = value.p, .end = value.p + value.len};
	struct ps_bytes digits;

	if (!expect(&l, 'i') || !expect(&l, '='))
		return 0;
	ps_lex_cfws(&l);
	digits = ps_bytes(l.p, 0);
	while (ps_is_digit(ps_lex_peek(&l))) {
		digits.len++;
		l.p++;
	}
	if (!expect(&l, ';'))
		return 0;
	*text = ps_bytes(l.p, (size_t)(l.end - l.p));
	return read_position(digits);
}

static size_t
read_tags(struct ps_arena *a, const struct ps_field *f, struct ps_tagval *out)
{
	struct ps_bytes i;

	ps_tagval_parse(a, f->value, MAX_TAGS, out);
	return ps_tagval_get(out, PS_LIT("i"), &i) ? read_position(i) : 0;
}

/* Put a field at its place in the chain; false with *why when it has none. */
static bool
place(struct ps_arena *a, const struct ps_field *f, enum kind kind,
	struct ps_arc_chain *c, const char **why)
{
	struct ps_bytes text = {0};
	struct ps_tagval tags = {0};
	const struct ps_field **slot;
	struct ps_arc_hop *hop;
	size_t i = kind == RESULTS ? read_results(f->value, &text)
				   : read_tags(a, f, &tags);

	*why = "an ARC field has no i= between 1 and 50";
	if (i == 0)
		return false;
	hop = &c->hop[i - 1];
	slot = kind == RESULTS ? &hop->results
	       : kind == SEAL  ? &hop->seal.field
			       : &hop->message.sig.field;
	*why = ps_arena_printf(a, "two ARC fields of a kind have i=%zu", i);
	if (*slot != NULL)
		return false;
	*slot = f;
	if (kind == RESULTS)
		hop->results_text = text;
	else if (kind == SEAL)
		hop->seal.tags = tags;
	else
		hop->message.sig.tags = tags;
	if (i > c->n_hop)
		c->n_hop = i;
	return true;
}

static bool
is_whole(struct ps_arena *a, const struct ps_arc_chain *c, const char **why)
{
	for (size_t i = 0; i < c->n_hop; i++) {
		const struct ps_arc_hop *hop = &c->hop[i];

		if (hop->results == NULL || hop->seal.field == NULL ||
			hop->message.sig.field == NULL) {
			*why = ps_arena_printf(
				a, "the ARC set i=%zu is not complete", i + 1);
			return false;
		}
	}
	return true;
}

static const char *
seal_fault(const struct ps_arc_hop *hop, bool first)
{
	if (hop->seal.why != NULL)
		return hop->seal.why;
	if (hop->cv_fail)
		return "the sealer found the chain broken";
	if (first)
		return hop->cv_none ? NULL : "the first one's cv= is not none";
	return hop->cv_pass ? NULL : "a later one's cv= is not pass";
}

/* Step 2, and what every seal must say of the chain before it (step 3). */
static bool
is_sealed(struct ps_arena *a, const struct ps_arc_chain *c, const char **why)
{
	for (size_t i = c->n_hop; i-- > 0;) {
		const char *fault = seal_fault(&c->hop[i], i == 0);

		if (fault != NULL) {
			*why = ps_arena_printf(
				a, "i=%zu: seal: %s", i + 1, fault);
			return false;
		}
	}
	return true;
}

enum ps_auth_result
ps_arc_read(struct ps_arena *a, const struct ps_header *h,
	struct ps_arc_chain *out, const char **why)
{
	size_t n = count(h);

	*out = (struct ps_arc_chain){0};
	if (n == 0)
		return PS_AUTH_NONE;
	*why = "there are more than 50 ARC sets";
	if (n > MAX_FIELDS)
		return PS_AUTH_FAIL;
	out->hop = ps_arena_array(a, PS_ARC_MAX_SETS, sizeof(*out->hop));
	for (size_t i = 0; i < h->n_field; i++) {
		enum kind kind = kind_of(h->field[i].name);

		if (kind != OTHER && !place(a, &h->field[i], kind, out, why))
			return PS_AUTH_FAIL;
	}
	if (!is_whole(a, out, why))
		return PS_AUTH_FAIL;
	for (size_t i = 0; i < out->n_hop; i++) {
		ps_arc_read_message(a, &out->hop[i].message);
		ps_arc_read_seal(a, &out->hop[i]);
	}
	return is_sealed(a, out, why) ? PS_AUTH_PASS : PS_AUTH_FAIL;
}
