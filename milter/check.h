/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The parts of "postseal check".  Each looks at one thing and adds findings;
 * none changes anything on the machine.
 */
#ifndef PS_MILTER_CHECK_H
#define PS_MILTER_CHECK_H

#include "findings.h"
#include "mta.h"
#include "dns/dns.h"
#include "keys/keydir.h"

struct ps_check_dkim;
struct ps_check {
	struct ps_arena *arena;
	const struct ps_policy *policy;
	const struct ps_mta *mta;   /* NULL: no Postfix to look at */
	const char *user;	    /* that the daemon runs as */
	const struct ps_wait *wait; /* for the keys; NULL before them */
	struct ps_findings *out;
	struct ps_check_dkim *dkim; /* keys that could be read */
	size_t n_dkim;
};

/* Users and groups exist; gpg runs; directories can be used by the daemon. */
void ps_check_users(const struct ps_check *c);
/* False: there is no gpg to read keys with. */
bool ps_check_gpg(const struct ps_check *c);
/* False: the key directory cannot be looked into from here. */
bool ps_check_directories(const struct ps_check *c);

/* Postfix's user can talk to the milter socket. */
void ps_check_socket(
	const struct ps_check *c, const struct ps_socket_name *ours);

/*
 * A relay where policy can need one, that the daemon reaches and other users of
 * the machine do not; its login file and the ledger.
 */
void ps_check_relay(const struct ps_check *c);

/*
 * Certificates that policy names exist and can be used, those of recipients
 * that must be sealed to are there, nothing ends within warn-before.
 *
 * line, n  every certificate of the directory
 */
void ps_check_keys(const struct ps_check *c, const struct ps_certs *certs,
	const struct ps_key_line *line, size_t n, int64_t now_s);

/* Every section signer names a secret key that is there and can sign. */
void ps_check_signers(const struct ps_check *c, const struct ps_engine *engine);

/* Who will be without a key, the first first. */
void ps_check_forecast(
	const struct ps_check *c, const struct ps_key_ending *ending, size_t n);

/*
 * Keys that sign with DKIM: there, readable for the crypto workers and for
 * nobody else; as whoever looks, so before privileges are dropped.  Then what
 * the DNS publishes is held against those that could be read.
 */
void ps_check_dkim_keys(struct ps_check *c);
void ps_check_dkim_records(const struct ps_check *c, struct ps_dns_budget *dns);

/* "postseal.conf:4", or the file alone for what is built in. */
const char *ps_check_where(const struct ps_check *c, struct ps_origin where);

#endif
