/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Writing a Received field.
 */
#include "mail/received.h"

#include "mail/date.h"

#define FIELD_MAX_OCTETS 2048
#define WORD_MAX_OCTETS	 255

/* What stands in names, literals, TLS words and queue ids; nothing that the
 * grammar of comments or tokens knows. */
static bool
is_harmless(char c)
{
	return ps_is_alpha(c) || ps_is_digit(c) ||
	       (c != '\0' && strchr("-._:[]+/", c) != NULL);
}

static void
put(struct ps_buf *out, struct ps_bytes b, const char *otherwise)
{
	if (b.len == 0)
		ps_buf_puts(out, otherwise);
	b = ps_bytes_head(b, WORD_MAX_OCTETS);
	for (size_t i = 0; i < b.len; i++)
		ps_buf_putc(out, is_harmless(b.p[i]) ? b.p[i] : '?');
}

static bool
has_word(const struct ps_txn *t, struct ps_bytes word)
{
	for (size_t i = 0; i < t->n_mail_arg; i++)
		if (ps_bytes_ieq(t->mail_arg[i], word))
			return true;
	return false;
}

const char *
ps_received_protocol(const struct ps_txn *t)
{
	static const char *const esmtp[] = {
		"ESMTP", "ESMTPS", "ESMTPA", "ESMTPSA"};
	static const char *const utf8[] = {
		"UTF8SMTP", "UTF8SMTPS", "UTF8SMTPA", "UTF8SMTPSA"};
	size_t which = (t->session->tls_version.len > 0 ? 1u : 0u) |
		       (t->login.len > 0 ? 2u : 0u);

	if (has_word(t, PS_LIT("SMTPUTF8")))
		return utf8[which];
	if (which == 0 && t->n_mail_arg == 0)
		return "SMTP";
	return esmtp[which];
}

static void
put_client(struct ps_buf *out, const struct ps_session *s)
{
	ps_buf_puts(out, " from ");
	put(out, s->helo, "unknown");
	ps_buf_puts(out, " (");
	put(out, s->client_name, "unknown");
	ps_buf_puts(out, " [");
	if (ps_bytes_chr(s->client_ip, ':') != PS_NOT_FOUND)
		ps_buf_puts(out, "IPv6:");
	put(out, s->client_ip, "unknown");
	ps_buf_puts(out, "])\r\n\t");
}

static void
put_tls(struct ps_buf *out, const struct ps_session *s)
{
	if (s->tls_version.len == 0)
		return;
	ps_buf_puts(out, "(using ");
	put(out, s->tls_version, "");
	ps_buf_puts(out, " with cipher ");
	put(out, s->cipher, "unknown");
	if (s->cipher_bits.len > 0) {
		ps_buf_puts(out, " (");
		put(out, s->cipher_bits, "");
		ps_buf_puts(out, " bits)");
	}
	ps_buf_puts(out, ")\r\n\t");
}

struct ps_field
ps_received_make(struct ps_arena *a, const struct ps_txn *t, struct ps_bytes by,
	int64_t when_s)
{
	struct ps_field f = {.name = PS_LIT("Received")};
	char date[PS_DATE_SIZE];
	struct ps_buf out;

	ps_buf_init(&out, FIELD_MAX_OCTETS);
	if (!t->is_local) {
		put_client(&out, t->session);
		put_tls(&out, t->session);
	} else {
		ps_buf_putc(&out, ' ');
	}
	ps_buf_puts(&out, "by ");
	put(&out, by, "localhost");
	ps_buf_puts(&out, t->is_local ? " (postseal, submitted there)"
				      : " (postseal) with ");
	if (!t->is_local)
		ps_buf_puts(&out, ps_received_protocol(t));
	if (t->queue_id.len > 0) {
		ps_buf_puts(&out, " id ");
		put(&out, ps_bytes_head(t->queue_id, 64), "");
	}
	ps_date_header(when_s, date);
	ps_buf_printf(&out, ";\r\n\t%s", date);
	f.value = ps_arena_copy(a, ps_buf_bytes(&out));
	ps_buf_free(&out);
	return f;
}

size_t
ps_received_count(const struct ps_header *h)
{
	return ps_header_count(h, PS_LIT("Received"));
}
