/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Findings in the order in which they were made: that of the set-up, so that
 * the first one is the one to mend first.
 */
#include "findings.h"

#include <stdarg.h>

static const char *const kind_word[PS_FINDING_N] = {
	[PS_FINDING_ERROR] = "error",
	[PS_FINDING_WARNING] = "warning",
	[PS_FINDING_SKIPPED] = "skipped",
};

struct ps_finding *
ps_findings_add(struct ps_findings *f, enum ps_finding_kind kind,
	const char *where, const char *fmt, ...)
{
	struct ps_finding *one;
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	PS_GROW(f->arena, f->finding, f->n_finding);
	one = &f->finding[f->n_finding++];
	*one = (struct ps_finding){
		.kind = kind,
		.where = ps_arena_strdup(f->arena, where),
		.what = ps_arena_strdup(f->arena, text),
	};
	f->n_of[kind]++;
	return one;
}

void
ps_findings_print(const struct ps_findings *f, FILE *to)
{
	for (size_t i = 0; i < f->n_finding; i++) {
		const struct ps_finding *one = &f->finding[i];

		fprintf(to, "%s: %s: %s\n", one->where, kind_word[one->kind],
			one->what);
		if (one->todo != NULL)
			fprintf(to, "\t%s\n", one->todo);
	}
}
