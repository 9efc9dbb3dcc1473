/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Which addresses are of the public Internet: the special-purpose registries
 * of IANA (RFC 6890) as tables.  A stranger chooses which name we look up, and
 * so which address we connect to; without this he could have us ask machines
 * that only we can reach.
 */
#include "https/https_curl.h"

struct range {
	unsigned char octets[16];
	unsigned bits;
};

static const struct range special4[] = {
	{{0}, 8},	      /* "this network", RFC 791 */
	{{10}, 8},	      /* private, RFC 1918 */
	{{100, 64}, 10},      /* shared by a carrier, RFC 6598 */
	{{127}, 8},	      /* loopback, RFC 1122 */
	{{169, 254}, 16},     /* link-local, RFC 3927 */
	{{172, 16}, 12},      /* private, RFC 1918 */
	{{192, 0, 0}, 24},    /* protocol assignments, RFC 6890 */
	{{192, 0, 2}, 24},    /* documentation, RFC 5737 */
	{{192, 88, 99}, 24},  /* 6to4 relays, gone with RFC 7526 */
	{{192, 168}, 16},     /* private, RFC 1918 */
	{{198, 18}, 15},      /* benchmarks, RFC 2544 */
	{{198, 51, 100}, 24}, /* documentation, RFC 5737 */
	{{203, 0, 113}, 24},  /* documentation, RFC 5737 */
	{{224}, 4},	      /* multicast, RFC 5771 */
	{{240}, 4},	      /* reserved, RFC 1112, and broadcast */
};

/* Within 2000::/3: nothing else is global unicast (RFC 4291 2.4). */
static const struct range global6 = {{0x20}, 3};
static const struct range special6[] = {
	{{0x20, 0x01, 0x00}, 23},	/* protocol assignments, RFC 2928:
					   Teredo, benchmarks, ORCHID */
	{{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation, RFC 3849 */
	{{0x3f, 0xff, 0x00}, 20},	/* documentation, RFC 9637 */
};

/* An IPv4 address stands in these, and is the one that is reached. */
static const struct {
	struct range range;
	size_t at;
} embedded[] = {
	{{{[10] = 0xff, [11] = 0xff}, 96}, 12}, /* RFC 4291 2.5.5.2 */
	{{{0x00, 0x64, 0xff, 0x9b}, 96}, 12},	/* RFC 6052 2.1 */
	{{{0x20, 0x02}, 16}, 2},		/* RFC 3056 2 */
};

static bool
within(struct ps_bytes address, const struct range *r)
{
	unsigned whole = r->bits / 8, rest = r->bits % 8;
	unsigned mask = 0xffU << (8 - rest) & 0xffU;

	if (memcmp(address.p, r->octets, whole) != 0)
		return false;
	return rest == 0 ||
	       ((unsigned char)address.p[whole] & mask) == r->octets[whole];
}

static bool
is_public4(struct ps_bytes address)
{
	for (size_t i = 0; i < sizeof(special4) / sizeof(special4[0]); i++)
		if (within(address, &special4[i]))
			return false;
	return true;
}

static bool
is_public6(struct ps_bytes address)
{
	for (size_t i = 0; i < sizeof(embedded) / sizeof(embedded[0]); i++)
		if (within(address, &embedded[i].range))
			return is_public4(
				ps_bytes(address.p + embedded[i].at, 4));
	for (size_t i = 0; i < sizeof(special6) / sizeof(special6[0]); i++)
		if (within(address, &special6[i]))
			return false;
	return within(address, &global6);
}

bool
ps_https_is_public(struct ps_bytes address)
{
	if (address.len == 4)
		return is_public4(address);
	return address.len == 16 && is_public6(address);
}
