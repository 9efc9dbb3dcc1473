/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What "postseal keys show" found out, and its two forms.
 */
#ifndef PS_MILTER_KEYS_SHOW_H
#define PS_MILTER_KEYS_SHOW_H

#include "keys_cert.h"
#include "openpgp/cert_lint.h"

struct ps_keys_report {
	const struct ps_addr *addr; /* NULL: of one certificate */
	struct ps_cert_answer now;  /* of an address */
	struct ps_key_page page;    /* of an address: when it was looked for */
	struct ps_keys_all all;	    /* certificates and bonds */
	struct ps_lints *lints;	    /* of each certificate */
	struct ps_key_event *event; /* latest first */
	size_t n_event;
};

void ps_keys_show_text(struct ps_keys *k, const struct ps_keys_report *s);
void ps_keys_show_json(struct ps_keys *k, const struct ps_keys_report *s);

#endif
