/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Outcome to smfi_* calls: in the order of the edits, the body last and in one
 * run (Postfix refuses another edit between two body chunks).
 */
#include "apply.h"

#include <limits.h>

#include "base/str.h"

/* libmilter takes no line ends in a reply, and "%" must be doubled. */
static char *
reply_text(struct ps_arena *a, const char *text)
{
	struct ps_buf out;
	char *s;

	ps_buf_init(&out, 900);
	for (; text != NULL && *text != '\0'; text++) {
		if (*text == '%')
			ps_buf_putc(&out, '%');
		ps_buf_putc(&out, *text < ' ' || *text > '~' ? '?' : *text);
	}
	s = ps_arena_cstr(a, ps_buf_bytes(&out));
	ps_buf_free(&out);
	return s;
}

sfsistat
ps_apply_reply(SMFICTX *ctx, struct ps_arena *a, const struct ps_reply *reply)
{
	if (reply->action == PS_ACCEPT)
		return SMFIS_CONTINUE;
	if (reply->action == PS_DISCARD)
		return SMFIS_DISCARD;
	smfi_setreply(ctx, ps_arena_strdup(a, reply->code),
		ps_arena_strdup(a, reply->xcode), reply_text(a, reply->text));
	return reply->action == PS_REJECT ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

/*
 * A value as libmilter wants it: NUL-terminated, folded with LF, and with the
 * blank behind the colon only where the MTA said that it keeps it.
 */
static char *
header_value(struct ps_arena *a, struct ps_bytes value, bool leading_space)
{
	char *s, *to;

	if (!leading_space && value.len > 0 && value.p[0] == ' ')
		value = ps_bytes_from(value, 1);
	s = to = ps_arena_cstr(a, value);
	for (const char *from = s; *from != '\0'; from++)
		if (from[0] != '\r' || from[1] != '\n')
			*to++ = *from;
	*to = '\0';
	return s;
}

static int
apply_edit(SMFICTX *ctx, struct ps_arena *a, const struct ps_edit *e,
	bool leading_space)
{
	char *name = ps_arena_cstr(a, e->name);
	char *value = header_value(a, e->value, leading_space);

	switch (e->kind) {
	case PS_EDIT_CHANGE:
		return smfi_chgheader(ctx, name, (int)e->nth, value);
	case PS_EDIT_DELETE:
		return smfi_chgheader(ctx, name, (int)e->nth, NULL);
	case PS_EDIT_APPEND:
		return smfi_addheader(ctx, name, value);
	case PS_EDIT_TOP:
		return smfi_insheader(ctx, 0, name, value);
	}
	return MI_FAILURE;
}

static int
replace_body(SMFICTX *ctx, struct ps_bytes body)
{
	if (body.len > INT_MAX)
		return MI_FAILURE;
	/* libmilter only reads it, whatever its prototype says */
	union {
		const char *p;
		unsigned char *q;
	} u = {.p = body.p == NULL ? "" : body.p};

	return smfi_replacebody(ctx, u.q, (int)body.len);
}

sfsistat
ps_apply_outcome(SMFICTX *ctx, struct ps_arena *a, const struct ps_outcome *out,
	bool leading_space)
{
	const struct ps_edits *edits = &out->edits;
	int r = MI_SUCCESS;

	if (out->reply.action != PS_ACCEPT)
		return ps_apply_reply(ctx, a, &out->reply);
	for (size_t i = 0; i < edits->n_edit && r == MI_SUCCESS; i++)
		r = apply_edit(ctx, a, &edits->edit[i], leading_space);
	if (r == MI_SUCCESS && edits->replace_body)
		r = replace_body(ctx, edits->body);
	/* Last: what is held is the finished copy, never a clear original. */
	if (r == MI_SUCCESS && out->quarantine != NULL)
		r = smfi_quarantine(ctx, reply_text(a, out->quarantine));
	return r == MI_SUCCESS ? SMFIS_CONTINUE : SMFIS_TEMPFAIL;
}
