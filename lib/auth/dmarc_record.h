/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What one DMARC record says (RFC 9989 sections 4.7 and 4.8).  Knows neither
 * where it stands nor whom it is applied to.
 */
#ifndef PS_AUTH_DMARC_RECORD_H
#define PS_AUTH_DMARC_RECORD_H

#include "auth/dmarc.h"

enum ps_dmarc_psd {
	PS_DMARC_PSD_UNKNOWN, /* the default */
	PS_DMARC_PSD_YES,
	PS_DMARC_PSD_NO
};

struct ps_dmarc_record {
	struct ps_bytes text; /* as published */
	/* Without a valid p, or with a bad sp or np, a record asks for nothing
	 * unless it wants reports; then it is read as p=none (4.10.1). */
	bool usable;
	bool has_sp, has_np;
	enum ps_dmarc_policy p, sp, np;
	bool strict_dkim, strict_spf;
	bool testing;
	enum ps_dmarc_psd psd;
};

/*
 * False when the text is no DMARC record: "v" is not the first tag, or its
 * value is not exactly DMARC1.  text is borrowed.
 *
 * Unknown tags (pct, rf and ri are among them), parts that are no tags, and
 * values that a tag does not have are ignored.  Names and values are read
 * without regard to case, but for the version; of a tag that occurs again the
 * first counts.
 */
bool ps_dmarc_record_parse(
	struct ps_arena *a, struct ps_bytes text, struct ps_dmarc_record *out);

/* "none", "quarantine", "reject" */
const char *ps_dmarc_policy_name(enum ps_dmarc_policy p);

#endif
