/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The socket.  A relay that is always ready for one octet more must not keep a
 * message for ever: the deadline and the MTA's patience are looked at before
 * every system call, not only where one blocks.
 */
#include "relay/smtp_conn.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "mail/wire.h"

#define OUT_SIZE 65536

static enum ps_status
fail(struct ps_smtp_conn *c, enum ps_status s)
{
	c->broken = true;
	return s;
}

static enum ps_status
await(struct ps_smtp_conn *c, short events, const char **why)
{
	int64_t now = ps_mono_ms(c->wait.clock);
	enum ps_status s;

	if (now >= c->wait.deadline_ms) {
		*why = "the relay took too long";
		return fail(c, PS_ELATE);
	}
	if (now - c->told_ms >= PS_PROGRESS_MS) {
		c->told_ms = now;
		if (c->wait.progress != NULL)
			c->wait.progress(c->wait.self);
	}
	s = ps_wait_fd(&c->wait, c->fd, events, why);
	if (s == PS_ELATE)
		*why = "the relay took too long";
	return s == PS_OK ? s : fail(c, s);
}

void
ps_smtp_conn_use(struct ps_arena *a, int fd, const struct ps_wait *wait,
	struct ps_smtp_conn *c)
{
	*c = (struct ps_smtp_conn){
		.fd = fd,
		.wait = *wait,
		.told_ms = ps_mono_ms(wait->clock),
		.in = ps_arena_alloc(a, PS_SMTP_REPLY_MAX),
	};
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* connect(2) is under way: how did it end? */
static int
connected(struct ps_smtp_conn *c, enum ps_status *s, const char **why)
{
	socklen_t len = sizeof(int);
	int error = 0;

	*s = await(c, POLLOUT, why);
	if (*s != PS_OK)
		return 0;
	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		return errno;
	return error;
}

static enum ps_status
try_address(struct ps_arena *a, const struct ps_relay_address *to, size_t i,
	const struct ps_wait *wait, struct ps_smtp_conn *c, const char **why)
{
	const struct sockaddr *addr = (const struct sockaddr *)&to->at[i].addr;
	int fd = socket(
		addr->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	enum ps_status s = PS_OK;
	int error = 0, on = 1;

	if (fd < 0) {
		*why = "no socket for the relay";
		return PS_ETEMP;
	}
	ps_smtp_conn_use(a, fd, wait, c);
	if (addr->sa_family != AF_UNIX)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, addr, to->at[i].len) != 0)
		error = errno;
	if (error == EINPROGRESS || error == EINTR)
		error = connected(c, &s, why);
	if (s == PS_OK && error != 0) {
		*why = ps_arena_printf(a, "cannot connect to the relay: %s",
			strerrordesc_np(error));
		s = PS_ETEMP;
	}
	if (s != PS_OK) {
		close(fd);
		c->fd = -1;
		c->broken = true;
	}
	return s;
}

enum ps_status
ps_smtp_conn_open(struct ps_arena *a, const struct ps_relay_address *to,
	const struct ps_wait *wait, struct ps_smtp_conn *c, const char **why)
{
	enum ps_status s = PS_ETEMP;

	*why = "the relay has no address";
	PS_FAILPOINT("relay-before-connect");
	for (size_t i = 0; i < to->n_at; i++) {
		s = try_address(a, to, i, wait, c, why);
		if (s != PS_ETEMP)
			break;
	}
	PS_FAILPOINT("relay-after-connect");
	return s;
}

void
ps_smtp_conn_close(struct ps_smtp_conn *c)
{
	if (c->fd < 0)
		return;
	if (!c->broken)
		send(c->fd, "QUIT\r\n", 6, MSG_NOSIGNAL | MSG_DONTWAIT);
	close(c->fd);
	c->fd = -1;
	c->broken = true;
}

enum ps_status
ps_smtp_conn_write(
	struct ps_smtp_conn *c, struct ps_bytes octets, const char **why)
{
	enum ps_status s;
	ssize_t n;

	if (c->broken) {
		*why = "the relay's connection was lost";
		return PS_ETEMP;
	}
	while (octets.len > 0) {
		s = await(c, POLLOUT, why);
		if (s != PS_OK)
			return s;
		n = send(c->fd, octets.p, octets.len, MSG_NOSIGNAL);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n < 0) {
			*why = "the relay closed the connection";
			return fail(c, PS_ETEMP);
		}
		octets = ps_bytes_from(octets, (size_t)n);
	}
	return PS_OK;
}

static enum ps_status
flush(struct ps_smtp_conn *c, struct ps_buf *out, const char **why)
{
	enum ps_status s = ps_smtp_conn_write(c, ps_buf_bytes(out), why);

	out->len = 0;
	PS_FAILPOINT("relay-in-message");
	return s;
}

/* Small pieces are gathered; large ones go out from where they lie. */
static enum ps_status
put_piece(struct ps_smtp_conn *c, struct ps_buf *out, struct ps_bytes piece,
	const char **why)
{
	enum ps_status s = PS_OK;

	if (piece.len > OUT_SIZE - out->len)
		s = flush(c, out, why);
	if (s == PS_OK && piece.len > OUT_SIZE)
		return ps_smtp_conn_write(c, piece, why);
	ps_buf_put(out, piece);
	return s;
}

enum ps_status
ps_smtp_conn_put_message(
	struct ps_smtp_conn *c, const struct ps_message *m, const char **why)
{
	enum ps_status s = PS_OK;
	struct ps_bytes piece;
	struct ps_wire w;
	struct ps_buf out;

	ps_buf_init(&out, OUT_SIZE);
	ps_wire_begin(&w, m, true);
	while (s == PS_OK && ps_wire_next(&w, &piece))
		s = put_piece(c, &out, piece, why);
	if (s == PS_OK)
		s = flush(c, &out, why);
	if ((!ps_wire_end(&w) || out.full) && s == PS_OK) {
		*why = "out of memory";
		s = fail(c, PS_ETEMP);
	}
	ps_buf_free(&out);
	return s;
}

static enum ps_status
receive(struct ps_smtp_conn *c, const char **why)
{
	ssize_t n = recv(c->fd, c->in + c->n_in, PS_SMTP_REPLY_MAX - c->n_in,
		MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return PS_OK;
	if (n <= 0) {
		*why = "the relay closed the connection";
		return fail(c, PS_ETEMP);
	}
	c->n_in += (size_t)n;
	return PS_OK;
}

enum ps_status
ps_smtp_conn_read(
	struct ps_smtp_conn *c, struct ps_smtp_reply *out, const char **why)
{
	enum ps_smtp_parse parsed;
	enum ps_status s;

	if (c->fd < 0) {
		*why = "the relay's connection was lost";
		return PS_ETEMP;
	}
	memmove(c->in, c->in + c->n_taken, c->n_in - c->n_taken);
	c->n_in -= c->n_taken;
	c->n_taken = 0;
	for (;;) {
		parsed = ps_smtp_reply_parse(ps_bytes(c->in, c->n_in), out);
		if (parsed == PS_SMTP_WHOLE) {
			c->n_taken = out->raw.len;
			return PS_OK;
		}
		if (parsed == PS_SMTP_BAD) {
			*why = "the relay's answer is no SMTP reply";
			return fail(c, PS_ETEMP);
		}
		s = await(c, POLLIN, why);
		if (s == PS_OK)
			s = receive(c, why);
		if (s != PS_OK)
			return s;
	}
}

bool
ps_smtp_conn_has_more(struct ps_smtp_conn *c)
{
	struct pollfd p = {.fd = c->fd, .events = POLLIN};

	return c->n_in > c->n_taken || poll(&p, 1, 0) > 0;
}
