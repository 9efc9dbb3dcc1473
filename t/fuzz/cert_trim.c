/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A stranger's certificate: what is left of it is one certificate of the same
 * key, not larger, and trimming it again changes nothing.
 */
#include <assert.h>
#include <stdint.h>

#include "openpgp/cert_raw.h"
#include "openpgp/cert_trim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_even(void *self, struct ps_bytes uid)
{
	(void)self;
	return uid.len % 2 == 0;
}

static void
trim(struct ps_arena *a, struct ps_bytes in, const struct ps_cert_trim *how)
{
	struct ps_cert_trimmed t = {0}, again = {0};
	struct ps_cert_raws raw, whole;
	const char *why = NULL;

	if (ps_cert_trim(a, in, how, &t, &why) != PS_OK) {
		assert(why != NULL);
		return;
	}
	assert(t.octets.len <= in.len && t.n_uid <= how->max_uids);
	ps_cert_raw_split(a, t.octets, &raw);
	ps_cert_raw_split(a, in, &whole);
	assert(raw.n_cert == 1 && raw.cert[0].broken == NULL);
	assert(raw.cert[0].n_uid == t.n_uid);
	assert(strcmp(raw.cert[0].fpr, whole.cert[0].fpr) == 0);
	assert(ps_cert_trim(a, t.octets, how, &again, &why) == PS_OK);
	assert(ps_bytes_eq(again.octets, t.octets) && again.n_dropped == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_cert_trim few = {.max_octets = 100000,
		.max_packets = 200,
		.max_self_sigs = 3,
		.max_sigs = 8,
		.max_subkeys = 2,
		.max_uids = 2,
		.wants_uid = is_even};
	struct ps_bytes in = {(const char *)data, size};

	trim(a, in, &few);
	trim(a, in, &ps_cert_trim_default);
	ps_arena_free(a);
	return 0;
}
