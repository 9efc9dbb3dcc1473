/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Hashing messages.
 */
#include "store/digest.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

#include <openssl/evp.h>

#include "mail/wire.h"

struct hash {
	EVP_MD_CTX *ctx;
	bool good;
};

static void
put(struct hash *h, struct ps_bytes b)
{
	h->good = h->good && EVP_DigestUpdate(h->ctx, b.p, b.len) == 1;
}

/* With its length before it, so that no two lists look alike. */
static void
put_word(struct hash *h, struct ps_bytes b)
{
	uint64_t len = b.len;

	put(h, ps_bytes((const char *)&len, sizeof(len)));
	if (b.len > 0)
		put(h, b);
}

static void
begin(struct hash *h, struct ps_bytes kind)
{
	h->ctx = EVP_MD_CTX_new();
	h->good = h->ctx != NULL &&
		  EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) == 1;
	put_word(h, kind);
}

static void
put_message(struct hash *h, const struct ps_message *m)
{
	struct ps_bytes piece;
	struct ps_wire w;

	ps_wire_begin(&w, m, false);
	while (ps_wire_next(&w, &piece))
		put(h, piece);
	h->good = ps_wire_end(&w) && h->good;
}

static enum ps_status
end(struct hash *h, struct ps_digest *out, const char **why)
{
	h->good = h->good && EVP_DigestFinal_ex(h->ctx, out->octet, NULL) == 1;
	EVP_MD_CTX_free(h->ctx);
	if (h->good)
		return PS_OK;
	*why = "the message cannot be hashed";
	return PS_ETEMP;
}

static bool
has_message_id(const struct ps_header *h)
{
	const struct ps_field *f = ps_header_nth(h, PS_LIT("Message-ID"), 0);

	return f != NULL && ps_bytes_trim(f->value).len > 0;
}

enum ps_status
ps_digest_message(struct ps_bytes sender, const struct ps_message *m,
	struct ps_digest *out, bool *known, const char **why)
{
	struct hash h;

	*known = has_message_id(&m->header);
	if (!*known) {
		if (getrandom(out->octet, PS_DIGEST_SIZE, 0) == PS_DIGEST_SIZE)
			return PS_OK;
		*why = "no random numbers";
		return PS_ETEMP;
	}
	begin(&h, PS_LIT("message"));
	put_word(&h, sender);
	put_message(&h, m);
	return end(&h, out, why);
}

static int
by_octets(const void *x, const void *y)
{
	const struct ps_bytes *a = x, *b = y;
	size_t n = a->len < b->len ? a->len : b->len;
	int d = n == 0 ? 0 : memcmp(a->p, b->p, n);

	if (d != 0)
		return d;
	return a->len < b->len ? -1 : a->len > b->len;
}

enum ps_status
ps_digest_copy(struct ps_bytes sender, const struct ps_bytes *rcpt,
	size_t n_rcpt, const struct ps_message *m, struct ps_digest *out,
	const char **why)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes *sorted = ps_arena_array(a, n_rcpt, sizeof(*sorted));
	struct ps_message bare = ps_message_keep(a, m);
	struct hash h;
	size_t n = 0;

	for (size_t i = 0; i < m->header.n_field; i++)
		if (!ps_bytes_ieq(m->header.field[i].name, PS_LIT("Received")))
			bare.header.field[n++] = m->header.field[i];
	bare.header.n_field = n;
	for (size_t i = 0; i < n_rcpt; i++)
		sorted[i] = rcpt[i];
	if (n_rcpt > 1)
		qsort(sorted, n_rcpt, sizeof(*sorted), by_octets);
	begin(&h, PS_LIT("copy"));
	put_word(&h, sender);
	for (size_t i = 0; i < n_rcpt; i++)
		put_word(&h, sorted[i]);
	put_message(&h, &bare);
	ps_arena_free(a);
	return end(&h, out, why);
}
