/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reading and writing socket names.
 */
#include "socket_name.h"

#include <stdlib.h>
#include <strings.h>

#define PORT_MAX 65535

static bool
read_port(struct ps_bytes b, unsigned *port)
{
	unsigned long n = 0;

	if (b.len == 0 || b.len > 5)
		return false;
	for (size_t i = 0; i < b.len; i++) {
		if (!ps_is_digit(b.p[i]))
			return false;
		n = n * 10 + (unsigned long)(b.p[i] - '0');
	}
	*port = (unsigned)n;
	return n > 0 && n <= PORT_MAX;
}

/* "127.0.0.1", "[::1]", "[ipv6:::1]"; NULL for all addresses. */
static const char *
read_host(struct ps_arena *a, struct ps_bytes b)
{
	if (b.len >= 2 && b.p[0] == '[' && b.p[b.len - 1] == ']')
		b = ps_bytes_head(ps_bytes_from(b, 1), b.len - 2);
	if (ps_bytes_istarts(b, PS_LIT("ipv6:")))
		b = ps_bytes_from(b, 5);
	if (b.len == 0 || ps_bytes_eq(b, PS_LIT("*")) ||
		ps_bytes_eq(b, PS_LIT("0.0.0.0")) ||
		ps_bytes_eq(b, PS_LIT("::")))
		return NULL;
	return ps_arena_cstr(a, b);
}

static size_t
last_colon(struct ps_bytes b)
{
	for (size_t i = b.len; i > 0; i--)
		if (b.p[i - 1] == ':')
			return i - 1;
	return PS_NOT_FOUND;
}

/* port@host is libmilter's spelling, host:port Postfix's. */
static bool
parse_inet(struct ps_arena *a, struct ps_bytes rest, struct ps_socket_name *out,
	const char **why)
{
	size_t at = ps_bytes_chr(rest, '@'), colon = last_colon(rest);
	struct ps_bytes port = rest, host = {0};

	if (at != PS_NOT_FOUND) {
		port = ps_bytes_head(rest, at);
		host = ps_bytes_from(rest, at + 1);
	} else if (colon != PS_NOT_FOUND) {
		port = ps_bytes_from(rest, colon + 1);
		host = ps_bytes_head(rest, colon);
	}
	if (!read_port(port, &out->port)) {
		*why = "no port number between 1 and 65535";
		return false;
	}
	out->inet = true;
	out->host = read_host(a, host);
	return true;
}

bool
ps_socket_name_parse(struct ps_arena *a, const char *spelling, const char *base,
	struct ps_socket_name *out, const char **why)
{
	static const char *const inet[] = {"inet:", "inet6:"};
	static const char *const local[] = {"unix:", "local:"};
	const char *path = NULL;

	*out = (struct ps_socket_name){0};
	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(inet[i]), m = strlen(local[i]);

		if (strncasecmp(spelling, inet[i], n) == 0)
			return parse_inet(
				a, ps_bytes_of(spelling + n), out, why);
		if (strncasecmp(spelling, local[i], m) == 0)
			path = spelling + m;
	}
	if (spelling[0] == '/')
		path = spelling;
	if (path == NULL || *path == '\0') {
		*why = "neither inet: nor unix:";
		return false;
	}
	out->path = *path == '/' || base == NULL
			    ? ps_arena_strdup(a, path)
			    : ps_arena_printf(a, "%s/%s", base, path);
	return true;
}

static bool
is_loopback(const char *host)
{
	return strcasecmp(host, "localhost") == 0 ||
	       strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

static bool
same_host(const char *x, const char *y)
{
	if (x == NULL || y == NULL) /* a listener on every address */
		return true;
	return strcasecmp(x, y) == 0 || (is_loopback(x) && is_loopback(y));
}

/* Doubled slashes name the same file. */
static bool
same_path(const char *x, const char *y)
{
	while (*x != '\0' && *x == *y) {
		x++, y++;
		while (x[-1] == '/' && *x == '/')
			x++;
		while (y[-1] == '/' && *y == '/')
			y++;
	}
	return *x == *y;
}

bool
ps_socket_name_meets(
	const struct ps_socket_name *x, const struct ps_socket_name *y)
{
	if (x->inet != y->inet)
		return false;
	if (x->inet)
		return x->port == y->port && same_host(x->host, y->host);
	return same_path(x->path, y->path);
}

bool
ps_socket_name_under(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		n--;
	return strncmp(path, dir, n) == 0 && path[n] == '/';
}

const char *
ps_socket_name_postfix(struct ps_arena *a, const struct ps_socket_name *s,
	const char *queue_dir)
{
	const char *path = s->path;

	if (s->inet && s->host == NULL)
		return ps_arena_printf(a, "inet:127.0.0.1:%u", s->port);
	if (s->inet && strchr(s->host, ':') != NULL)
		return ps_arena_printf(a, "inet:[%s]:%u", s->host, s->port);
	if (s->inet)
		return ps_arena_printf(a, "inet:%s:%u", s->host, s->port);
	if (queue_dir != NULL && ps_socket_name_under(path, queue_dir)) {
		path += strlen(queue_dir);
		while (*path == '/')
			path++;
	}
	return ps_arena_printf(a, "unix:%s", path);
}

const char *
ps_socket_name_sendmail(struct ps_arena *a, const struct ps_socket_name *s)
{
	if (!s->inet)
		return ps_arena_printf(a, "local:%s", s->path);
	if (s->host == NULL)
		return ps_arena_printf(a, "inet:%u@127.0.0.1", s->port);
	return ps_arena_printf(a, "inet%s:%u@%s",
		strchr(s->host, ':') != NULL ? "6" : "", s->port, s->host);
}
