/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal postfix-config": the lines that main.cf needs for this very
 * configuration.  What a Postfix on this machine has in a list already stays
 * in front of ours.  Changes nothing.
 */
#include <stdio.h>
#include <sysexits.h>

#include "cmd.h"
#include "mta.h"
#include "options.h"

#define USUAL_QUEUE "/var/spool/postfix"

static const char usage[] =
	"usage: postseal postfix-config [--postfix-config DIR] [-c FILE]\n";

/* The milters of the list that are not ours. */
static const char *
others(struct ps_arena *a, const struct ps_mta *m, const char *list,
	const struct ps_socket_name *ours)
{
	const char *text = "";
	size_t n = 0;
	struct ps_mta_milter *item = ps_mta_milters(a, m, list, &n);

	for (size_t i = 0; i < n; i++)
		if (!ps_socket_name_meets(&item[i].socket, ours))
			text = ps_arena_printf(a, "%s%s, ", text, item[i].text);
	return text;
}

static void
print_milters(struct ps_arena *a, const struct ps_mta *m,
	const struct ps_socket_name *ours, const char *spelling)
{
	const char *smtpd = others(a, m, ps_mta_get(m, "smtpd_milters"), ours);
	const char *local =
		others(a, m, ps_mta_get(m, "non_smtpd_milters"), ours);

	puts("# postseal is the last milter: one behind it could still refuse");
	puts("# what postseal has dealt with.");
	printf("smtpd_milters = %s%s\n", smtpd, spelling);
	puts("# Mail of local programs (cron, sendmail) comes this way.");
	if (strcmp(smtpd, local) == 0)
		puts("non_smtpd_milters = $smtpd_milters");
	else
		printf("non_smtpd_milters = %s%s\n", local, spelling);
	puts("# \"accept\" would let mail pass unsealed while postseal is "
	     "away.");
	puts("milter_default_action = tempfail");
	puts("milter_protocol = 6");
}

static void
print_required(const struct ps_mta *m)
{
	const char *data = ps_mta_get(m, "smtpd_data_restrictions");
	bool there = ps_mta_has_word(data, "reject_unauth_pipelining");

	puts("");
	puts("# What no milter can do: keep one message from being smuggled "
	     "in");
	puts("# another, header fields from being cut at a NUL, and paths "
	     "from");
	puts("# being guessed.");
	puts("smtpd_forbid_bare_newline = normalize");
	puts("smtpd_forbid_bare_newline_exclusions =");
	puts("message_reject_characters = \\0");
	puts("strict_rfc821_envelopes = yes");
	printf("smtpd_data_restrictions = %s%s%s\n",
		there ? "" : "reject_unauth_pipelining",
		there || *data == '\0' ? "" : ", ", data);
}

static void
print_limits(const struct ps_policy *p, const struct ps_mta *m)
{
	const char *now = ps_mta_get(m, "message_size_limit");
	const char *ours =
		ps_arena_printf(p->arena, "%zu", p->limits.mta_message_size);

	puts("");
	puts("# The same as mta-message-size in postseal.conf, so that what "
	     "is");
	puts("# too large once it is sealed (about 1.4 times as large) is "
	     "refused");
	puts("# before the work.");
	if (*now != '\0' && strcmp(now, ours) != 0)
		printf("# It is %s now: or write limits { mta-message-size = "
		       "%s } there.\n",
			now, now);
	printf("message_size_limit = %s\n", ours);
}

static void
print_sendmail(struct ps_arena *a, const struct ps_socket_name *ours)
{
	puts("");
	puts("# Sendmail instead of Postfix, in sendmail.mc (F=T: tempfail "
	     "while");
	puts("# postseal is away; F= or no F would let mail pass unsealed):");
	printf("#   INPUT_MAIL_FILTER(`postseal', `S=%s, F=T, "
	       "T=S:30s;R:4m;E:10m')dnl\n",
		ps_socket_name_sendmail(a, ours));
}

static int
print(struct ps_arena *a, const struct ps_policy *p, const char *dir)
{
	const char *why = NULL, *queue, *spelling;
	struct ps_socket_name ours;
	struct ps_mta m;

	if (!ps_socket_name_parse(a, p->milter_socket, NULL, &ours, &why)) {
		fprintf(stderr, "postseal: listen: milter = \"%s\": %s\n",
			p->milter_socket, why);
		return EX_CONFIG;
	}
	if (ps_mta_read(a, dir, &m, &why) != PS_OK) {
		if (dir != NULL) {
			fprintf(stderr, "postseal: %s\n", why);
			return EX_UNAVAILABLE;
		}
		m = (struct ps_mta){0};
	}
	queue = ps_mta_get(&m, "queue_directory");
	spelling = ps_socket_name_postfix(
		a, &ours, *queue == '\0' ? USUAL_QUEUE : queue);
	printf("# main.cf for %s; \"postseal check\" looks at all of it\n",
		p->file);
	print_milters(a, &m, &ours, spelling);
	print_required(&m);
	print_limits(p, &m);
	print_sendmail(a, &ours);
	return EX_OK;
}

int
ps_cmd_postfix_config(int argc, char **argv)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_policy *p;
	struct ps_options o;
	int r = EX_USAGE;

	if (ps_options_read(a, argc, argv, "cp", usage, &o)) {
		if (o.n_rest != 0) {
			fputs(usage, stderr);
		} else {
			p = ps_conf_read(o.config);
			r = p == NULL ? EX_CONFIG : print(a, p, o.postfix_dir);
			ps_policy_free(p);
		}
	}
	ps_arena_free(a);
	return r;
}
