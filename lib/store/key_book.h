/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The key book: which certificate belongs to which address, who said so, how
 * far it is trusted, when it was looked for, and everything that ever changed.
 * It holds no octets of certificates: those are files (keys/keydir.h).  A
 * certificate without a line in the book is one that the administrator put
 * there.
 *
 * An adapter of few functions, so that a server's database can stand behind it
 * where several mail servers share one book; SQLite stands behind it here.
 * Judges nothing.
 *
 * Addresses are in normal form, and in lower case where local parts match
 * without case: the caller's choice, the same each time.
 *
 * All functions: PS_ETEMP when the book cannot be reached, PS_EPERM when it is
 * damaged; *why is in a.
 */
#ifndef PS_STORE_KEY_BOOK_H
#define PS_STORE_KEY_BOOK_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/status.h"
#include "store/key_index.h"

/* Where a certificate came from.  Numbers are in the file. */
enum ps_key_origin {
	PS_ORIGIN_LOCAL = 0, /* the administrator */
	PS_ORIGIN_WKD = 1,
	PS_ORIGIN_DANE = 2,
	PS_ORIGIN_AUTOCRYPT = 3,
	PS_ORIGIN_N
};
const char *ps_key_origin_name(enum ps_key_origin o); /* "local", "wkd", ... */

enum ps_trust {
	PS_TRUST_PENDING = 0, /* waits for the administrator */
	PS_TRUST_TRUSTED = 1,
	PS_TRUST_PINNED = 2, /* this one and no other */
	PS_TRUST_REJECTED = 3,
	/* Waits as well, whatever its source may do: when it came, the address
	 * had another one. */
	PS_TRUST_CHANGED = 4
};
const char *ps_trust_name(enum ps_trust t);

/* One certificate for one address. */
struct ps_key_bond {
	struct ps_bytes address;
	char fpr[PS_FPR_SIZE];
	enum ps_key_origin origin; /* who said so last */
	enum ps_trust trust;
	bool by_hand;	 /* the administrator said how far it is trusted */
	bool gone;	 /* its source no longer gives it */
	int64_t since_s; /* first seen */
	int64_t seen_s;	 /* last seen */
	/* Of an Autocrypt header: the Date of its message, for only a later one
	 * counts (Autocrypt 1.1, section 2.3); else 0. */
	int64_t dated_s;
};

/* The last look for an address at one source. */
enum ps_look_outcome {
	PS_LOOK_FOUND = 0,
	PS_LOOK_ABSENT = 1,
	PS_LOOK_DNS = 2,     /* broken DNS: nobody knows */
	PS_LOOK_TROUBLE = 3, /* server not reached or too slow */
	PS_LOOK_REFUSED = 4, /* what it gave was rubbish */
	/* A certificate of this address, as the engine says, but one that is
	 * expired, revoked, or can only sign. */
	PS_LOOK_UNUSABLE = 5
};
const char *ps_look_outcome_name(enum ps_look_outcome o);
struct ps_key_look {
	struct ps_bytes address;
	enum ps_key_origin origin;
	enum ps_look_outcome outcome;
	int64_t at_s;	  /* when */
	int64_t due_s;	  /* when it is to be looked for again */
	int64_t used_s;	  /* when mail last asked for it */
	const char *text; /* for people; not NULL */
};

/* A line of the history.  Nothing ever changes or removes one, but for the
 * oldest of an address when it has more than PS_KEY_BOOK_HISTORY. */
#define PS_KEY_BOOK_HISTORY 200
struct ps_key_event {
	int64_t at_s;
	struct ps_bytes address; /* empty: of the certificate as such */
	const char *what;	 /* a word: "found", "changed", "pinned", ... */
	const char *fpr, *old_fpr; /* "" where there is none */
	const char *by;		   /* an origin, or "hand" */
	const char *text;	   /* for people; not NULL */
};

/* What becomes of one address; all of it or nothing. */
struct ps_key_change {
	/* Empty: nothing but events of certificates as such, and any serial. */
	struct ps_bytes address;
	const struct ps_key_bond *put; /* added, or replaced by fpr */
	size_t n_put;
	const char *const *remove; /* fingerprints of bonds that end */
	size_t n_remove;
	const struct ps_key_look *look; /* replaced by origin */
	size_t n_look;
	const struct ps_key_event *event; /* appended */
	size_t n_event;
};

/* What the book knows of one address. */
struct ps_key_page {
	struct ps_bytes address;
	struct ps_key_bond *bond; /* oldest first */
	size_t n_bond;
	struct ps_key_look *look; /* at most one an origin */
	size_t n_look;
	int64_t serial; /* of the last change; 0: no such page */
};

struct ps_key_book {
	void *self;
	/* One indexed look-up; never waits for a writer. */
	enum ps_status (*read)(void *self, struct ps_arena *a,
		struct ps_bytes address, struct ps_key_page *out,
		const char **why);
	/*
	 * On the disk when it returns.  serial: that of the page that the
	 * change was made from; PS_EBUSY when it has changed since, and nothing
	 * is done: read again.  A look never goes back to an older used_s.
	 */
	enum ps_status (*write)(void *self, struct ps_arena *a,
		const struct ps_key_change *change, int64_t serial,
		const char **why);
	/* Mail asked for it; kept in memory, so that it never waits, and
	 * written when due() is asked, or many have come together. */
	void (*used)(void *self, struct ps_bytes address, int64_t now_s);
	/* At most max addresses with a look that is due, the longest due
	 * first; only those used after used_s. */
	enum ps_status (*due)(void *self, struct ps_arena *a, int64_t now_s,
		int64_t used_s, size_t max, struct ps_bytes **out,
		size_t *n_out, const char **why);
	/*
	 * Pages that say nothing but that an address was looked for, neither
	 * looked for nor asked for by mail after used_s, end: at most max.
	 * Their history stays.
	 */
	enum ps_status (*forget)(void *self, struct ps_arena *a, int64_t used_s,
		size_t max, size_t *n_out, const char **why);
	/*
	 * Pages that hold anything in the order of addresses, those after
	 * "after" (empty: from the first), at most max, which is also the room
	 * in out: to walk a large book without holding it.
	 */
	enum ps_status (*walk)(void *self, struct ps_arena *a,
		struct ps_bytes after, size_t max, struct ps_key_page *out,
		size_t *n_out, const char **why);
	/* Every bond of this certificate. */
	enum ps_status (*by_fpr)(void *self, struct ps_arena *a,
		const char *fpr, struct ps_key_bond **out, size_t *n_out,
		const char **why);
	/* Latest first; address empty: of all. */
	enum ps_status (*history)(void *self, struct ps_arena *a,
		struct ps_bytes address, size_t max, struct ps_key_event **out,
		size_t *n_out, const char **why);
};

/*
 * The book in SQLite.  Safe from several threads and processes.  Does not touch
 * the file until it is first used, and a reader of a book that is not there
 * finds it empty.
 */
struct ps_key_book_db;
struct ps_key_book_db *ps_key_book_db_new(const char *path);
void ps_key_book_db_free(struct ps_key_book_db *db); /* accepts NULL */
struct ps_key_book ps_key_book_db_adapter(struct ps_key_book_db *db);

#endif
