/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What reports ask: records, whole certificates, and when one ends.
 */
#include <fcntl.h>
#include <unistd.h>

#include "keys/cert_judge.h"
#include "keys/keydir_parts.h"

enum ps_status
ps_keydir_records(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_key_lookup *q, const struct ps_wait *wait,
	struct ps_key_found *out, const char **why)
{
	enum ps_status s = ps_keydir_refresh(d, a, wait, why);

	if (s != PS_OK)
		return s;
	if (q->n_fpr == 0 && q->address.len == 0)
		return ps_key_index_all(d->index, a, out, why);
	return ps_key_index_find(d->index, a, q, out, why);
}

/* What import writes is a file of this name, merged; others may be older. */
static bool
is_own_file(const struct ps_key_file *f, const char *fpr)
{
	size_t n = strlen(fpr);

	return strncmp(f->name, fpr, n) == 0 &&
	       strcmp(f->name + n, ".pgp") == 0;
}

static bool
read_from(struct ps_keydir *d, struct ps_arena *a, int certs,
	const struct ps_key_file *from, const char *fpr, struct ps_bytes *out)
{
	const struct ps_keydir_dirs dirs = {.path = d->path, .certs = certs};
	struct ps_key_file file = *from;
	struct ps_cert_raws split;
	const char *ignored;

	if (ps_keydir_read_certs(d, a, &dirs, &file, &split, &ignored) != PS_OK)
		return false;
	for (size_t i = 0; i < split.n_cert; i++) {
		if (strcmp(split.cert[i].fpr, fpr) != 0)
			continue;
		*out = split.cert[i].octets;
		return true;
	}
	return false;
}

static bool
read_copy(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_key_record *r, struct ps_bytes *out)
{
	int certs = open(ps_arena_printf(a, "%s/certs", d->path),
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool got = false;

	if (certs < 0)
		return false;
	for (int own = 1; own >= 0 && !got; own--)
		for (size_t i = 0; i < r->n_file && !got; i++)
			got = is_own_file(&r->file[i], r->fpr) == (own == 1) &&
			      read_from(d, a, certs, &r->file[i], r->fpr, out);
	close(certs);
	return got;
}

enum ps_status
ps_keydir_octets(struct ps_keydir *d, struct ps_arena *a, const char *fpr,
	struct ps_bytes *out, const char **why)
{
	const struct ps_key_lookup q = {.fpr = &fpr, .n_fpr = 1};
	struct ps_key_found found;
	enum ps_status s = ps_key_index_find(d->index, a, &q, &found, why);

	if (s != PS_OK)
		return s;
	if (found.n_record > 0 && read_copy(d, a, &found.record[0], out))
		return PS_OK;
	*why = found.n_record == 0 ? "there is no such certificate"
				   : "its file cannot be read";
	return PS_EPERM;
}

static int64_t
sooner(int64_t x, int64_t y)
{
	return x == 0 || (y != 0 && y < x) ? y : x;
}

/* The last of its names counts, as that of its subkeys does. */
static int64_t
name_ends(const struct ps_key_record *r, const struct ps_addr *addr)
{
	int64_t last = 0;

	for (size_t i = 0; i < r->n_uid; i++) {
		const struct ps_key_uid *u = &r->uid[i];

		if (u->revoked || u->invalid ||
			(addr != NULL && !ps_bytes_ieq(u->address, addr->full)))
			continue;
		if (u->expires_s == 0)
			return 0;
		if (u->expires_s > last)
			last = u->expires_s;
	}
	return last;
}

static int64_t
subkeys_end(const struct ps_cert_verdict *v)
{
	int64_t last = 0;

	for (size_t i = 0; i < v->n_subkey; i++) {
		if (v->subkey[i]->expires_s == 0)
			return 0;
		if (v->subkey[i]->expires_s > last)
			last = v->subkey[i]->expires_s;
	}
	return last;
}

int64_t
ps_keydir_ends(struct ps_arena *a, const struct ps_key_record *r,
	const struct ps_addr *addr, int64_t now_s)
{
	struct ps_cert_verdict v = ps_cert_judge(a, r, addr, true, now_s);

	if (v.n_subkey == 0)
		return r->expires_s;
	return sooner(
		r->expires_s, sooner(name_ends(r, addr), subkeys_end(&v)));
}
