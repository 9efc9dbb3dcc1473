/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reads or makes the messages of a load.  Knows no socket.
 */
#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static _Noreturn void
give_up(const char *path, const char *why)
{
	fprintf(stderr, "%s: %s\n", path, why);
	exit(66);
}

static struct ps_bytes
read_octets(struct ps_arena *a, const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	char *p;
	size_t n;

	if (f == NULL || fstat(fileno(f), &st) != 0)
		give_up(path, "cannot be read");
	p = ps_arena_alloc(a, (size_t)st.st_size + 1);
	n = fread(p, 1, (size_t)st.st_size, f);
	fclose(f);
	return ps_bytes(p, n);
}

static struct corpus
one(struct ps_arena *a, struct ps_bytes octets)
{
	struct corpus c = {ps_arena_array(a, 1, sizeof(*c.mail)), 1};

	c.mail->message = mc_message_parse(a, octets, false);
	return c;
}

struct corpus
corpus_file(struct ps_arena *a, const char *path)
{
	return one(a, read_octets(a, path));
}

struct corpus
corpus_made(struct ps_arena *a, size_t octets)
{
	static const char head[] =
		"Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n"
		"From: Sender <sender@example.net>\r\n"
		"To: Rcpt <rcpt@example.org>\r\nSubject: load\r\n"
		"Message-ID: <load@example.net>\r\nMIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=us-ascii\r\n\r\n";
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				      "opqrstuvwxyz0123456789+/";
	size_t n = sizeof(head) - 1, size = n + octets;
	char *p = ps_arena_alloc(a, size + 2);
	uint32_t x = 1;

	memcpy(p, head, n);
	for (size_t at = 0; n < size; at++) {
		x = x * 1664525 + 1013904223;
		p[n++] = at % 78 == 76	 ? '\r'
			 : at % 78 == 77 ? '\n'
					 : letters[x >> 26];
	}
	return one(a, ps_bytes(p, n));
}

/* So many octets off *rest. */
static struct ps_bytes
take(struct ps_bytes *rest, size_t len, const char *path)
{
	struct ps_bytes out = ps_bytes_head(*rest, len);

	if (out.len < len)
		give_up(path, "is cut off");
	*rest = ps_bytes_from(*rest, len);
	return out;
}

static void
add_mail(struct ps_arena *a, const char *line, struct ps_bytes *rest,
	const char *path, struct corpus *c)
{
	char from[128], ip[64], name[128];
	struct corpus_mail m = {0};
	size_t len = 0;

	if (sscanf(line, "mail %127s %63s %127s %zu", from, ip, name, &len) !=
		4)
		give_up(path, "is not a corpus");
	m.from = ps_arena_printf(a, "<%s>", from);
	m.client.ip = ps_arena_strdup(a, ip);
	m.client.name = m.client.helo = ps_arena_strdup(a, name);
	m.message = mc_message_parse(a, take(rest, len, path), false);
	PS_GROW(a, c->mail, c->n);
	c->mail[c->n++] = m;
}

struct corpus
corpus_read(struct ps_arena *a, const char *path)
{
	struct ps_bytes rest = read_octets(a, path), line, body;
	struct corpus c = {0};
	size_t len = 0;

	if (!ps_bytes_line(&rest, &line) ||
		sscanf(ps_arena_cstr(a, line), "body %zu", &len) != 1)
		give_up(path, "is not a corpus");
	body = take(&rest, len, path);
	while (ps_bytes_line(&rest, &line))
		add_mail(a, ps_arena_cstr(a, line), &rest, path, &c);
	if (c.n == 0)
		give_up(path, "has no message");
	for (size_t i = 0; i < c.n; i++)
		c.mail[i].message.body = body;
	return c;
}
