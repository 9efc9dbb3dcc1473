/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which fields of a message a signature covers, and which it should.  Knows
 * nothing of cryptography.
 */
#include "auth/dkim_parts.h"

/* How many of the first n items of h= have that name. */
static size_t
count_names(const struct ps_dkim_reading *r, size_t n, struct ps_bytes name)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += ps_bytes_ieq(r->name[i], name);
	return found;
}

struct ps_dkim_cover
ps_dkim_cover_of(const struct ps_dkim_reading *r)
{
	return (struct ps_dkim_cover){
		.field = r->field,
		.name = r->name,
		.n_name = r->n_name,
		.canon = r->header,
		.odd_b = r->odd_b,
	};
}

bool
ps_dkim_covers(const struct ps_header *h, const struct ps_dkim_reading *r,
	struct ps_bytes name)
{
	size_t n = ps_header_count(h, name);

	return n > 0 && n <= count_names(r, r->n_name, name);
}

const char *
ps_dkim_uncovered(const struct ps_header *h, const struct ps_dkim_reading *r)
{
	static const char *const once[] = {"From", "Subject", "To", "Cc", "Bcc",
		"Date", "Sender", "Reply-To", "Message-ID", "In-Reply-To",
		"References", "MIME-Version", "Content-Type",
		"Content-Transfer-Encoding", "Content-Disposition",
		"Content-ID", "Content-Description"};

	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		struct ps_bytes name = ps_bytes_of(once[i]);
		size_t n = ps_header_count(h, name);

		if (n > 1 && n > count_names(r, r->n_name, name))
			return once[i];
	}
	return NULL;
}
