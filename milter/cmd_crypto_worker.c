/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal crypto-worker GPG HOME [SECRET-HOME [PASSPHRASE-FILE]]": what the
 * spawner executes, never people.
 */
#include <stdio.h>
#include <sysexits.h>

#include "cmd.h"
#include "crypto/worker.h"

int
ps_cmd_crypto_worker(int argc, char **argv)
{
	if (argc < 3 || argc > 5) {
		fputs("postseal: crypto-worker is started by postseal itself\n",
			stderr);
		return EX_USAGE;
	}
	return ps_worker_main(&(struct ps_worker_place){
		.gpg = argv[1],
		.home = argv[2],
		.secret_home = argc > 3 ? argv[3] : NULL,
		.passphrase_file = argc > 4 ? argv[4] : NULL,
	});
}
