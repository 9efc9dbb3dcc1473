/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One binary, one subcommand a job.
 */
#include <stdio.h>

int
main(void)
{
	fputs("usage: postseal SUBCOMMAND [OPTION...]\n", stderr);
	return 64;
}
