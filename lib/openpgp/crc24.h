/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The checksum of ASCII armor (RFC 4880 6.1): a CRC of 24 bits, most
 * significant bit first.
 */
#ifndef PS_OPENPGP_CRC24_H
#define PS_OPENPGP_CRC24_H

#include <stdint.h>

#include "base/bytes.h"

/* The checksum stands in the upper 24 bits; shift right by 8 to print it. */
#define PS_CRC24_INIT ((uint32_t)0xb704ce << 8)

uint32_t ps_crc24(uint32_t crc, struct ps_bytes octets);

#endif
