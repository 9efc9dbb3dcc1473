/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The command lines of seal, explain, check and postfix-config.  Long options
 * and their values may stand anywhere between the other arguments.
 */
#ifndef PS_MILTER_OPTIONS_H
#define PS_MILTER_OPTIONS_H

#include "tool.h"

struct ps_options {
	const char *config;
	const char *postfix_dir; /* --postfix-config */
	const char *message;	 /* --message */
	const char *out;	 /* --out */
	bool no_trial;		 /* --no-trial */
	struct ps_envelope envelope;
	char **rest; /* what is no option */
	int n_rest;
};

/*
 * a      owns the list of recipients
 * taken  the letters of the options that are allowed: config, from, to, auth,
 *        i for client, daemon-name, message, out, postfix-config,
 *        no-trial
 * usage  printed to standard error for anything else; then false
 */
bool ps_options_read(struct ps_arena *a, int argc, char **argv,
	const char *taken, const char *usage, struct ps_options *out);

#endif
