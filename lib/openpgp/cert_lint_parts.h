/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Between the two files of cert_lint.
 */
#ifndef PS_OPENPGP_CERT_LINT_PARTS_H
#define PS_OPENPGP_CERT_LINT_PARTS_H

#include "openpgp/cert_lint.h"

struct ps_linting {
	struct ps_arena *a;
	const struct ps_cert_lint_job *job;
	struct ps_lints *out;
	char fpr[PS_FPR_SIZE]; /* of the primary key */
};

void ps_lint_add(struct ps_linting *l, enum ps_lint_severity severity,
	const char *word, const char *text);

/* Hashes of the self-signatures that count, lengths and algorithms of the keys
 * that are in use. */
void ps_lint_strength(struct ps_linting *l);

#endif
