/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys ACTION": finds the action, reads its options and the
 * configuration, and opens the keys for it.
 */
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd.h"
#include "keys.h"
#include "keys_place.h"

/* An import of fifty thousand certificates takes minutes. */
#define PATIENCE_MS ((int64_t)24 * 3600 * 1000)

static const struct ps_keys_action *const actions[] = {
	&ps_keys_list,
	&ps_keys_show,
	&ps_keys_import,
	&ps_keys_export,
	&ps_keys_fetch,
	&ps_keys_pin,
	&ps_keys_unpin,
	&ps_keys_trust,
	&ps_keys_reject,
	&ps_keys_drop,
	&ps_keys_expiring,
	&ps_keys_audit,
	&ps_keys_publish,
	&ps_keys_dns,
};
#define N_ACTIONS (sizeof(actions) / sizeof(actions[0]))

static const struct option options[] = {
	{"config", required_argument, NULL, 'c'},
	{"directory", required_argument, NULL, 'd'},
	{"help", no_argument, NULL, 'h'},
	{"json", no_argument, NULL, 'j'},
	{"pending", no_argument, NULL, 'p'},
	{"expiring", required_argument, NULL, 'e'},
	{"armor", no_argument, NULL, 'a'},
	{"minimal", no_argument, NULL, 'm'},
	{"direct", no_argument, NULL, 'D'},
	{"generic", no_argument, NULL, 'g'},
	{"source", required_argument, NULL, 's'},
};
#define N_OPTIONS (sizeof(options) / sizeof(options[0]))

/* NULL: of all. */
static int
usage(FILE *to, const struct ps_keys_action *of)
{
	const char *head = "usage:";

	for (size_t i = 0; i < N_ACTIONS; i++) {
		if (of != NULL && of != actions[i])
			continue;
		fprintf(to, "%-6s postseal keys %s [-c FILE] [-d DIR] %s\n",
			head, actions[i]->name, actions[i]->usage);
		head = "";
	}
	return to == stdout ? EX_OK : EX_USAGE;
}

/* NULL after saying so. */
static const struct ps_keys_action *
find_action(const char *name)
{
	const char *known[N_ACTIONS], *near;

	for (size_t i = 0; i < N_ACTIONS; i++) {
		if (strcmp(actions[i]->name, name) == 0)
			return actions[i];
		known[i] = actions[i]->name;
	}
	near = ps_keys_near(name, known, N_ACTIONS);
	fprintf(stderr, "postseal: keys has no such action%s%s%s\n",
		near == NULL ? ": see postseal keys --help"
			     : " (did you mean '",
		near == NULL ? "" : near, near == NULL ? "" : "'?)");
	return NULL;
}

/* Without -c, -d does without a configuration. */
static struct ps_policy *
read_policy(struct ps_arena *a, const char *config, const char *dir)
{
	struct ps_problems problems;
	struct ps_policy *p;

	if (config == NULL && dir != NULL && access(PS_CONFIG_FILE, F_OK) != 0)
		p = ps_policy_load_text(PS_LIT(""), "(built in)", a, &problems);
	else
		p = ps_conf_read(config == NULL ? PS_CONFIG_FILE : config);
	if (p != NULL && dir != NULL)
		p->key_dir = ps_arena_strdup(p->arena, dir);
	return p;
}

static int
run(struct ps_keys *k, const struct ps_keys_action *action, struct ps_policy *p)
{
	const char *why = NULL;
	int r;

	if (action->prepare != NULL && !action->prepare(k, &r)) {
		ps_policy_free(p);
		return r;
	}
	if (!ps_tool_open(&k->tool, p, &why))
		return ps_keys_fail(EX_UNAVAILABLE, "keys", why);
	k->wait = k->tool.env.wait;
	k->wait.deadline_ms = ps_mono_ms(k->wait.clock) + PATIENCE_MS;
	ps_keys_place_open(k);
	r = action->run(k);
	if (fflush(stdout) != 0 || ferror(stdout))
		r = ps_keys_fail(EX_IOERR, "standard output", "cannot write");
	ps_tool_close(&k->tool);
	return r;
}

struct place {
	const char *config, *dir;
};

static bool
take(struct ps_keys *k, struct place *at, int letter)
{
	switch (letter) {
	case 'c':
		at->config = optarg;
		return true;
	case 'd':
		at->dir = optarg;
		return true;
	case 'e':
		k->expiring = optarg;
		return true;
	case 's':
		k->source = optarg;
		return true;
	default:
		break;
	}
	k->json = k->json || letter == 'j';
	k->pending = k->pending || letter == 'p';
	k->armor = k->armor || letter == 'a';
	k->minimal = k->minimal || letter == 'm';
	k->direct = k->direct || letter == 'D';
	k->generic = k->generic || letter == 'g';
	return strchr("jpamDg", letter) != NULL;
}

/* False with *status. */
static bool
read_options(int argc, char **argv, const struct ps_keys_action *action,
	struct ps_keys *k, struct place *at, int *status)
{
	struct option taken[N_OPTIONS + 1] = {{0}};
	size_t n = 0;
	int opt;

	for (size_t i = 0; i < N_OPTIONS; i++)
		if (strchr("cdh", options[i].val) != NULL ||
			(action->options != NULL &&
				strchr(action->options, options[i].val) !=
					NULL))
			taken[n++] = options[i];
	*status = EX_USAGE;
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads yet */
	while ((opt = getopt_long(argc, argv, "c:d:h", taken, NULL)) != -1) {
		if (take(k, at, opt))
			continue;
		*status = usage(opt == 'h' ? stdout : stderr, action);
		return false;
	}
	k->argc = argc - optind;
	k->argv = argv + optind;
	if (k->argc >= action->min && k->argc <= action->max)
		return true;
	*status = usage(stderr, action);
	return false;
}

int
ps_cmd_keys(int argc, char **argv)
{
	const struct ps_keys_action *action;
	struct ps_keys k = {.a = NULL};
	struct place at = {0};
	struct ps_policy *p;
	int r;

	if (argc < 2)
		return usage(stderr, NULL);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return usage(stdout, NULL);
	action = find_action(argv[1]);
	if (action == NULL)
		return EX_USAGE;
	if (!read_options(argc - 1, argv + 1, action, &k, &at, &r))
		return r;
	k.a = ps_arena_new(PS_ARENA_PLAIN);
	p = read_policy(k.a, at.config, at.dir);
	r = p == NULL ? EX_CONFIG : run(&k, action, p);
	ps_arena_free(k.a);
	return r;
}
