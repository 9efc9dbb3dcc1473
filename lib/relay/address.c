/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From the configuration's word to socket addresses.
 */
#include "relay/address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/un.h>

static enum ps_status
read_unix(const char *path, struct ps_relay_address *out, const char **why)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	if (path[0] != '/' || strlen(path) >= sizeof(un.sun_path)) {
		*why = "not the absolute path of a socket";
		return PS_EPERM;
	}
	memcpy(un.sun_path, path, strlen(path) + 1);
	memcpy(&out->at[0].addr, &un, sizeof(un));
	out->at[0].len = sizeof(un);
	out->n_at = 1;
	return PS_OK;
}

static void
keep(const struct addrinfo *found, struct ps_relay_address *out)
{
	for (; found != NULL && out->n_at < PS_RELAY_ADDRESSES;
		found = found->ai_next) {
		if (found->ai_addrlen > sizeof(out->at[0].addr))
			continue;
		memcpy(&out->at[out->n_at].addr, found->ai_addr,
			found->ai_addrlen);
		out->at[out->n_at++].len = found->ai_addrlen;
	}
}

static enum ps_status
read_inet(struct ps_arena *a, const char *text, int family,
	struct ps_relay_address *out, const char **why)
{
	const struct addrinfo hints = {.ai_family = family,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV};
	struct ps_bytes all = ps_bytes_of(text), host;
	size_t at = ps_bytes_chr(all, '@');
	struct addrinfo *found = NULL;
	int code;

	if (at == PS_NOT_FOUND || at == 0 || at > 5 || at + 1 == all.len) {
		*why = "neither inet:PORT@HOST nor unix:/path";
		return PS_EPERM;
	}
	host = ps_bytes_from(all, at + 1);
	if (host.len > 2 && host.p[0] == '[' && host.p[host.len - 1] == ']')
		host = ps_bytes_head(ps_bytes_from(host, 1), host.len - 2);
	code = getaddrinfo(ps_arena_cstr(a, host),
		ps_arena_cstr(a, ps_bytes_head(all, at)), &hints, &found);
	if (code != 0) {
		*why = ps_arena_printf(
			a, "%.*s: %s", PS_FMT(host), gai_strerror(code));
		return code == EAI_AGAIN ? PS_ETEMP : PS_EPERM;
	}
	keep(found, out);
	freeaddrinfo(found);
	return PS_OK;
}

enum ps_status
ps_relay_address_read(struct ps_arena *a, const char *text,
	struct ps_relay_address *out, const char **why)
{
	*out = (struct ps_relay_address){0};
	if (strncmp(text, "unix:", 5) == 0)
		return read_unix(text + 5, out, why);
	if (strncmp(text, "inet:", 5) == 0)
		return read_inet(a, text + 5, AF_INET, out, why);
	if (strncmp(text, "inet6:", 6) == 0)
		return read_inet(a, text + 6, AF_INET6, out, why);
	*why = "neither inet:PORT@HOST nor unix:/path";
	return PS_EPERM;
}

/* The address alone, an IPv4-mapped one as IPv4. */
static struct ps_bytes
octets_of(const struct sockaddr_storage *s)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)s;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)s;

	if (s->ss_family == AF_INET)
		return ps_bytes((const char *)&v4->sin_addr, 4);
	if (s->ss_family != AF_INET6)
		return ps_bytes(NULL, 0);
	if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		return ps_bytes((const char *)&v6->sin6_addr + 12, 4);
	return ps_bytes((const char *)&v6->sin6_addr, 16);
}

bool
ps_relay_address_has(
	const struct ps_relay_address *r, const struct sockaddr_storage *client)
{
	struct ps_bytes who = octets_of(client);

	for (size_t i = 0; i < r->n_at && who.len > 0; i++)
		if (ps_bytes_eq(who, octets_of(&r->at[i].addr)))
			return true;
	return false;
}
