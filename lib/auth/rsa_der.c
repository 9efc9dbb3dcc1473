/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Two shapes of one key.  Knows nothing of key records.
 */
#include "auth/rsa_der.h"

#define DER_INTEGER  0x02
#define DER_BITS     0x03
#define DER_SEQUENCE 0x30

/* rsaEncryption, 1.2.840.113549.1.1.1, and its NULL parameters. */
static const char rsa_oid[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
static const char null_value[] = "\x05\x00";
#define RSA_OID	   PS_LIT(rsa_oid)
#define NULL_VALUE PS_LIT(null_value)

/* Take an element's length off; definite and short enough for 64 kB. */
static bool
read_length(struct ps_bytes *in, size_t *out)
{
	size_t n = 0;

	if (in->len == 0)
		return false;
	*out = (unsigned char)in->p[0];
	*in = ps_bytes_from(*in, 1);
	if (*out < 0x80)
		return true;
	n = *out & 0x7f;
	if (n == 0 || n > 2 || n > in->len)
		return false;
	*out = 0;
	for (size_t i = 0; i < n; i++)
		*out = *out << 8 | (unsigned char)in->p[i];
	*in = ps_bytes_from(*in, n);
	return true;
}

static bool
read_element(struct ps_bytes *in, unsigned tag, struct ps_bytes *out)
{
	size_t len;

	if (in->len == 0 || (unsigned char)in->p[0] != tag)
		return false;
	*in = ps_bytes_from(*in, 1);
	if (!read_length(in, &len) || len > in->len)
		return false;
	*out = ps_bytes_head(*in, len);
	*in = ps_bytes_from(*in, len);
	return true;
}

/* A positive number. */
static bool
read_number(struct ps_bytes *in, struct ps_bytes *out)
{
	if (!read_element(in, DER_INTEGER, out) || out->len == 0 ||
		(out->p[0] & 0x80) != 0)
		return false;
	while (out->len > 0 && out->p[0] == 0)
		*out = ps_bytes_from(*out, 1);
	return out->len > 0;
}

static unsigned
count_bits(struct ps_bytes number)
{
	unsigned n = (unsigned)(8 * number.len);

	for (unsigned top = 0x80; ((unsigned char)number.p[0] & top) == 0;
		top >>= 1)
		n--;
	return n;
}

static bool
is_odd(struct ps_bytes number)
{
	return (number.p[number.len - 1] & 1) != 0;
}

static bool
read_bare(struct ps_bytes der, struct ps_rsa_key *out)
{
	struct ps_bytes in;

	if (!read_element(&der, DER_SEQUENCE, &in) || der.len > 0 ||
		!read_number(&in, &out->modulus) ||
		!read_number(&in, &out->exponent) || in.len > 0)
		return false;
	out->bits = count_bits(out->modulus);
	return is_odd(out->modulus) && is_odd(out->exponent) &&
	       count_bits(out->exponent) > 1;
}

static bool
read_info(struct ps_bytes der, struct ps_rsa_key *out)
{
	struct ps_bytes in, algorithm, bits;

	if (!read_element(&der, DER_SEQUENCE, &in) || der.len > 0 ||
		!read_element(&in, DER_SEQUENCE, &algorithm) ||
		!read_element(&in, DER_BITS, &bits) || in.len > 0)
		return false;
	if (!ps_bytes_starts(algorithm, RSA_OID))
		return false;
	algorithm = ps_bytes_from(algorithm, RSA_OID.len);
	if (algorithm.len > 0 && !ps_bytes_eq(algorithm, NULL_VALUE))
		return false;
	/* the first octet counts unused bits */
	return bits.len > 1 && bits.p[0] == 0 &&
	       read_bare(ps_bytes_from(bits, 1), out);
}

bool
ps_rsa_der_read(struct ps_bytes der, struct ps_rsa_key *out)
{
	return read_info(der, out) || read_bare(der, out);
}

/* Written from its end to its start, since lengths stand before contents. */
struct writer {
	char *p;
	size_t at; /* of the first octet written */
};

static void
put(struct writer *w, struct ps_bytes octets)
{
	w->at -= octets.len;
	memcpy(w->p + w->at, octets.p, octets.len);
}

static void
put_octet(struct writer *w, size_t octet)
{
	w->p[--w->at] = (char)(octet & 0xff);
}

/* The head of an element whose contents reach to end. */
static void
put_head(struct writer *w, unsigned tag, size_t end)
{
	size_t len = end - w->at;

	put_octet(w, len);
	if (len > 0xff)
		put_octet(w, len >> 8);
	if (len > 0x7f)
		put_octet(w, len > 0xff ? 0x82 : 0x81);
	put_octet(w, tag);
}

static void
put_number(struct writer *w, struct ps_bytes number)
{
	size_t end = w->at;

	put(w, number);
	if ((number.p[0] & 0x80) != 0)
		put_octet(w, 0);
	put_head(w, DER_INTEGER, end);
}

struct ps_bytes
ps_rsa_der_write(struct ps_arena *a, const struct ps_rsa_key *key)
{
	size_t size = key->modulus.len + key->exponent.len + 64, end;
	struct writer w = {ps_arena_alloc(a, size), size};

	put_number(&w, key->exponent);
	put_number(&w, key->modulus);
	put_head(&w, DER_SEQUENCE, size);
	put_octet(&w, 0);
	put_head(&w, DER_BITS, size);
	end = w.at;
	put(&w, NULL_VALUE);
	put(&w, RSA_OID);
	put_head(&w, DER_SEQUENCE, end);
	put_head(&w, DER_SEQUENCE, size);
	return ps_bytes(w.p + w.at, size - w.at);
}
