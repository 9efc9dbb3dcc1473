/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * getopt_long(3), and what single options mean.
 */
#include "verify_options.h"

#include <getopt.h>
#include <stdio.h>

#include "dns/dns_name.h"
#include "mail/tagval.h"

static const char usage[] =
	"usage: postseal verify [-c FILE] --client-ip IP --helo NAME "
	"--mail-from ADDR\n"
	"                [--rcpt ADDR]... [--client-name NAME] [--auth LOGIN]\n"
	"                [--macro NAME=VALUE]... [--zone FILE | --resolver "
	"IP@PORT]\n"
	"                [--authserv-id ID] [--now EPOCH]\n"
	"                [--assume spf=RESULT/DOMAIN] "
	"[--assume dkim=RESULT/DOMAIN]...\n"
	"                [--explain] [--json] [MESSAGE|-]\n";

enum letter {
	OPT_CONFIG = 'c',
	OPT_CLIENT_IP = 256,
	OPT_CLIENT_NAME,
	OPT_HELO,
	OPT_MAIL_FROM,
	OPT_RCPT,
	OPT_AUTH,
	OPT_MACRO,
	OPT_ZONE,
	OPT_RESOLVER,
	OPT_AUTHSERV_ID,
	OPT_NOW,
	OPT_ASSUME,
	OPT_EXPLAIN,
	OPT_JSON
};

static const struct option options[] = {
	{"config", required_argument, NULL, OPT_CONFIG},
	{"client-ip", required_argument, NULL, OPT_CLIENT_IP},
	{"client-name", required_argument, NULL, OPT_CLIENT_NAME},
	{"helo", required_argument, NULL, OPT_HELO},
	{"mail-from", required_argument, NULL, OPT_MAIL_FROM},
	{"rcpt", required_argument, NULL, OPT_RCPT},
	{"auth", required_argument, NULL, OPT_AUTH},
	{"macro", required_argument, NULL, OPT_MACRO},
	{"zone", required_argument, NULL, OPT_ZONE},
	{"resolver", required_argument, NULL, OPT_RESOLVER},
	{"authserv-id", required_argument, NULL, OPT_AUTHSERV_ID},
	{"now", required_argument, NULL, OPT_NOW},
	{"assume", required_argument, NULL, OPT_ASSUME},
	{"explain", no_argument, NULL, OPT_EXPLAIN},
	{"json", no_argument, NULL, OPT_JSON},
	{NULL, 0, NULL, 0},
};

static bool
bad(const char *what, const char *value)
{
	fprintf(stderr, "postseal: %s, not '%s'\n", what, value);
	return false;
}

static bool
take_macro(struct ps_arena *a, const char *value, struct ps_verify_options *out)
{
	struct ps_bytes all = ps_bytes_of(value);
	size_t equal = ps_bytes_chr(all, '=');
	struct ps_verify_macro *m;

	if (equal == PS_NOT_FOUND)
		return bad("--macro takes NAME=VALUE", value);
	PS_GROW(a, out->macro, out->n_macro);
	m = &out->macro[out->n_macro++];
	m->name = ps_bytes_head(all, equal);
	m->value = ps_bytes_from(all, equal + 1);
	if (m->name.len > 2 && m->name.p[0] == '{')
		m->name = ps_bytes(m->name.p + 1, m->name.len - 2);
	return true;
}

static bool
result_of(struct ps_bytes word, enum ps_auth_result *out)
{
	for (int r = PS_AUTH_NONE; r <= PS_AUTH_PERMERROR; r++) {
		*out = (enum ps_auth_result)r;
		if (ps_bytes_ieq(word, ps_bytes_of(ps_auth_result_name(*out))))
			return true;
	}
	return false;
}

static bool
take_assumed(
	struct ps_arena *a, const char *value, struct ps_verify_options *out)
{
	static const char wants[] =
		"--assume takes spf=RESULT/DOMAIN or dkim=RESULT/DOMAIN";
	struct ps_bytes rest = ps_bytes_of(value);
	struct ps_assumed one = {.method = PS_METHOD_SPF};
	size_t slash;
	const char *why;

	if (ps_bytes_starts(rest, PS_LIT("dkim=")))
		one.method = PS_METHOD_DKIM;
	else if (!ps_bytes_starts(rest, PS_LIT("spf=")))
		return bad(wants, value);
	rest = ps_bytes_from(rest, ps_bytes_chr(rest, '=') + 1);
	slash = ps_bytes_chr(rest, '/');
	if (slash == PS_NOT_FOUND ||
		!result_of(ps_bytes_head(rest, slash), &one.result) ||
		!ps_dns_name_border(
			a, ps_bytes_from(rest, slash + 1), &one.domain, &why))
		return bad(wants, value);
	PS_GROW(a, out->assumed, out->n_assumed);
	out->assumed[out->n_assumed++] = one;
	return true;
}

static bool
take_text(int letter, const char *value, struct ps_verify_options *out)
{
	switch (letter) {
	case OPT_CONFIG:
		out->config = value;
		return true;
	case OPT_CLIENT_IP:
		out->client_ip = value;
		return true;
	case OPT_CLIENT_NAME:
		out->client_name = value;
		return true;
	case OPT_HELO:
		out->helo = value;
		return true;
	case OPT_MAIL_FROM:
		out->mail_from = value;
		return true;
	case OPT_AUTH:
		out->login = value;
		return true;
	case OPT_ZONE:
		out->zone = value;
		return true;
	case OPT_AUTHSERV_ID:
		out->authserv_id = value;
		return true;
	default:
		return false;
	}
}

static bool
take(struct ps_arena *a, int letter, const char *value,
	struct ps_verify_options *out)
{
	switch (letter) {
	case OPT_RCPT:
		out->rcpt[out->n_rcpt++] = value;
		return true;
	case OPT_RESOLVER:
		out->resolver[out->n_resolver++] = value;
		return true;
	case OPT_MACRO:
		return take_macro(a, value, out);
	case OPT_ASSUME:
		return take_assumed(a, value, out);
	case OPT_NOW:
		return ps_tagval_number(ps_bytes_of(value), &out->now_s) ||
		       bad("--now takes seconds since 1970", value);
	case OPT_EXPLAIN:
		out->explain = true;
		return true;
	case OPT_JSON:
		out->json = true;
		return true;
	default:
		if (take_text(letter, value, out))
			return true;
		fputs(usage, stderr);
		return false;
	}
}

static bool
is_complete(const struct ps_verify_options *o, int n_rest)
{
	if (n_rest > 1 || o->client_ip == NULL || o->helo == NULL ||
		o->mail_from == NULL) {
		fputs(usage, stderr);
		return false;
	}
	if (o->zone != NULL && o->n_resolver > 0) {
		fputs("postseal: either --zone or --resolver\n", stderr);
		return false;
	}
	return true;
}

bool
ps_verify_options_read(struct ps_arena *a, int argc, char **argv,
	struct ps_verify_options *out)
{
	size_t n = (size_t)argc + 1;
	int letter;

	*out = (struct ps_verify_options){.now_s = -1};
	out->rcpt = ps_arena_array(a, n, sizeof(*out->rcpt));
	out->resolver = ps_arena_array(a, n, sizeof(*out->resolver));
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads yet */
	while ((letter = getopt_long(argc, argv, "c:", options, NULL)) != -1)
		if (!take(a, letter, optarg, out))
			return false;
	if (!is_complete(out, argc - optind))
		return false;
	out->message = argv[optind];
	return true;
}
