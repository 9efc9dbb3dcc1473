/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The running daemon, wired together once (env.c).  libmilter gives a filter no
 * pointer of its own, so callbacks.c keeps the only reference to it.
 */
#ifndef PS_MILTER_DAEMON_H
#define PS_MILTER_DAEMON_H

#include <stdatomic.h>
#include <stdbool.h>

#include "crypto/worker.h"
#include "flow/flow.h"
#include "discovering.h"
#include "keys/keydir.h"
#include "lookups.h"
#include "splitting.h"

/*
 * One configuration in force.  Messages hold the one they began with; the last
 * holder frees it.
 */
struct ps_generation {
	struct ps_policy *policy;
	atomic_int holders;
};

struct ps_daemon {
	const char *config_file;
	const struct ps_clock *clock;
	struct ps_arena *arena; /* lives as long as the process */
	struct ps_keydir *keydir;
	struct ps_discovering discovering;
	struct ps_certs certs;
	struct ps_workers *workers;
	struct ps_engine engine;
	struct ps_lookups lookups;
	struct ps_splitting splitting;
	int stop_fd; /* eventfd: readable once we are stopping */
	atomic_bool stopping;
	atomic_int busy;	       /* ends of message under way */
	struct ps_generation *current; /* by ps_daemon_hold() only */
};

/* Everything that needs no root and no listener; certs is what the key
 * directory has.  False with *why. */
bool ps_daemon_wire(struct ps_daemon *d, struct ps_policy *policy,
	int spawner_fd, const char **why);

/*
 * Keys from elsewhere behind certs: what was found before, and by dns what can
 * be found now; NULL: nothing is looked for, and no thread is started.
 */
bool ps_daemon_wire_discovery(
	struct ps_daemon *d, const struct ps_dns *dns, const char **why);

/* DNS, relay and ledger; a subcommand that sends and asks nothing leaves them
 * out. */
bool ps_daemon_wire_outside(struct ps_daemon *d, const char **why);

struct ps_generation *ps_daemon_hold(struct ps_daemon *d);
void ps_generation_drop(struct ps_generation *g); /* accepts NULL */

/*
 * Read the configuration again.  A bad one changes nothing.  *report (in a)
 * says what happened, a line each.
 */
bool ps_daemon_reload(
	struct ps_daemon *d, struct ps_arena *a, const char **report);

/* Everything that waits gives up now; new ends of message are tempfailed. */
void ps_daemon_stop(struct ps_daemon *d);

#endif
