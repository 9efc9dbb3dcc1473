/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * An empty libmilter filter with postseal's negotiation: the floor that loads
 * are compared with, and, where its end of message blocks, the case in which
 * libmilter's worker pool starves.  Knows nothing of postseal.
 */
#include <libmilter/mfapi.h>

#include <arpa/inet.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "kick.h"

static struct options {
	char *listener;
	long block_ms;
	int kick;
	int backlog;
} opt = {.backlog = 1024};

/* The kick knows the listener: inet:port@127.0.0.1 or a path. */
static int
aim(const char *where)
{
	struct sockaddr_storage own = {0};
	struct sockaddr_in *in = (struct sockaddr_in *)&own;
	struct sockaddr_un *un = (struct sockaddr_un *)&own;

	if (strncmp(where, "inet:", 5) == 0) {
		in->sin_family = AF_INET;
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		in->sin_port = htons((uint16_t)atoi(where + 5));
		ps_kick_aim(&own, sizeof(*in));
		return 0;
	}
	if (strncmp(where, "unix:", 5) == 0)
		where += 5;
	un->sun_family = AF_UNIX;
	if (strlen(where) >= sizeof(un->sun_path))
		return -1;
	memcpy(un->sun_path, where, strlen(where) + 1);
	ps_kick_aim(&own, sizeof(*un));
	return 0;
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1, unsigned long f2,
	unsigned long f3, unsigned long *pf0, unsigned long *pf1,
	unsigned long *pf2, unsigned long *pf3)
{
	static char at_connect[] = "{daemon_name}", at_queue[] = "i",
		    at_mail[] = "i {auth_authen} {auth_type} {tls_version} "
				"{cipher} {cipher_bits} {cert_subject} "
				"{cert_issuer} {verify}";
	unsigned long quiet = SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL |
			      SMFIP_NR_HDR | SMFIP_NR_BODY | SMFIP_NOUNKNOWN |
			      SMFIP_NOEOH | SMFIP_HDR_LEADSPC;

	(void)f2;
	(void)f3;
	if (strncmp(opt.listener, "inet", 4) != 0)
		quiet |= SMFIP_NODATA;
	*pf0 = f0;
	*pf1 = quiet & f1;
	*pf2 = *pf3 = 0;
	smfi_setsymlist(ctx, SMFIM_CONNECT, at_connect);
	smfi_setsymlist(ctx, SMFIM_ENVFROM, at_mail);
	smfi_setsymlist(ctx, SMFIM_ENVRCPT, at_queue);
	smfi_setsymlist(ctx, SMFIM_EOM, at_queue);
	return SMFIS_CONTINUE;
}

/* Where no reply was negotiated, libmilter logs any other answer. */
static sfsistat
on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *addr)
{
	(void)ctx;
	(void)host;
	(void)addr;
	return SMFIS_NOREPLY;
}

static sfsistat
on_helo(SMFICTX *ctx, char *s)
{
	(void)ctx;
	(void)s;
	return SMFIS_NOREPLY;
}

static sfsistat
on_mail(SMFICTX *ctx, char **s)
{
	(void)ctx;
	(void)s;
	return SMFIS_NOREPLY;
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **s)
{
	(void)ctx;
	(void)s;
	return SMFIS_CONTINUE;
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	(void)ctx;
	(void)name;
	(void)value;
	return SMFIS_NOREPLY;
}

static sfsistat
on_plain(SMFICTX *ctx)
{
	(void)ctx;
	return SMFIS_CONTINUE;
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *p, size_t len)
{
	(void)ctx;
	(void)p;
	(void)len;
	return SMFIS_NOREPLY;
}

static sfsistat
on_eom(SMFICTX *ctx)
{
	struct timespec t = {
		opt.block_ms / 1000, opt.block_ms % 1000 * 1000000};

	(void)ctx;
	if (opt.block_ms == 0)
		return SMFIS_CONTINUE;
	if (opt.kick)
		ps_kick();
	nanosleep(&t, NULL);
	return SMFIS_CONTINUE;
}

static struct smfiDesc desc = {
	.xxfi_name = NULL,
	.xxfi_version = SMFI_VERSION,
	.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_CHGBODY |
		      SMFIF_SETSYMLIST,
	.xxfi_connect = on_connect,
	.xxfi_helo = on_helo,
	.xxfi_envfrom = on_mail,
	.xxfi_envrcpt = on_rcpt,
	.xxfi_header = on_header,
	.xxfi_eoh = on_plain,
	.xxfi_body = on_body,
	.xxfi_eom = on_eom,
	.xxfi_abort = on_plain,
	.xxfi_close = on_plain,
	.xxfi_data = on_plain,
	.xxfi_negotiate = on_negotiate,
};

static int
read_options(int argc, char **argv)
{
	static const struct option names[] = {{"block", 1, NULL, 'b'},
		{"kick", 0, NULL, 'k'}, {"backlog", 1, NULL, 'l'},
		{NULL, 0, NULL, 0}};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c == 'b')
			opt.block_ms = atol(optarg);
		else if (c == 'k')
			opt.kick = 1;
		else if (c == 'l')
			opt.backlog = atoi(optarg);
		else
			return -1;
	}
	opt.listener = argv[optind];
	return opt.listener != NULL ? 0 : -1;
}

int
main(int argc, char **argv)
{
	static char name[] = "null";

	if (read_options(argc, argv) != 0) {
		fprintf(stderr,
			"usage: %s [--block MS] [--kick] [--backlog N] "
			"SOCKET\n",
			argv[0]);
		return 64;
	}
	desc.xxfi_name = name;
	if (aim(opt.listener) != 0 ||
		smfi_setconn(opt.listener) != MI_SUCCESS ||
		smfi_setbacklog(opt.backlog) != MI_SUCCESS ||
		smfi_register(desc) != MI_SUCCESS ||
		smfi_opensocket(1) != MI_SUCCESS)
		return 70;
	return smfi_main() == MI_SUCCESS ? 0 : 70;
}
