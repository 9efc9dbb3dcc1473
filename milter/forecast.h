/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which recipients will be without a key, and when: what both key directories
 * say together.
 */
#ifndef PS_MILTER_FORECAST_H
#define PS_MILTER_FORECAST_H

#include "keys/keydir.h"

/*
 * Addresses that lose their last certificate after now_s and not after until_s.
 * An address that has one in the other directory for longer is not among them.
 * At most max of each directory; found may be NULL.
 */
enum ps_status ps_forecast(struct ps_arena *a, struct ps_keydir *local,
	struct ps_keydir *found, int64_t now_s, int64_t until_s, size_t max,
	struct ps_key_ending **out, size_t *n_out, const char **why);

#endif
