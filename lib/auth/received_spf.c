/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The one writer of Received-SPF.
 */
#include "auth/received_spf.h"

#include "auth/authres_text.h"

struct writer {
	struct ps_buf *out;
	bool fold, first;
};

static void
put_quoted(struct ps_buf *out, struct ps_bytes b)
{
	ps_buf_putc(out, '"');
	for (size_t i = 0; i < b.len; i++) {
		if (b.p[i] == '"' || b.p[i] == '\\')
			ps_buf_putc(out, '\\');
		ps_buf_putc(out, b.p[i]);
	}
	ps_buf_putc(out, '"');
}

/* key-value-pair: a dot-atom or a quoted string. */
static void
put_pair(struct writer *w, const char *key, struct ps_bytes value)
{
	struct ps_authres_text text;
	struct ps_bytes b;

	ps_authres_clean(value, true, &text);
	b = ps_bytes(text.p, text.len);
	ps_buf_puts(w->out, w->first ? "" : ";");
	ps_buf_puts(w->out, w->fold ? "\r\n\t" : " ");
	ps_buf_puts(w->out, key);
	ps_buf_putc(w->out, '=');
	if (ps_authres_is_dot_atom(b))
		ps_buf_put(w->out, b);
	else
		put_quoted(w->out, b);
	w->first = false;
}

void
ps_received_spf_write(struct ps_arena *a, const struct ps_txn *t,
	const struct ps_verdict *v, const char *receiver, bool fold,
	struct ps_buf *out)
{
	const struct ps_spf_result *r = &v->mail_from;
	struct writer w = {.out = out, .fold = fold, .first = true};
	struct ps_authres_text comment;

	ps_authres_comment(ps_bytes_of(r->why), &comment);
	ps_buf_putc(out, ' ');
	ps_buf_puts(out, ps_auth_result_name(r->result));
	if (comment.len > 0) {
		ps_buf_puts(out, " (");
		ps_buf_put(out, ps_bytes(comment.p, comment.len));
		ps_buf_putc(out, ')');
	}
	put_pair(&w, "receiver", ps_bytes_of(receiver));
	put_pair(&w, "identity",
		v->null_sender ? PS_LIT("helo") : PS_LIT("mailfrom"));
	put_pair(&w, "client-ip", ps_client_ip(a, &t->session->client));
	put_pair(&w, "helo", t->session->helo);
	put_pair(&w, "envelope-from", ps_verify_mail_from(a, t, v));
}
