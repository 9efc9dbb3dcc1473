/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Authentication-Results as others write it: RFC 8601 and its forerunners, and
 * what is found in mail besides.  Office 365 leaves the authserv-id out, puts
 * bare domains between statements and ";" before properties; values come
 * unquoted with any octets; words without a dot stand among properties.  Each
 * statement ends at its ";" whatever is in it.  Whose fields may be believed is
 * for others.
 */
#include "auth/authres.h"

#include "dns/dns_name.h"
#include "mail/lex.h"

#define MAX_FIELD ((size_t)64 << 10)
#define MAX_ITEM  200
#define MAX_PROP  32 /* of one statement; more are not kept */

struct reader {
	struct ps_arena *a;
	struct ps_lex in;
	struct ps_authres *out;
};

/* Up to a blank, a comment, ";" or one of the octets in stop. */
static struct ps_bytes
take(struct ps_lex *in, const char *stop)
{
	const char *start = in->p;

	while (in->p < in->end && !ps_is_wsp(*in->p) &&
		strchr("\r\n();", *in->p) == NULL &&
		strchr(stop, *in->p) == NULL)
		in->p++;
	return ps_bytes(start, (size_t)(in->p - start));
}

/*
 * A value: a quoted string without its quotes, or octets as they stand, where a
 * local part may be quoted and keeps its quotes.
 */
static struct ps_bytes
take_value(struct reader *r)
{
	const char *start;
	struct ps_bytes quoted = {NULL, 0};
	char *p;

	ps_lex_cfws(&r->in);
	start = r->in.p;
	while (r->in.p < r->in.end) {
		if (*r->in.p != '"') {
			if (take(&r->in, "\"").len == 0)
				break;
			continue;
		}
		quoted = ps_lex_quoted(&r->in);
		if (quoted.p != start + 1)
			continue;
		if (r->in.p == r->in.end || ps_is_wsp(*r->in.p) ||
			strchr("\r\n();", *r->in.p) != NULL) {
			p = ps_arena_alloc(r->a, quoted.len + 1);
			return ps_bytes(p, ps_lex_unquote(quoted, p));
		}
	}
	return ps_bytes(start, (size_t)(r->in.p - start));
}

static void
set_result(struct ps_arena *a, struct ps_authres_read_item *item,
	struct ps_bytes word)
{
	item->word = ps_lex_lower(a, word);
	for (int r = PS_AUTH_NONE; r <= PS_AUTH_PERMERROR; r++) {
		const char *name = ps_auth_result_name((enum ps_auth_result)r);

		if (ps_bytes_eq(item->word, ps_bytes_of(name))) {
			item->result = (enum ps_auth_result)r;
			item->known = true;
		}
	}
	if (ps_bytes_eq(item->word, PS_LIT("hardfail"))) {
		item->result = PS_AUTH_FAIL; /* RFC 5451 2.4.2 */
		item->known = true;
	}
}

/* "header.d" and its value, for the statement above. */
static void
add_prop(struct reader *r, struct ps_bytes name, struct ps_bytes value)
{
	size_t dot = ps_bytes_chr(name, '.');
	struct ps_authres_read_item *item;

	if (dot == PS_NOT_FOUND || r->out->n_item == 0)
		return;
	item = &r->out->item[r->out->n_item - 1];
	if (item->n_prop == MAX_PROP)
		return;
	PS_GROW(r->a, item->prop, item->n_prop);
	item->prop[item->n_prop++] = (struct ps_authres_read_prop){
		.type = ps_lex_lower(r->a, ps_bytes_head(name, dot)),
		.name = ps_lex_lower(r->a, ps_bytes_from(name, dot + 1)),
		.value = value,
	};
}

static bool
add_item(struct reader *r, struct ps_bytes method, struct ps_bytes word)
{
	struct ps_authres *out = r->out;

	if (out->n_item == MAX_ITEM)
		return false;
	PS_GROW(r->a, out->item, out->n_item);
	out->item[out->n_item] = (struct ps_authres_read_item){
		.method = ps_lex_lower(r->a, method)};
	set_result(r->a, &out->item[out->n_item], word);
	out->n_item++;
	return true;
}

/* Blanks may stand around the dot of "header.d". */
static struct ps_bytes
join(struct ps_arena *a, struct ps_bytes before, struct ps_bytes word)
{
	if (before.len == 0 || word.len == 0 || before.len + word.len > 128 ||
		(before.p[before.len - 1] != '.' && word.p[0] != '.'))
		return word;
	return ps_bytes_of(
		ps_arena_printf(a, "%.*s%.*s", PS_FMT(before), PS_FMT(word)));
}

/* "/1" behind a method; or any octet that has no business here. */
static void
skip_odd(struct reader *r)
{
	if (ps_lex_peek(&r->in) == '"')
		(void)take_value(r);
	else
		r->in.p++;
}

/*
 * Up to the ";" and over it.  The first name with a value is the method, unless
 * it has a dot: then it belongs to the statement before.
 */
static bool
read_statement(struct reader *r)
{
	struct ps_bytes before = {NULL, 0}, word, value;
	bool has_method = false;

	for (;;) {
		ps_lex_cfws(&r->in);
		if (r->in.p == r->in.end)
			return true;
		if (*r->in.p == ';') {
			r->in.p++;
			return true;
		}
		word = take(&r->in, "=/\"");
		if (word.len == 0) {
			skip_odd(r);
			continue;
		}
		word = join(r->a, before, word);
		before = word;
		ps_lex_cfws(&r->in);
		if (ps_lex_peek(&r->in) == '/') {
			r->in.p++;
			ps_lex_cfws(&r->in);
			(void)take(&r->in, "=/\"");
			ps_lex_cfws(&r->in);
		}
		if (ps_lex_peek(&r->in) != '=')
			continue;
		r->in.p++;
		value = take_value(r);
		before.len = 0;
		if (has_method || ps_bytes_chr(word, '.') != PS_NOT_FOUND)
			add_prop(r, word, value);
		else if (!add_item(r, word, value))
			return false;
		has_method = true;
	}
}

static void
set_id(struct reader *r, struct ps_bytes id)
{
	const char *why;

	if (!ps_dns_name_border(r->a, id, &r->out->authserv_id, &why))
		r->out->authserv_id = ps_lex_lower(r->a, id);
}

/* The authserv-id and its version; not there when "=" follows. */
static void
read_id(struct reader *r)
{
	struct ps_lex start;
	struct ps_bytes id;

	ps_lex_cfws(&r->in);
	start = r->in;
	if (ps_lex_peek(&r->in) == '"')
		id = take_value(r);
	else
		id = take(&r->in, "=/\"");
	if (id.len == 0)
		return;
	ps_lex_cfws(&r->in);
	if (ps_lex_peek(&r->in) == '=') {
		r->in = start;
		return;
	}
	set_id(r, id);
	while (r->in.p < r->in.end && *r->in.p != ';') {
		if (take(&r->in, "\"").len == 0)
			skip_odd(r);
		ps_lex_cfws(&r->in);
	}
}

bool
ps_authres_read(
	struct ps_arena *a, struct ps_bytes value, struct ps_authres *out)
{
	struct reader r = {.a = a,
		.in = {.p = value.p, .end = value.p + value.len},
		.out = out};

	*out = (struct ps_authres){0};
	if (value.len == 0 || value.len > MAX_FIELD ||
		ps_bytes_chr(value, '\0') != PS_NOT_FOUND)
		return false;
	read_id(&r);
	while (r.in.p < r.in.end)
		if (!read_statement(&r))
			return false;
	return !r.in.broken && (out->authserv_id.len > 0 || out->n_item > 0);
}

struct ps_bytes
ps_authres_prop(const struct ps_authres_read_item *item, struct ps_bytes type,
	struct ps_bytes name)
{
	for (size_t i = 0; i < item->n_prop; i++)
		if (ps_bytes_eq(item->prop[i].type, type) &&
			ps_bytes_eq(item->prop[i].name, name))
			return item->prop[i].value;
	return (struct ps_bytes){NULL, 0};
}
