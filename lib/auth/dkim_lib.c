/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * libopendkim, for what it does well: header hashes and signatures, with keys
 * that we have fetched and read.  It sees no DNS, no body (dkim_body.c) and no
 * field that nobody signed.  What it cannot do is not tried, and any word of
 * it but "good" and "bad" means that it could not.  Knows no policy.
 *
 * One handle a message: its fields are copied once, however many sign them.
 */
#include <opendkim/dkim.h>

#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "auth/dkim_parts.h"
#include "base/buf.h"

#define MAX_NAMES 4000		  /* octets of h=; it keeps 4095 */
#define MAX_FIELD ((size_t)60000) /* octets of a field; it keeps 65535 */

struct ps_dkim {
	DKIM_LIB *lib;
};

/* The signatures that one handle is asked about. */
struct asked {
	struct ps_arena *arena;
	const struct ps_header *header;
	struct ps_dkim_reading *reading[PS_DKIM_MAX_SIGNATURES];
	size_t n, now; /* now: whose key is looked up */
};

/* The record with nothing but what libopendkim needs. */
static struct ps_bytes
key_record(struct ps_arena *a, const struct ps_dkim_key *k)
{
	static const char head[] = "v=DKIM1; k=rsa; p=",
			  head25519[] = "v=DKIM1; k=ed25519; p=";
	struct ps_bytes start =
		k->type == PS_DKIM_KEY_RSA ? PS_LIT(head) : PS_LIT(head25519);
	char *out = ps_arena_alloc(a, start.len + k->octets.len * 4 / 3 + 8);
	int n;

	memcpy(out, start.p, start.len);
	n = EVP_EncodeBlock((unsigned char *)out + start.len,
		(const unsigned char *)k->octets.p, (int)k->octets.len);
	return ps_bytes(out, start.len + (size_t)n);
}

/* Called by libopendkim; the record lives in its buffer, cut at the end. */
static DKIM_CBSTAT
look_up(DKIM *dkim, DKIM_SIGINFO *sig, unsigned char *buf, size_t size)
{
	const struct asked *asked = dkim_get_user_context(dkim);
	struct ps_bytes record =
		key_record(asked->arena, &asked->reading[asked->now]->key);

	(void)sig;
	if (record.len + 1 >= size)
		return DKIM_CBSTAT_ERROR;
	memcpy(buf, record.p, record.len);
	buf[record.len] = '\0';
	return DKIM_CBSTAT_CONTINUE;
}

struct ps_dkim *
ps_dkim_new(const char **why)
{
	/* Without the first, trouble with one key ends the others'
	 * verification; without the second, a signature that it cannot read
	 * leaves no result behind. */
	unsigned flags =
		DKIM_LIBFLAGS_DELAYSIGPROC | DKIM_LIBFLAGS_BADSIGHANDLES;
	struct ps_dkim *d = calloc(1, sizeof(*d));

	assert(d != NULL);
	d->lib = dkim_init(NULL, NULL);
	if (d->lib == NULL ||
		dkim_options(d->lib, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags,
			sizeof(flags)) != DKIM_STAT_OK ||
		dkim_set_key_lookup(d->lib, look_up) != DKIM_STAT_OK ||
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
names(const struct ps_dkim_reading *r, struct ps_bytes field)
{
	for (size_t i = 0; i < r->n_name; i++)
		if (ps_bytes_ieq(r->name[i], field))
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
suits(const struct ps_header *h, const struct ps_dkim_reading *r)
{
	size_t len = 0;

	for (size_t i = 0; i < r->n_name; i++)
		len += r->name[i].len + 1;
	if (len > MAX_NAMES || r->odd_b ||
		!ps_bytes_is_ascii(r->field->value) ||
		names(r, PS_LIT("DKIM-Signature")))
		return false;
	for (size_t i = 0; i < h->n_field; i++)
		if (names(r, h->field[i].name) &&
			(h->field[i].value.len > MAX_FIELD ||
				!is_tame(h->field[i].value)))
			return false;
	return true;
}

static bool
is_wanted(const struct asked *q, const struct ps_field *f)
{
	for (size_t i = 0; i < q->n; i++)
		if (f == q->reading[i]->field || names(q->reading[i], f->name))
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

static enum ps_dkim_opinion
hear(DKIM *dkim, DKIM_SIGINFO *sig)
{
	if (dkim_sig_process(dkim, sig) != DKIM_STAT_OK)
		return PS_DKIM_CANNOT;
	if (dkim_sig_geterror(sig) == DKIM_SIGERROR_BADSIG)
		return PS_DKIM_BAD;
	/* without a body it has no last word: its error stays "unknown" */
	return (dkim_sig_getflags(sig) & DKIM_SIGFLAG_PASSED) != 0 &&
			       dkim_sig_geterror(sig) == DKIM_SIGERROR_UNKNOWN
		       ? PS_DKIM_GOOD
		       : PS_DKIM_CANNOT;
}

static void
ask(struct ps_dkim *d, struct asked *q, enum ps_dkim_opinion *out)
{
	static const unsigned char id[] = "postseal";
	DKIM_SIGINFO **sig = NULL;
	DKIM_STAT status;
	DKIM *dkim = dkim_verify(d->lib, id, NULL, &status);
	int n = 0;

	if (dkim == NULL)
		return;
	dkim_set_user_context(dkim, q);
	feed(dkim, q);
	if (dkim_eoh(dkim) == DKIM_STAT_OK &&
		dkim_getsiglist(dkim, &sig, &n) == DKIM_STAT_OK &&
		(size_t)n == q->n)
		for (q->now = 0; q->now < q->n; q->now++)
			out[q->now] = hear(dkim, sig[q->now]);
	dkim_free(dkim);
}

void
ps_dkim_ask_lib(struct ps_arena *a, struct ps_dkim *d,
	const struct ps_header *h, const struct ps_dkim_readings *r,
	enum ps_dkim_opinion *opinion)
{
	enum ps_dkim_opinion heard[PS_DKIM_MAX_SIGNATURES] = {PS_DKIM_CANNOT};
	struct asked q = {.arena = a, .header = h};
	size_t at[PS_DKIM_MAX_SIGNATURES];

	for (size_t i = 0; i < r->n; i++)
		if (r->of[i].result == PS_AUTH_PASS && suits(h, &r->of[i])) {
			at[q.n] = i;
			q.reading[q.n++] = &r->of[i];
		}
	if (q.n == 0)
		return;
	ask(d, &q, heard);
	for (size_t i = 0; i < q.n; i++)
		opinion[at[i]] = heard[i];
}
