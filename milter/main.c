/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One binary, one subcommand a job.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cmd.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what; /* NULL: not for people */
};

static const struct command commands[] = {
	{"serve", ps_cmd_serve, "run the milter"},
	{"reload", ps_cmd_reload, "make the milter read its configuration"},
	{"check", ps_cmd_check, "check configuration, keys and the MTA"},
	{"explain", ps_cmd_explain,
		"which rule holds for FROM and TO, and why"},
	{"verify", ps_cmd_verify, "who sent a message, and what follows"},
	{"seal", ps_cmd_seal, "what a message would look like when it leaves"},
	{"keys", ps_cmd_keys,
		"certificates: list, import, trust, publish, ..."},
	{"dkim", ps_cmd_dkim, "make keys that sign mail, print their records"},
	{"postfix-config", ps_cmd_postfix_config,
		"the lines that Postfix needs for this configuration"},
	{"sendmail-config", ps_cmd_sendmail_config,
		"the lines that Sendmail needs for this configuration"},
	{"queue", ps_cmd_queue, "copies that left, and what is known of them"},
	{"stats", ps_cmd_stats, "what became of recipients"},
	{"crypto-worker", ps_cmd_crypto_worker, NULL},
};
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int
usage(FILE *to)
{
	fputs("usage: postseal SUBCOMMAND [-c FILE] [ARGUMENT...]\n", to);
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (commands[i].what != NULL)
			fprintf(to, "  %-15s %s\n", commands[i].name,
				commands[i].what);
	fputs("postseal(8) has the whole manual.\n", to);
	return to == stdout ? EX_OK : EX_USAGE;
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		return usage(stderr);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return usage(stdout);
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		puts("postseal " POSTSEAL_VERSION);
		return EX_OK;
	}
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	fprintf(stderr, "postseal: there is no subcommand '%s'\n", argv[1]);
	return usage(stderr);
}
