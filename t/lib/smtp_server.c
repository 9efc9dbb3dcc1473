/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The server of smtp_server.h.
 */
#include "smtp_server.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CONN_MAX 64
#define MEMORY	 (64 << 20)

struct conn {
	struct smtp_server *server;
	pthread_t thread;
	FILE *in;
	int fd;
	char *line;
	size_t size;
	struct ps_buf rcpts, data, commands;
	bool in_mail, silent;
};

struct smtp_server {
	struct smtp_setup setup;
	char dir[64], address[128];
	int listener;
	pthread_t thread;
	pthread_mutex_t lock;
	struct conn conn[CONN_MAX];
	size_t n_conn, n_taken;
	struct ps_buf commands, taken;
	bool stopped;
};

static bool
contains(struct ps_bytes b, const char *what)
{
	return what == NULL ||
	       ps_bytes_find(b, ps_bytes_of(what)) != PS_NOT_FOUND;
}

static bool
say(struct conn *c, const char *reply)
{
	size_t n = strlen(reply);

	return c->silent || send(c->fd, reply, n, MSG_NOSIGNAL) == (ssize_t)n;
}

/* The usual reply, unless a fault speaks; false: hang up.  *usual says which it
 * was. */
static bool
answer(struct conn *c, const char *verb, struct ps_bytes about,
	const char *reply, bool *usual)
{
	const struct smtp_setup *s = &c->server->setup;

	*usual = false;
	for (size_t i = 0; i < s->n_fault; i++) {
		const struct smtp_fault *f = &s->fault[i];

		if (strcmp(f->verb, verb) != 0 || !contains(about, f->match))
			continue;
		if (f->act == SMTP_CLOSE)
			return false;
		if (f->act == SMTP_SILENT)
			return c->silent = true;
		return say(c, f->reply) && f->act == SMTP_SAY;
	}
	*usual = true;
	return reply == NULL || say(c, reply);
}

static bool
read_line(struct conn *c, struct ps_bytes *line)
{
	ssize_t n = getline(&c->line, &c->size, c->in);

	if (n <= 0)
		return false;
	*line = ps_bytes(c->line, (size_t)n);
	return true;
}

static void
take(struct conn *c)
{
	struct smtp_server *s = c->server;

	pthread_mutex_lock(&s->lock);
	s->n_taken++;
	ps_buf_puts(&s->taken, "TO");
	ps_buf_put(&s->taken, ps_buf_bytes(&c->rcpts));
	ps_buf_puts(&s->taken, "\nDATA\n");
	ps_buf_put(&s->taken, ps_buf_bytes(&c->data));
	ps_buf_puts(&s->taken, "\n");
	pthread_mutex_unlock(&s->lock);
}

static bool
read_data(struct conn *c)
{
	struct ps_bytes line;
	bool usual, first = true, goes_on;

	c->data.len = 0;
	while (read_line(c, &line)) {
		if (ps_bytes_eq(line, PS_LIT(".\r\n"))) {
			goes_on = answer(
				c, ".", ps_buf_bytes(&c->rcpts), NULL, &usual);
			if (usual) { /* it is ours before it is said */
				take(c);
				goes_on = say(c, "250 2.0.0 Ok: queued\r\n");
			}
			c->in_mail = false;
			c->rcpts.len = 0;
			return goes_on;
		}
		ps_buf_put(&c->data, line);
		if (first && !answer(c, "body", ps_buf_bytes(&c->rcpts), NULL,
				     &usual))
			return false;
		first = false;
	}
	return false;
}

static bool
on_mail(struct conn *c, struct ps_bytes line)
{
	bool usual, more;

	if (c->in_mail)
		return say(c, "503 5.5.1 nested MAIL\r\n");
	more = answer(c, "MAIL", line, "250 2.1.0 Ok\r\n", &usual);
	c->in_mail = usual;
	c->rcpts.len = 0;
	return more;
}

static bool
on_rcpt(struct conn *c, struct ps_bytes line)
{
	size_t end = ps_bytes_chr(line, '>');
	bool usual, more;

	if (!c->in_mail)
		return say(c, "503 5.5.1 need MAIL\r\n");
	more = answer(c, "RCPT", line, "250 2.1.5 Ok\r\n", &usual);
	if (usual && end != PS_NOT_FOUND) {
		ps_buf_putc(&c->rcpts, ' ');
		ps_buf_put(&c->rcpts,
			ps_bytes_from(ps_bytes_head(line, end + 1), 8));
	}
	return more;
}

static bool
on_ehlo(struct conn *c, struct ps_bytes line)
{
	char reply[2048];
	bool usual;

	snprintf(reply, sizeof(reply), "250-test\r\n%s250 HELP\r\n",
		c->server->setup.offer);
	return answer(c, "EHLO", line, reply, &usual);
}

static bool
on_data(struct conn *c, struct ps_bytes line)
{
	bool usual, more;

	if (c->rcpts.len == 0)
		return say(c, "554 5.5.1 no valid recipients\r\n");
	(void)line;
	more = answer(c, "DATA", ps_buf_bytes(&c->rcpts), "354 go\r\n", &usual);
	return more && usual ? read_data(c) : more;
}

static bool
on_other(struct conn *c, struct ps_bytes line)
{
	static const char *const verb[][2] = {{"HELO", "250 test\r\n"},
		{"AUTH", "235 2.7.0 Ok\r\n"}, {"XFORWARD", "250 2.0.0 Ok\r\n"},
		{"RSET", "250 2.0.0 Ok\r\n"}};
	bool usual, more;

	for (size_t i = 0; i < 4; i++) {
		if (!ps_bytes_istarts(line, ps_bytes_of(verb[i][0])))
			continue;
		more = answer(c, verb[i][0], line, verb[i][1], &usual);
		if (i == 3) {
			c->in_mail = false;
			c->rcpts.len = 0;
		}
		return more;
	}
	return say(c, "502 5.5.2 unknown command\r\n");
}

static bool
command(struct conn *c, struct ps_bytes line)
{
	ps_buf_put(&c->commands, ps_bytes_chomp(line));
	ps_buf_putc(&c->commands, '\n');
	if (ps_bytes_istarts(line, PS_LIT("EHLO")))
		return on_ehlo(c, line);
	if (ps_bytes_istarts(line, PS_LIT("MAIL")))
		return on_mail(c, line);
	if (ps_bytes_istarts(line, PS_LIT("RCPT")))
		return on_rcpt(c, line);
	if (ps_bytes_istarts(line, PS_LIT("DATA")))
		return on_data(c, line);
	if (ps_bytes_istarts(line, PS_LIT("QUIT")))
		return false;
	return on_other(c, line);
}

static void *
serve(void *arg)
{
	struct conn *c = arg;
	struct ps_bytes line;
	bool usual;

	if (answer(c, "greeting", PS_LIT(""), "220 test ESMTP\r\n", &usual))
		while (read_line(c, &line))
			if (!command(c, line))
				break;
	shutdown(c->fd, SHUT_RDWR);
	return NULL;
}

static void *
listen_always(void *arg)
{
	struct smtp_server *s = arg;

	while (s->n_conn < CONN_MAX) {
		int fd = accept(s->listener, NULL, NULL);
		struct conn *c = &s->conn[s->n_conn];

		if (fd < 0)
			break;
		c->server = s;
		c->fd = fd;
		c->in = fdopen(fd, "r");
		ps_buf_init(&c->rcpts, MEMORY);
		ps_buf_init(&c->data, MEMORY);
		ps_buf_init(&c->commands, MEMORY);
		assert(c->in != NULL);
		if (pthread_create(&c->thread, NULL, serve, c) != 0)
			abort();
		s->n_conn++;
	}
	return NULL;
}

struct smtp_server *
smtp_server_start(const struct smtp_setup *setup)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct smtp_server *s = calloc(1, sizeof(*s));
	bool good;

	assert(s != NULL);
	s->setup = *setup;
	snprintf(s->dir, sizeof(s->dir), "/tmp/postseal-smtp-XXXXXX");
	if (mkdtemp(s->dir) == NULL)
		abort();
	snprintf(un.sun_path, sizeof(un.sun_path), "%s/s", s->dir);
	snprintf(s->address, sizeof(s->address), "unix:%s/s", s->dir);
	ps_buf_init(&s->commands, MEMORY);
	ps_buf_init(&s->taken, MEMORY);
	pthread_mutex_init(&s->lock, NULL);
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	good = bind(s->listener, (struct sockaddr *)&un, sizeof(un)) == 0 &&
	       listen(s->listener, CONN_MAX) == 0 &&
	       pthread_create(&s->thread, NULL, listen_always, s) == 0;
	if (!good)
		abort();
	return s;
}

const char *
smtp_server_address(const struct smtp_server *s)
{
	return s->address;
}

void
smtp_server_stop(struct smtp_server *s)
{
	if (s->stopped)
		return;
	s->stopped = true;
	shutdown(s->listener, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	for (size_t i = 0; i < s->n_conn; i++) {
		struct conn *c = &s->conn[i];

		pthread_join(c->thread, NULL);
		ps_buf_put(&s->commands, ps_buf_bytes(&c->commands));
		ps_buf_free(&c->commands);
		ps_buf_free(&c->rcpts);
		ps_buf_free(&c->data);
		fclose(c->in);
		free(c->line);
	}
}

struct ps_bytes
smtp_server_commands(struct smtp_server *s)
{
	smtp_server_stop(s);
	return ps_buf_bytes(&s->commands);
}

struct ps_bytes
smtp_server_taken(struct smtp_server *s)
{
	smtp_server_stop(s);
	return ps_buf_bytes(&s->taken);
}

size_t
smtp_server_n_taken(struct smtp_server *s)
{
	smtp_server_stop(s);
	return s->n_taken;
}

void
smtp_server_free(struct smtp_server *s)
{
	smtp_server_stop(s);
	close(s->listener);
	unlink(s->address + strlen("unix:"));
	rmdir(s->dir);
	pthread_mutex_destroy(&s->lock);
	ps_buf_free(&s->commands);
	ps_buf_free(&s->taken);
	free(s);
}
