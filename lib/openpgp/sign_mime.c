/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * multipart/signed around an entity, in the shape that Thunderbird writes.
 */
#include "openpgp/sign_mime.h"

#include "mail/encode.h"
#include "mail/entity.h"

#define SIGNATURE_PART                                                         \
	"Content-Type: application/pgp-signature; "                            \
	"name=\"OpenPGP_signature.asc\"\r\n"                                   \
	"Content-Description: OpenPGP digital signature\r\n"                   \
	"Content-Disposition: attachment; "                                    \
	"filename=\"OpenPGP_signature.asc\"\r\n\r\n"

/* Without a checksum, which RFC 9580 6.1 asks writers to leave out. */
static void
put_armored(struct ps_bytes signature, struct ps_buf *out)
{
	ps_buf_puts(out, "-----BEGIN PGP SIGNATURE-----\r\n\r\n");
	ps_encode_base64(signature, out);
	ps_buf_puts(out, "-----END PGP SIGNATURE-----\r\n");
}

static enum ps_status
put_body(struct ps_arena *a, const struct ps_sign_parts *parts,
	struct ps_spool *body, const char **why)
{
	const char *head = ps_arena_printf(a,
		"This is an OpenPGP/MIME signed message (RFC 3156)\r\n"
		"--%.*s\r\n",
		PS_FMT(parts->boundary));
	struct ps_buf tail;
	enum ps_status s;

	ps_buf_init(&tail, 2 * parts->signature.len + 4096);
	ps_buf_printf(&tail, "\r\n--%.*s\r\n" SIGNATURE_PART,
		PS_FMT(parts->boundary));
	put_armored(parts->signature, &tail);
	ps_buf_printf(&tail, "\r\n--%.*s--\r\n", PS_FMT(parts->boundary));
	s = ps_spool_put(body, ps_bytes_of(head), why);
	if (s == PS_OK)
		s = ps_spool_put(body, parts->entity, why);
	if (s == PS_OK)
		s = ps_spool_put(body, ps_buf_bytes(&tail), why);
	ps_buf_free(&tail);
	return s;
}

static void
put_field(struct ps_header *h, struct ps_bytes name, struct ps_bytes value,
	size_t from)
{
	h->field[h->n_field++] =
		(struct ps_field){.name = name, .value = value, .from = from};
}

static struct ps_header
outer_header(struct ps_arena *a, const struct ps_header *original,
	const struct ps_sign_parts *parts)
{
	struct ps_bytes type = ps_bytes_of(ps_arena_printf(a,
		" multipart/signed; micalg=%s;\n"
		" protocol=\"application/pgp-signature\";\n"
		" boundary=\"%.*s\"",
		parts->micalg, PS_FMT(parts->boundary)));
	struct ps_header h = {.n_field = 0};
	bool typed = false;

	h.field = ps_arena_array(a, original->n_field + 2, sizeof(*h.field));
	for (size_t i = 0; i < original->n_field; i++) {
		const struct ps_field *f = &original->field[i];

		if (!typed && ps_bytes_ieq(f->name, PS_LIT("Content-Type"))) {
			put_field(&h, f->name, type, i + 1);
			typed = true;
		} else if (!ps_entity_is_content_field(f->name))
			put_field(&h, f->name, f->value, i + 1);
	}
	if (ps_header_nth(&h, PS_LIT("MIME-Version"), 0) == NULL)
		put_field(&h, PS_LIT("MIME-Version"), PS_LIT(" 1.0"), 0);
	if (!typed)
		put_field(&h, PS_LIT("Content-Type"), type, 0);
	return h;
}

enum ps_status
ps_sign_wrap(struct ps_arena *a, const struct ps_message *original,
	const struct ps_sign_parts *parts, struct ps_spool *body,
	struct ps_message *out, const char **why)
{
	enum ps_status s = put_body(a, parts, body, why);
	struct ps_bytes view;

	if (s == PS_OK)
		s = ps_spool_view(body, &view, why);
	if (s != PS_OK)
		return s;
	*out = (struct ps_message){
		.header = outer_header(a, &original->header, parts),
		.body = view,
		.body_fd = -1,
	};
	return PS_OK;
}
