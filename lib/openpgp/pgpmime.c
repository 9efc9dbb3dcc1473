/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The outer shape of a sealed message (RFC 3156 4).  Mail programs other than
 * the sender's recognise sealed mail by these very words, file names and
 * dispositions, so they are Thunderbird's to the octet.  Knows no key and no
 * cipher: the sealed octets come proven.
 */
#include "openpgp/pgpmime.h"

#include <assert.h>

#include "mail/entity.h"
#include "openpgp/armor.h"
#include "openpgp/protect.h"

#define PREAMBLE "This is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)"
#define VERSION_PART                                                           \
	"Content-Type: application/pgp-encrypted\r\n"                          \
	"Content-Description: PGP/MIME version identification\r\n"             \
	"\r\n"                                                                 \
	"Version: 1\r\n"                                                       \
	"\r\n"
#define SEALED_PART                                                            \
	"Content-Type: application/octet-stream; name=\"encrypted.asc\"\r\n"   \
	"Content-Description: OpenPGP encrypted message\r\n"                   \
	"Content-Disposition: inline; filename=\"encrypted.asc\"\r\n"          \
	"\r\n"

/* Armored at a time, so that memory does not grow with the message. */
#define PIECE ((size_t)PS_ARMOR_LINE * 512)
/* Room for the armor of a piece: its lines, and a head or a tail. */
#define PIECE_ARMORED ((size_t)66 * 512 + 128)

void
ps_pgpmime_inner_header(const struct ps_header *original, struct ps_buf *out)
{
	for (size_t i = 0; i < original->n_field; i++)
		if (ps_entity_is_content_field(original->field[i].name))
			ps_header_put(out, &original->field[i]);
	ps_buf_puts(out, "\r\n");
}

size_t
ps_pgpmime_body_size(size_t sealed_len)
{
	const size_t delimiter = 2 + PS_PGPMIME_BOUNDARY + 2;

	return sizeof(PREAMBLE "\r\n") - 1 + delimiter + sizeof(VERSION_PART) -
	       1 + delimiter + sizeof(SEALED_PART) - 1 +
	       ps_armor_size(sealed_len) + 2 + delimiter + 2;
}

static enum ps_status
put_armored(struct ps_spool *body, struct ps_bytes sealed, const char **why)
{
	char out[PIECE_ARMORED];
	struct ps_armor_writer w;
	enum ps_status s;
	size_t n = ps_armor_begin(&w, out);

	do {
		s = ps_spool_put(body, ps_bytes(out, n), why);
		if (s != PS_OK)
			return s;
		n = ps_armor_put(&w, ps_bytes_head(sealed, PIECE), out);
		sealed = ps_bytes_from(sealed, PIECE);
	} while (n > 0);
	n = ps_armor_end(&w, out);
	return ps_spool_put(body, ps_bytes(out, n), why);
}

static enum ps_status
put_body(struct ps_arena *a, struct ps_bytes boundary, struct ps_bytes sealed,
	struct ps_spool *body, const char **why)
{
	const char *head = ps_arena_printf(a,
		PREAMBLE "\r\n--%.*s\r\n" VERSION_PART "--%.*s\r\n" SEALED_PART,
		PS_FMT(boundary), PS_FMT(boundary));
	const char *tail =
		ps_arena_printf(a, "\r\n--%.*s--\r\n", PS_FMT(boundary));
	enum ps_status s = ps_spool_put(body, ps_bytes_of(head), why);

	if (s == PS_OK)
		s = put_armored(body, sealed, why);
	if (s == PS_OK)
		s = ps_spool_put(body, ps_bytes_of(tail), why);
	return s;
}

/*
 * A marker in our name on what comes in is a forgery, or from the time before
 * somebody opened and sent it again.  One that cannot be read is too.
 */
static bool
claims_our_seal(
	struct ps_arena *a, const struct ps_field *f, struct ps_bytes by)
{
	struct ps_params p;

	if (!ps_bytes_ieq(f->name, PS_LIT(PS_SEALED_FIELD)))
		return false;
	ps_header_params(a, f->value, &p);
	return p.broken || ps_bytes_ieq(ps_params_get(&p, PS_LIT("by")), by);
}

size_t
ps_pgpmime_unmark(
	struct ps_arena *a, struct ps_bytes by, struct ps_message *copy)
{
	struct ps_header *h = &copy->header;
	size_t kept = 0, n = h->n_field;

	for (size_t i = 0; i < n; i++)
		if (!claims_our_seal(a, &h->field[i], by))
			h->field[kept++] = h->field[i];
	h->n_field = kept;
	return n - kept;
}

static void
put_field(struct ps_header *h, struct ps_bytes name, struct ps_bytes value,
	size_t from)
{
	h->field[h->n_field++] =
		(struct ps_field){.name = name, .value = value, .from = from};
}

static struct ps_bytes
with_blank(struct ps_arena *a, struct ps_bytes value)
{
	return ps_bytes_of(ps_arena_printf(a, " %.*s", PS_FMT(value)));
}

/* Fields that stay, and those changed where they stand. */
static void
keep_fields(struct ps_arena *a, const struct ps_header *original,
	const struct ps_pgpmime_outer *outer, struct ps_bytes type,
	struct ps_header *h)
{
	bool typed = false;

	for (size_t i = 0; i < original->n_field; i++) {
		const struct ps_field *f = &original->field[i];
		enum ps_protect_fate fate = outer->subject == NULL
						    ? PS_PROTECT_KEEP
						    : ps_protect_fate(f->name);

		if (!typed && ps_bytes_ieq(f->name, PS_LIT("Content-Type"))) {
			put_field(h, f->name, type, i + 1);
			typed = true;
		} else if (fate == PS_PROTECT_OBSCURE) {
			put_field(h, f->name, with_blank(a, *outer->subject),
				i + 1);
		} else if (fate == PS_PROTECT_KEEP &&
			   !ps_entity_is_content_field(f->name) &&
			   !claims_our_seal(a, f, outer->marker_by)) {
			put_field(h, f->name, f->value, i + 1);
		}
	}
}

static struct ps_header
outer_header(struct ps_arena *a, const struct ps_header *original,
	const struct ps_pgpmime_outer *outer)
{
	struct ps_bytes type = ps_bytes_of(ps_arena_printf(a,
		" multipart/encrypted;\n"
		" protocol=\"application/pgp-encrypted\";\n"
		" boundary=\"%.*s\"",
		PS_FMT(outer->boundary)));
	struct ps_header h = {.n_field = 0};

	h.field = ps_arena_array(a, original->n_field + 3, sizeof(*h.field));
	keep_fields(a, original, outer, type, &h);
	if (ps_header_nth(&h, PS_LIT("MIME-Version"), 0) == NULL)
		put_field(&h, PS_LIT("MIME-Version"), PS_LIT(" 1.0"), 0);
	if (ps_header_nth(&h, PS_LIT("Content-Type"), 0) == NULL)
		put_field(&h, PS_LIT("Content-Type"), type, 0);
	put_field(&h, PS_LIT(PS_SEALED_FIELD), with_blank(a, outer->marker), 0);
	return h;
}

enum ps_status
ps_pgpmime_wrap(struct ps_arena *a, const struct ps_message *original,
	const struct ps_pgpmime_outer *outer, struct ps_bytes sealed,
	struct ps_spool *body, struct ps_message *out, const char **why)
{
	struct ps_bytes view;
	enum ps_status s;

	assert(outer->boundary.len == PS_PGPMIME_BOUNDARY);
	s = put_body(a, outer->boundary, sealed, body, why);
	if (s == PS_OK)
		s = ps_spool_view(body, &view, why);
	if (s != PS_OK)
		return s;
	assert(view.len == ps_pgpmime_body_size(sealed.len));
	*out = (struct ps_message){
		.header = outer_header(a, &original->header, outer),
		.body = view,
		.body_fd = -1,
	};
	return PS_OK;
}
