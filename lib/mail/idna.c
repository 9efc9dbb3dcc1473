/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The only user of libidn2.
 */
#include "mail/idna.h"

#include <idn2.h>
#include <stdint.h>
#include <string.h>

/* In UTF-8, four octets a character and 255 characters at most. */
#define INPUT_MAX ((size_t)4 * PS_IDNA_MAX)

bool
ps_idna_fold(char *domain, size_t *n)
{
	uint8_t in[INPUT_MAX + 1], *out = NULL;
	size_t len;
	bool fits;

	if (*n > INPUT_MAX)
		return false;
	memcpy(in, domain, *n);
	in[*n] = '\0';
	if (idn2_lookup_u8(in, &out, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) !=
		IDN2_OK)
		return false;
	len = strlen((const char *)out);
	fits = len <= PS_IDNA_MAX;
	if (fits) {
		memcpy(domain, out, len);
		*n = len;
	}
	idn2_free(out);
	return fits;
}
