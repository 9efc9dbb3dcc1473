/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From an envelope to commands.
 */
#include "relay/smtp_line.h"

#include "mail/encode.h"

#define PATH_MAX_OCTETS 1000
#define DSN_MAX_OCTETS	500 /* of ORCPT, the longest (RFC 3461 4.2) */

/* What stands between the angle brackets. */
static struct ps_bytes
bare(struct ps_bytes path)
{
	if (path.len >= 2 && path.p[0] == '<' && path.p[path.len - 1] == '>')
		return ps_bytes_head(ps_bytes_from(path, 1), path.len - 2);
	return path;
}

/* No end of the path, and no blank outside of a quoted string, is in it. */
static bool
is_path(struct ps_bytes b)
{
	bool quoted = false;

	if (b.len > PATH_MAX_OCTETS)
		return false;
	for (size_t i = 0; i < b.len; i++) {
		unsigned char c = (unsigned char)b.p[i];

		if (c < ' ' || c == 0x7f)
			return false;
		if (c == '"')
			quoted = !quoted;
		else if (c == '\\' && quoted)
			i++;
		else if (!quoted && strchr(" <>\\", c) != NULL)
			return false;
		if (i < b.len && (unsigned char)b.p[i] < ' ')
			return false;
	}
	return !quoted;
}

/* xtext and the like (RFC 3461 4): printable, no blank. */
static bool
is_word(struct ps_bytes b, bool utf8)
{
	if (b.len > DSN_MAX_OCTETS)
		return false;
	for (size_t i = 0; i < b.len; i++) {
		unsigned char c = (unsigned char)b.p[i];

		if (c <= ' ' || c == 0x7f || (c > 0x7f && !utf8))
			return false;
	}
	return true;
}

static void
append(struct ps_arena *a, struct ps_smtp_script *out, const char *verb,
	size_t copy, size_t rcpt, struct ps_buf *line)
{
	ps_buf_puts(line, "\r\n");
	PS_GROW(a, out->cmd, out->n_cmd);
	out->cmd[out->n_cmd++] = (struct ps_smtp_cmd){
		.verb = verb,
		.line = ps_arena_copy(a, ps_buf_bytes(line)),
		.copy = copy,
		.rcpt = rcpt,
	};
	line->len = 0;
}

static void
put_word(struct ps_buf *line, const char *key, struct ps_bytes value)
{
	if (value.len == 0)
		return;
	ps_buf_printf(line, " %s=", key);
	ps_buf_put(line, value);
}

static bool
needs_utf8(const struct ps_relay_copy *c)
{
	if (c->smtputf8 || !ps_bytes_is_ascii(c->sender))
		return true;
	for (size_t i = 0; i < c->n_rcpt; i++)
		if (!ps_bytes_is_ascii(c->rcpt[i].path) ||
			!ps_bytes_is_ascii(c->rcpt[i].orcpt))
			return true;
	return false;
}

static enum ps_status
check(const struct ps_relay_copy *c, bool utf8, bool eight_bit,
	const struct ps_smtp_offer *offer, const char **why)
{
	bool good = is_path(bare(c->sender)) && is_word(c->ret, false) &&
		    is_word(c->envid, false);

	for (size_t i = 0; good && i < c->n_rcpt; i++) {
		const struct ps_relay_rcpt *r = &c->rcpt[i];

		good = is_path(bare(r->path)) && bare(r->path).len > 0 &&
		       is_word(r->notify, false) && is_word(r->orcpt, utf8);
	}
	if (!good) {
		*why = "the envelope holds what SMTP cannot carry";
		return PS_EPERM;
	}
	if (utf8 && !offer->smtputf8) {
		*why = "the relay does not offer SMTPUTF8";
		return PS_ETEMP;
	}
	if (eight_bit && !offer->eight_bit) {
		*why = "the relay does not offer 8BITMIME";
		return PS_ETEMP;
	}
	return PS_OK;
}

enum ps_status
ps_smtp_line_envelope(struct ps_arena *a, const struct ps_relay_copy *c,
	size_t copy, size_t size, bool eight_bit,
	const struct ps_smtp_offer *offer, struct ps_smtp_script *out,
	const char **why)
{
	bool utf8 = needs_utf8(c);
	enum ps_status s = check(c, utf8, eight_bit, offer, why);
	struct ps_buf line;

	if (s != PS_OK)
		return s;
	ps_buf_init(&line, 16384); /* more than the checked values need */
	ps_buf_printf(&line, "MAIL FROM:<%.*s>", PS_FMT(bare(c->sender)));
	if (offer->size > 0)
		ps_buf_printf(&line, " SIZE=%zu", size);
	if (eight_bit)
		ps_buf_puts(&line, " BODY=8BITMIME");
	if (utf8)
		ps_buf_puts(&line, " SMTPUTF8");
	if (offer->dsn) {
		put_word(&line, "RET", c->ret);
		put_word(&line, "ENVID", c->envid);
	}
	append(a, out, "MAIL", copy, PS_NOT_FOUND, &line);
	for (size_t i = 0; i < c->n_rcpt; i++) {
		const struct ps_relay_rcpt *r = &c->rcpt[i];

		ps_buf_printf(&line, "RCPT TO:<%.*s>", PS_FMT(bare(r->path)));
		if (offer->dsn) {
			put_word(&line, "NOTIFY", r->notify);
			put_word(&line, "ORCPT", r->orcpt);
		}
		append(a, out, "RCPT", copy, i, &line);
	}
	ps_buf_free(&line);
	return PS_OK;
}

void
ps_smtp_line_fixed(struct ps_arena *a, const char *verb, const char *text,
	size_t copy, struct ps_smtp_script *out)
{
	struct ps_buf line;

	ps_buf_init(&line, 1024);
	ps_buf_puts(&line, text);
	append(a, out, verb, copy, PS_NOT_FOUND, &line);
	ps_buf_free(&line);
}

struct ps_bytes
ps_smtp_line_auth(
	struct ps_arena *a, struct ps_bytes user, struct ps_bytes password)
{
	struct ps_buf plain, out;
	struct ps_bytes line;

	ps_buf_init(&plain, 1024);
	ps_buf_putc(&plain, '\0');
	ps_buf_put(&plain, user);
	ps_buf_putc(&plain, '\0');
	ps_buf_put(&plain, password);
	ps_buf_init(&out, 2048);
	ps_buf_puts(&out, "AUTH PLAIN ");
	ps_encode_base64_line(ps_buf_bytes(&plain), &out);
	ps_buf_puts(&out, "\r\n");
	line = ps_arena_copy(a, ps_buf_bytes(&out));
	ps_buf_free(&plain);
	ps_buf_free(&out);
	return line;
}
