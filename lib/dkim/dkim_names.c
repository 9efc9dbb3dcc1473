/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which fields are signed (RFC 6376 section 5.4), and which of them once more
 * than they occur, so that the signature fails when somebody puts another in
 * front that readers would show instead (section 8.15).
 *
 * Never signed: what MTAs on the way add, change or take off (Received,
 * Return-Path, Bcc, Authentication-Results, other signatures), and what we and
 * the recipient's side say of the message (X-Postseal-*).
 */
#include "dkim/dkim_sign.h"

enum more {
	NEVER,	  /* may come again on the way: lists, resending */
	IF_THERE, /* absent, it may be added: Date and Message-ID by the MTA
		     behind us (RFC 6409 section 8), the rest by a list, or
		     nobody is misled */
	ALWAYS	  /* what a reader takes for the author's, or what decides how
		     the body is shown */
};

static const struct {
	const char *name;
	enum more more;
} table[] = {
	{"From", ALWAYS},
	{"Subject", ALWAYS},
	{"To", ALWAYS},
	{"Cc", ALWAYS},
	{"Reply-To", ALWAYS},
	{"MIME-Version", ALWAYS},
	{"Content-Type", ALWAYS},
	{"Content-Transfer-Encoding", ALWAYS},
	{"Date", IF_THERE},
	{"Message-ID", IF_THERE},
	{"Sender", IF_THERE},
	{"In-Reply-To", IF_THERE},
	{"References", IF_THERE},
	{"Content-Disposition", IF_THERE},
	{"Content-ID", IF_THERE},
	{"Content-Description", IF_THERE},
	{"Content-Language", IF_THERE},
	{"Autocrypt", IF_THERE},
	{"Resent-Date", NEVER},
	{"Resent-From", NEVER},
	{"Resent-Sender", NEVER},
	{"Resent-To", NEVER},
	{"Resent-Cc", NEVER},
	{"Resent-Message-ID", NEVER},
	{"List-Id", NEVER},
	{"List-Help", NEVER},
	{"List-Unsubscribe", NEVER},
	/* RFC 8058 section 3: a signature must cover both */
	{"List-Unsubscribe-Post", NEVER},
	{"List-Subscribe", NEVER},
	{"List-Post", NEVER},
	{"List-Owner", NEVER},
	{"List-Archive", NEVER},
	{"Feedback-ID", NEVER},
};

struct ps_bytes *
ps_dkim_sign_names(struct ps_arena *a, const struct ps_header *h, size_t *n)
{
	struct ps_bytes *out =
		ps_arena_array(a, PS_DKIM_MAX_HEADERS, sizeof(*out));

	*n = 0;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct ps_bytes name = ps_bytes_of(table[i].name);
		size_t times = ps_header_count(h, name);

		if (table[i].more == ALWAYS ||
			(table[i].more == IF_THERE && times > 0))
			times++;
		if (times > PS_DKIM_MAX_HEADERS - *n)
			return NULL;
		while (times-- > 0)
			out[(*n)++] = name;
	}
	return out;
}
