/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Looking for OPENPGPKEY records (RFC 7929).  What they hold is not read here.
 */
#include "discovery/dane.h"

#include <openssl/sha.h>

#include "base/buf.h"

#define HASH_OCTETS 28 /* of SHA2-256 (section 3) */
#define QUERIES	    2  /* for the address, and for all of its domain */

/*
 * The local part is hashed as it is written: section 3 removes quotes and
 * literal quoting, which an address in normal form has not, and changes no
 * case.  Section 4 leaves variants to the domain, which may publish them, and
 * forbids senders to guess them; "Hugh" is not "hugh" here, unlike in a Web
 * Key Directory.  Normalization Form C, a SHOULD for what is not ASCII, is the
 * sender's: we are handed octets.
 */
char *
ps_dane_name(struct ps_arena *a, const struct ps_addr *addr)
{
	static const char digit[] = "0123456789abcdef";
	unsigned char sha[SHA256_DIGEST_LENGTH];
	char hash[2 * HASH_OCTETS + 1];

	SHA256((const unsigned char *)addr->local.p, addr->local.len, sha);
	for (size_t i = 0; i < HASH_OCTETS; i++) {
		hash[2 * i] = digit[sha[i] >> 4];
		hash[2 * i + 1] = digit[sha[i] & 15];
	}
	hash[2 * HASH_OCTETS] = '\0';
	return ps_arena_printf(
		a, "%s._openpgpkey.%.*s", hash, PS_FMT(addr->domain));
}

/* Every record, one behind another: each is one certificate (section 2.1). */
static void
take(struct ps_arena *a, const struct ps_dns_answer *in,
	struct ps_source_answer *out)
{
	struct ps_buf all;

	ps_buf_init(&all, PS_SOURCE_MAX_OCTETS);
	for (size_t i = 0; i < in->n_rr; i++)
		ps_buf_put(&all, in->rr[i]);
	if (in->n_rr > PS_SOURCE_MAX_CERTS || all.full) {
		out->outcome = PS_LOOK_REFUSED;
		out->text = "there are too many OPENPGPKEY records, or too "
			    "large ones";
	} else {
		out->outcome = PS_LOOK_FOUND;
		out->octets = ps_arena_copy(a, ps_buf_bytes(&all));
	}
	ps_buf_free(&all);
}

/* Where nothing is below "_openpgpkey", nobody has a record (RFC 8020). */
static bool
has_none(struct ps_arena *a, const char *name, struct ps_dns_budget *budget)
{
	struct ps_dns_answer all;

	ps_dns_ask(a, ps_bytes_of(strchr(name, '.') + 1), PS_DNS_OPENPGPKEY,
		budget, &all);
	return all.status == PS_DNS_NXDOMAIN;
}

static void
fetch(void *self, struct ps_arena *a, const struct ps_addr *addr,
	const struct ps_wait *wait, struct ps_source_answer *out)
{
	struct ps_dns_budget budget = {.dns = self,
		.wait = wait,
		.query_ms = PS_DNS_QUERY_MS,
		.max_query = QUERIES};
	const char *name = ps_dane_name(a, addr);
	struct ps_dns_answer in;

	*out = (struct ps_source_answer){.outcome = PS_LOOK_ABSENT};
	ps_dns_ask(a, ps_bytes_of(name), PS_DNS_OPENPGPKEY, &budget, &in);
	switch (in.status) {
	case PS_DNS_FOUND:
		if (in.secure) {
			take(a, &in, out);
			break;
		}
		/* Section 5: whoever can answer in its place can read the
		 * mail. */
		out->outcome = PS_LOOK_REFUSED;
		out->text = "the OPENPGPKEY record is not signed with DNSSEC";
		break;
	case PS_DNS_NODATA:
	case PS_DNS_NXDOMAIN:
		out->whole_domain = in.status == PS_DNS_NXDOMAIN &&
				    in.why == NULL &&
				    has_none(a, name, &budget);
		out->text = in.why != NULL	? in.why
			    : out->whole_domain ? "the domain has no "
						  "OPENPGPKEY records"
						: "there is no OPENPGPKEY "
						  "record";
		break;
	case PS_DNS_TROUBLE:
		out->outcome = PS_LOOK_DNS;
		out->text = in.why;
		break;
	}
}

struct ps_source
ps_dane_source(const struct ps_dns *dns)
{
	union {
		const struct ps_dns *in;
		void *self;
	} of = {.in = dns};

	return (struct ps_source){PS_ORIGIN_DANE, of.self, fetch};
}
