/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a domain publishes of its addresses' certificates, as data: the tree of
 * a Web Key Directory, and OPENPGPKEY records.  Whose certificates these are
 * and whether they can be used is the caller's to know; nothing is read or
 * written here.
 */
#ifndef PS_DISCOVERY_PUBLISH_H
#define PS_DISCOVERY_PUBLISH_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"
#include "mail/addr.h"

/* One certificate for one address; of several those to be used first come
 * first. */
struct ps_publish_key {
	struct ps_addr addr;
	struct ps_bytes certificate; /* whole */
	const char *fpr;
	/* Set when it was left out: why. */
	const char *refused;
};

struct ps_publish_file {
	const char *path; /* from the root of the tree, without "/" in front */
	struct ps_bytes octets;
};

/*
 * Files of the tree (draft-koch-openpgp-webkey-service section 3.1): each
 * domain's policy, then each address's certificates, cut down to the user ids
 * of this address, behind one another.  Addresses whose local parts differ in
 * case share one file.
 *
 * key     in any order of addresses; those of other domains are passed over
 * direct  DOMAIN/.well-known/openpgpkey/hu/HASH, else
 *         .well-known/openpgpkey/DOMAIN/hu/HASH
 */
/* The policy file of a domain that is published from here: by this line its
 * directory is known as ours. */
#define PS_PUBLISH_POLICY "# made by \"postseal keys publish\"\n"

struct ps_publish_tree {
	struct ps_publish_file *file; /* by path */
	size_t n_file;
	size_t n_address;
};
void ps_publish_wkd(struct ps_arena *a, struct ps_publish_key *key,
	size_t n_key, const char *const *domain, size_t n_domain, bool direct,
	struct ps_publish_tree *out);

/* Is this the name of a file that such a tree has for an address? */
bool ps_publish_is_hash(const char *name);

/*
 * One OPENPGPKEY record (RFC 7929) in zone file form, or for servers that do
 * not know the type, "TYPE61 \#" (RFC 3597 section 5).  A record that is too
 * large for common sense has a comment in front of it.  Nothing when the key
 * is refused.
 */
void ps_publish_dns(struct ps_arena *a, struct ps_publish_key *key,
	bool generic, struct ps_buf *out);

#endif
