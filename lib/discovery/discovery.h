/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Certificates from wherever policy says: the key directory, what was found
 * before, and the network.  It stands behind the same adapter as the key
 * directory alone (keys/certs.h), so that the flow does not know the
 * difference.
 *
 * A look at the network runs in a thread of this service with a deadline of its
 * own; a message waits for it only as long as its query says, and finds the
 * result the next time.  There is never more than one look under way for an
 * address, and few for a domain, so that one slow domain does not stand in the
 * way of the others.
 *
 * What is found lies in DIR/found, a key directory of its own: without the book
 * (DIR/book.db) nothing there is ever used, and nothing that a stranger gave
 * comes to stand among the administrator's own.
 */
#ifndef PS_DISCOVERY_DISCOVERY_H
#define PS_DISCOVERY_DISCOVERY_H

#include "discovery/source.h"
#include "keys/keydir.h"

struct ps_discovery;

/* The rules for an address when no message asks: refreshing, harvesting. */
struct ps_key_rules_of {
	void *self;
	void (*of)(void *self, struct ps_arena *a, const struct ps_addr *addr,
		struct ps_key_rules *out);
};

struct ps_discovery_env {
	/* Borrowed, and must outlive the service. */
	struct ps_keydir *local, *found;
	const struct ps_key_book *book;
	const struct ps_engine *engine; /* reads what is found */
	const struct ps_clock *clock;
	const struct ps_source *source; /* none: nothing is ever looked for */
	size_t n_source;
	struct ps_key_rules_of rules;
	bool fold_local;
	size_t n_thread;    /* looks under way at once; 0 starts no thread */
	size_t max_waiting; /* looks that wait for a thread */
	int64_t look_ms;    /* the most that one look takes */
	/* How long an answer holds, in seconds. */
	int64_t found_s, absent_s, trouble_s;
	int64_t unused_s; /* not asked for so long: no longer refreshed */
	int stop_fd;	  /* readable once we are stopping; -1 for none */
};

/* Starts its threads.  NULL with *why. */
struct ps_discovery *ps_discovery_open(const struct ps_discovery_env *env,
	struct ps_arena *a, const char **why);
/* Waits for looks under way to give up (stop_fd, or their deadline). */
void ps_discovery_close(struct ps_discovery *d); /* accepts NULL */

/* What a query without rules gets is what the local directory has. */
struct ps_certs ps_discovery_certs(struct ps_discovery *d);

/*
 * An Autocrypt header of mail whose sender is proven: read, judged and
 * remembered by a thread of the service.  Never blocks; dropped when too many
 * wait, for the next mail brings another.  keydata is copied.
 */
struct ps_harvest {
	void *self;
	void (*offer)(void *self, const struct ps_addr *addr,
		struct ps_bytes keydata, int64_t dated_s);
};
struct ps_harvest ps_discovery_harvest(struct ps_discovery *d);

/* Begin what is due (refresh, keys that end soon); cheap when nothing is.  To
 * be called every few seconds by who serves.  Never blocks on the network. */
void ps_discovery_tend(struct ps_discovery *d, struct ps_arena *a);

/*
 * Look now, for people ("postseal keys fetch"): one source or all that the
 * rules allow (origin PS_ORIGIN_N), in this thread; what each gave, and what
 * became of it.
 */
struct ps_fetched {
	enum ps_key_origin origin;
	struct ps_key_look look;
	const struct ps_key_event *event; /* what changed */
	size_t n_event;
};
enum ps_status ps_discovery_fetch(struct ps_discovery *d, struct ps_arena *a,
	const struct ps_addr *addr, enum ps_key_origin origin,
	const struct ps_key_rules *rules, const struct ps_wait *wait,
	struct ps_fetched **out, size_t *n_out, const char **why);

#endif
