/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Header fields that travel inside the seal (RFC 9788).  Says what stands
 * inside and what may stand outside; the outside is written by pgpmime.c.
 */
#include "openpgp/protect.h"

#include "mail/entity.h"
#include "mail/lex.h"
#include "openpgp/pgpmime.h"

#define PARAMETERS ";\n hp=\"cipher\"; protected-headers=\"v1\""

/* clang-format off */
/* Names, or with a "-" at the end, beginnings of names. */
static const char *const not_protected[] = {
	"MIME-Version", "Content-", "Bcc", "HP-Outer",
	"Received", "Received-SPF", "Return-Path", "Delivered-To",
	"Envelope-To", "X-Original-To", "Resent-", "DKIM-Signature",
	"DomainKey-Signature", "Authentication-Results", "ARC-", "List-",
	"Archived-At", "X-Spam-",
};
/* clang-format on */

static bool
is_protected(struct ps_bytes name)
{
	const size_t n = sizeof(not_protected) / sizeof(not_protected[0]);

	if (ps_bytes_istarts(name, PS_LIT(PS_SEALED_FIELD)))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct ps_bytes b = ps_bytes_of(not_protected[i]);

		if (ps_bytes_ieq(name, b) ||
			(b.p[b.len - 1] == '-' && ps_bytes_istarts(name, b)))
			return false;
	}
	return true;
}

enum ps_protect_fate
ps_protect_fate(struct ps_bytes name)
{
	if (ps_bytes_ieq(name, PS_LIT("Subject")))
		return PS_PROTECT_OBSCURE;
	if (ps_bytes_ieq(name, PS_LIT("Keywords")) ||
		ps_bytes_ieq(name, PS_LIT("Comments")) ||
		ps_bytes_ieq(name, PS_LIT("Thread-Topic")))
		return PS_PROTECT_REMOVE;
	return PS_PROTECT_KEEP;
}

static void
put_outer(struct ps_field f, struct ps_buf *out)
{
	switch (ps_protect_fate(f.name)) {
	case PS_PROTECT_REMOVE:
		return; /* silence says so: RFC 9788 2.2 */
	case PS_PROTECT_OBSCURE:
		f.value = PS_LIT(" " PS_PROTECT_SUBJECT);
		break;
	case PS_PROTECT_KEEP:
		break;
	}
	ps_buf_puts(out, "HP-Outer: ");
	ps_header_put(out, &f);
}

/* Is this segment between semicolons one of the parameters that we set? */
static bool
is_our_parameter(struct ps_bytes segment)
{
	struct ps_lex l = {.p = segment.p, .end = segment.p + segment.len};
	struct ps_bytes name;

	ps_lex_cfws(&l);
	name.p = l.p;
	while (l.p < l.end && strchr("=*( \t\r\n", *l.p) == NULL)
		l.p++;
	name.len = (size_t)(l.p - name.p);
	return ps_bytes_ieq(name, PS_LIT("hp")) ||
	       ps_bytes_ieq(name, PS_LIT("protected-headers"));
}

/* Take what stands before the next semicolon off *l, the semicolon too. */
static struct ps_bytes
take_segment(struct ps_lex *l)
{
	const char *start = l->p;
	size_t len;

	while (l->p < l->end && *l->p != ';') {
		if (*l->p == '"')
			ps_lex_quoted(l);
		else if (*l->p == '(')
			ps_lex_cfws(l);
		else
			l->p++;
	}
	len = (size_t)(l->p - start);
	if (l->p < l->end)
		l->p++;
	return ps_bytes(start, len);
}

/* The value as it stands, our parameters in place of its own. */
static void
put_verbatim(struct ps_bytes value, struct ps_buf *out)
{
	struct ps_lex l = {.p = value.p, .end = value.p + value.len};
	bool first = true;

	for (; first || l.p < l.end; first = false) {
		struct ps_bytes s = take_segment(&l);
		bool blank = ps_bytes_trim(s).len == 0;

		if (first && blank)
			ps_buf_puts(out, " text/plain"); /* RFC 2045 5.2 */
		else if (first || (!blank && !is_our_parameter(s))) {
			ps_buf_puts(out, first ? "" : ";");
			ps_buf_put(out, s);
		}
	}
	ps_buf_puts(out, PARAMETERS);
}

/* No name of a parameter that means something has other characters. */
static bool
is_plain_name(struct ps_bytes name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ps_is_alpha(name.p[i]) && !ps_is_digit(name.p[i]) &&
			strchr("-_.", name.p[i]) == NULL)
			return false;
	return name.len > 0 && memchr(name.p, '\0', name.len) == NULL;
}

/* The value as it was understood, ours first. */
static void
put_rebuilt(const struct ps_params *p, struct ps_buf *out)
{
	ps_buf_putc(out, ' ');
	ps_buf_put(out, p->main.len > 0 ? p->main : PS_LIT("text/plain"));
	ps_buf_puts(out, PARAMETERS);
	for (size_t i = 0; i < p->n_param; i++) {
		struct ps_bytes v = p->param[i].value;

		if (is_our_parameter(p->param[i].name) ||
			!is_plain_name(p->param[i].name))
			continue;
		ps_buf_puts(out, ";\n ");
		ps_buf_put(out, p->param[i].name);
		ps_buf_puts(out, "=\"");
		for (size_t k = 0; k < v.len; k++) {
			if (v.p[k] == '"' || v.p[k] == '\\')
				ps_buf_putc(out, '\\');
			ps_buf_putc(out, v.p[k]);
		}
		ps_buf_putc(out, '"');
	}
}

/* Will a reader see each of our parameters, once, with our value? */
static bool
is_marked(struct ps_arena *a, struct ps_bytes value)
{
	size_t n_right = 0, n_ours = 0;
	struct ps_params p;

	ps_header_params(a, value, &p);
	for (size_t i = 0; i < p.n_param; i++)
		n_ours += is_our_parameter(p.param[i].name);
	n_right +=
		ps_bytes_eq(ps_params_get(&p, PS_LIT("hp")), PS_LIT("cipher"));
	n_right += ps_bytes_eq(
		ps_params_get(&p, PS_LIT("protected-headers")), PS_LIT("v1"));
	return n_ours == 2 && n_right == 2;
}

/*
 * Octet for octet but for our parameters, where that can be read.  A quote
 * without end, or a parameter without a semicolon before it, would hide ours:
 * then the subject would be lost to the reader, so the value is made anew.
 */
static struct ps_bytes
with_parameters(struct ps_arena *a, struct ps_bytes value)
{
	struct ps_bytes result;
	struct ps_params p;
	struct ps_buf b;

	ps_buf_init(&b, 8 * value.len + 256);
	put_verbatim(value, &b);
	if (!is_marked(a, ps_buf_bytes(&b))) {
		b.len = 0;
		ps_header_params(a, value, &p);
		put_rebuilt(&p, &b);
	}
	result = ps_arena_copy(a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return result;
}

/* Content-* fields, every Content-Type with our parameters. */
static void
put_structural(struct ps_arena *a, const struct ps_header *original,
	struct ps_buf *out)
{
	struct ps_field type = {.name = PS_LIT("Content-Type"),
		.value = PS_LIT(" text/plain; charset=us-ascii" PARAMETERS)};

	if (ps_header_nth(original, type.name, 0) == NULL)
		ps_header_put(out, &type);
	for (size_t i = 0; i < original->n_field; i++) {
		struct ps_field f = original->field[i];

		if (!ps_entity_is_content_field(f.name))
			continue;
		if (ps_bytes_ieq(f.name, type.name))
			f.value = with_parameters(a, f.value);
		ps_header_put(out, &f);
	}
}

void
ps_protect_inner_header(struct ps_arena *a, const struct ps_header *original,
	struct ps_buf *out)
{
	for (size_t i = 0; i < original->n_field; i++)
		if (is_protected(original->field[i].name))
			ps_header_put(out, &original->field[i]);
	for (size_t i = 0; i < original->n_field; i++)
		if (is_protected(original->field[i].name))
			put_outer(original->field[i], out);
	put_structural(a, original, out);
	ps_buf_puts(out, "\r\n");
}
