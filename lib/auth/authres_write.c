/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The one writer of Authentication-Results.  Methods, results and names of
 * properties are words of ours; values and comments are anybody's, and whatever
 * is in them, it stays within its value.  What is true, and what a statement
 * should hold, is for others.
 */
#include "auth/authres.h"

#include <assert.h>

#include "auth/authres_text.h"

#define WIDTH 78 /* RFC 5322 2.1.1 */

/* What stands between two blanks, so that a fold comes before or after it. */
struct piece {
	char p[1024];
	size_t len;
};

struct writer {
	struct ps_buf *out;
	size_t column;
	bool fold;
};

static void
add(struct piece *to, const char *p, size_t len)
{
	assert(len <= sizeof(to->p) - to->len);
	memcpy(to->p + to->len, p, len);
	to->len += len;
}

static void
add_s(struct piece *to, const char *s)
{
	add(to, s, strlen(s));
}

static void
add_word(struct piece *to, const char *word)
{
	assert(ps_authres_is_keyword(ps_bytes_of(word)));
	add_s(to, word);
}

static void
put(struct writer *w, const struct piece *piece)
{
	if (w->fold && w->column + 1 + piece->len > WIDTH && w->column > 8) {
		ps_buf_puts(w->out, "\r\n\t");
		w->column = 8;
	} else {
		ps_buf_putc(w->out, ' ');
		w->column++;
	}
	ps_buf_put(w->out, ps_bytes(piece->p, piece->len));
	w->column += piece->len;
}

static void
end_statement(struct writer *w)
{
	ps_buf_putc(w->out, ';');
	w->column = w->fold ? WIDTH : w->column + 1;
}

static void
add_quoted(struct piece *to, struct ps_bytes b)
{
	add(to, "\"", 1);
	for (size_t i = 0; i < b.len; i++) {
		if (b.p[i] == '"' || b.p[i] == '\\')
			add(to, "\\", 1);
		add(to, b.p + i, 1);
	}
	add(to, "\"", 1);
}

/* value (RFC 2045 5.1). */
static void
add_plain(struct piece *to, struct ps_bytes b)
{
	if (ps_authres_is_token(b))
		add(to, b.p, b.len);
	else
		add_quoted(to, b);
}

/*
 * pvalue (RFC 8601 2.2): a token or a domain as it is, a mailbox with its local
 * part quoted where needed, anything else as a quoted string.
 */
static void
add_value(struct piece *to, struct ps_bytes value)
{
	struct ps_authres_text text;
	struct ps_bytes b, local, domain;
	size_t at;

	ps_authres_clean(value, true, &text);
	b = ps_bytes(text.p, text.len);
	at = ps_authres_last_at(b);
	domain = ps_bytes_from(b, at == PS_NOT_FOUND ? b.len : at + 1);
	if (!ps_authres_is_domain(domain)) {
		add_plain(to, b);
		return;
	}
	local = ps_bytes_head(b, at);
	if (local.len == 0 || ps_authres_is_dot_atom(local))
		add(to, local.p, local.len);
	else
		add_quoted(to, local);
	add(to, "@", 1);
	add(to, domain.p, domain.len);
}

static void
put_comment(struct writer *w, const char *comment)
{
	struct ps_authres_text text;
	struct piece piece = {.len = 0};

	if (comment == NULL || *comment == '\0')
		return;
	ps_authres_comment(ps_bytes_of(comment), &text);
	add(&piece, "(", 1);
	add(&piece, text.p, text.len);
	add(&piece, ")", 1);
	put(w, &piece);
}

static void
put_reason(struct writer *w, const char *reason)
{
	struct ps_authres_text text;
	struct piece piece = {.len = 0};

	if (reason == NULL || *reason == '\0')
		return;
	ps_authres_clean(ps_bytes_of(reason), false, &text);
	add_s(&piece, "reason=");
	add_plain(&piece, ps_bytes(text.p, text.len));
	put(w, &piece);
}

static void
put_prop(struct writer *w, const struct ps_authres_prop *prop)
{
	struct piece piece = {.len = 0};

	add_word(&piece, prop->type);
	add(&piece, ".", 1);
	add_word(&piece, prop->name);
	add(&piece, "=", 1);
	add_value(&piece, prop->value);
	put(w, &piece);
}

static void
put_item(struct writer *w, const struct ps_authres_item *item)
{
	struct piece piece = {.len = 0};

	assert(item->n_prop <= PS_AUTHRES_MAX_PROPS);
	add_word(&piece, item->method);
	add(&piece, "=", 1);
	add_word(&piece, ps_auth_result_name(item->result));
	put(w, &piece);
	put_comment(w, item->comment);
	put_reason(w, item->reason);
	for (size_t i = 0; i < item->n_prop; i++)
		put_prop(w, &item->prop[i]);
}

void
ps_authres_write(const char *authserv_id, const struct ps_authres_item *item,
	size_t n_item, bool fold, struct ps_buf *out)
{
	struct writer w = {
		.out = out, .column = sizeof(PS_AUTHRES_FIELD), .fold = fold};
	struct piece piece = {.len = 0};
	struct ps_authres_text id;

	ps_authres_clean(ps_bytes_of(authserv_id), true, &id);
	add(&piece, " ", 1);
	add_plain(&piece, ps_bytes(id.p, id.len));
	ps_buf_put(out, ps_bytes(piece.p, piece.len));
	w.column += piece.len;
	end_statement(&w);
	if (n_item == 0) {
		piece.len = 0;
		add_s(&piece, "none");
		put(&w, &piece);
	}
	for (size_t i = 0; i < n_item; i++) {
		put_item(&w, &item[i]);
		if (i + 1 < n_item)
			end_statement(&w);
	}
}
