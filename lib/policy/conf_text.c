/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The pre-pass over a configuration file.  libconfuse 3.3 counts two lines too
 * many for every comment, takes a missing end of a section or a comment for
 * given, drops octets that it has no token for (l = { *@x } becomes "@x"),
 * reads the environment for "${...}", across quotes even, lets "a|b" reach into
 * sections, and loses memory over bad calls.  So comments become blanks here,
 * quotes and braces are matched, and what it would misread is refused with its
 * line.
 */
#include "policy/conf.h"

#define DEPTH_MAX 8

struct brace {
	int line;
	bool list;
};

struct scan {
	struct ps_conf *c;
	const char *file;
	char *p; /* NUL-terminated copy; comments are blanked in it */
	size_t len, i;
	int line;
	char before; /* the last octet outside quotes that was no blank */
	struct brace brace[DEPTH_MAX];
	size_t depth;
	struct ps_conf_text *out;
};

static struct ps_origin
at(const struct scan *s, int line)
{
	return (struct ps_origin){s->file, line};
}

static bool
blank_until(struct scan *s, const char *end)
{
	int began = s->line;
	size_t n = strlen(end);

	for (; s->i < s->len; s->i++) {
		if (s->len - s->i >= n && memcmp(s->p + s->i, end, n) == 0)
			return true;
		if (s->p[s->i] == '\n')
			s->line++;
		else
			s->p[s->i] = ' ';
	}
	if (*end == '\n')
		return true; /* the last line needs no end */
	ps_conf_error(s->c, at(s, began),
		"the comment that begins here is "
		"never closed");
	return false;
}

static bool
take_block_comment(struct scan *s)
{
	s->p[s->i++] = ' ';
	s->p[s->i++] = ' ';
	if (!blank_until(s, "*/"))
		return false;
	s->p[s->i++] = ' ';
	s->p[s->i++] = ' ';
	return true;
}

/*
 * Only \" and \\ (in single quotes \' and \\): libconfuse knows octal,
 * hexadecimal and control octets too, which no value may hold.
 */
static bool
escape_is_good(const struct scan *s, char quote)
{
	char next = s->p[s->i + 1]; /* a NUL at the end */

	if (next == quote || next == '\\')
		return true;
	ps_conf_error(s->c, at(s, s->line),
		"a backslash in quotes stands only before another one or "
		"before the quote character");
	return false;
}

static bool
take_quoted(struct scan *s)
{
	char quote = s->p[s->i++];

	for (; s->i < s->len && s->p[s->i] != '\n'; s->i++) {
		if (s->p[s->i] == quote) {
			s->i++;
			s->before = quote;
			return true;
		}
		if (s->p[s->i] == '\\') {
			if (!escape_is_good(s, quote))
				return false;
			s->i++;
		} else if (quote == '"' && strncmp(s->p + s->i, "${", 2) == 0) {
			ps_conf_error(s->c, at(s, s->line),
				"'${' would read the environment, which is not "
				"part of the configuration: write the value "
				"itself");
			return false;
		}
	}
	ps_conf_error(s->c, at(s, s->line),
		"the %c on this line is never closed", quote);
	return false;
}

static bool
open_brace(struct scan *s)
{
	if (s->depth == DEPTH_MAX) {
		ps_conf_error(s->c, at(s, s->line),
			"sections stand too deep in one another here");
		return false;
	}
	s->brace[s->depth++] = (struct brace){s->line, s->before == '='};
	return true;
}

static bool
close_brace(struct scan *s)
{
	const struct brace *b;
	struct ps_conf_text *out = s->out;

	if (s->depth == 0) {
		ps_conf_error(s->c, at(s, s->line), "this '}' closes nothing");
		return false;
	}
	b = &s->brace[--s->depth];
	if (!b->list) {
		PS_GROW(s->c->scratch, out->section_line, out->n_section);
		out->section_line[out->n_section++] = b->line;
	} else if (s->before == '{') {
		ps_conf_error(s->c, at(s, b->line),
			"an empty list says nothing: leave the setting out, or "
			"write none");
		return false;
	}
	return true;
}

/* What libconfuse would drop or misread outside quotes. */
static bool
refuse(const struct scan *s)
{
	unsigned char o = (unsigned char)s->p[s->i];

	if (o == ';')
		ps_conf_error(s->c, at(s, s->line),
			"';' separates nothing here: settings stand apart by "
			"blanks or lines");
	else if (o == '+' && s->p[s->i + 1] == '=')
		ps_conf_error(s->c, at(s, s->line),
			"'+=' is not known: a setting is given once, with all "
			"its values");
	else if (o >= 0x80)
		ps_conf_error(s->c, at(s, s->line),
			"only ASCII may stand outside quotes (are these "
			"typographic quotes?)");
	else
		ps_conf_error(s->c, at(s, s->line),
			"a value with '%c' needs quotes around it", o);
	return false;
}

static bool
needs_quotes(char o)
{
	return strchr("*+;|$\\`", o) != NULL || (unsigned char)o >= 0x80;
}

static void
skip_blanks(struct scan *s)
{
	for (; s->i < s->len && strchr(" \t\r\n", s->p[s->i]) != NULL; s->i++)
		if (s->p[s->i] == '\n')
			s->line++;
}

/* ("FILE"): any other form makes libconfuse lose memory. */
static bool
take_call(struct scan *s)
{
	int line = s->line;

	s->i++;
	skip_blanks(s);
	if (s->p[s->i] == '"' || s->p[s->i] == '\'') {
		if (!take_quoted(s))
			return false;
		skip_blanks(s);
		if (s->p[s->i] == ')') {
			s->before = ')';
			s->i++;
			return true;
		}
	}
	ps_conf_error(s->c, at(s, line),
		"parentheses stand only in include(\"FILE\")");
	return false;
}

static bool
take_mark(struct scan *s)
{
	char o = s->p[s->i];

	if (o == '"' || o == '\'')
		return take_quoted(s);
	if (o == '(')
		return take_call(s);
	if ((o == '{' && !open_brace(s)) || (o == '}' && !close_brace(s)))
		return false;
	s->before = o;
	s->i++;
	return true;
}

/* A comment with slashes begins only where no word is under way, so that
 * redis://x is one word. */
static bool
take_word(struct scan *s)
{
	for (; s->i < s->len && strchr(" \t\r\n\"'#{}()=,", s->p[s->i]) == NULL;
		s->i++)
		if (needs_quotes(s->p[s->i]))
			return refuse(s);
	s->before = 'w';
	return true;
}

static bool
take(struct scan *s)
{
	const char *p = s->p + s->i;

	if (*p == '#' || strncmp(p, "//", 2) == 0)
		return blank_until(s, "\n");
	if (strncmp(p, "/*", 2) == 0)
		return take_block_comment(s);
	if (strchr("\"'{}()=,", *p) != NULL)
		return take_mark(s);
	return take_word(s);
}

static bool
has_control(struct scan *s)
{
	int line = 1;

	for (size_t i = 0; i < s->len; i++) {
		unsigned char o = (unsigned char)s->p[i];

		if (o == '\n')
			line++;
		if ((o >= 0x20 && o != 0x7f) || o == '\t' || o == '\r' ||
			o == '\n')
			continue;
		ps_conf_error(s->c, at(s, line),
			"there is a control octet (0x%02x) on this line", o);
		return true;
	}
	return false;
}

bool
ps_conf_text_clean(struct ps_conf *c, const char *file, struct ps_bytes raw,
	struct ps_conf_text *out)
{
	struct scan s = {
		.c = c,
		.file = file,
		.p = ps_arena_cstr(c->scratch, raw),
		.len = raw.len,
		.line = 1,
		.out = out,
	};

	*out = (struct ps_conf_text){.text = s.p};
	if (has_control(&s))
		return false;
	for (skip_blanks(&s); s.i < s.len; skip_blanks(&s))
		if (!take(&s))
			return false;
	out->last_line =
		s.len > 1 && s.p[s.len - 1] == '\n' ? s.line - 1 : s.line;
	if (s.depth == 0)
		return true;
	ps_conf_error(c, at(&s, s.brace[s.depth - 1].line),
		"the '{' on this line is never closed");
	return false;
}
