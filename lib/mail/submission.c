/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Missing fields are added, hidden recipients' field is taken out.
 */
#include "mail/submission.h"

#include "mail/date.h"

static void
append(struct ps_arena *a, struct ps_message *m, struct ps_bytes name,
	const char *value)
{
	struct ps_header *h = &m->header;
	struct ps_field *more =
		ps_arena_array(a, h->n_field + 1, sizeof(*more));

	if (h->n_field > 0)
		memcpy(more, h->field, h->n_field * sizeof(*more));
	more[h->n_field++] =
		(struct ps_field){.name = name, .value = ps_bytes_of(value)};
	h->field = more;
}

struct ps_message
ps_submission_complete(struct ps_arena *a, const struct ps_message *m,
	int64_t when_s, struct ps_bytes id_left, struct ps_bytes id_right)
{
	struct ps_message out = ps_message_keep(a, m);
	char date[PS_DATE_SIZE];

	if (ps_header_count(&m->header, PS_LIT("Date")) == 0) {
		ps_date_header(when_s, date);
		append(a, &out, PS_LIT("Date"),
			ps_arena_printf(a, " %s", date));
	}
	if (ps_header_count(&m->header, PS_LIT("Message-ID")) == 0)
		append(a, &out, PS_LIT("Message-ID"),
			ps_arena_printf(a, " <%.*s@%.*s>", PS_FMT(id_left),
				PS_FMT(id_right)));
	return out;
}

void
ps_submission_hide_bcc(struct ps_message *copy)
{
	struct ps_header *h = &copy->header;
	size_t n = 0;

	for (size_t i = 0; i < h->n_field; i++)
		if (!ps_bytes_ieq(h->field[i].name, PS_LIT("Bcc")) &&
			!ps_bytes_ieq(h->field[i].name, PS_LIT("Resent-Bcc")))
			h->field[n++] = h->field[i];
	h->n_field = n;
}
