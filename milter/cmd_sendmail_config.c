/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal sendmail-config": the lines that sendmail.mc needs for this very
 * configuration.  Changes nothing.
 */
#include <stdio.h>
#include <sysexits.h>

#include "cmd.h"
#include "conf.h"
#include "options.h"
#include "socket_name.h"

static const char usage[] = "usage: postseal sendmail-config [-c FILE]\n";

static void
print_filter(struct ps_arena *a, const struct ps_socket_name *ours)
{
	puts("dnl F=T: mail is deferred while postseal is away; without it, or "
	     "with");
	puts("dnl \"F=,\", it would pass unsealed.  The last filter: one "
	     "behind "
	     "it could");
	puts("dnl refuse what postseal has dealt with.");
	printf("INPUT_MAIL_FILTER(`postseal', `S=%s, F=T, "
	       "T=S:30s;R:4m;E:10m')dnl\n",
		ps_socket_name_sendmail(a, ours));
}

static void
print_port(const struct ps_policy *p, const struct ps_socket_name *to)
{
	const char *host = to->host == NULL ? "127.0.0.1" : to->host;
	bool six = strchr(host, ':') != NULL;

	puts("dnl");
	puts("dnl The port that copies leave by: no filter, whatever others "
	     "there are.");
	if (p->relay_login_file == NULL)
		puts("dnl Every user of this machine can send mail past policy "
		     "by it: where\n"
		     "dnl others work here, let it want a login (relay: "
		     "login-file), or let\n"
		     "dnl postseal's user alone connect (\"postseal "
		     "postfix-config master\" has\n"
		     "dnl the rule).");
	else
		puts("dnl M=a: it wants the login of login-file, which must be "
		     "in Sendmail's\n"
		     "dnl SASL.  Without TLS, confAUTH_OPTIONS must not hold "
		     "\"p\".");
	printf("DAEMON_OPTIONS(`Name=reentry, Family=%s, Addr=%s, Port=%u, "
	       "M=%s, InputMailFilters=')dnl\n",
		six ? "inet6" : "inet", host, to->port,
		p->relay_login_file == NULL ? "E" : "Ea");
	puts("dnl One DAEMON_OPTIONS takes the place of the port that Sendmail "
	     "opens by");
	puts("dnl itself: where there was none, this keeps it.");
	puts("dnl   DAEMON_OPTIONS(`Name=MTA, Port=smtp')dnl");
	puts("dnl DSN options are carried over only where confPRIVACY_FLAGS "
	     "has neither");
	puts("dnl \"goaway\" nor \"noreceipts\".  These must let at least as "
	     "many in:");
	printf("dnl   define(`confMAX_RCPTS_PER_MESSAGE', `%zu')dnl, or not "
	       "set\n",
		p->limits.max_recipients);
	puts("dnl   confMAX_DAEMON_CHILDREN, confCONNECTION_RATE_THROTTLE: "
	     "not set");
}

static int
print(struct ps_arena *a, const struct ps_policy *p)
{
	struct ps_socket_name ours, to;
	const char *why = NULL;

	if (!ps_socket_name_parse(a, p->milter_socket, NULL, &ours, &why)) {
		fprintf(stderr, "postseal: listen: milter = \"%s\": %s\n",
			p->milter_socket, why);
		return EX_CONFIG;
	}
	if (p->relay_to != NULL &&
		(!ps_socket_name_parse(a, p->relay_to, NULL, &to, &why) ||
			!to.inet)) {
		fprintf(stderr,
			"postseal: relay: to = \"%s\": Sendmail listens on "
			"inet and inet6 sockets only\n",
			p->relay_to);
		return EX_CONFIG;
	}
	printf("dnl sendmail.mc for %s\n", p->file);
	print_filter(a, &ours);
	if (p->relay_to != NULL)
		print_port(p, &to);
	return EX_OK;
}

int
ps_cmd_sendmail_config(int argc, char **argv)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_policy *p;
	struct ps_options o;
	int r = EX_USAGE;

	if (ps_options_read(a, argc, argv, "c", usage, &o)) {
		if (o.n_rest != 0) {
			fputs(usage, stderr);
		} else {
			p = ps_conf_read(o.config);
			r = p == NULL ? EX_CONFIG : print(a, p);
			ps_policy_free(p);
		}
	}
	ps_arena_free(a);
	return r;
}
