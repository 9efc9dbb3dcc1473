/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A name server for loads: it knows no zone, but makes answers up for any
 * number of domains wN.com, wN.net (answered at once) and cN.com, cN.net
 * (answered after a delay), as t/perf/signed_mail writes them into messages.
 * N is the last 16 bits of the client's address, in 198.18/16 or 198.19/16.
 *
 *   wN.com            TXT v=spf1 include:_spf.wN.com -all, and MX
 *   _spf.wN.com       TXT v=spf1 ip4:198.18.0.0/15 -all
 *   S._domainkey...   TXT the key
 *   _dmarc.wN.com     TXT v=DMARC1; p=reject
 *   mx.wN.com         A, and the PTR that belongs to it
 *
 * UDP only, one thread, no allocation: it must not be what is measured.  A
 * line on standard input is answered with "queries N"; it ends with that input.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TTL	   3600
#define MAX_PACKET 1232
#define MAX_LATER  8192

enum { T_A = 1, T_SOA = 6, T_PTR = 12, T_MX = 15, T_TXT = 16, T_OPT = 41 };

struct question {
	char name[256]; /* lower case, no final dot */
	char *label[128];
	size_t n_label;
	unsigned type;
	size_t len; /* of the packet, up to the end of the question */
	bool edns;
};

struct packet {
	unsigned char p[MAX_PACKET];
	size_t len;
	struct sockaddr_in peer;
	int64_t due_us;
};

static struct packet later[MAX_LATER];
static size_t first, n_later;
static unsigned long n_query;
static const char *key;
static int64_t delay_us;

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static unsigned
take16(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static void
put16(struct packet *r, unsigned v)
{
	r->p[r->len++] = (unsigned char)(v >> 8);
	r->p[r->len++] = (unsigned char)v;
}

static void
set16(struct packet *r, size_t at, unsigned v)
{
	r->p[at] = (unsigned char)(v >> 8);
	r->p[at + 1] = (unsigned char)v;
}

/* Labels become C strings one behind the other, backed by q->name. */
static bool
read_question(const unsigned char *p, size_t len, struct question *q)
{
	size_t at = 12, out = 0;

	q->n_label = 0;
	while (at < len && p[at] != 0) {
		size_t n = p[at++];

		if (n > 63 || at + n >= len || out + n + 1 > sizeof(q->name) ||
			q->n_label == 128)
			return false;
		q->label[q->n_label++] = q->name + out;
		for (size_t i = 0; i < n; i++, at++)
			q->name[out++] = (char)(p[at] >= 'A' && p[at] <= 'Z'
							? p[at] | 0x20
							: p[at]);
		q->name[out++] = '\0';
	}
	if (at + 5 > len)
		return false;
	q->type = take16(p + at + 1);
	q->len = at + 5;
	q->edns = take16(p + 10) > 0;
	return true;
}

static const char *
label(const struct question *q, size_t from_end)
{
	return q->n_label < from_end ? "" : q->label[q->n_label - from_end];
}

/* "w17" -> 17 */
static bool
read_number(const char *text, long *n)
{
	char *end = NULL;

	if (text[0] != 'w' && text[0] != 'c')
		return false;
	*n = strtol(text + 1, &end, 10);
	return end != text + 1 && *end == '\0' && *n >= 0 && *n <= 0xffff;
}

static bool
is_reverse(const struct question *q)
{
	return q->n_label == 6 && strcmp(label(q, 1), "arpa") == 0 &&
	       strcmp(label(q, 3), "198") == 0;
}

static bool
is_slow(const struct question *q)
{
	return is_reverse(q) ? strcmp(label(q, 4), "19") == 0
			     : label(q, 2)[0] == 'c';
}

/* An answer's owner is the question's name; returns where its length stands. */
static size_t
open_record(struct packet *r, unsigned type)
{
	put16(r, 0xc00c);
	put16(r, type);
	put16(r, 1);
	put16(r, 0);
	put16(r, TTL);
	put16(r, 0);
	set16(r, 6, take16(r->p + 6) + 1);
	return r->len - 2;
}

static void
close_record(struct packet *r, size_t at)
{
	set16(r, at, (unsigned)(r->len - at - 2));
}

static void
put_octets(struct packet *r, const char *p, size_t len)
{
	if (r->len + len + 64 > MAX_PACKET)
		abort();
	memcpy(r->p + r->len, p, len);
	r->len += len;
}

static void
put_name(struct packet *r, const char *name)
{
	size_t n;

	for (; *name != '\0'; name += n + (name[n] == '.')) {
		n = strcspn(name, ".");
		r->p[r->len++] = (unsigned char)n;
		put_octets(r, name, n);
	}
	r->p[r->len++] = 0;
}

static bool
put_txt(struct packet *r, const char *text)
{
	size_t at = open_record(r, T_TXT), len = strlen(text);

	for (size_t n; len > 0; text += n, len -= n) {
		n = len > 255 ? 255 : len;
		r->p[r->len++] = (unsigned char)n;
		put_octets(r, text, n);
	}
	close_record(r, at);
	return true;
}

static bool
answer_reverse(struct packet *r, const struct question *q)
{
	long low = strtol(label(q, 6), NULL, 10);
	long high = strtol(label(q, 5), NULL, 10);
	char name[64];
	size_t at;

	if (q->type != T_PTR)
		return true;
	snprintf(name, sizeof(name), "mx.%c%ld.com", is_slow(q) ? 'c' : 'w',
		high * 256 + low);
	at = open_record(r, T_PTR);
	put_name(r, name);
	close_record(r, at);
	return true;
}

static bool
answer_host(struct packet *r, const struct question *q, long n)
{
	char ip[4] = {(char)198, is_slow(q) ? 19 : 18, (char)(n >> 8), (char)n};
	size_t at;

	if (q->type != T_A)
		return true;
	at = open_record(r, T_A);
	put_octets(r, ip, sizeof(ip));
	close_record(r, at);
	return true;
}

static bool
answer_domain(struct packet *r, const struct question *q)
{
	char text[128];
	size_t at;

	snprintf(text, sizeof(text), "v=spf1 include:_spf.%s.%s -all",
		label(q, 2), label(q, 1));
	if (q->type == T_TXT)
		return put_txt(r, text);
	if (q->type != T_MX)
		return true;
	at = open_record(r, T_MX);
	put16(r, 10);
	snprintf(text, sizeof(text), "mx.%s.%s", label(q, 2), label(q, 1));
	put_name(r, text);
	close_record(r, at);
	return true;
}

/* False: no such name. */
static bool
answer(struct packet *r, const struct question *q)
{
	const char *third = label(q, 3);
	long n = 0;

	if (is_reverse(q))
		return answer_reverse(r, q);
	if (q->n_label < 2)
		return true;
	if (!read_number(label(q, 2), &n))
		return false;
	if (q->n_label == 2)
		return answer_domain(r, q);
	if (strcmp(third, "_domainkey") == 0)
		return q->n_label != 4 || q->type != T_TXT || put_txt(r, key);
	if (q->n_label != 3)
		return false;
	if (strcmp(third, "mx") == 0)
		return answer_host(r, q, n);
	if (strcmp(third, "_spf") == 0)
		return q->type != T_TXT ||
		       put_txt(r, "v=spf1 ip4:198.18.0.0/15 -all");
	if (strcmp(third, "_dmarc") == 0)
		return q->type != T_TXT || put_txt(r, "v=DMARC1; p=reject");
	return false;
}

/* The root's: negative answers are cached as long as the others. */
static void
put_soa(struct packet *r)
{
	r->p[r->len++] = 0;
	put16(r, T_SOA);
	put16(r, 1);
	put16(r, 0);
	put16(r, TTL);
	put16(r, 2 + 5 * 4);
	put16(r, 0);
	for (int i = 0; i < 5; i++) {
		put16(r, 0);
		put16(r, TTL);
	}
	set16(r, 8, 1);
}

static void
put_edns(struct packet *r)
{
	r->p[r->len++] = 0;
	put16(r, T_OPT);
	put16(r, MAX_PACKET);
	for (int i = 0; i < 3; i++)
		put16(r, 0);
	set16(r, 10, 1);
}

static void
reply(struct packet *r, const struct question *q)
{
	unsigned flags = 0x8480 | (take16(r->p + 2) & 0x0100);

	r->len = q->len;
	set16(r, 4, 1);
	for (size_t at = 6; at < 12; at += 2)
		set16(r, at, 0);
	if (!answer(r, q))
		flags |= 3;
	set16(r, 2, flags);
	if (take16(r->p + 6) == 0)
		put_soa(r);
	if (q->edns)
		put_edns(r);
}

static void
send_packet(int fd, const struct packet *r)
{
	sendto(fd, r->p, r->len, 0, (const struct sockaddr *)&r->peer,
		sizeof(r->peer));
}

static bool
serve_one(int fd)
{
	struct packet *r = &later[(first + n_later) % MAX_LATER];
	struct question q;
	socklen_t peer_len = sizeof(r->peer);
	ssize_t n = recvfrom(fd, r->p, sizeof(r->p), MSG_DONTWAIT,
		(struct sockaddr *)&r->peer, &peer_len);

	if (n < 0)
		return false;
	n_query++;
	if (n < 17 || !read_question(r->p, (size_t)n, &q))
		return true;
	reply(r, &q);
	if (!is_slow(&q) || n_later == MAX_LATER - 1) {
		send_packet(fd, r);
		return true;
	}
	r->due_us = now_us() + delay_us;
	n_later++;
	return true;
}

/* Sends what is due; how long until the next one is, in milliseconds. */
static int
send_due(int fd)
{
	int64_t now = now_us();

	while (n_later > 0 && later[first].due_us <= now) {
		send_packet(fd, &later[first]);
		first = (first + 1) % MAX_LATER;
		n_later--;
	}
	return n_later == 0 ? -1 : (int)((later[first].due_us - now) / 1000);
}

static int
serve(int fd)
{
	struct pollfd p[2] = {{fd, POLLIN, 0}, {0, POLLIN, 0}};
	char line[64];

	for (;;) {
		if (poll(p, 2, send_due(fd)) < 0)
			return 70;
		while (p[0].revents && serve_one(fd))
			;
		if (p[1].revents == 0)
			continue;
		if (read(0, line, sizeof(line)) <= 0)
			return 0;
		printf("queries %lu\n", n_query);
		fflush(stdout);
	}
}

int
main(int argc, char **argv)
{
	struct sockaddr_in own = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), room = 4 << 20;

	if (argc != 5 || inet_pton(AF_INET, argv[1], &own.sin_addr) != 1) {
		fprintf(stderr, "usage: %s IP PORT DELAY-MS KEY-RECORD\n",
			argv[0]);
		return 64;
	}
	own.sin_port = htons((uint16_t)atoi(argv[2]));
	delay_us = atol(argv[3]) * 1000;
	key = argv[4];
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (bind(fd, (const struct sockaddr *)&own, sizeof(own)) != 0) {
		perror("bind");
		return 71;
	}
	printf("ready\n");
	fflush(stdout);
	return serve(fd);
}
