/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Between the files of discovery: one look at one source, from what the source
 * gave to what the book says.
 */
#ifndef PS_DISCOVERY_DISCOVERY_PARTS_H
#define PS_DISCOVERY_DISCOVERY_PARTS_H

#include "discovery/discovery.h"
#include "discovery/flights.h"
#include "discovery/notes.h"

/* Trouble of our own is tried again after so long. */
#define PS_DISCOVERY_OURS_S 30

struct ps_discovery {
	struct ps_discovery_env env;
	struct ps_flights *flights;
	struct ps_notes *notes;
	int own_stop; /* an eventfd, where env has no stop_fd */
	/* Of who tends: see tend.c. */
	int64_t ending_again_s, forget_again_s;
};

/* How the book spells an address. */
struct ps_bytes ps_discovery_name(const struct ps_discovery *d,
	struct ps_arena *a, const struct ps_addr *addr);
/* The source that may be asked by these rules, or NULL. */
const struct ps_source *ps_discovery_source(const struct ps_discovery *d,
	const struct ps_key_rules *rules, enum ps_key_origin origin);
const struct ps_key_look *ps_discovery_look_of(
	const struct ps_key_page *page, enum ps_key_origin origin);
bool ps_discovery_is_stopping(const struct ps_discovery *d);

/* Whom a look is for, and within what. */
struct ps_looking {
	struct ps_discovery *d;
	struct ps_arena *a;
	const struct ps_addr *addr;
	struct ps_bytes name;
	const struct ps_key_rules *rules;
	enum ps_key_origin origin;
	bool mail;	 /* it asked, now */
	bool anew;	 /* what is remembered of the domain does not count */
	int64_t dated_s; /* Autocrypt */
	const struct ps_wait *wait;
};

struct ps_candidate {
	const char *fpr;
	struct ps_bytes octets; /* trimmed */
	const char *reason;	/* "" when usable for the address now */
	int64_t ends_s;		/* when it no longer will be; 0 for never */
	bool is_kept;		/* its files are written */
};

struct ps_looked {
	enum ps_look_outcome outcome;
	const char *text;
	struct ps_candidate *cert; /* those that the engine could read */
	size_t n_cert;
	int64_t due_s;	       /* 0: by the outcome */
	bool answered, silent; /* the source itself, now */
	/* Trouble of our own: nothing was learnt, and nothing written. */
	const char *ours;
	/* By admit: what the book says now. */
	struct ps_key_look look;
	const struct ps_key_event *event;
	size_t n_event;
	bool serves; /* what was found may be used, by the rules */
};

/* Ask the source, read what it gives, keep it, write the book and the log. */
void ps_discovery_look(const struct ps_looking *l, const struct ps_source *src,
	struct ps_looked *out);
/* The same for what an Autocrypt header brought. */
void ps_discovery_offered(
	const struct ps_looking *l, struct ps_bytes keydata, int64_t due_s);

/* Trim, have the engine read, judge: fills outcome, text and cert, or ours. */
void ps_discovery_read(const struct ps_looking *l, struct ps_bytes octets,
	struct ps_looked *out);
/* Files first, the book last. */
void ps_discovery_admit(const struct ps_looking *l, struct ps_looked *out);

void ps_discovery_log_events(
	const struct ps_looking *l, const struct ps_looked *k);
/* One line a domain and trouble_s. */
void ps_discovery_log_trouble(
	const struct ps_looking *l, const struct ps_looked *k);

/* The certs adapter. */
void ps_discovery_find(void *self, struct ps_arena *a,
	const struct ps_cert_query *q, struct ps_cert_answer *out);

enum ps_status ps_discovery_signers(void *self, struct ps_arena *a,
	const struct ps_signer_query *q, struct ps_signer **out, size_t *n_out,
	const char **why);

/* What a thread does: see flights.h. */
void ps_discovery_fly(void *self, struct ps_arena *a,
	const struct ps_flight_job *job, struct ps_landing *out);

#endif
