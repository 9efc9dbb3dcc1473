/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A sender's wish for a seal: text in the Subject, or a field of the header.
 * A Subject with one letter beyond ASCII is encoded as a whole (RFC 2047), so
 * encoded words are read; charsets are not, since the text that is looked for
 * is ASCII and the common charsets agree on that.
 */
#include "base/buf.h"
#include "mail/lex.h"
#include "policy/judge.h"

static int
hex_digit(char c)
{
	int low = ps_lower(c);

	if (ps_is_digit(c))
		return c - '0';
	return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* RFC 2047 4.2 */
static void
put_q(struct ps_bytes b, struct ps_buf *out)
{
	for (size_t i = 0; i < b.len; i++) {
		int high = -1, low = -1;

		if (b.p[i] == '=' && b.len - i > 2) {
			high = hex_digit(b.p[i + 1]);
			low = hex_digit(b.p[i + 2]);
		}
		if (high < 0 || low < 0) {
			ps_buf_put(out, b.p[i] == '_' ? PS_LIT(" ")
						      : ps_bytes(b.p + i, 1));
			continue;
		}
		ps_buf_putc(out, (char)(16 * high + low));
		i += 2;
	}
}

/* RFC 2047 4.1 */
static void
put_b(struct ps_bytes b, struct ps_buf *out)
{
	unsigned held = 0, n = 0;

	for (size_t i = 0; i < b.len; i++) {
		int digit = ps_lex_base64(b.p[i]);

		if (digit < 0)
			continue;
		held = held << 6 | (unsigned)digit;
		n += 6;
		if (n < 8)
			continue;
		n -= 8;
		ps_buf_putc(out, (char)(held >> n & 0xff));
		held &= (1U << n) - 1;
	}
}

/*
 * "=?charset?Q?text?=" in front of *rest: decoded and taken off.  RFC 2047 2:
 * no blanks inside, but "text" is taken up to "?=" as common readers do.
 */
static bool
take_encoded_word(struct ps_bytes *rest, struct ps_buf *out)
{
	struct ps_bytes in = *rest, text;
	size_t end;
	int encoding;

	if (!ps_bytes_starts(in, PS_LIT("=?")))
		return false;
	in = ps_bytes_from(in, 2);
	end = ps_bytes_chr(in, '?');
	if (end == PS_NOT_FOUND || end == 0 || in.len - end < 3 ||
		in.p[end + 2] != '?')
		return false;
	encoding = ps_lower(in.p[end + 1]);
	in = ps_bytes_from(in, end + 3);
	end = ps_bytes_find(in, PS_LIT("?="));
	if (end == PS_NOT_FOUND || (encoding != 'q' && encoding != 'b'))
		return false;
	text = ps_bytes_head(in, end);
	if (encoding == 'q')
		put_q(text, out);
	else
		put_b(text, out);
	*rest = ps_bytes_from(in, end + 2);
	return true;
}

static size_t
blanks(struct ps_bytes b)
{
	size_t n = 0;

	while (n < b.len && (ps_is_wsp(b.p[n]) || strchr("\r\n", b.p[n])) &&
		b.p[n] != '\0')
		n++;
	return n;
}

/* Blanks between two encoded words are no text (RFC 2047 6.2). */
static void
decode(struct ps_bytes in, struct ps_buf *out)
{
	bool after_word = false;

	while (in.len > 0) {
		size_t n = blanks(in);
		struct ps_bytes next = ps_bytes_from(in, n);

		if (after_word && n > 0 && take_encoded_word(&next, out)) {
			in = next;
			continue;
		}
		after_word = take_encoded_word(&in, out);
		if (after_word)
			continue;
		ps_buf_putc(out, in.p[0]);
		in = ps_bytes_from(in, 1);
	}
}

static bool
subject_fires(struct ps_bytes subject, const struct ps_setting *word)
{
	struct ps_buf text;
	bool fires = false;

	if (word->n_list == 0)
		return false;
	ps_buf_init(&text, subject.len + 1); /* decoding never adds octets */
	decode(subject, &text);
	for (size_t i = 0; i < word->n_list && !fires; i++)
		fires = ps_bytes_ifind(ps_buf_bytes(&text),
				ps_bytes_of(word->list[i])) != PS_NOT_FOUND;
	ps_buf_free(&text);
	return fires;
}

/* "Name": there is such a field; "Name=value": and this is its value. */
static bool
header_fires(
	struct ps_arena *a, const struct ps_header *h, struct ps_bytes trigger)
{
	size_t split = ps_bytes_chr(trigger, '=');
	struct ps_bytes name = ps_bytes_head(trigger, split), value;
	const struct ps_field *f;

	if (split == PS_NOT_FOUND)
		return ps_header_nth(h, trigger, 0) != NULL;
	value = ps_bytes_from(trigger, split + 1);
	for (size_t i = 0; (f = ps_header_nth(h, name, i)) != NULL; i++)
		if (ps_bytes_ieq(ps_header_unfold(a, f->value), value))
			return true;
	return false;
}

bool
ps_trigger_fires(struct ps_arena *a, const struct ps_ruling *r,
	const struct ps_content_facts *content)
{
	const struct ps_setting *header = &r->word[PS_WORD_HEADER_TRIGGER];

	for (size_t i = 0; i < header->n_list; i++)
		if (header_fires(
			    a, content->header, ps_bytes_of(header->list[i])))
			return true;
	return subject_fires(
		content->subject, &r->word[PS_WORD_SUBJECT_TRIGGER]);
}
