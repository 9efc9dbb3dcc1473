/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What the message itself says that policy may ask for.  Every sender can
 * write all of this but the seal, which is proven.
 */
#include "mail/entity.h"
#include "policy/decide.h"

static bool
has(const struct ps_header *h, struct ps_bytes name)
{
	return ps_header_nth(h, name, 0) != NULL;
}

/* RFC 3834 5: any value but "no". */
static bool
is_automatic(struct ps_arena *a, const struct ps_header *h)
{
	const struct ps_field *f;
	struct ps_params value;

	for (size_t i = 0;
		(f = ps_header_nth(h, PS_LIT("Auto-Submitted"), i)) != NULL;
		i++) {
		ps_header_params(a, f->value, &value);
		if (value.main.len > 0 &&
			!ps_bytes_eq(value.main, PS_LIT("no")))
			return true;
	}
	return false;
}

/* RFC 6047 2.4: an invitation or an answer to one names its method. */
static bool
is_invitation(const struct ps_entity *e)
{
	return ps_bytes_eq(e->type.main, PS_LIT("text/calendar")) &&
	       ps_params_get(&e->type, PS_LIT("method")).len > 0;
}

/* What cannot be taken apart is exempt from nothing. */
static unsigned
parts_show(struct ps_arena *a, const struct ps_message *m,
	const struct ps_limits *limits)
{
	struct ps_entities all;
	const char *why = NULL;
	unsigned shown = 0;

	if (ps_entity_scan(a, &m->header, m->body, limits, &all, &why) !=
			PS_OK ||
		all.n_part == 0)
		return 0;
	/* RFC 6522: delivery reports and MDN */
	if (ps_bytes_eq(all.part[0].type.main, PS_LIT("multipart/report")))
		shown |= PS_EXEMPT_REPORT;
	for (size_t i = 0; i < all.n_part; i++)
		if (is_invitation(&all.part[i]))
			shown |= PS_EXEMPT_CALENDAR;
	return shown;
}

void
ps_content_of(struct ps_arena *a, const struct ps_message *m,
	const struct ps_limits *limits, struct ps_content_facts *out)
{
	const struct ps_header *h = &m->header;
	const struct ps_field *subject = ps_header_nth(h, PS_LIT("Subject"), 0);

	*out = (struct ps_content_facts){.header = h};
	ps_inspect(a, m, limits, &out->inspection);
	if (subject != NULL)
		out->subject = ps_header_unfold(a, subject->value);
	out->exempt = parts_show(a, m, limits);
	if (is_automatic(a, h))
		out->exempt |= PS_EXEMPT_AUTO_SUBMITTED;
	/* RFC 2919, RFC 2369 */
	if (has(h, PS_LIT("List-Id")) || has(h, PS_LIT("List-Post")))
		out->exempt |= PS_EXEMPT_LIST;
}
