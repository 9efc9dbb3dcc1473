/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Records in the order of their names read from the right, so that a name and
 * all below it stand together.
 */
#include "dns/dns_zone.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "dns/dns_name.h"
#include "dns/dns_rdata.h"
#include "dns/dns_zone_read.h"

#define MAX_CNAME 12

struct zone {
	struct ps_dns_record *record;
	size_t n_record;
};

static int
compare_names(struct ps_bytes x, struct ps_bytes y)
{
	while (x.len > 0 && y.len > 0) {
		unsigned char c = (unsigned char)x.p[--x.len];
		unsigned char d = (unsigned char)y.p[--y.len];

		if (c != d)
			return c < d ? -1 : 1;
	}
	return (x.len > 0) - (y.len > 0);
}

static int
compare_records(const void *x, const void *y)
{
	const struct ps_dns_record *r = x, *s = y;
	int c = compare_names(r->name, s->name);

	if (c != 0)
		return c;
	return (r->line > s->line) - (r->line < s->line);
}

static size_t
lower_bound(const struct zone *z, struct ps_bytes name)
{
	size_t low = 0, high = z->n_record;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_names(z->record[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The records of one name; false when it has none. */
static bool
find(const struct zone *z, struct ps_bytes name, struct zone *out)
{
	size_t first = lower_bound(z, name), n = 0;

	while (first + n < z->n_record &&
		ps_bytes_eq(z->record[first + n].name, name))
		n++;
	*out = (struct zone){z->record + first, n};
	return n > 0;
}

/* Does something stand below the name (an empty non-terminal, RFC 8020)? */
static bool
has_below(const struct zone *z, struct ps_bytes name)
{
	char below[PS_DNS_NAME_MAX + 1];
	struct ps_bytes key = {below, name.len + 1};
	size_t at;

	below[0] = '.';
	memcpy(below + 1, name.p, name.len);
	at = lower_bound(z, key);
	return at < z->n_record && ps_bytes_iends(z->record[at].name, key);
}

/*
 * The wildcard of the closest encloser (RFC 4592 3.3.1).  *secure tells
 * whether the absence is proven, when there is none.
 */
static bool
find_wildcard(const struct zone *z, struct ps_bytes name, struct zone *out,
	bool *secure)
{
	char star[PS_DNS_NAME_MAX + 2] = "*.";
	size_t dot;

	while ((dot = ps_bytes_chr(name, '.')) != PS_NOT_FOUND) {
		name = ps_bytes_from(name, dot + 1);
		memcpy(star + 2, name.p, name.len);
		if (find(z, ps_bytes(star, name.len + 2), out))
			return true;
		if (find(z, name, out)) {
			*secure = out->record[0].secure;
			return false;
		}
		if (has_below(z, name))
			return false;
	}
	return false;
}

static void
collect(struct ps_arena *a, const struct zone *at, int type,
	struct ps_dns_answer *out)
{
	struct ps_bytes *rr = NULL;

	for (size_t i = 0; i < at->n_record; i++) {
		if (at->record[i].type != type)
			continue;
		PS_GROW(a, rr, out->n_rr);
		rr[out->n_rr++] = at->record[i].rr;
		out->secure &= at->record[i].secure;
	}
	out->rr = rr;
	out->status = out->n_rr > 0 ? PS_DNS_FOUND : PS_DNS_NODATA;
}

static bool
fail(const struct zone *at, int type, struct ps_dns_answer *out)
{
	for (size_t i = 0; i < at->n_record; i++) {
		const struct ps_dns_record *r = &at->record[i];

		if (r->failure == NULL || r->type != type)
			continue;
		*out = (struct ps_dns_answer){.status = PS_DNS_TROUBLE,
			.bogus = r->bogus,
			.why = r->failure};
		return true;
	}
	return false;
}

/* Follow a CNAME; false when there is none. */
static bool
follow(struct ps_arena *a, const struct zone *at, struct ps_bytes *name,
	struct ps_dns_answer *out)
{
	for (size_t i = 0; i < at->n_record; i++) {
		if (at->record[i].type != PS_DNS_CNAME)
			continue;
		out->secure &= at->record[i].secure;
		return ps_dns_rdata_name(a, at->record[i].rr, name);
	}
	return false;
}

static void
none(const struct zone *z, struct ps_bytes name, bool secure,
	struct ps_dns_answer *out)
{
	out->status = has_below(z, name) ? PS_DNS_NODATA : PS_DNS_NXDOMAIN;
	out->secure &= secure;
}

static void
query(void *self, struct ps_arena *a, struct ps_bytes name,
	enum ps_dns_type type, const struct ps_wait *wait,
	struct ps_dns_answer *out)
{
	const struct zone *z = self;
	struct zone at;

	(void)wait;
	*out = (struct ps_dns_answer){.secure = true};
	for (size_t i = 0; i < MAX_CNAME; i++) {
		bool secure = false;

		if (!find(z, name, &at) &&
			(has_below(z, name) ||
				!find_wildcard(z, name, &at, &secure))) {
			none(z, name, secure, out);
			return;
		}
		if (fail(&at, (int)type, out))
			return;
		collect(a, &at, (int)type, out);
		if (out->n_rr > 0)
			return;
		if (type == PS_DNS_CNAME || !follow(a, &at, &name, out)) {
			out->secure &= at.record[0].secure;
			fail(&at, 0, out);
			return;
		}
		if (name.len == 0)
			return; /* the root has none of our records */
	}
	*out = (struct ps_dns_answer){
		.status = PS_DNS_TROUBLE, .why = "CNAMEs go in a circle"};
}

enum ps_status
ps_dns_zone_parse(struct ps_arena *a, const char *name, struct ps_bytes text,
	struct ps_dns *out, const char **why)
{
	struct ps_dns_records all;
	struct zone *z;
	enum ps_status s = ps_dns_zone_read(a, name, text, &all, why);

	if (s != PS_OK)
		return s;
	z = ps_arena_alloc(a, sizeof(*z));
	*z = (struct zone){all.record, all.n_record};
	if (z->n_record > 0)
		qsort(z->record, z->n_record, sizeof(*z->record),
			compare_records);
	*out = (struct ps_dns){.self = z, .query = query};
	return PS_OK;
}

enum ps_status
ps_dns_zone_load(struct ps_arena *a, const char *path, struct ps_dns *out,
	const char **why)
{
	FILE *f = fopen(path, "rb");
	struct ps_buf b;
	enum ps_status s = PS_OK;
	char chunk[4096];
	size_t n;

	if (f == NULL) {
		*why = ps_arena_printf(
			a, "cannot open %s: %s", path, strerror(errno));
		return PS_EPERM;
	}
	ps_buf_init(&b, PS_DNS_ZONE_MAX);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0 && !b.full)
		ps_buf_put(&b, ps_bytes(chunk, n));
	if (ferror(f)) {
		*why = ps_arena_printf(a, "cannot read %s", path);
		s = PS_EPERM;
	} else if (b.full) {
		*why = ps_arena_printf(a, "%s is larger than 16 MB", path);
		s = PS_ELIMIT;
	} else {
		s = ps_dns_zone_parse(
			a, path, ps_arena_copy(a, ps_buf_bytes(&b)), out, why);
	}
	fclose(f);
	ps_buf_free(&b);
	return s;
}
