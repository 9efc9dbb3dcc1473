/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The parsed configuration, immutable and shared by threads.  Words are a
 * table (words.h): parser, check, match, explain and the manual's test walk
 * the same one.
 */
#ifndef PS_POLICY_POLICY_H
#define PS_POLICY_POLICY_H

#include "auth/verify.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/status.h"
#include "keys/certs.h"
#include "mail/txn.h"
#include "policy/words.h"

/* Where a value was written. */
struct ps_origin {
	const char *file; /* NULL: built in */
	int line;
};

/* One value of a word in one section. */
struct ps_setting {
	bool set;
	int value; /* index into the word's choices; 0 or 1 for booleans; a
		      mask of choices for lists that have choices */
	const char *const *list; /* for list words */
	size_t n_list;
	struct ps_origin where;
};

struct ps_patterns {
	const char *const *item;
	size_t n;
};

/* What only a verdict proves of a message's sender; conditions of rules. */
enum ps_proof {
	PS_PROOF_HEADER_FROM, /* addresses, under a DMARC pass */
	PS_PROOF_DKIM_DOMAIN,
	PS_PROOF_SPF_DOMAIN,
	PS_PROOF_CERT_SUBJECT, /* known as soon as TLS is */
	PS_PROOF_IPREV,	       /* names */
	/* fingerprints, and addresses of the author, under an OpenPGP pass */
	PS_PROOF_SIGNED_BY,
	PS_PROOF_N
};

struct ps_rule {
	const char *name;
	struct ps_origin where;
	/* What must hold; an empty list holds always. */
	struct ps_patterns from, to, login;
	int direction; /* enum ps_direction, PS_DIR_ANY when not given */
	struct ps_patterns proof[PS_PROOF_N];
	struct ps_setting word[PS_WORD_N];
};

enum ps_section_kind {
	PS_SECTION_DEFAULTS,
	PS_SECTION_DOMAIN,
	PS_SECTION_PEER
};

struct ps_section {
	enum ps_section_kind kind;
	const char *name; /* domain, lower-case A-label; "" for defaults */
	struct ps_origin where;
	struct ps_setting word[PS_WORD_N];
	struct ps_rule *rule;
	size_t n_rule;
};

struct ps_network {
	int family; /* AF_INET, AF_INET6 */
	unsigned char addr[16];
	int bits;
};

struct ps_alias {
	struct ps_addr from, to;
	struct ps_origin where;
};

/* Who may use which address: section login. */
struct ps_login {
	const char *name;
	struct ps_patterns addresses;
	struct ps_origin where;
};

/* Which secret key signs for a domain or for an address: section signer. */
struct ps_signer_setting {
	const char *name; /* as it was written */
	bool by_domain;
	const char *domain;  /* by_domain: A-label, lower case */
	struct ps_addr addr; /* else */
	const char *fpr;     /* 40 upper-case hexadecimal digits */
	struct ps_origin where;
};

/* Whose mail may fail: by address, or by a name that iprev confirms. */
struct ps_forwarders {
	const struct ps_network *network;
	size_t n_network;
	struct ps_patterns host;
};

struct ps_policy {
	struct ps_arena *arena; /* owns everything here */
	const char *file;
	/* listen */
	/* "unix:/path", "inet:port@host" or "inet6:port@[address]" */
	const char *milter_socket;
	const char *control_socket; /* a path; NULL: none */
	const char *socket_group;
	const char *user, *crypto_user; /* NULL: do not change */
	/* identity */
	const char *authserv_id;
	const char *local_domain; /* of addresses that have none, or NULL */
	const struct ps_network *internal;
	size_t n_internal;
	const char *const *submission_daemons; /* {daemon_name} of logged-in */
	size_t n_submission_daemons;
	/* keys */
	const char *key_dir;
	/* A GnuPG home of the crypto user; NULL: there are no secret keys. */
	const char *secret_home;
	const char *passphrase_file; /* or NULL: an agent, a card, none */
	bool all_subkeys;
	const char *gpg; /* path of the gpg program */
	/* Where certificates are looked for, in this order; pins come first
	 * and are no source. */
	enum ps_key_origin key_order[PS_ORIGIN_N];
	size_t n_key_order;
	int64_t lookup_wait_ms; /* that a message waits for the network */
	int64_t lookup_ms;	/* that one look takes */
	size_t lookups;		/* under way at once */
	/* How long what was found, an absence, and trouble hold. */
	int64_t refresh_s, absent_s, trouble_s;
	int64_t unused_s;      /* not asked for so long: refreshed no more */
	int64_t warn_before_s; /* the end of a key */
	/* https */
	const char *https_ca; /* a path; NULL: the system's */
	size_t https_port;
	bool https_private; /* addresses that are not public may be asked */
	/* verify */
	struct ps_auth_settings auth; /* receiver is the authserv_id */
	const char *const *resolver;  /* "127.0.0.1@5353"; none: the system's */
	size_t n_resolver;
	bool recursion, dnssec, stripped_is_insecure;
	const char *root_key;		 /* of DNSSEC, a path */
	const char *const *trust_anchor; /* lines, DS or DNSKEY */
	size_t n_trust_anchor;
	const char *psl; /* a path, or NULL: the system's list */
	bool iprev;
	bool openpgp; /* look at OpenPGP signatures of what comes in */
	const struct ps_network *trusted_relay;
	size_t n_trusted_relay;
	struct ps_forwarders forwarder;
	const char *const *trusted_list; /* domains, "*" allowed */
	size_t n_trusted_list;
	bool authres_out, received_spf;
	unsigned methods; /* enum ps_method that any section may ask */
	/* dkim */
	const char *dkim_dir;  /* DOMAIN/SELECTOR.pem */
	int64_t dkim_expire_s; /* x=; 0: never */
	/* relay: where copies go when recipients need different ones */
	const char *relay_to;	      /* as milter_socket; NULL: none */
	const char *relay_login_file; /* "user:password", or NULL */
	const char *ledger;	      /* path of what is remembered of them */
	int64_t relay_ms;	      /* for all copies of one message */
	int64_t queue_life_s;	      /* how long a sending MTA tries again */
	size_t relay_connections;     /* at once */
	/* everything else */
	const char *spool_dir;
	const char *recipient_delimiter;
	bool local_part_case; /* true: local parts match with case */
	bool trial;
	bool log_syslog;
	const struct ps_alias *alias;
	size_t n_alias;
	const struct ps_login *login;
	size_t n_login;
	const struct ps_signer_setting *signer;
	size_t n_signer;
	struct ps_limits limits;
	struct ps_section defaults;
	struct ps_section *section; /* domains and peers, sorted by name */
	size_t n_section;
};

/* What is wrong with a configuration, one entry each. */
struct ps_problem {
	struct ps_origin where;
	bool warning; /* said by check; does not refuse the configuration */
	const char *text;
};
struct ps_problems {
	struct ps_problem *problem;
	size_t n_problem;
};

/*
 * Read FILE and what it includes.  NULL when it has an error; problems (in
 * arena a) say what, where and what to do.  Loads in one thread at a time.
 */
struct ps_policy *ps_policy_load(
	const char *file, struct ps_arena *a, struct ps_problems *problems);
/* The same from memory; "name" stands for the file, include is refused. */
struct ps_policy *ps_policy_load_text(struct ps_bytes text, const char *name,
	struct ps_arena *a, struct ps_problems *problems);
void ps_policy_free(struct ps_policy *p);

/*
 * Can recipients of one message need several copies: somebody's may be sealed,
 * and "mixed" does not forbid it?  *where, when true, is the line that seals.
 */
bool ps_policy_can_split(const struct ps_policy *p, struct ps_origin *where);

/* Is this one of the policy's sources of certificates? */
bool ps_policy_has_source(const struct ps_policy *p, enum ps_key_origin o);
/* Any that asks the network, or learns from mail? */
bool ps_policy_discovers(const struct ps_policy *p);

/* The section of a domain (A-label, lower case), or NULL. */
const struct ps_section *ps_policy_section(
	const struct ps_policy *p, struct ps_bytes domain);
bool ps_policy_is_ours(const struct ps_policy *p, const struct ps_addr *addr);
bool ps_policy_is_internal(
	const struct ps_policy *p, const struct sockaddr_storage *client);
bool ps_policy_is_trusted_relay(
	const struct ps_policy *p, const struct sockaddr_storage *client);
bool ps_network_has(const struct ps_network *n, size_t n_network,
	const struct sockaddr_storage *client);
/* The section of a login, without case, or NULL. */
const struct ps_login *ps_policy_login(
	const struct ps_policy *p, struct ps_bytes name);
/* Whose key signs as the domain of this address, or as the address itself and
 * nothing else; or NULL. */
const struct ps_signer_setting *ps_policy_signer(
	const struct ps_policy *p, const struct ps_addr *addr, bool by_domain);

#endif
