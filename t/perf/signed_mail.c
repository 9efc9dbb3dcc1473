/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Makes many DKIM-signed messages fast (RFC 6376, rsa-sha256, relaxed), each
 * from a domain of its own, whose DNS t/perf/synthetic_dns makes up.  They
 * share a body, so that its digest is made once.  For loads only; what is
 * written is in relaxed form already but for the folds of the signature.
 *
 *   signed_mail --key PEM [--count N] [--first N] [--cold] [--size OCTETS]
 *               [--second EVERY] [--attachment] [--arc]
 *
 * writes to standard output what t/perf/corpus.h reads.
 */
#include <getopt.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"

#define HEADER_ABOUT 1500 /* what a header takes, signature included */

static struct options {
	const char *key;
	long count, first, size, second;
	int cold, attachment, arc;
} opt = {.count = 1, .size = 4096, .second = 5};

static const char *const signed_fields[] = {"From", "To", "Subject", "Date",
	"Message-ID", "MIME-Version", "Content-Type"};
#define N_SIGNED (sizeof(signed_fields) / sizeof(*signed_fields))

static EVP_PKEY *key;
static char body_hash[64];

static uint32_t
next_random(void)
{
	static uint32_t x = 1;

	x = x * 1664525 + 1013904223;
	return x >> 16;
}

/* Words in lines of at most 70, one blank between them. */
static void
put_words(struct ps_buf *b, size_t size)
{
	static const char *const words[] = {"about", "bishop", "carried",
		"delivers", "every", "first", "given", "house", "ink",
		"journey", "key", "letter", "messenger", "north", "of",
		"parchment", "quickly", "ring", "seal", "the", "under",
		"vellum", "wax", "yesterday"};
	size_t end = b->len + size, line = 0;

	while (b->len < end) {
		const char *w = words[next_random() % 24];

		line += strlen(w) + 1;
		ps_buf_puts(b, line == strlen(w) + 1 ? ""
			       : line > 70	     ? "\r\n"
						     : " ");
		line = line > 70 ? strlen(w) + 1 : line;
		ps_buf_puts(b, w);
	}
	ps_buf_puts(b, "\r\n");
}

static void
put_attachment(struct ps_buf *b, size_t size)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				      "opqrstuvwxyz0123456789+/";
	size_t end = b->len + size;

	ps_buf_puts(b, "--limit\r\nContent-Type: text/plain\r\n\r\n");
	put_words(b, 1000);
	ps_buf_puts(b, "--limit\r\nContent-Type: application/octet-stream; "
		       "name=\"load.bin\"\r\nContent-Transfer-Encoding: "
		       "base64\r\n\r\n");
	while (b->len < end) {
		for (int i = 0; i < 76; i++)
			ps_buf_putc(b, letters[next_random() & 63]);
		ps_buf_puts(b, "\r\n");
	}
	ps_buf_puts(b, "--limit--\r\n");
}

static void
base64(const unsigned char *p, size_t len, char *out)
{
	EVP_EncodeBlock((unsigned char *)out, p, (int)len);
}

/* "From:someone" for "From: someone", in relaxed form. */
static void
put_relaxed(struct ps_buf *out, struct ps_bytes header, const char *name)
{
	struct ps_bytes line;

	while (ps_bytes_line(&header, &line)) {
		if (!ps_bytes_istarts(line, ps_bytes_of(name)) ||
			line.p[strlen(name)] != ':')
			continue;
		for (const char *p = name; *p != '\0'; p++)
			ps_buf_putc(out, (char)ps_lower(*p));
		ps_buf_putc(out, ':');
		ps_buf_put(out, ps_bytes_from(line, strlen(name) + 2));
	}
}

static void
sign(struct ps_bytes octets, char *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char sig[512];
	size_t len = sizeof(sig);

	if (EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 ||
		EVP_DigestSign(ctx, sig, &len, (const unsigned char *)octets.p,
			octets.len) != 1)
		abort();
	EVP_MD_CTX_free(ctx);
	base64(sig, len, out);
}

/* A signature field: its tags end with "b=", and b64 follows. */
struct seal {
	const char *name;
	char tags[512], b64[1024];
};

/* The field as it is in a message, folded at three tags and inside b=. */
static void
put_folded(struct ps_buf *out, const struct seal *s)
{
	ps_buf_printf(out, "%s: ", s->name);
	for (const char *p = s->tags; *p != '\0'; p++) {
		if (strncmp(p, " d=", 3) == 0 || strncmp(p, " h=", 3) == 0 ||
			strncmp(p, " bh=", 4) == 0)
			ps_buf_puts(out, "\r\n\t");
		else
			ps_buf_putc(out, *p);
	}
	for (size_t i = 0; i < strlen(s->b64); i += 70)
		ps_buf_printf(
			out, "%s%.70s", i == 0 ? "" : "\r\n\t ", s->b64 + i);
	ps_buf_puts(out, "\r\n");
}

/* The same in relaxed form, without its line end; b= is empty at first. */
static void
put_unfolded(struct ps_buf *out, const struct seal *s)
{
	for (const char *p = s->name; *p != '\0'; p++)
		ps_buf_putc(out, (char)ps_lower(*p));
	ps_buf_printf(out, ":%s", s->tags);
	for (size_t i = 0; i < strlen(s->b64); i += 70)
		ps_buf_printf(out, "%s%.70s", i == 0 ? "" : " ", s->b64 + i);
}

/* Signs the fields of header and the body; first is the first tag. */
static struct seal
sign_message(struct ps_bytes header, const char *name, const char *first,
	const char *domain, const char *selector)
{
	struct seal s = {.name = name};
	struct ps_buf input;

	snprintf(s.tags, sizeof(s.tags),
		"%s; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=%s; t=%ld; "
		"h=from:to:subject:date:message-id:mime-version:content-type; "
		"bh=%s; b=",
		first, domain, selector, (long)time(NULL), body_hash);
	ps_buf_init(&input, 65536);
	for (size_t i = 0; i < N_SIGNED; i++)
		put_relaxed(&input, header, signed_fields[i]);
	put_unfolded(&input, &s);
	sign(ps_buf_bytes(&input), s.b64);
	ps_buf_free(&input);
	return s;
}

static void
put_dkim(struct ps_buf *out, struct ps_bytes header, const char *domain,
	const char *selector)
{
	struct seal s =
		sign_message(header, "DKIM-Signature", "v=1", domain, selector);

	put_folded(out, &s);
}

/* The first set of a chain (RFC 8617), by a list that changed nothing. */
static void
put_arc(struct ps_buf *out, struct ps_bytes header, const char *domain)
{
	struct seal message = sign_message(
		header, "ARC-Message-Signature", "i=1", domain, "arc");
	struct seal chain = {.name = "ARC-Seal"};
	struct ps_buf input;
	char said[256];

	snprintf(said, sizeof(said), "i=1; lists.%s; dkim=pass; dmarc=pass",
		domain);
	snprintf(chain.tags, sizeof(chain.tags),
		"i=1; a=rsa-sha256; t=%ld; cv=none; d=%s; s=arc; b=",
		(long)time(NULL), domain);
	ps_buf_init(&input, 65536);
	ps_buf_printf(&input, "arc-authentication-results:%s\r\n", said);
	put_unfolded(&input, &message);
	ps_buf_puts(&input, "\r\n");
	put_unfolded(&input, &chain);
	sign(ps_buf_bytes(&input), chain.b64);
	ps_buf_free(&input);
	put_folded(out, &chain);
	put_folded(out, &message);
	ps_buf_printf(out, "ARC-Authentication-Results: %s\r\n", said);
}

static void
put_fields(struct ps_buf *b, long n, const char *domain)
{
	char date[64];
	time_t now = time(NULL);

	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000",
		gmtime(&now));
	ps_buf_printf(b,
		"Received: from desk.%s (desk.%s [10.1.2.3]) by mx.%s with "
		"ESMTPSA id 4F1C0A%lX; %s\r\nDate: %s\r\n",
		domain, domain, domain, n, date, date);
	ps_buf_printf(b,
		"From: A Sender <sender@%s>\r\nTo: Rcpt <rcpt@example.org>\r\n"
		"Subject: Letter %ld of the load\r\nMessage-ID: <%ld@%s>\r\n"
		"User-Agent: load\r\nMIME-Version: 1.0\r\nContent-Type: %s\r\n",
		domain, n, n, domain,
		opt.attachment ? "multipart/mixed; boundary=\"limit\""
			       : "text/plain; charset=us-ascii");
}

static void
write_message(long n)
{
	char domain[32], other[32], letter = opt.cold ? 'c' : 'w';
	struct ps_buf fields, head;

	ps_buf_init(&fields, 65536);
	ps_buf_init(&head, 65536);
	snprintf(domain, sizeof(domain), "%c%ld.com", letter, n);
	snprintf(other, sizeof(other), "%c%ld.net", letter, n);
	put_fields(&fields, n, domain);
	if (opt.arc)
		put_arc(&head, ps_buf_bytes(&fields), other);
	if (opt.second > 0 && n % opt.second == 0)
		put_dkim(&head, ps_buf_bytes(&fields), other, "esp");
	put_dkim(&head, ps_buf_bytes(&fields), domain, "key");
	ps_buf_put(&head, ps_buf_bytes(&fields));
	printf("mail bounce@%s 198.%d.%ld.%ld mx.%s %zu\n", domain,
		opt.cold ? 19 : 18, n >> 8, n & 255, domain, head.len);
	fwrite(head.p, 1, head.len, stdout);
	ps_buf_free(&fields);
	ps_buf_free(&head);
}

static void
write_body(void)
{
	size_t size = (size_t)opt.size;
	unsigned char digest[32];
	struct ps_buf b;

	ps_buf_init(&b, (size_t)1 << 30);
	size = size > HEADER_ABOUT + 100 ? size - HEADER_ABOUT : 100;
	if (opt.attachment)
		put_attachment(&b, size);
	else
		put_words(&b, size);
	if (EVP_Digest(b.p, b.len, digest, NULL, EVP_sha256(), NULL) != 1)
		abort();
	base64(digest, sizeof(digest), body_hash);
	printf("body %zu\n", b.len);
	fwrite(b.p, 1, b.len, stdout);
	ps_buf_free(&b);
}

static bool
read_options(int argc, char **argv)
{
	static const struct option names[] = {{"key", 1, NULL, 'k'},
		{"count", 1, NULL, 'n'}, {"first", 1, NULL, 'f'},
		{"size", 1, NULL, 's'}, {"second", 1, NULL, 'e'},
		{"cold", 0, &opt.cold, 1},
		{"attachment", 0, &opt.attachment, 1}, {"arc", 0, &opt.arc, 1},
		{NULL, 0, NULL, 0}};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		long n = optarg == NULL ? 0 : atol(optarg);

		opt.key = c == 'k' ? optarg : opt.key;
		opt.count = c == 'n' ? n : opt.count;
		opt.first = c == 'f' ? n : opt.first;
		opt.size = c == 's' ? n : opt.size;
		opt.second = c == 'e' ? n : opt.second;
		if (c == '?')
			return false;
	}
	return opt.key != NULL && opt.first >= 0 &&
	       opt.first + opt.count <= 0x10000;
}

int
main(int argc, char **argv)
{
	FILE *f;

	if (!read_options(argc, argv)) {
		fprintf(stderr,
			"usage: %s --key PEM [--count N] [--first N] [--cold]\n"
			"  [--size OCTETS] [--second EVERY] [--attachment] "
			"[--arc]\n",
			argv[0]);
		return 64;
	}
	f = fopen(opt.key, "r");
	key = f == NULL ? NULL : PEM_read_PrivateKey(f, NULL, NULL, NULL);
	if (key == NULL) {
		fprintf(stderr, "%s: no private key\n", opt.key);
		return 66;
	}
	fclose(f);
	write_body();
	for (long i = 0; i < opt.count; i++)
		write_message(opt.first + i);
	EVP_PKEY_free(key);
	return fflush(stdout) == 0 ? 0 : 74;
}
