/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * master.cf's service for the re-entry port.  What a message met at the front
 * port it does not meet again: a refusal here would come when other copies have
 * left already.  Address mapping, content filter and archive copies stay on,
 * since these copies meet them nowhere else.
 */
#include "reentry.h"

#include <stdio.h>

static bool
takes_socket_folder(struct ps_arena *a, const char *path, const char *queue_dir,
	const char *folder, struct ps_reentry_name *out)
{
	const char *dir = ps_arena_printf(a, "%s/%s/", queue_dir, folder);
	size_t n = strlen(dir);

	if (strncmp(path, dir, n) != 0 || strchr(path + n, '/') != NULL ||
		path[n] == '\0')
		return false;
	*out = (struct ps_reentry_name){
		.service = path + n,
		.is_private = strcmp(folder, "private") == 0,
	};
	return true;
}

bool
ps_reentry_name(struct ps_arena *a, const struct ps_policy *p,
	const char *queue_dir, struct ps_reentry_name *out, const char **why)
{
	struct ps_socket_name s;

	if (!ps_socket_name_parse(a, p->relay_to, NULL, &s, why))
		return false;
	if (s.inet) {
		*out = (struct ps_reentry_name){
			.inet = true,
			.service = ps_arena_printf(a,
				strchr(s.host == NULL ? "" : s.host, ':') ==
						NULL
					? "%s%s%u"
					: "[%s]%s%u",
				s.host == NULL ? "" : s.host,
				s.host == NULL ? "" : ":", s.port),
		};
		return true;
	}
	if (takes_socket_folder(a, s.path, queue_dir, "public", out) ||
		takes_socket_folder(a, s.path, queue_dir, "private", out))
		return true;
	*why = ps_arena_printf(a,
		"Postfix makes its sockets in %s/public and %s/private only: "
		"write to = \"unix:%s/public/postseal-reentry\"",
		queue_dir, queue_dir, queue_dir);
	return false;
}

bool
ps_reentry_is(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_mta *m, const struct ps_mta_service *s)
{
	struct ps_socket_name relay, listens;
	const char *why, *queue = ps_mta_get(m, "queue_directory");

	if (p->relay_to == NULL ||
		!ps_socket_name_parse(a, p->relay_to, NULL, &relay, &why))
		return false;
	if (relay.inet) {
		const char *spelling = ps_arena_printf(a, "inet:%s%s",
			strchr(s->name, ':') == NULL ? "*:" : "", s->name);

		return strcmp(s->type, "inet") == 0 &&
		       ps_socket_name_parse(
			       a, spelling, NULL, &listens, &why) &&
		       ps_socket_name_meets(&relay, &listens);
	}
	return strcmp(s->type, "unix") == 0 &&
	       (strcmp(relay.path, ps_arena_printf(a, "%s/public/%s", queue,
					   s->name)) == 0 ||
		       strcmp(relay.path, ps_arena_printf(a, "%s/private/%s",
						  queue, s->name)) == 0);
}

static const char always[] =
	/* every copy passes here; the front port has asked all questions */
	"  -o receive_override_options=no_unknown_recipient_checks,"
	"no_header_body_checks\n"
	"  -o smtpd_reject_unlisted_sender=no\n"
	"  -o smtpd_client_restrictions=\n"
	"  -o smtpd_helo_restrictions=\n"
	"  -o smtpd_sender_restrictions=\n"
	"  -o smtpd_data_restrictions=\n"
	"  -o smtpd_end_of_data_restrictions=\n"
	"  -o smtpd_proxy_filter=\n"
	"  -o smtpd_milter_maps=\n"
	/* DSN must be offered, and the origin taken from postseal alone */
	"  -o smtpd_discard_ehlo_keywords=\n"
	"  -o smtpd_discard_ehlo_keyword_address_maps=\n"
	"  -o smtpd_authorized_xforward_hosts=127.0.0.0/8,[::1]/128\n"
	"  -o smtpd_authorized_xclient_hosts=\n"
	"  -o mynetworks=127.0.0.0/8,[::1]/128\n"
	/* postseal does not speak TLS, and here nobody listens in */
	"  -o smtpd_tls_security_level=none\n"
	"  -o smtpd_tls_wrappermode=no\n"
	"  -o smtpd_upstream_proxy_protocol=\n"
	"  -o smtpd_client_event_limit_exceptions=127.0.0.0/8,[::1]/128\n"
	"  -o smtpd_error_sleep_time=0\n"
	"  -o smtpd_soft_error_limit=1000\n"
	"  -o smtpd_hard_error_limit=1000\n";

/* "OK" for the one login that postseal has, and for nobody else's. */
static void
write_login(const struct ps_reentry *r, struct ps_buf *out)
{
	ps_buf_puts(out,
		"# smtpd_sasl_type and smtpd_sasl_path of main.cf must know "
		"the login of\n"
		"# login-file; no other login is let in.\n");
	if (r->login == NULL)
		ps_buf_printf(out,
			"# %s cannot be read from here:\n"
			"# write its user for LOGIN below.\n",
			r->policy->relay_login_file);
}

static void
write_owner_match(const struct ps_reentry *r, struct ps_buf *out)
{
	struct ps_socket_name s;
	const char *why;

	if (!ps_socket_name_parse(
		    r->policy->arena, r->policy->relay_to, NULL, &s, &why))
		return;
	ps_buf_printf(out,
		"# Every user of this machine can send mail past policy by "
		"this port.  Where\n"
		"# others work here, let it want a login (relay: login-file), "
		"use a unix socket\n"
		"# (relay: to = \"unix:QUEUE/public/postseal-reentry\"), or "
		"let %s alone connect:\n"
		"#   nft add table inet postseal\n"
		"#   nft 'add chain inet postseal output { type filter hook "
		"output priority 0; }'\n"
		"#   nft add rule inet postseal output oif lo tcp dport %u "
		"meta skuid != %s reject\n",
		r->user, s.port, r->user);
}

static void
write_group(const struct ps_reentry *r, const struct ps_reentry_name *name,
	struct ps_buf *out)
{
	if (name->is_private)
		ps_buf_puts(out,
			"# Only Postfix's user reaches a private socket: take "
			"public for private in\n# relay: to.\n");
	else
		ps_buf_printf(out,
			"# Only group %s reaches this socket.  Run: adduser %s "
			"%s\n",
			r->group, r->user, r->group);
}

static void
write_access(const struct ps_reentry *r, struct ps_buf *out)
{
	const char *who = r->login == NULL ? "LOGIN" : r->login;

	if (r->policy->relay_login_file == NULL) {
		ps_buf_puts(out,
			"  -o smtpd_sasl_auth_enable=no\n"
			"  -o smtpd_relay_restrictions=permit_mynetworks,"
			"reject\n"
			"  -o smtpd_recipient_restrictions=permit_mynetworks,"
			"reject\n");
		return;
	}
	ps_buf_puts(out,
		"  -o smtpd_sasl_auth_enable=yes\n"
		"  -o smtpd_sasl_security_options=noanonymous\n"
		"  -o smtpd_sasl_exceptions_networks=\n"
		"  -o smtpd_tls_auth_only=no\n"
		"  -o smtpd_relay_restrictions=permit_sasl_authenticated,"
		"reject\n");
	ps_buf_printf(out,
		"  -o { smtpd_recipient_restrictions = check_sasl_access "
		"inline:{ { %s = OK } }, reject }\n",
		who);
}

void
ps_reentry_write(const struct ps_reentry *r, const struct ps_reentry_name *name,
	struct ps_buf *out)
{
	size_t rcpts = r->policy->limits.max_recipients;

	if (r->policy->relay_login_file != NULL)
		write_login(r, out);
	else if (name->inet)
		write_owner_match(r, out);
	if (!name->inet)
		write_group(r, name, out);
	if (*r->signers != '\0')
		ps_buf_puts(out,
			"# Of smtpd_milters below leave only what signs and "
			"refuses nothing.\n");
	ps_buf_printf(out, "%s %s %c - n - %zu smtpd\n", name->service,
		name->inet ? "inet" : "unix", name->is_private ? 'y' : 'n',
		r->policy->relay_connections);
	ps_buf_puts(out, "  -o syslog_name=postfix/reentry\n");
	ps_buf_printf(out,
		*r->signers == '\0' ? "  -o smtpd_milters=%s\n"
				    : "  -o { smtpd_milters = %s }\n",
		r->signers);
	ps_buf_puts(out, always);
	write_access(r, out);
	/* Postfix has 1000 */
	if (rcpts > 1000)
		ps_buf_printf(out, "  -o smtpd_recipient_limit=%zu\n", rcpts);
}
