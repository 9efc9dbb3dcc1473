/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * libopendkim, for what it does well: it reads signatures, and makes and hashes
 * what they sign.  It sees no DNS, no body (dkim_own.c), no field that nobody
 * signed, and no key.  Its own ways to a key, d2i_PUBKEY for records and PEM
 * for secret ones, cost more than all the rest (347 us of the 936 of signing,
 * 263 of which are RSA), queue threads for locks of OpenSSL's decoders, and end
 * at records of 1024 octets; and a process that signs by it holds the key.
 * What it reads otherwise than RFC 6376 is not tried.  Knows no policy.
 *
 * Who signs asks like one who verifies: what is signed does not depend on b=,
 * and an RSA key with DKIM_SIGN_ED25519SHA256, of which libopendkim makes a
 * signature that never verifies, cannot happen.
 *
 * One handle a message: its fields are copied once, however many sign them.
 */
#include <opendkim/dkim.h>

#include <assert.h>
#include <stdlib.h>

#include "base/buf.h"
#include "dkim/dkim.h"

#define MAX_NAMES 4000		  /* octets of h=; it keeps 4095 */
#define MAX_FIELD ((size_t)60000) /* octets of a field; it keeps 65535 */

struct ps_dkim {
	DKIM_LIB *lib;
};

/* The signatures that one handle is asked about. */
struct asked {
	const struct ps_header *header;
	const struct ps_dkim_cover *cover[PS_DKIM_MAX_SIGNATURES];
	struct ps_dkim_digest *digest[PS_DKIM_MAX_SIGNATURES];
	size_t n;
};

/* Keys are here before it begins: its resolver, which threads may not share,
 * is never reached. */
static DKIM_CBSTAT
look_up(DKIM *dkim, DKIM_SIGINFO *sig, unsigned char *buf, size_t size)
{
	(void)dkim;
	(void)sig;
	(void)buf;
	(void)size;
	return DKIM_CBSTAT_ERROR;
}

static void
take(DKIM_SIGINFO *sig, struct ps_dkim_digest *out)
{
	DKIM_SIGERROR error = dkim_sig_geterror(sig);
	void *fields = NULL, *body = NULL;
	size_t fields_len = 0, body_len = 0;

	/* "unknown" is what it says before its last word; l= is longer than the
	 * body that it was not given */
	out->known = (error == DKIM_SIGERROR_UNKNOWN ||
			     error == DKIM_SIGERROR_TOOLARGE_L) &&
		     dkim_sig_gethashes(sig, &fields, &fields_len, &body,
			     &body_len) == DKIM_STAT_OK &&
		     fields_len == PS_SHA256_LEN;
	if (out->known)
		memcpy(out->octets, fields, PS_SHA256_LEN);
}

/* Called at its end of message, the digests being ready; there is nothing that
 * is left for it to do. */
static DKIM_CBSTAT
take_over(DKIM *dkim, DKIM_SIGINFO **sig, int n)
{
	struct asked *q = dkim_get_user_context(dkim);

	for (int i = 0; i < n; i++) {
		if ((size_t)n == q->n)
			take(sig[i], q->digest[i]);
		dkim_sig_ignore(sig[i]);
	}
	return DKIM_CBSTAT_CONTINUE;
}

struct ps_dkim *
ps_dkim_new(const char **why)
{
	/* Without the first it would want keys at the end of the header;
	 * without the second, a signature that it cannot read has no place in
	 * its list. */
	unsigned flags =
		DKIM_LIBFLAGS_DELAYSIGPROC | DKIM_LIBFLAGS_BADSIGHANDLES;
	struct ps_dkim *d = calloc(1, sizeof(*d));

	assert(d != NULL);
	d->lib = dkim_init(NULL, NULL);
	if (d->lib == NULL ||
		dkim_options(d->lib, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags,
			sizeof(flags)) != DKIM_STAT_OK ||
		dkim_set_key_lookup(d->lib, look_up) != DKIM_STAT_OK ||
		dkim_set_final(d->lib, take_over) != DKIM_STAT_OK ||
		!dkim_libfeature(d->lib, DKIM_FEATURE_SHA256)) {
		*why = "libopendkim does not start";
		ps_dkim_free(d);
		return NULL;
	}
	return d;
}

void
ps_dkim_free(struct ps_dkim *d)
{
	if (d == NULL)
		return;
	if (d->lib != NULL)
		dkim_close(d->lib);
	free(d);
}

static bool
names(const struct ps_dkim_cover *c, struct ps_bytes field)
{
	for (size_t i = 0; i < c->n_name; i++)
		if (ps_bytes_ieq(c->name[i], field))
			return true;
	return false;
}

/* It ends at a NUL, takes VT and FF for blanks, and mends a lone CR or LF. */
static bool
is_tame(struct ps_bytes value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c < ' ' && c != '\t' && c != '\n' && c != '\r')
			return false;
		if (c == '\r' && (i + 1 == value.len || value.p[i + 1] != '\n'))
			return false;
	}
	return true;
}

/* Can libopendkim judge this one? */
static bool
suits(const struct ps_header *h, const struct ps_dkim_cover *c)
{
	size_t len = 0;

	for (size_t i = 0; i < c->n_name; i++)
		len += c->name[i].len + 1;
	if (len > MAX_NAMES || c->odd_b ||
		!ps_bytes_is_ascii(c->field->value) ||
		names(c, PS_LIT("DKIM-Signature")))
		return false;
	for (size_t i = 0; i < h->n_field; i++)
		if (names(c, h->field[i].name) &&
			(h->field[i].value.len > MAX_FIELD ||
				!is_tame(h->field[i].value)))
			return false;
	return true;
}

static bool
is_wanted(const struct asked *q, const struct ps_field *f)
{
	for (size_t i = 0; i < q->n; i++)
		if (f == q->cover[i]->field || names(q->cover[i], f->name))
			return true;
	return false;
}

/* What it says of a field that it does not like is no matter: it is kept, and
 * the signature that needs it says so. */
static void
feed(DKIM *dkim, const struct asked *q)
{
	struct ps_buf b;

	ps_buf_init(&b, (size_t)1 << 20);
	for (size_t i = 0; i < q->header->n_field; i++) {
		const struct ps_field *f = &q->header->field[i];

		if (!is_wanted(q, f))
			continue;
		b.len = 0;
		ps_header_put(&b, f);
		if (!b.full && b.len > 2)
			(void)dkim_header(
				dkim, (unsigned char *)b.p, b.len - 2);
	}
	ps_buf_free(&b);
}

static void
ask(struct ps_dkim *d, struct asked *q)
{
	static const unsigned char id[] = "postseal";
	DKIM_STAT status;
	DKIM *dkim = dkim_verify(d->lib, id, NULL, &status);

	if (dkim == NULL)
		return;
	dkim_set_user_context(dkim, q);
	feed(dkim, q);
	if (dkim_eoh(dkim) == DKIM_STAT_OK)
		(void)dkim_eom(dkim, NULL); /* take_over() is called */
	dkim_free(dkim);
}

void
ps_dkim_digest_lib(struct ps_dkim *d, const struct ps_header *h,
	const struct ps_dkim_cover *cover, size_t n, struct ps_dkim_digest *out)
{
	struct asked q = {.header = h};

	assert(n <= PS_DKIM_MAX_SIGNATURES);
	for (size_t i = 0; i < n; i++) {
		out[i].known = false;
		if (!suits(h, &cover[i]))
			continue;
		q.cover[q.n] = &cover[i];
		q.digest[q.n++] = &out[i];
	}
	if (q.n > 0)
		ask(d, &q);
}
