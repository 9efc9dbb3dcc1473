/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Attributes of an Autocrypt header field: "addr=a@b; keydata=BASE64".  They
 * look like a tag list, but names may hold a hyphen or begin with an
 * underscore.
 */
#include "openpgp/autocrypt.h"

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/str.h"
#include "mail/tagval.h"

#define COLUMNS	    76
#define FIELD_NAME  (sizeof("Autocrypt: ") - 1)
#define LINE_DIGITS (COLUMNS - 4) /* a blank in front, whole groups */

struct attributes {
	struct ps_bytes addr, prefer_encrypt, keydata;
};

/* Where this attribute's value goes; NULL for an unknown one. */
static struct ps_bytes *
place_of(struct attributes *at, struct ps_bytes name)
{
	if (ps_bytes_eq(name, PS_LIT("addr")))
		return &at->addr;
	if (ps_bytes_eq(name, PS_LIT("prefer-encrypt")))
		return &at->prefer_encrypt;
	return ps_bytes_eq(name, PS_LIT("keydata")) ? &at->keydata : NULL;
}

static bool
take(struct ps_arena *a, struct ps_bytes part, struct attributes *out,
	const char **why)
{
	size_t equal = ps_bytes_chr(part, '=');
	struct ps_bytes name = ps_bytes_trim(ps_bytes_head(part, equal));
	struct ps_bytes *value;

	if (equal == PS_NOT_FOUND || name.len == 0) {
		*why = "an Autocrypt attribute has no name or no value";
		return false;
	}
	if (name.p[0] == '_')
		return true; /* not critical (section 2.1) */
	value = place_of(out, name);
	if (value == NULL) {
		*why = ps_arena_printf(a,
			"the Autocrypt attribute \"%s\" is critical and not "
			"known",
			ps_str_printable(a, name, 40));
		return false;
	}
	if (value->p != NULL) {
		*why = "an Autocrypt attribute stands twice";
		return false;
	}
	*value = ps_bytes_trim(ps_bytes_from(part, equal + 1));
	return true;
}

static bool
read_addr(struct ps_arena *a, struct ps_bytes text, struct ps_addr *out)
{
	const char *ignored;

	return text.len > 0 && text.p[0] != '<' &&
	       ps_addr_path(a, text, out, &ignored) == PS_OK &&
	       out->local.len > 0 && out->domain.len > 0;
}

enum ps_status
ps_autocrypt_read(struct ps_arena *a, struct ps_bytes value,
	struct ps_autocrypt *out, const char **why)
{
	struct attributes at = {0};
	struct ps_autocrypt field = {0};
	struct ps_bytes part;

	if (value.len > PS_AUTOCRYPT_MAX) {
		*why = "the Autocrypt field is longer than 64 kB";
		return PS_ELIMIT;
	}
	while (ps_tagval_item(&value, ';', &part)) {
		if (part.len == 0 && value.len == 0)
			break; /* a semicolon at the end */
		if (!take(a, part, &at, why))
			return PS_EPERM;
	}
	if (at.addr.len == 0 || at.keydata.len == 0) {
		*why = at.addr.len == 0 ? "the Autocrypt field has no address"
					: "the Autocrypt field has no key";
		return PS_EPERM;
	}
	if (!read_addr(a, at.addr, &field.addr)) {
		*why = "the address of the Autocrypt field cannot be read";
		return PS_EPERM;
	}
	if (!ps_tagval_base64(a, at.keydata, &field.keydata) ||
		field.keydata.len == 0) {
		*why = "the key of the Autocrypt field is not base64";
		return PS_EPERM;
	}
	field.prefers_mutual = ps_bytes_eq(at.prefer_encrypt, PS_LIT("mutual"));
	*out = field;
	return PS_OK;
}

/* Behind what is there, or on a line of its own. */
static void
put_attribute(struct ps_buf *b, size_t *column, struct ps_bytes text)
{
	bool first = b->len == 0;

	if (!first && *column + 1 + text.len > COLUMNS) {
		ps_buf_puts(b, "\r\n");
		*column = 0;
	}
	if (!first)
		ps_buf_putc(b, ' ');
	ps_buf_put(b, text);
	*column += !first + text.len;
}

static void
put_keydata(struct ps_arena *a, struct ps_buf *b, struct ps_bytes keydata)
{
	unsigned char *digits =
		ps_arena_alloc(a, (keydata.len + 2) / 3 * 4 + 1);
	struct ps_bytes rest;

	EVP_EncodeBlock(
		digits, (const unsigned char *)keydata.p, (int)keydata.len);
	rest = ps_bytes_of((const char *)digits);
	while (rest.len > 0) {
		ps_buf_puts(b, "\r\n ");
		ps_buf_put(b, ps_bytes_head(rest, LINE_DIGITS));
		rest = ps_bytes_from(rest, LINE_DIGITS);
	}
}

struct ps_bytes
ps_autocrypt_write(struct ps_arena *a, const struct ps_autocrypt *field)
{
	struct ps_bytes addr = field->addr.full, out = {NULL, 0};
	size_t column = FIELD_NAME;
	struct ps_buf b;

	if (ps_bytes_chr(addr, ';') != PS_NOT_FOUND ||
		field->keydata.len > PS_AUTOCRYPT_MAX)
		return out;
	ps_buf_init(&b, 2 * PS_AUTOCRYPT_MAX);
	put_attribute(&b, &column,
		ps_bytes_of(ps_arena_printf(
			a, "addr=%s;", ps_arena_cstr(a, addr))));
	if (field->prefers_mutual)
		put_attribute(&b, &column, PS_LIT("prefer-encrypt=mutual;"));
	put_attribute(&b, &column, PS_LIT("keydata="));
	put_keydata(a, &b, field->keydata);
	if (!b.full && b.len <= PS_AUTOCRYPT_MAX)
		out = ps_arena_copy(a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return out;
}
