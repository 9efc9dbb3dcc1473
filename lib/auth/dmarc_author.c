/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From the From field to author domains.  What two readers may read in two
 * ways is called so: a mail program may show another author than the one that
 * was authenticated (RFC 9989 section 11.5).
 */
#include "auth/dmarc.h"
#include "dns/dns_name.h"

#define MAX_ADDR 1000 /* mailboxes of one field */
#define MAX_SEEN 100  /* "@" in one field that cannot be read */

static void
set(struct ps_dmarc_author *out, enum ps_dmarc_from from, const char *why)
{
	/* The first reason stands. */
	if (out->why == NULL) {
		out->from = from;
		out->why = why;
	}
}

static void
add_domain(
	struct ps_arena *a, struct ps_bytes domain, struct ps_dmarc_author *out)
{
	struct ps_bytes name;
	const char *why;

	if (!ps_dns_name_border(a, domain, &name, &why)) {
		/* An address literal, a label of 64 octets. */
		set(out, PS_DMARC_FROM_AMBIGUOUS,
			"an address in From has no domain name");
		return;
	}
	for (size_t i = 0; i < out->n_domain; i++)
		if (ps_bytes_eq(out->domain[i], name))
			return;
	if (out->n_domain == PS_DMARC_MAX_FROM) {
		out->crowded = true;
		set(out, PS_DMARC_FROM_AMBIGUOUS,
			"From has more domains than are judged");
		return;
	}
	PS_GROW(a, out->domain, out->n_domain);
	out->domain[out->n_domain++] = name;
}

static bool
is_inside_name(char c, bool ascii)
{
	return ps_is_alpha(c) || ps_is_digit(c) || c == '-' || c == '.' ||
	       c == '_' || (!ascii && (unsigned char)c >= 0x80);
}

/* The name that text begins with, as some reader may end it. */
static void
add_seen(struct ps_arena *a, struct ps_bytes text, bool ascii,
	struct ps_dmarc_author *out)
{
	struct ps_bytes name;
	const char *why;
	size_t n = 0;

	while (n < text.len && n < 256 && is_inside_name(text.p[n], ascii))
		n++;
	if (n > 0 && ps_dns_name_border(a, ps_bytes_head(text, n), &name, &why))
		add_domain(a, name, out);
}

/*
 * A field that no two programs read alike: whoever stands in it may be shown
 * as its author, so every domain in it has a say.
 */
static void
add_whatever_is_seen(
	struct ps_arena *a, struct ps_bytes value, struct ps_dmarc_author *out)
{
	for (size_t n = 0; n < MAX_SEEN; n++) {
		size_t at = ps_bytes_chr(value, '@');

		if (at == PS_NOT_FOUND)
			return;
		value = ps_bytes_from(value, at + 1);
		add_seen(a, value, false, out);
		add_seen(a, value, true, out);
	}
	out->crowded = true;
}

static void
add_field(
	struct ps_arena *a, struct ps_bytes value, struct ps_dmarc_author *out)
{
	struct ps_addr_list l;
	const char *why = NULL;

	if (ps_addr_list(a, value, MAX_ADDR, &l, &why) != PS_OK) {
		set(out, PS_DMARC_FROM_AMBIGUOUS, why);
		add_whatever_is_seen(a, value, out);
		return;
	}
	if (l.broken)
		set(out, PS_DMARC_FROM_AMBIGUOUS,
			"From is not written as RFC 5322 asks");
	if (l.group)
		set(out, PS_DMARC_FROM_AMBIGUOUS, "From has a group");
	for (size_t i = 0; i < l.n_addr; i++) {
		PS_GROW(a, out->addr, out->n_addr);
		out->addr[out->n_addr++] = l.addr[i];
		add_domain(a, l.addr[i].domain, out);
	}
	if (l.broken)
		add_whatever_is_seen(a, value, out);
}

void
ps_dmarc_author(struct ps_arena *a, const struct ps_header *h,
	struct ps_dmarc_author *out)
{
	size_t n = 0;

	*out = (struct ps_dmarc_author){.from = PS_DMARC_FROM_ONE};
	for (size_t i = 0; i < h->n_field; i++) {
		if (!ps_bytes_ieq(h->field[i].name, PS_LIT("From")))
			continue;
		if (++n == 2)
			set(out, PS_DMARC_FROM_AMBIGUOUS,
				"there are several From fields");
		add_field(a, h->field[i].value, out);
	}
	if (n == 0)
		set(out, PS_DMARC_FROM_ABSENT, "there is no From field");
	if (out->n_addr == 0)
		set(out, PS_DMARC_FROM_ABSENT, "From has no address");
	if (out->why == NULL && out->n_domain > 1)
		out->from = PS_DMARC_FROM_MANY;
}
