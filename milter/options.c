/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * getopt_long(3) over one table of options.
 */
#include "options.h"

#include <getopt.h>
#include <stdio.h>

#include "cmd.h"

#define MAX_OPTIONS 16

static const struct option all[] = {
	{"config", required_argument, NULL, 'c'},
	{"from", required_argument, NULL, 'f'},
	{"to", required_argument, NULL, 't'},
	{"auth", required_argument, NULL, 'a'},
	{"client", required_argument, NULL, 'i'},
	{"daemon-name", required_argument, NULL, 'd'},
	{"message", required_argument, NULL, 'm'},
	{"out", required_argument, NULL, 'o'},
	{"postfix-config", required_argument, NULL, 'p'},
	{"no-trial", no_argument, NULL, 'n'},
};
#define N_ALL (sizeof(all) / sizeof(all[0]))

static void
select_options(const char *taken, struct option *out)
{
	size_t n = 0;

	for (size_t i = 0; i < N_ALL; i++)
		if (strchr(taken, all[i].val) != NULL)
			out[n++] = all[i];
	out[n] = (struct option){0};
}

static bool
take(int letter, char *value, struct ps_options *out)
{
	struct ps_envelope *e = &out->envelope;

	switch (letter) {
	case 'c':
		out->config = value;
		return true;
	case 'f':
		e->from = value;
		return true;
	case 't':
		e->to[e->n_to++] = value;
		return true;
	case 'a':
		e->login = value;
		return true;
	case 'i':
		e->client = value;
		return true;
	case 'd':
		e->daemon_name = value;
		return true;
	case 'm':
		out->message = value;
		return true;
	case 'o':
		out->out = value;
		return true;
	case 'p':
		out->postfix_dir = value;
		return true;
	case 'n':
		out->no_trial = true;
		return true;
	default:
		return false;
	}
}

bool
ps_options_read(struct ps_arena *a, int argc, char **argv, const char *taken,
	const char *usage, struct ps_options *out)
{
	struct option chosen[MAX_OPTIONS];
	int letter;

	*out = (struct ps_options){.config = PS_CONFIG_FILE};
	out->envelope.to =
		ps_arena_array(a, (size_t)argc + 1, sizeof(*out->envelope.to));
	select_options(taken, chosen);
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads yet */
	while ((letter = getopt_long(argc, argv, "c:", chosen, NULL)) != -1)
		if (!take(letter, optarg, out)) {
			fputs(usage, stderr);
			return false;
		}
	out->rest = argv + optind;
	out->n_rest = argc - optind;
	return true;
}
