/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The index follows the files.  What is new or changed is read, what is gone
 * is forgotten, and the directory's stamp is recorded only once a scan finds
 * nothing more to do.
 */
#include "keys/keydir_parts.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

#define ROUNDS_MAX 8

static bool
file_is_fresh(struct ps_arena *a, const struct ps_keydir *d,
	const struct ps_key_file *f)
{
	const char *path = ps_arena_printf(a, "%s/certs/%s", d->path, f->name);
	struct ps_file_stamp now;
	struct stat st;

	if (lstat(path, &st) != 0)
		return false;
	ps_stamp_from(&st, &now);
	return ps_stamp_eq(&now, &f->stamp);
}

enum ps_status
ps_keydir_is_fresh(const struct ps_keydir *d, struct ps_arena *a,
	const struct ps_key_found *found, bool *fresh, const char **why)
{
	struct ps_file_stamp now;
	enum ps_status s = ps_keydir_stamp(a, d->path, &now, why);

	if (s != PS_OK)
		return s;
	*fresh = ps_stamp_eq(&now, &found->dir);
	for (size_t i = 0; *fresh && i < found->n_record; i++) {
		const struct ps_key_record *r = &found->record[i];

		for (size_t k = 0; *fresh && k < r->n_file; k++)
			*fresh = file_is_fresh(a, d, &r->file[k]);
	}
	for (size_t i = 0; *fresh && i < found->n_bad; i++)
		*fresh = file_is_fresh(a, d, &found->bad[i]);
	return PS_OK;
}

/* One round of comparing. */
struct round {
	struct ps_arena *a;
	struct ps_keydir *d;
	const struct ps_keydir_dirs *dirs;
	struct ps_keydir_scan scan;
	bool *dirty; /* one a file of the scan */
	size_t n_dirty;
	const char **gone;
	size_t n_gone;
};

static int
by_name(const void *x, const void *y)
{
	const struct ps_key_file *a = x, *b = y;

	return strcmp(a->name, b->name);
}

static void
mark(struct round *r, const char *name)
{
	struct ps_key_file key = {.name = name}, *f;
	size_t at;

	if (r->scan.n_file == 0)
		return;
	f = bsearch(&key, r->scan.file, r->scan.n_file, sizeof(key), by_name);
	if (f == NULL)
		return;
	at = (size_t)(f - r->scan.file);
	if (!r->dirty[at])
		r->n_dirty++;
	r->dirty[at] = true;
}

static void
add_gone(struct round *r, const char *name)
{
	PS_GROW(r->a, r->gone, r->n_gone);
	r->gone[r->n_gone++] = name;
}

/* Both lists are sorted by name. */
static void
compare(struct round *r, const struct ps_key_file *known, size_t n_known)
{
	size_t k = 0;

	for (size_t i = 0; i < r->scan.n_file; i++) {
		const struct ps_key_file *f = &r->scan.file[i];
		int order = 1;

		while (k < n_known &&
			(order = strcmp(known[k].name, f->name)) < 0)
			add_gone(r, known[k++].name);
		if (k == n_known || order > 0) {
			mark(r, f->name);
			continue;
		}
		if (!ps_stamp_eq(&known[k].stamp, &f->stamp)) {
			add_gone(r, known[k].name);
			mark(r, f->name);
		}
		k++;
	}
	while (k < n_known)
		add_gone(r, known[k++].name);
}

static enum ps_status
begin_round(struct round *r, const char **why)
{
	struct ps_key_file *known;
	size_t n_known;
	enum ps_status s = ps_keydir_scan(r->a, r->dirs, &r->scan, why);

	if (s == PS_OK)
		s = ps_key_index_files(
			r->d->index, r->a, &known, &n_known, why);
	if (s != PS_OK)
		return s;
	r->dirty = ps_arena_array(r->a, r->scan.n_file + 1, sizeof(bool));
	compare(r, known, n_known);
	return PS_OK;
}

static enum ps_status
forget_gone(struct round *r, const char **why)
{
	struct ps_key_writer *w;
	enum ps_status s = ps_key_index_begin(r->d->index, r->a, &w, why);

	if (s != PS_OK)
		return s;
	s = ps_key_index_set_dir(w, NULL, why);
	for (size_t i = 0; s == PS_OK && i < r->n_gone; i++) {
		const char **sibling = NULL;
		size_t n = 0;

		s = ps_key_index_forget(w, r->gone[i], &sibling, &n, why);
		for (size_t k = 0; s == PS_OK && k < n; k++)
			mark(r, sibling[k]);
	}
	if (s == PS_OK)
		return ps_key_index_commit(w, why);
	ps_key_index_abort(w);
	return s;
}

/* PS_OK also when the file is bad: that is recorded, said, and no more. */
static enum ps_status
add_dirty(struct ps_keydir_batch *b, const struct ps_key_file *entry,
	const char **why)
{
	struct ps_key_file file = *entry;
	struct ps_cert_raws split = {0};
	enum ps_status s = PS_OK;

	if (file.bad == NULL && ps_keydir_read_certs(b->d, b->a, b->dirs, &file,
					&split, &file.bad) == PS_OK)
		file.bad = split.n_revocation == 0
				   ? split.left_out
				   : "a revocation alone counts only after "
				     "\"postseal keys import\"";
	for (size_t i = 0; s == PS_OK && i < split.n_cert; i++) {
		if (split.cert[i].fpr[0] == '\0')
			file.bad = split.cert[i].broken;
		else
			s = ps_keydir_add(b, &split.cert[i], &file, why);
	}
	if (file.bad != NULL)
		ps_log(PS_LOG_WARNING, "key file %s: %s",
			ps_str_printable(b->a, ps_bytes_of(file.name), 200),
			ps_str_printable(b->a, ps_bytes_of(file.bad), 200));
	PS_GROW(b->a, b->seen, b->n_seen);
	b->seen[b->n_seen++] = file;
	return s;
}

/* Read files from *at on, as many as make one batch. */
static enum ps_status
take_batch(struct round *r, size_t *at, const struct ps_wait *wait,
	const char **why)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_keydir_batch b = {.a = a, .d = r->d, .dirs = r->dirs};
	const char *said = NULL;
	enum ps_status s = PS_OK;

	for (; s == PS_OK && *at < r->scan.n_file; (*at)++) {
		if (b.n_item >= PS_KEYDIR_BATCH ||
			ps_arena_used(a) >= PS_KEYDIR_BATCH_OCTETS)
			break;
		if (r->dirty[*at])
			s = add_dirty(&b, &r->scan.file[*at], &said);
	}
	if (s == PS_OK)
		s = ps_keydir_store(&b, wait, &said);
	if (s != PS_OK)
		*why = ps_arena_strdup(r->a, said);
	ps_arena_free(a);
	return s;
}

static enum ps_status
record_stamp(struct round *r, const char **why)
{
	struct ps_key_writer *w;
	enum ps_status s = ps_key_index_begin(r->d->index, r->a, &w, why);

	if (s != PS_OK)
		return s;
	s = ps_key_index_set_dir(w, &r->scan.dir, why);
	if (s == PS_OK)
		return ps_key_index_commit(w, why);
	ps_key_index_abort(w);
	return s;
}

static enum ps_status
one_round(struct round *r, const struct ps_wait *wait, bool *done,
	const char **why)
{
	size_t at = 0;
	enum ps_status s = begin_round(r, why);

	*done = s == PS_OK && r->n_dirty == 0 && r->n_gone == 0;
	if (*done)
		return record_stamp(r, why);
	if (s == PS_OK)
		s = forget_gone(r, why);
	while (s == PS_OK && at < r->scan.n_file)
		s = take_batch(r, &at, wait, why);
	return s;
}

enum ps_status
ps_keydir_catch_up(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_keydir_dirs *dirs, const struct ps_wait *wait,
	const char **why)
{
	enum ps_status s = PS_OK;
	bool done = false;

	for (int i = 0; s == PS_OK && !done; i++) {
		struct ps_arena *own = ps_arena_new(PS_ARENA_PLAIN);
		struct round r = {.a = own, .d = d, .dirs = dirs};
		const char *said = "it keeps changing";

		s = i == ROUNDS_MAX ? PS_ETEMP
				    : one_round(&r, wait, &done, &said);
		if (s != PS_OK)
			*why = ps_arena_printf(a, "%s: %s", d->path, said);
		ps_arena_free(own);
	}
	return s;
}
