/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What is wrong or remarkable with a certificate, for people: when it is
 * imported, shown, or audited.  Decides nothing: what mail may be sealed to is
 * judged elsewhere (keys/cert_judge.h).
 */
#ifndef PS_OPENPGP_CERT_LINT_H
#define PS_OPENPGP_CERT_LINT_H

#include "base/arena.h"
#include "store/key_index.h"

enum ps_lint_severity {
	PS_LINT_ERROR,	 /* no mail can be sealed to it */
	PS_LINT_WARNING, /* it works, or part of it, and will not for ever */
	PS_LINT_NOTE	 /* good to know */
};
const char *ps_lint_severity_name(enum ps_lint_severity s);

/*
 * Words, for scripts.  Errors: broken, secret-key, unsupported-version,
 * flooded, revoked, invalid, expired, sign-only, no-encryption-subkey,
 * no-user-id.  Warnings: expires-soon, weak-hash, short-key, no-address,
 * uid-invalid, uid-expired, many-user-ids.  Notes: old-algorithm, uid-revoked,
 * encryption-subkeys, left-out.
 */
struct ps_lint {
	enum ps_lint_severity severity;
	const char *word;
	const char *text; /* user ids in it are escaped for a terminal */
};

struct ps_cert_lint_job {
	struct ps_bytes certificate; /* binary, one; as given or as stored */
	/* What the engine confirmed; NULL: no engine saw it, and only what the
	 * packets show is told. */
	const struct ps_key_record *record;
	int64_t now_s;
	int64_t warn_before_s; /* "soon" */
};

/* At most PS_LINT_MAX, errors first. */
#define PS_LINT_MAX 64
struct ps_lints {
	struct ps_lint *lint;
	size_t n_lint;
};
void ps_cert_lint(struct ps_arena *a, const struct ps_cert_lint_job *job,
	struct ps_lints *out);

#endif
