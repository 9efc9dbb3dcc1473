/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * XFORWARD: the relay's log and its delivery agents learn where a copy came
 * from.  Commands are at most 512 octets and values 255, as in Postfix's
 * XFORWARD_README.
 */
#include "relay/smtp_line.h"

#include <netinet/in.h>
#include <stdio.h>

#include "mail/received.h"

#define LINE_OCTETS  510
#define VALUE_OCTETS 255

static void
put_xtext(struct ps_buf *out, struct ps_bytes b)
{
	for (size_t i = 0; i < b.len; i++) {
		unsigned char c = (unsigned char)b.p[i];

		if (c <= ' ' || c > '~' || c == '+' || c == '=')
			ps_buf_printf(out, "+%02X", c);
		else
			ps_buf_putc(out, (char)c);
	}
}

struct writer {
	struct ps_arena *a;
	const struct ps_smtp_offer *offer;
	struct ps_buf line;
	struct ps_smtp_script *out;
};

static void
end_line(struct writer *w)
{
	if (w->line.len == 0)
		return;
	ps_smtp_line_fixed(w->a, "XFORWARD",
		ps_arena_cstr(w->a, ps_buf_bytes(&w->line)), PS_NOT_FOUND,
		w->out);
	w->line.len = 0;
}

static void
put(struct writer *w, enum ps_smtp_forward which, const char *name,
	struct ps_bytes value)
{
	struct ps_buf word;

	if ((w->offer->xforward & which) == 0)
		return;
	ps_buf_init(&word, 1024);
	ps_buf_printf(&word, " %s=", name);
	put_xtext(&word, value);
	if (value.len == 0 || word.full || word.len > VALUE_OCTETS) {
		word.len = 0;
		word.full = false;
		ps_buf_printf(&word, " %s=[UNAVAILABLE]", name);
	}
	if (w->line.len + word.len > LINE_OCTETS)
		end_line(w);
	if (w->line.len == 0)
		ps_buf_puts(&w->line, "XFORWARD");
	ps_buf_put(&w->line, ps_buf_bytes(&word));
	ps_buf_free(&word);
}

static struct ps_bytes
port_of(struct ps_arena *a, const struct sockaddr_storage *s)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)s;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)s;
	unsigned port = s->ss_family == AF_INET	   ? ntohs(v4->sin_port)
			: s->ss_family == AF_INET6 ? ntohs(v6->sin6_port)
						   : 0;

	return ps_bytes_of(port == 0 ? NULL : ps_arena_printf(a, "%u", port));
}

static struct ps_bytes
addr_of(struct ps_arena *a, struct ps_bytes ip)
{
	if (ps_bytes_chr(ip, ':') == PS_NOT_FOUND)
		return ip;
	return ps_bytes_of(ps_arena_printf(a, "IPV6:%.*s", PS_FMT(ip)));
}

void
ps_smtp_line_xforward(struct ps_arena *a, const struct ps_txn *origin,
	const struct ps_smtp_offer *offer, struct ps_smtp_script *out)
{
	struct writer w = {.a = a, .offer = offer, .out = out};
	const struct ps_session *s = origin->session;
	bool plain = strcmp(ps_received_protocol(origin), "SMTP") == 0;

	ps_buf_init(&w.line, 2048);
	put(&w, PS_SMTP_NAME, "NAME", s->client_name);
	put(&w, PS_SMTP_ADDR, "ADDR", addr_of(a, s->client_ip));
	put(&w, PS_SMTP_PORT, "PORT", port_of(a, &s->client));
	put(&w, PS_SMTP_PROTO, "PROTO",
		origin->is_local ? ps_bytes_of(NULL)
		: plain		 ? PS_LIT("SMTP")
				 : PS_LIT("ESMTP"));
	put(&w, PS_SMTP_HELO, "HELO", s->helo);
	put(&w, PS_SMTP_IDENT, "IDENT", origin->queue_id);
	put(&w, PS_SMTP_SOURCE, "SOURCE",
		origin->is_local ? PS_LIT("LOCAL") : PS_LIT("REMOTE"));
	end_line(&w);
	ps_buf_free(&w.line);
}
