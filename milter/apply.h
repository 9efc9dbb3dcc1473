/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * An outcome becomes smfi_* calls and a reply.  Decides nothing.
 */
#ifndef PS_MILTER_APPLY_H
#define PS_MILTER_APPLY_H

#include <libmilter/mfapi.h>

#include "flow/flow.h"

/* The status to return from a callback, with its reply text set. */
sfsistat ps_apply_reply(
	SMFICTX *ctx, struct ps_arena *a, const struct ps_reply *reply);

/* Edits, then the reply.  Any call that fails makes it a tempfail. */
sfsistat ps_apply_outcome(SMFICTX *ctx, struct ps_arena *a,
	const struct ps_outcome *out, bool leading_space);

#endif
