/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal crypto-worker GPG HOME": what the spawner executes, never people.
 */
#include <stdio.h>
#include <sysexits.h>

#include "cmd.h"
#include "crypto/worker.h"

int
ps_cmd_crypto_worker(int argc, char **argv)
{
	if (argc != 3) {
		fputs("postseal: crypto-worker is started by postseal itself\n",
			stderr);
		return EX_USAGE;
	}
	return ps_worker_main(argv[1], argv[2]);
}
