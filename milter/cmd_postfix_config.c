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
#include "reentry.h"
#include "tool.h"

#define USUAL_QUEUE "/var/spool/postfix"
#define SERVICE_MAX ((size_t)64 << 10)

static const char usage[] =
	"usage: postseal postfix-config [main | master] [--postfix-config DIR] "
	"[-c FILE]\n";

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

/* The first line of the login file, up to the colon; NULL when it cannot be
 * read from here. */
static const char *
login_of(struct ps_arena *a, const char *file)
{
	char line[256] = "";
	FILE *f = file == NULL ? NULL : fopen(file, "re");
	size_t n;

	if (f == NULL)
		return NULL;
	if (fgets(line, sizeof(line), f) == NULL)
		line[0] = '\0';
	fclose(f);
	n = strcspn(line, ":\r\n");
	/* what master.cf could read as something else */
	if (n == 0 || line[n] != ':' || strcspn(line, "{},= \t$") < n)
		return NULL;
	return ps_arena_cstr(a, ps_bytes(line, n));
}

static const char * or (const char *value, const char *usual)
{
	return value == NULL || *value == '\0' ? usual : value;
}

/* "a, b, " without its end. */
static const char *
signers(struct ps_arena *a, const struct ps_mta *m,
	const struct ps_socket_name *ours)
{
	const char *list =
		others(a, m, ps_mta_get(m, "non_smtpd_milters"), ours);
	size_t n = strlen(list);

	return ps_arena_cstr(a, ps_bytes(list, n < 2 ? 0 : n - 2));
}

static int
print_master(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_mta *m, const struct ps_socket_name *ours)
{
	struct ps_reentry r = {
		.policy = p,
		.signers = signers(a, m, ours),
		.login = login_of(a, p->relay_login_file),
		.user = or (ps_tool_user(a, p), "_postseal"),
		.group = or (ps_mta_get(m, "setgid_group"), "postdrop"),
	};
	const char *why = NULL;
	struct ps_reentry_name name;
	struct ps_buf out;

	if (p->relay_to == NULL) {
		fprintf(stderr,
			"postseal: %s has no relay: write relay { to = "
			"\"inet:10026@127.0.0.1\" }\n",
			p->file);
		return EX_CONFIG;
	}
	if (!ps_reentry_name(a, p,
		    or (ps_mta_get(m, "queue_directory"), USUAL_QUEUE), &name,
		    &why)) {
		fprintf(stderr, "postseal: relay: to = \"%s\": %s\n",
			p->relay_to, why);
		return EX_CONFIG;
	}
	printf("# master.cf for %s: the port that copies leave by\n", p->file);
	ps_buf_init(&out, SERVICE_MAX);
	ps_reentry_write(&r, &name, &out);
	fwrite(out.p, 1, out.len, stdout);
	ps_buf_free(&out);
	return EX_OK;
}

static void
print_main(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_mta *m, const struct ps_socket_name *ours)
{
	const char *spelling = ps_socket_name_postfix(
		a, ours, or (ps_mta_get(m, "queue_directory"), USUAL_QUEUE));

	printf("# main.cf for %s; \"postseal check\" looks at all of it\n",
		p->file);
	print_milters(a, m, ours, spelling);
	print_required(m);
	print_limits(p, m);
	puts("");
	if (p->relay_to != NULL)
		puts("# master.cf needs a service: \"postseal postfix-config "
		     "master\" prints it.");
	puts("# Sendmail instead of Postfix: \"postseal sendmail-config\".");
}

static int
print(struct ps_arena *a, const struct ps_policy *p, bool master,
	const char *dir)
{
	struct ps_socket_name ours;
	const char *why = NULL;
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
	if (master)
		return print_master(a, p, &m, &ours);
	print_main(a, p, &m, &ours);
	return EX_OK;
}

int
ps_cmd_postfix_config(int argc, char **argv)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_policy *p;
	struct ps_options o;
	bool master;
	int r = EX_USAGE;

	if (ps_options_read(a, argc, argv, "cp", usage, &o)) {
		master = o.n_rest == 1 && strcmp(o.rest[0], "master") == 0;
		if (o.n_rest > 1 || (o.n_rest == 1 && !master &&
					    strcmp(o.rest[0], "main") != 0)) {
			fputs(usage, stderr);
		} else {
			p = ps_conf_read(o.config);
			r = p == NULL ? EX_CONFIG
				      : print(a, p, master, o.postfix_dir);
			ps_policy_free(p);
		}
	}
	ps_arena_free(a);
	return r;
}
