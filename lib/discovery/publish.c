/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The tree of a Web Key Directory as a list of files.
 */
#include "discovery/publish.h"

#include <stdlib.h>

#include "discovery/wkd.h"
#include "openpgp/cert_trim.h"

#define HASH_LEN 32

/* One certificate on its way into a file. */
struct piece {
	const char *path;
	size_t order; /* as the caller gave them */
	struct ps_bytes octets;
};

bool
ps_publish_is_hash(const char *name)
{
	return strlen(name) == HASH_LEN &&
	       strspn(name, "ybndrfg8ejkmcpqxot1uwisza345h769") == HASH_LEN;
}

/* In a Web Key Directory local parts match without case (section 3.1). */
static bool
is_of(void *self, struct ps_bytes uid)
{
	const struct ps_publish_key *key = self;

	return ps_addr_user_id_is(uid, &key->addr, true);
}

static bool
trim(struct ps_arena *a, struct ps_publish_key *key, struct ps_bytes *out)
{
	struct ps_cert_trim how = ps_cert_trim_default;
	struct ps_cert_trimmed trimmed;
	const char *why = "";

	how.wants_uid = is_of;
	how.self = key;
	if (ps_cert_trim(a, key->certificate, &how, &trimmed, &why) != PS_OK) {
		key->refused = why;
		return false;
	}
	*out = trimmed.octets;
	return true;
}

static const char *
directory(struct ps_arena *a, const char *domain, bool direct)
{
	return ps_arena_printf(a,
		direct ? "%s/.well-known/openpgpkey"
		       : ".well-known/openpgpkey/%s",
		domain);
}

/* NULL: it is none of the domains. */
static const char *
domain_of(const struct ps_publish_key *key, const char *const *domain,
	size_t n_domain)
{
	for (size_t i = 0; i < n_domain; i++)
		if (ps_bytes_eq(key->addr.domain, ps_bytes_of(domain[i])))
			return domain[i];
	return NULL;
}

static int
by_path(const void *x, const void *y)
{
	const struct piece *a = x, *b = y;
	int c = strcmp(a->path, b->path);

	if (c != 0)
		return c;
	return a->order < b->order ? -1 : a->order > b->order;
}

static void
append(struct ps_arena *a, struct ps_publish_file *f, struct ps_bytes octets)
{
	char *p = ps_arena_alloc(a, f->octets.len + octets.len + 1);

	if (f->octets.len > 0)
		memcpy(p, f->octets.p, f->octets.len);
	if (octets.len > 0)
		memcpy(p + f->octets.len, octets.p, octets.len);
	f->octets = ps_bytes(p, f->octets.len + octets.len);
}

/* Pieces of one path become one file; the same octets count once. */
static void
join(struct ps_arena *a, const struct piece *piece, size_t n,
	struct ps_publish_tree *out)
{
	struct ps_publish_file *f = NULL;

	out->file = ps_arena_array(a, n + 1, sizeof(*out->file));
	for (size_t i = 0; i < n; i++) {
		bool same = f != NULL && strcmp(f->path, piece[i].path) == 0;

		if (same && ps_bytes_eq(piece[i].octets, piece[i - 1].octets))
			continue;
		if (!same) {
			f = &out->file[out->n_file++];
			f->path = piece[i].path;
		}
		append(a, f, piece[i].octets);
	}
}

void
ps_publish_wkd(struct ps_arena *a, struct ps_publish_key *key, size_t n_key,
	const char *const *domain, size_t n_domain, bool direct,
	struct ps_publish_tree *out)
{
	struct piece *piece =
		ps_arena_array(a, n_domain + n_key + 1, sizeof(*piece));
	size_t n = 0;

	*out = (struct ps_publish_tree){0};
	for (size_t i = 0; i < n_domain; i++) {
		piece[n].octets = PS_LIT(PS_PUBLISH_POLICY);
		piece[n++].path = ps_arena_printf(
			a, "%s/policy", directory(a, domain[i], direct));
	}
	for (size_t i = 0; i < n_key; i++) {
		const char *of = domain_of(&key[i], domain, n_domain);
		char hash[HASH_LEN + 1];

		if (of == NULL || !trim(a, &key[i], &piece[n].octets))
			continue;
		ps_wkd_hash(key[i].addr.local, hash);
		piece[n].path = ps_arena_printf(
			a, "%s/hu/%s", directory(a, of, direct), hash);
		piece[n].order = i;
		n++;
	}
	if (n > 1)
		qsort(piece, n, sizeof(*piece), by_path);
	join(a, piece, n, out);
	out->n_address = out->n_file - n_domain;
}
