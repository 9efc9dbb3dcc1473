/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Taking certificates in: files first, each whole, then the rows in one
 * transaction.  Whoever looks meanwhile sees the old index beside a changed
 * directory and waits.
 */
#include "keys/cert_judge.h"
#include "keys/keydir_parts.h"

#include <fcntl.h>
#include <sys/stat.h>

/* A file may hold many certificates. */
#define CERTS_OF_A_FILE 16
/* That the engine is asked about, to see whether it works. */
#define TRIED_MAX 1000

enum ps_status
ps_keydir_read_certs(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_keydir_dirs *dirs, struct ps_key_file *file,
	struct ps_cert_raws *out, const char **why)
{
	struct ps_bytes octets, binary;
	enum ps_status s;

	s = ps_keydir_read(a, dirs->certs, file->name,
		CERTS_OF_A_FILE * d->env.max_certificate, &octets, &file->stamp,
		why);
	if (s != PS_OK) {
		*why = ps_arena_printf(a, "cannot be read: %s", *why);
		return s;
	}
	s = ps_cert_dearmor(a, octets, &binary, why);
	if (s == PS_OK)
		ps_cert_raw_split(a, binary, out);
	return s;
}

static void
append(struct ps_arena *a, struct ps_key_item *it, struct ps_bytes octets)
{
	char *p;

	if (ps_bytes_eq(it->octets, octets))
		return;
	p = ps_arena_alloc(a, it->octets.len + octets.len);
	memcpy(p, it->octets.p, it->octets.len);
	memcpy(p + it->octets.len, octets.p, octets.len);
	it->octets = ps_bytes(p, it->octets.len + octets.len);
}

static void
add_file(struct ps_arena *a, struct ps_key_item *it,
	const struct ps_key_file *file)
{
	for (size_t i = 0; i < it->n_file; i++) {
		if (strcmp(it->file[i].name, file->name) == 0)
			return;
	}
	PS_GROW(a, it->file, it->n_file);
	it->file[it->n_file++] = *file;
}

/* The copies that the directory holds already. */
static enum ps_status
add_stored(struct ps_keydir_batch *b, struct ps_key_item *it, const char **why)
{
	const char *fpr[] = {it->raw.fpr}, *ignored;
	const struct ps_key_lookup q = {.fpr = fpr, .n_fpr = 1};
	struct ps_key_found found;
	struct ps_cert_raws split;
	enum ps_status s;

	s = ps_key_index_find(b->d->index, b->a, &q, &found, why);
	if (s != PS_OK || found.n_record == 0)
		return s;
	for (size_t i = 0; i < found.record[0].n_file; i++) {
		struct ps_key_file file = found.record[0].file[i];

		if (ps_keydir_read_certs(b->d, b->a, b->dirs, &file, &split,
			    &ignored) != PS_OK)
			continue; /* gone or changed: the next round sees it */
		for (size_t k = 0; k < split.n_cert; k++) {
			if (strcmp(split.cert[k].fpr, it->raw.fpr) == 0)
				append(b->a, it, split.cert[k].octets);
		}
		add_file(b->a, it, &found.record[0].file[i]);
	}
	return PS_OK;
}

bool
ps_keydir_stored(struct ps_keydir_batch *b, const struct ps_key_record *record,
	struct ps_cert_raw *out)
{
	struct ps_cert_raws split;
	const char *ignored;

	for (size_t i = 0; i < record->n_file; i++) {
		struct ps_key_file file = record->file[i];

		if (ps_keydir_read_certs(b->d, b->a, b->dirs, &file, &split,
			    &ignored) != PS_OK)
			continue;
		for (size_t k = 0; k < split.n_cert; k++) {
			*out = split.cert[k];
			if (strcmp(out->fpr, record->fpr) == 0)
				return true;
		}
	}
	return false;
}

enum ps_status
ps_keydir_add(struct ps_keydir_batch *b, const struct ps_cert_raw *raw,
	const struct ps_key_file *file, const char **why)
{
	struct ps_key_item *it = NULL;
	enum ps_status s = PS_OK;

	for (size_t i = 0; i < b->n_item && it == NULL; i++) {
		if (strcmp(b->item[i].raw.fpr, raw->fpr) == 0)
			it = &b->item[i];
	}
	if (it == NULL) {
		PS_GROW(b->a, b->item, b->n_item);
		it = &b->item[b->n_item++];
		*it = (struct ps_key_item){.raw = *raw, .octets = raw->octets};
		s = add_stored(b, it, why);
	} else {
		append(b->a, it, raw->octets);
	}
	if (file != NULL)
		add_file(b->a, it, file);
	return s;
}

/*
 * All calls failed: because of these octets, or is the engine down?  It is
 * asked about a file that it has read before.
 */
static bool
engine_works(struct ps_keydir_batch *b, const struct ps_wait *wait)
{
	const struct ps_engine *e = b->d->env.engine;
	struct ps_key_found some;
	struct ps_cert_info *info;
	const char *ignored;
	size_t n = 0;

	/* Files under a name of ours only: what was copied in may be what is
	 * being read now. */
	if (e == NULL || ps_key_index_walk(b->d->index, b->a, "", TRIED_MAX,
				 &some, &ignored) != PS_OK)
		return false;
	for (size_t i = 0; i < some.n_record; i++) {
		struct ps_key_record *r = &some.record[i];
		struct ps_key_file file = {
			.name = ps_arena_printf(b->a, "%s.pgp", r->fpr)};
		struct ps_cert_raw raw;

		r->file = &file;
		r->n_file = 1;
		if (r->invalid || !ps_keydir_stored(b, r, &raw))
			continue;
		return e->read_certs(e->self, b->a, raw.octets, wait, &info, &n,
			       &ignored) == PS_OK &&
		       n == 1;
	}
	return false;
}

static enum ps_status
learn(struct ps_keydir_batch *b, const struct ps_wait *wait, const char **why)
{
	enum ps_status s = PS_OK;

	for (size_t at = 0; s == PS_OK && at < b->n_item;
		at += PS_KEYDIR_BATCH) {
		size_t n = b->n_item - at;

		if (n > PS_KEYDIR_BATCH)
			n = PS_KEYDIR_BATCH;
		s = ps_key_items_learn(
			b->a, b->item + at, n, b->d->env.engine, wait, why);
		if (s != PS_OK && s != PS_ESTOP && engine_works(b, wait)) {
			ps_key_items_doubt(b->a, b->item + at, n);
			s = PS_OK;
		}
	}
	return s;
}

static enum ps_status
write_files(struct ps_keydir_batch *b, const char **why)
{
	struct ps_keydir_put *put;
	size_t n = b->n_item, at = 0;
	enum ps_status s;

	for (size_t i = 0; i < b->n_item; i++)
		n += b->item[i].n_minimal;
	put = ps_arena_array(b->a, n + 1, sizeof(*put));
	for (size_t i = 0; i < b->n_item; i++) {
		for (size_t k = 0; k < b->item[i].n_minimal; k++)
			put[at++] = (struct ps_keydir_put){
				.dir_fd = b->dirs->sub,
				.name = b->item[i].minimal[k].name,
				.octets = b->item[i].minimal[k].octets,
			};
	}
	n = at;
	for (size_t i = 0; b->keep && i < b->n_item; i++)
		put[at++] = (struct ps_keydir_put){
			.dir_fd = b->dirs->certs,
			.name = ps_arena_printf(
				b->a, "%s.pgp", b->item[i].record.fpr),
			.octets = b->item[i].whole,
		};
	s = ps_keydir_write(b->a, b->dirs, put, at, why);
	for (size_t i = 0; s == PS_OK && i < at - n; i++)
		b->item[i].changed = put[n + i].changed;
	return s;
}

/* The file that an import wrote, as it is now. */
static void
see_kept(struct ps_keydir_batch *b, struct ps_key_item *it)
{
	struct ps_key_file file = {
		.name = ps_arena_printf(b->a, "%s.pgp", it->record.fpr)};
	struct stat st;

	if (fstatat(b->dirs->certs, file.name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return; /* removed under our hands: the next round sees it */
	ps_stamp_from(&st, &file.stamp);
	PS_GROW(b->a, b->seen, b->n_seen);
	b->seen[b->n_seen++] = file;
	add_file(b->a, it, &file);
}

static void
set_ends(struct ps_key_record *r)
{
	for (size_t i = 0; i < r->n_uid; i++)
		r->uid[i].ends_s = ps_cert_ends(r, &r->uid[i]);
}

enum ps_status
ps_keydir_store(
	struct ps_keydir_batch *b, const struct ps_wait *wait, const char **why)
{
	struct ps_key_writer *w = NULL;
	enum ps_status s = learn(b, wait, why);

	if (s == PS_OK)
		s = write_files(b, why);
	for (size_t i = 0; s == PS_OK && b->keep && i < b->n_item; i++)
		see_kept(b, &b->item[i]);
	if (s == PS_OK)
		s = ps_key_index_begin(b->d->index, b->a, &w, why);
	if (s != PS_OK)
		return s;
	s = ps_key_index_set_dir(w, NULL, why);
	for (size_t i = 0; s == PS_OK && i < b->n_seen; i++)
		s = ps_key_index_put_file(w, &b->seen[i], why);
	for (size_t i = 0; s == PS_OK && i < b->n_item; i++) {
		b->item[i].record.file = b->item[i].file;
		b->item[i].record.n_file = b->item[i].n_file;
		set_ends(&b->item[i].record);
		s = ps_key_index_put(w, &b->item[i].record, why);
	}
	if (s == PS_OK)
		return ps_key_index_commit(w, why);
	ps_key_index_abort(w);
	return s;
}
