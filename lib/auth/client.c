/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Macros of two MTAs, one meaning.  Postfix (3.7) tells subject and issuer, by
 * their common names, only of a certificate that it trusts, and no {verify}.
 * Sendmail (8.17) tells them of any certificate, as distinguished names in
 * xtext (RFC 3461 section 4), and the verdict in {verify}.
 */
#include "auth/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static bool
is_postfix(const struct ps_session *s)
{
	return ps_bytes_istarts(s->mta, PS_LIT("Postfix"));
}

static int
digit(int c)
{
	return ps_is_digit(c)	      ? c - '0'
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* "+HH" is an octet. */
static struct ps_bytes
decode(struct ps_arena *a, struct ps_bytes b)
{
	char *p = ps_arena_alloc(a, b.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < b.len; i++) {
		int high = i + 2 < b.len ? digit(b.p[i + 1]) : -1;
		int low = i + 2 < b.len ? digit(b.p[i + 2]) : -1;

		p[n++] = b.p[i];
		if (b.p[i] == '+' && high >= 0 && low >= 0) {
			p[n - 1] = (char)(high * 16 + low);
			i += 2;
		}
	}
	return ps_bytes(p, n);
}

static int
minor(struct ps_bytes version)
{
	static const struct ps_bytes one = {"TLSv1.", 6};

	if (version.len == 0)
		return -1;
	if (!ps_bytes_istarts(version, one) || version.len != one.len + 1 ||
		!ps_is_digit(version.p[one.len]))
		return 0;
	return version.p[one.len] - '0';
}

/* {verify} of Sendmail: op.me, section 5.1.1. */
static enum ps_client_cert
verdict(const struct ps_session *s)
{
	static const char *const without[] = {"NO", "NOT", "NONE", "CLEAR"};
	bool shown = s->cert_subject.len > 0 || s->cert_issuer.len > 0;

	if (s->cert_verify.len == 0) {
		if (!shown)
			return PS_CLIENT_CERT_NONE;
		return is_postfix(s) ? PS_CLIENT_CERT_VERIFIED
				     : PS_CLIENT_CERT_UNKNOWN;
	}
	if (ps_bytes_eq(s->cert_verify, PS_LIT("OK")))
		return PS_CLIENT_CERT_VERIFIED;
	for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++)
		if (ps_bytes_eq(s->cert_verify, ps_bytes_of(without[i])))
			return PS_CLIENT_CERT_NONE;
	return shown || ps_bytes_eq(s->cert_verify, PS_LIT("FAIL"))
		       ? PS_CLIENT_CERT_UNVERIFIED
		       : PS_CLIENT_CERT_NONE;
}

static void
set_cert(struct ps_arena *a, const struct ps_session *s, struct ps_client *out)
{
	out->cert = verdict(s);
	if (out->cert == PS_CLIENT_CERT_NONE)
		return;
	if (is_postfix(s)) {
		out->cert_subject = s->cert_subject;
		out->cert_issuer = s->cert_issuer;
		return;
	}
	/* A name is not cut out of the distinguished one: "/" is not escaped
	 * there, and an organisation may be called "x/CN=somebody". */
	out->cert_subject =
		decode(a, s->cert_cn.len > 0 ? s->cert_cn : s->cert_subject);
	out->cert_issuer = decode(a, s->cert_issuer);
}

size_t
ps_client_address(const struct sockaddr_storage *client, unsigned char out[16])
{
	const void *at = client;
	const struct sockaddr_in *four = at;
	const struct sockaddr_in6 *six = at;

	if (client->ss_family == AF_INET) {
		memcpy(out, &four->sin_addr, 4);
		return 4;
	}
	if (client->ss_family != AF_INET6)
		return 0;
	if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
		memcpy(out, &six->sin6_addr.s6_addr[12], 4);
		return 4;
	}
	memcpy(out, &six->sin6_addr, 16);
	return 16;
}

struct ps_bytes
ps_client_ip(struct ps_arena *a, const struct sockaddr_storage *client)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char addr[16];
	size_t len = ps_client_address(client, addr);

	if (len == 0 || inet_ntop(len == 4 ? AF_INET : AF_INET6, addr, text,
				sizeof(text)) == NULL)
		return (struct ps_bytes){NULL, 0};
	return ps_bytes_of(ps_arena_strdup(a, text));
}

void
ps_client_of(struct ps_arena *a, const struct ps_txn *t, struct ps_client *out)
{
	const struct ps_session *s = t->session;

	*out = (struct ps_client){.tls_minor = minor(s->tls_version)};
	if (t->login.len > 0) {
		out->auth = PS_AUTH_PASS;
		out->login = t->login;
		out->mechanism = t->login_method;
	}
	if (s->tls_version.len == 0)
		return; /* what else is there is of an earlier connection */
	out->tls = PS_AUTH_PASS;
	out->tls_version = s->tls_version;
	out->cipher = s->cipher;
	out->cipher_bits = s->cipher_bits;
	set_cert(a, s, out);
}
