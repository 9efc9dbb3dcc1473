/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Packets of the milter protocol over a socket; every read and write ends.
 */
#include "milter_packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define COLLECT	   4096 /* Postfix's VSTREAM_BUFSIZE */
#define MAX_PACKET ((size_t)2 << 20)

int64_t
mc_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

bool
mc_fail(struct mc *m, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(m->why, sizeof(m->why), fmt, ap);
	va_end(ap);
	return false;
}

static bool
ready(struct mc *m, short events, const char *what)
{
	struct pollfd p = {.fd = m->fd, .events = events};
	int n;

	do
		n = poll(&p, 1, m->timeout_ms);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return mc_fail(m, "%s: nothing for %d ms", what, m->timeout_ms);
	return n > 0 || mc_fail(m, "%s: %s", what, strerror(errno));
}

bool
mc_flush(struct mc *m)
{
	size_t done = 0;
	ssize_t n;

	while (done < m->out.len) {
		n = send(m->fd, m->out.p + done, m->out.len - done,
			MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno != EAGAIN && errno != EINTR)
			return mc_fail(m, "write: %s", strerror(errno));
		else if (!ready(m, POLLOUT, "write"))
			return false;
	}
	m->out.len = 0;
	return true;
}

void
mc_put_u32(struct ps_buf *b, uint32_t v)
{
	uint32_t net = htonl(v);

	ps_buf_put(b, ps_bytes((const char *)&net, sizeof(net)));
}

uint32_t
mc_take_u32(struct ps_bytes *rest)
{
	uint32_t net = 0;

	if (rest->len >= sizeof(net))
		memcpy(&net, rest->p, sizeof(net));
	*rest = ps_bytes_from(*rest, sizeof(net));
	return ntohl(net);
}

struct ps_bytes
mc_take_string(struct ps_bytes *rest)
{
	size_t n = ps_bytes_chr(*rest, '\0');
	struct ps_bytes s = ps_bytes_head(*rest, n);

	*rest = n == PS_NOT_FOUND ? ps_bytes(NULL, 0)
				  : ps_bytes_from(*rest, n + 1);
	return s;
}

bool
mc_put(struct mc *m, char letter, struct ps_bytes data)
{
	mc_put_u32(&m->out, (uint32_t)data.len + 1);
	ps_buf_putc(&m->out, letter);
	ps_buf_put(&m->out, data);
	if (m->out.full)
		return mc_fail(m, "packet too large");
	return m->out.len < m->collect || mc_flush(m);
}

static bool
read_exactly(struct mc *m, char *p, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = recv(m->fd, p, len, MSG_DONTWAIT);
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		} else if (n == 0) {
			return mc_fail(m, "the filter closed the connection");
		} else if (errno != EAGAIN && errno != EINTR) {
			return mc_fail(m, "read: %s", strerror(errno));
		} else if (!ready(m, POLLIN, "read")) {
			return false;
		}
	}
	return true;
}

bool
mc_get(struct mc *m, char *letter, struct ps_bytes *data)
{
	uint32_t net;
	size_t len;
	char *room;

	if (!mc_flush(m) || !read_exactly(m, (char *)&net, sizeof(net)))
		return false;
	len = ntohl(net);
	if (len == 0 || len > MAX_PACKET)
		return mc_fail(m, "packet of %zu octets", len);
	m->in.len = 0;
	room = ps_buf_room(&m->in, len);
	if (room == NULL || !read_exactly(m, room, len))
		return false;
	*letter = room[0];
	*data = ps_bytes(room + 1, len - 1);
	return true;
}

static bool
connect_to(struct mc *m, const struct sockaddr *to, socklen_t len)
{
	m->fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (m->fd >= 0 && connect(m->fd, to, len) == 0)
		return true;
	return mc_fail(m, "connect: %s", strerror(errno));
}

static bool
open_inet(struct mc *m, const char *where)
{
	const char *sep = strpbrk(where, "@:");
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct addrinfo *to = NULL;
	char first[128], second[128];
	int rc, mss = 0;
	socklen_t len = sizeof(mss);
	bool good;

	if (sep == NULL || sep - where >= (ptrdiff_t)sizeof(first))
		return mc_fail(m, "no port in %s", where);
	snprintf(first, sizeof(first), "%.*s", (int)(sep - where), where);
	snprintf(second, sizeof(second), "%s", sep + 1);
	rc = *sep == '@' ? getaddrinfo(second, first, &hints, &to)
			 : getaddrinfo(first, second, &hints, &to);
	if (rc != 0)
		return mc_fail(m, "%s: %s", where, gai_strerror(rc));
	good = connect_to(m, to->ai_addr, to->ai_addrlen);
	freeaddrinfo(to);
	if (good && getsockopt(m->fd, IPPROTO_TCP, TCP_MAXSEG, &mss, &len) == 0)
		m->collect = 2 * (size_t)mss; /* vstream_tweak_tcp() */
	return good;
}

bool
mc_open(struct mc *m, const char *where, int timeout_ms)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	*m = (struct mc){
		.fd = -1, .timeout_ms = timeout_ms, .collect = COLLECT};
	ps_buf_init(&m->out, MAX_PACKET);
	ps_buf_init(&m->in, MAX_PACKET);
	if (strncmp(where, "inet:", 5) == 0)
		return open_inet(m, where + 5);
	if (strncmp(where, "unix:", 5) == 0)
		where += 5;
	if (strlen(where) >= sizeof(un.sun_path))
		return mc_fail(m, "path too long: %s", where);
	memcpy(un.sun_path, where, strlen(where) + 1);
	return connect_to(m, (const struct sockaddr *)&un, sizeof(un));
}

void
mc_close(struct mc *m)
{
	if (m->fd >= 0) {
		m->timeout_ms = 1000;
		if (mc_put(m, 'Q', ps_bytes(NULL, 0)))
			mc_flush(m);
		close(m->fd);
	}
	m->fd = -1;
	ps_buf_free(&m->out);
	ps_buf_free(&m->in);
}
