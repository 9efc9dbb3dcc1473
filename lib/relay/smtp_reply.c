/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Replies, and the extensions that one of them lists.
 */
#include "relay/smtp_reply.h"

#include <stdint.h>

#include "base/str.h"

#define TEXT_MAX 400

/* A line without its CRLF; false when it is not whole yet. */
static bool
take_line(struct ps_bytes in, struct ps_bytes *line, bool *bad)
{
	size_t lf = ps_bytes_chr(ps_bytes_head(in, PS_SMTP_LINE_MAX), '\n');

	*bad = false;
	if (lf == PS_NOT_FOUND) {
		*bad = in.len >= PS_SMTP_LINE_MAX;
		return false;
	}
	*line = ps_bytes_head(in, lf == 0 ? 0 : lf - 1);
	*bad = lf == 0 || in.p[lf - 1] != '\r' ||
	       ps_bytes_chr(*line, '\r') != PS_NOT_FOUND ||
	       ps_bytes_chr(*line, '\0') != PS_NOT_FOUND;
	return !*bad;
}

/* 0 when it is no code. */
static int
code_of(struct ps_bytes line)
{
	int code = 0;

	if (line.len < 3 || (line.len > 3 && strchr(" -", line.p[3]) == NULL))
		return 0;
	for (size_t i = 0; i < 3; i++) {
		if (!ps_is_digit(line.p[i]))
			return 0;
		code = code * 10 + (line.p[i] - '0');
	}
	return code >= 200 && code <= 599 ? code : 0;
}

enum ps_smtp_parse
ps_smtp_reply_parse(struct ps_bytes in, struct ps_smtp_reply *out)
{
	struct ps_bytes rest = in, line;
	int first = 0;
	bool bad;

	for (size_t n = 0; n < PS_SMTP_LINES_MAX; n++) {
		int code;

		if (!take_line(rest, &line, &bad))
			break;
		code = code_of(line);
		if (code == 0 || (first != 0 && code != first))
			return PS_SMTP_BAD;
		first = code;
		rest = ps_bytes_from(rest, line.len + 2);
		if (line.len == 3 || line.p[3] == ' ') {
			out->code = code;
			out->raw = ps_bytes_head(in, in.len - rest.len);
			return out->raw.len <= PS_SMTP_REPLY_MAX ? PS_SMTP_WHOLE
								 : PS_SMTP_BAD;
		}
		bad = n + 1 == PS_SMTP_LINES_MAX;
	}
	return bad || in.len >= PS_SMTP_REPLY_MAX ? PS_SMTP_BAD : PS_SMTP_MORE;
}

bool
ps_smtp_reply_line(struct ps_bytes *rest, struct ps_bytes *text)
{
	struct ps_bytes line;

	if (!ps_bytes_line(rest, &line))
		return false;
	*text = ps_bytes_from(ps_bytes_chomp(line), 4);
	return true;
}

/* The enhanced code that a text begins with; its length, 0 for none. */
static size_t
xcode_len(struct ps_bytes t, int class)
{
	size_t i = 0, n_dot = 0, digits = 0;

	for (; i < t.len && i < 9 && t.p[i] != ' '; i++) {
		if (t.p[i] == '.' && digits > 0) {
			n_dot++;
			digits = 0;
		} else if (ps_is_digit(t.p[i]) && digits < 3) {
			digits++;
		} else {
			return 0;
		}
	}
	return n_dot == 2 && digits > 0 && t.p[0] == '0' + class &&
			       t.p[1] == '.'
		       ? i
		       : 0;
}

void
ps_smtp_reply_say(struct ps_arena *a, const struct ps_smtp_reply *r,
	const char **xcode, const char **text)
{
	struct ps_bytes rest = r->raw, line;
	struct ps_buf all;

	*xcode = NULL;
	ps_buf_init(&all, PS_SMTP_REPLY_MAX);
	while (ps_smtp_reply_line(&rest, &line)) {
		size_t n = xcode_len(line, r->code / 100);

		if (n > 0 && *xcode == NULL)
			*xcode = ps_arena_cstr(a, ps_bytes_head(line, n));
		line = ps_bytes_trim(ps_bytes_from(line, n));
		if (all.len > 0 && line.len > 0)
			ps_buf_putc(&all, ' ');
		ps_buf_put(&all, line);
	}
	*text = ps_str_printable(a, ps_buf_bytes(&all), TEXT_MAX);
	ps_buf_free(&all);
}

static struct ps_bytes
next_word(struct ps_bytes *rest)
{
	struct ps_bytes word;
	size_t n;

	*rest = ps_bytes_trim(*rest);
	n = ps_bytes_chr(*rest, ' ');
	word = ps_bytes_head(*rest, n == PS_NOT_FOUND ? rest->len : n);
	*rest = ps_bytes_from(*rest, word.len);
	return word;
}

static void
read_xforward(struct ps_bytes rest, unsigned *out)
{
	static const char *const name[] = {
		"NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE"};
	struct ps_bytes word;

	while ((word = next_word(&rest)).len > 0)
		for (unsigned i = 0; i < 7; i++)
			if (ps_bytes_ieq(word, ps_bytes_of(name[i])))
				*out |= 1U << i;
}

static void
read_auth(struct ps_bytes rest, bool *plain)
{
	struct ps_bytes word;

	while ((word = next_word(&rest)).len > 0)
		*plain = *plain || ps_bytes_ieq(word, PS_LIT("PLAIN"));
}

static void
read_size(struct ps_bytes rest, size_t *out)
{
	struct ps_bytes word = next_word(&rest);
	size_t n = 0;

	for (size_t i = 0; i < word.len; i++) {
		if (!ps_is_digit(word.p[i]) || n > SIZE_MAX / 10 - 10)
			return;
		n = n * 10 + (size_t)(word.p[i] - '0');
	}
	*out = n;
}

void
ps_smtp_offer_read(const struct ps_smtp_reply *r, struct ps_smtp_offer *out)
{
	struct ps_bytes rest = r->raw, line, word;

	*out = (struct ps_smtp_offer){0};
	ps_smtp_reply_line(&rest, &line); /* the greeting's domain */
	while (ps_smtp_reply_line(&rest, &line)) {
		word = next_word(&line);
		if (ps_bytes_ieq(word, PS_LIT("PIPELINING")))
			out->pipelining = true;
		else if (ps_bytes_ieq(word, PS_LIT("8BITMIME")))
			out->eight_bit = true;
		else if (ps_bytes_ieq(word, PS_LIT("SMTPUTF8")))
			out->smtputf8 = true;
		else if (ps_bytes_ieq(word, PS_LIT("DSN")))
			out->dsn = true;
		else if (ps_bytes_ieq(word, PS_LIT("SIZE")))
			read_size(line, &out->size);
		else if (ps_bytes_ieq(word, PS_LIT("AUTH")))
			read_auth(line, &out->auth_plain);
		else if (ps_bytes_ieq(word, PS_LIT("XFORWARD")))
			read_xforward(line, &out->xforward);
	}
}
