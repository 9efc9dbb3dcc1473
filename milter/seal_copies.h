/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A relay that writes copies down and a ledger that forgets, so that "postseal
 * seal" shows what a split message becomes without sending anything.
 */
#ifndef PS_MILTER_SEAL_COPIES_H
#define PS_MILTER_SEAL_COPIES_H

#include "flow/flow.h"

struct ps_seal_copies {
	const char *out; /* FILE, FILE.2, FILE.3; NULL: standard output, with a
			    "From " line before each copy */
	int fd;		 /* of the first file, or standard output */
	bool failed;	 /* a copy could not be written */
	struct ps_relay relay;
	struct ps_ledger ledger;
};

/* Into env; c must live as long. */
void ps_seal_copies_wire(
	struct ps_seal_copies *c, const char *out, int fd, struct ps_env *env);

/* A message as SMTP would carry it. */
bool ps_seal_copies_write(int fd, const struct ps_message *m);

#endif
