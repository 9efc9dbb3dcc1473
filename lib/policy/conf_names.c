/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Typed values: names, paths, domains, addresses, networks, sockets, each
 * brought to its one normal form.
 */
#include <arpa/inet.h>
#include <sys/un.h>

#include "mail/idna.h"
#include "policy/conf.h"

#define DOMAIN_MAX   253 /* RFC 1035 2.3.4, without the final dot */
#define NAME_MAX_LEN 64

static bool
all_of(const char *text, const char *also, size_t max)
{
	size_t n = 0;

	for (; text[n] != '\0'; n++)
		if (!ps_is_alpha(text[n]) && !ps_is_digit(text[n]) &&
			strchr(also, text[n]) == NULL)
			return false;
	return n > 0 && n <= max;
}

/* Of a rule, a user, a group, a daemon: it appears in logs and replies. */
const char *
ps_type_name(struct ps_arena *a, const char *text, const char **out)
{
	if (!all_of(text, "._-", NAME_MAX_LEN))
		return ps_arena_printf(a,
			"needs a name of letters, digits, '.', '_' and '-', "
			"at most %d, not '%s'",
			NAME_MAX_LEN, ps_type_show(a, text));
	*out = ps_arena_strdup(a, text);
	return NULL;
}

const char *
ps_type_path(struct ps_arena *a, const char *text, const char **out)
{
	if (text[0] != '/')
		return ps_arena_printf(a,
			"needs a path that begins with '/', not '%s'",
			ps_type_show(a, text));
	*out = ps_arena_strdup(a, text);
	return NULL;
}

/* Like Postfix: each of the characters delimits. */
const char *
ps_type_delimiter(struct ps_arena *a, const char *text, const char **out)
{
	for (const char *p = text; *p != '\0'; p++)
		if (*p <= 0x20 || *p > 0x7e || strchr("@\"<>\\", *p) != NULL ||
			ps_is_alpha(*p) || ps_is_digit(*p))
			return ps_arena_printf(a,
				"needs marks such as \"+\" or \"+-\", or \"\" "
				"for none, not '%s'",
				ps_type_show(a, text));
	*out = ps_arena_strdup(a, text);
	return NULL;
}

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static char *
lower_case(struct ps_arena *a, const char *text)
{
	char *s = ps_arena_strdup(a, text);

	for (char *p = s; *p != '\0'; p++)
		*p = (char)ps_lower(*p);
	return s;
}

/* As addresses have it: A-labels, lower case, without the final dot.  NULL
 * when it is no domain in any script. */
static const char *
folded(struct ps_arena *a, const char *text)
{
	char *d = ps_arena_alloc(a, PS_IDNA_MAX + 1);
	size_t n = strlen(text);

	if (n > PS_IDNA_MAX)
		return NULL;
	memcpy(d, text, n + 1);
	if (!is_ascii(text) && !ps_idna_fold(d, &n))
		return NULL;
	if (n > 0 && d[n - 1] == '.')
		n--;
	for (size_t i = 0; i < n; i++)
		d[i] = (char)ps_lower(d[i]);
	d[n] = '\0';
	return d;
}

static bool
has_empty_label(const char *d)
{
	size_t n = strlen(d);

	return n == 0 || d[0] == '.' || d[n - 1] == '.' ||
	       strstr(d, "..") != NULL;
}

const char *
ps_type_domain(struct ps_arena *a, const char *text, const char **out)
{
	const char *d = folded(a, text);

	if (d == NULL || !all_of(d, "._-", DOMAIN_MAX) || has_empty_label(d))
		return ps_arena_printf(a,
			"needs a domain such as \"example.org\", not '%s'",
			ps_type_show(a, text));
	*out = d;
	return NULL;
}

/* Addresses are matched without their quotes, so a pattern has none. */
static bool
is_pattern(const char *text)
{
	const char *at = strrchr(text, '@');
	size_t n = strlen(text);

	for (const char *p = text; *p != '\0'; p++)
		if (*p <= 0x20 || *p > 0x7e || *p == '"')
			return false;
	if (at == text || n == 0 || n > 320 || text[n - 1] == '.')
		return false;
	return all_of(at == NULL ? text : at + 1, "._-*", DOMAIN_MAX);
}

/* The domain as addresses have it, or nothing would match; with a star in it
 * it cannot be folded, and is_pattern() refuses what is not ASCII. */
const char *
ps_type_pattern(struct ps_arena *a, const char *text, const char **out)
{
	const char *at = strrchr(text, '@');
	const char *domain = at == NULL ? text : at + 1, *whole = text;

	if (strcmp(text, "<>") != 0 && strchr(domain, '*') == NULL) {
		domain = folded(a, domain);
		if (domain != NULL)
			whole = ps_arena_printf(a, "%.*s%s",
				at == NULL ? 0 : (int)(at + 1 - text), text,
				domain);
	}
	if (strcmp(text, "<>") != 0 && !is_pattern(whole))
		return ps_arena_printf(a,
			"needs an address pattern such as \"hr-*@example.org\" "
			"or \"example.org\", not '%s'",
			ps_type_show(a, text));
	*out = ps_arena_strdup(a, whole);
	return NULL;
}

/* What looks like a fingerprint is one: no domain is that long by chance, and
 * a short key id must not pass for a domain. */
const char *
ps_type_signed_by(struct ps_arena *a, const char *text, const char **out)
{
	if (*text != '\0' &&
		text[strspn(text, "0123456789abcdefABCDEF ")] == '\0')
		return ps_type_fingerprint(a, text, out);
	return ps_type_pattern(a, text, out);
}

const char *
ps_type_host(struct ps_arena *a, const char *text, const char **out)
{
	const char *name = text;

	if (strchr(text, '*') == NULL)
		name = folded(a, text);
	if (name == NULL || !all_of(name, "._-*", DOMAIN_MAX) ||
		has_empty_label(name))
		return ps_arena_printf(a,
			"needs a domain such as \"example.org\" or "
			"\"*.example.org\", not '%s'",
			ps_type_show(a, text));
	*out = lower_case(a, name);
	return NULL;
}

const char *
ps_type_address(struct ps_arena *a, const char *text, struct ps_addr *out)
{
	const char *why = NULL;
	struct ps_addr addr;

	if (ps_addr_path(a, ps_bytes_of(ps_arena_strdup(a, text)), &addr,
		    &why) != PS_OK ||
		addr.local.len == 0 || addr.domain.len == 0)
		return ps_arena_printf(a,
			"needs an address such as \"anna@example.org\", not "
			"'%s'",
			ps_type_show(a, text));
	*out = addr;
	return NULL;
}

static bool
host_bits_are_zero(const struct ps_network *n, int total)
{
	for (int bit = n->bits; bit < total; bit++)
		if (n->addr[bit / 8] & (0x80 >> (bit % 8)))
			return false;
	return true;
}

/* Decimal after the slash; absent: the whole address. */
static bool
prefix_length(const char *slash, int total, int *out)
{
	size_t bits = (size_t)total;
	struct ps_bytes digits;

	if (slash != NULL) {
		digits = ps_bytes_of(slash + 1);
		if (digits.len == 0 || digits.len > 3)
			return false;
		bits = 0;
		for (size_t i = 0; i < digits.len; i++) {
			if (!ps_is_digit(digits.p[i]))
				return false;
			bits = 10 * bits + (size_t)(digits.p[i] - '0');
		}
	}
	*out = (int)bits;
	return bits <= (size_t)total;
}

const char *
ps_type_network(struct ps_arena *a, const char *text, struct ps_network *out)
{
	struct ps_network n = {.family = AF_INET};
	const char *slash = strchr(text, '/');
	size_t len = slash == NULL ? strlen(text) : (size_t)(slash - text);
	const char *host = ps_arena_cstr(a, ps_bytes(text, len));
	int total = 32;

	if (strchr(host, ':') != NULL) {
		n.family = AF_INET6;
		total = 128;
	}
	if (inet_pton(n.family, host, n.addr) != 1 ||
		!prefix_length(slash, total, &n.bits))
		return ps_arena_printf(a,
			"needs a network such as 10.20.0.0/16 or ::1/128, not "
			"'%s'",
			ps_type_show(a, text));
	if (!host_bits_are_zero(&n, total))
		return ps_arena_printf(a, "has bits set behind its /%d: '%s'",
			n.bits, ps_type_show(a, text));
	*out = n;
	return NULL;
}

/* "unix:" and "local:" are the two spellings of libmilter. */
static const char *
unix_path(const char *text)
{
	if (strncmp(text, "unix:", 5) == 0)
		return text + 5;
	if (strncmp(text, "local:", 6) == 0)
		return text + 6;
	return text;
}

static bool
is_socket_path(const char *path)
{
	return path[0] == '/' &&
	       strlen(path) < sizeof(((struct sockaddr_un *)0)->sun_path);
}

const char *
ps_type_unix_socket(struct ps_arena *a, const char *text, const char **out)
{
	const char *path = unix_path(text);

	if (!is_socket_path(path))
		return ps_arena_printf(a,
			"needs a socket such as \"unix:/run/postseal/control\""
			", with a full path of at most %zu octets, not '%s'",
			sizeof(((struct sockaddr_un *)0)->sun_path) - 1,
			ps_type_show(a, text));
	*out = ps_arena_strdup(a, path);
	return NULL;
}

static bool
is_port(struct ps_bytes b)
{
	unsigned long n = 0;

	if (b.len == 0 || b.len > 5)
		return false;
	for (size_t i = 0; i < b.len; i++) {
		if (!ps_is_digit(b.p[i]))
			return false;
		n = 10 * n + (unsigned long)(b.p[i] - '0');
	}
	return n > 0 && n <= 65535;
}

/* "[::1]" or "::1" to "::1"; false when it is no host of this family. */
static bool
is_host(struct ps_arena *a, struct ps_bytes b, int family, const char **out)
{
	unsigned char addr[16];

	if (b.len > 2 && b.p[0] == '[' && b.p[b.len - 1] == ']')
		b = ps_bytes(b.p + 1, b.len - 2);
	*out = ps_arena_cstr(a, b);
	if (family == AF_INET6)
		return inet_pton(AF_INET6, *out, addr) == 1;
	return all_of(*out, ".-", DOMAIN_MAX);
}

/* "port@host" (libmilter, Sendmail) and "host:port" (Postfix). */
static const char *
inet_socket(struct ps_arena *a, struct ps_bytes b, int family)
{
	size_t at = ps_bytes_chr(b, '@');
	struct ps_bytes host, port;
	const char *name;

	if (at != PS_NOT_FOUND) {
		port = ps_bytes_head(b, at);
		host = ps_bytes_from(b, at + 1);
	} else {
		for (at = b.len; at > 0 && b.p[at - 1] != ':'; at--)
			;
		port = ps_bytes_from(b, at);
		host = ps_bytes_head(b, at == 0 ? 0 : at - 1);
	}
	if (!is_port(port) || !is_host(a, host, family, &name))
		return NULL;
	/* libmilter takes an IPv6 address only in brackets */
	return ps_arena_printf(a,
		family == AF_INET6 ? "inet6:%.*s@[%s]" : "inet:%.*s@%s",
		PS_FMT(port), name);
}

const char *
ps_type_resolver(struct ps_arena *a, const char *text, const char **out)
{
	struct ps_bytes all = ps_bytes_of(text);
	size_t at = ps_bytes_chr(all, '@');
	const char *host = ps_arena_cstr(a, ps_bytes_head(all, at));
	unsigned char addr[16];

	if ((inet_pton(AF_INET, host, addr) != 1 &&
		    inet_pton(AF_INET6, host, addr) != 1) ||
		(at != PS_NOT_FOUND && !is_port(ps_bytes_from(all, at + 1))))
		return ps_arena_printf(a,
			"needs the address of a name server such as "
			"\"192.0.2.53\" or \"127.0.0.1@5353\", not '%s'",
			ps_type_show(a, text));
	*out = ps_arena_strdup(a, text);
	return NULL;
}

const char *
ps_type_milter_socket(struct ps_arena *a, const char *text, const char **out)
{
	const char *normal = NULL;

	if (strncmp(text, "inet:", 5) == 0)
		normal = inet_socket(a, ps_bytes_of(text + 5), AF_INET);
	else if (strncmp(text, "inet6:", 6) == 0)
		normal = inet_socket(a, ps_bytes_of(text + 6), AF_INET6);
	else if (unix_path(text) != text && is_socket_path(unix_path(text)))
		normal = ps_arena_printf(a, "unix:%s", unix_path(text));
	if (normal == NULL)
		return ps_arena_printf(a,
			"needs a socket such as \"inet:PORT@127.0.0.1\", "
			"\"inet6:PORT@[::1]\" or \"unix:/path\", not '%s'",
			ps_type_show(a, text));
	*out = normal;
	return NULL;
}
