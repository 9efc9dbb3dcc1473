/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reading the key index.  Each question is one read transaction, so that the
 * directory's stamp and the rows belong together.
 */
#include "store/key_index_db.h"

#include <stdlib.h>

/* What one question needs everywhere. */
struct reading {
	struct ps_arena *a;
	struct key_conn *c;
	const char **why;
};

static struct ps_key_file
file_row(struct ps_arena *a, sqlite3_stmt *stmt)
{
	struct ps_key_file f = {
		.name = ps_key_db_text(a, stmt, 0).p,
		.stamp = {.size = sqlite3_column_int64(stmt, 1),
			.mtime_ns = sqlite3_column_int64(stmt, 2),
			.ctime_ns = sqlite3_column_int64(stmt, 3),
			.ino = (uint64_t)sqlite3_column_int64(stmt, 4)},
	};

	if (sqlite3_column_type(stmt, 5) != SQLITE_NULL)
		f.bad = ps_key_db_text(a, stmt, 5).p;
	return f;
}

/* id 0: all the statement gives */
static enum ps_status
read_files(struct reading *r, enum key_stmt which, sqlite3_int64 id,
	struct ps_key_file **out, size_t *n_out)
{
	sqlite3_stmt *stmt;
	enum ps_status s = ps_key_db_stmt(r->a, r->c, which, &stmt, r->why);
	bool row;

	if (s == PS_OK && id != 0)
		sqlite3_bind_int64(stmt, 1, id);
	while (s == PS_OK) {
		s = ps_key_db_step(r->a, r->c, stmt, &row, r->why);
		if (s != PS_OK || !row)
			break;
		PS_GROW(r->a, *out, *n_out);
		(*out)[(*n_out)++] = file_row(r->a, stmt);
	}
	return s;
}

static enum ps_status
read_subkeys(struct reading *r, sqlite3_int64 id, struct ps_key_record *rec)
{
	sqlite3_stmt *q;
	enum ps_status s = ps_key_db_stmt(r->a, r->c, KEY_SUBKEYS, &q, r->why);
	struct ps_key_subkey *k;
	bool row;

	if (s == PS_OK)
		sqlite3_bind_int64(q, 1, id);
	while (s == PS_OK) {
		s = ps_key_db_step(r->a, r->c, q, &row, r->why);
		if (s != PS_OK || !row)
			break;
		PS_GROW(r->a, rec->subkey, rec->n_subkey);
		k = &rec->subkey[rec->n_subkey++];
		ps_key_db_fpr(q, 0, k->fpr);
		k->key_id = (uint64_t)sqlite3_column_int64(q, 1);
		k->created_s = sqlite3_column_int64(q, 2);
		k->expires_s = sqlite3_column_int64(q, 3);
		k->revoked = sqlite3_column_int(q, 4) != 0;
		k->can_encrypt = sqlite3_column_int(q, 5) != 0;
		k->invalid = sqlite3_column_int(q, 6) != 0;
		k->file_size = sqlite3_column_int64(q, 7);
	}
	return s;
}

static enum ps_status
read_uids(struct reading *r, sqlite3_int64 id, struct ps_key_record *rec)
{
	sqlite3_stmt *q;
	enum ps_status s = ps_key_db_stmt(r->a, r->c, KEY_USER_IDS, &q, r->why);
	bool row;

	if (s == PS_OK)
		sqlite3_bind_int64(q, 1, id);
	while (s == PS_OK) {
		s = ps_key_db_step(r->a, r->c, q, &row, r->why);
		if (s != PS_OK || !row)
			break;
		PS_GROW(r->a, rec->uid, rec->n_uid);
		rec->uid[rec->n_uid++] = (struct ps_key_uid){
			.text = ps_key_db_text(r->a, q, 0),
			.address = ps_key_db_text(r->a, q, 1),
			.expires_s = sqlite3_column_int64(q, 2),
			.revoked = sqlite3_column_int(q, 3) != 0,
			.invalid = sqlite3_column_int(q, 4) != 0,
			.ends_s = sqlite3_column_int64(q, 5),
		};
	}
	return s;
}

static enum ps_status
read_record(struct reading *r, sqlite3_stmt *q, bool files,
	struct ps_key_record *rec)
{
	sqlite3_int64 id = sqlite3_column_int64(q, 0);
	enum ps_status s;

	*rec = (struct ps_key_record){
		.version = sqlite3_column_int(q, 2),
		.created_s = sqlite3_column_int64(q, 3),
		.expires_s = sqlite3_column_int64(q, 4),
		.revoked = sqlite3_column_int(q, 5) != 0,
		.invalid = sqlite3_column_int(q, 6) != 0,
	};
	ps_key_db_fpr(q, 1, rec->fpr);
	if (sqlite3_column_type(q, 7) != SQLITE_NULL)
		rec->note = ps_key_db_text(r->a, q, 7).p;
	s = read_subkeys(r, id, rec);
	if (s == PS_OK)
		s = read_uids(r, id, rec);
	if (s == PS_OK && files)
		s = read_files(r, KEY_CERT_FILES, id, &rec->file, &rec->n_file);
	return s;
}

/* Two user ids with one address, a fingerprint that is asked for twice. */
static bool
is_there(const struct ps_key_found *out, sqlite3_stmt *q)
{
	char fpr[PS_FPR_SIZE];

	ps_key_db_fpr(q, 1, fpr);
	for (size_t i = 0; i < out->n_record; i++) {
		if (strcmp(out->record[i].fpr, fpr) == 0)
			return true;
	}
	return false;
}

static int
newest_first(const void *x, const void *y)
{
	const struct ps_key_record *a = x, *b = y;

	if (a->created_s != b->created_s)
		return a->created_s < b->created_s ? 1 : -1;
	return strcmp(a->fpr, b->fpr);
}

static enum ps_status
read_records(
	struct reading *r, sqlite3_stmt *q, bool all, struct ps_key_found *out)
{
	enum ps_status s = PS_OK;
	bool row;

	while (s == PS_OK) {
		s = ps_key_db_step(r->a, r->c, q, &row, r->why);
		if (s != PS_OK || !row)
			break;
		if (!all && is_there(out, q))
			continue;
		PS_GROW(r->a, out->record, out->n_record);
		s = read_record(r, q, !all, &out->record[out->n_record++]);
	}
	sqlite3_reset(q);
	return s;
}

static enum ps_status
read_dir(struct reading *r, struct ps_key_found *out)
{
	sqlite3_stmt *q;
	enum ps_status s = ps_key_db_stmt(r->a, r->c, KEY_DIR, &q, r->why);
	bool row;

	if (s == PS_OK)
		s = ps_key_db_step(r->a, r->c, q, &row, r->why);
	if (s != PS_OK || !row)
		return s;
	out->dir.mtime_ns = sqlite3_column_int64(q, 0);
	out->dir.ctime_ns = sqlite3_column_int64(q, 1);
	out->dir.ino = (uint64_t)sqlite3_column_int64(q, 2);
	sqlite3_reset(q);
	return PS_OK;
}

static enum ps_status
find_address(struct reading *r, const struct ps_key_lookup *l,
	struct ps_key_found *out)
{
	enum key_stmt which = l->fold_local ? KEY_BY_FOLDED : KEY_BY_ADDRESS;
	sqlite3_stmt *q;
	enum ps_status s = ps_key_db_stmt(r->a, r->c, which, &q, r->why);

	if (s != PS_OK)
		return s;
	ps_key_db_bind(q, 1,
		l->fold_local ? ps_key_db_folded(r->a, l->address)
			      : l->address);
	return read_records(r, q, false, out);
}

static enum ps_status
find_fprs(struct reading *r, const struct ps_key_lookup *l,
	struct ps_key_found *out)
{
	sqlite3_stmt *q;
	enum ps_status s = PS_OK;

	for (size_t i = 0; s == PS_OK && i < l->n_fpr; i++) {
		s = ps_key_db_stmt(r->a, r->c, KEY_BY_FPR, &q, r->why);
		if (s != PS_OK)
			break;
		ps_key_db_bind(q, 1, ps_bytes_of(l->fpr[i]));
		s = read_records(r, q, false, out);
	}
	return s;
}

static enum ps_status
find_key_id(struct reading *r, const struct ps_key_lookup *l,
	struct ps_key_found *out)
{
	char *id =
		ps_arena_printf(r->a, "%016llX", (unsigned long long)l->key_id);
	sqlite3_stmt *q;
	enum ps_status s =
		ps_key_db_stmt(r->a, r->c, KEY_BY_KEY_ID, &q, r->why);

	if (s != PS_OK)
		return s;
	ps_key_db_bind(q, 1, ps_bytes_of(id));
	return read_records(r, q, false, out);
}

static enum ps_status
find_any_ids(struct reading *r, const struct ps_key_lookup *l,
	struct ps_key_found *out)
{
	sqlite3_stmt *q;
	enum ps_status s = PS_OK;

	for (size_t i = 0; s == PS_OK && i < l->n_any_id; i++) {
		s = ps_key_db_stmt(r->a, r->c, KEY_BY_SUBKEY, &q, r->why);
		if (s != PS_OK)
			break;
		sqlite3_bind_int64(q, 1, (sqlite3_int64)l->any_id[i]);
		s = read_records(r, q, false, out);
	}
	return s;
}

/* Take a connection and begin, or end and give it back. */
static enum ps_status
reading_begin(struct ps_key_index *ix, struct reading *r)
{
	enum ps_status s = ps_key_db_take(ix, r->a, &r->c, r->why);

	if (s != PS_OK)
		return s;
	s = ps_key_db_run(r->a, r->c, KEY_BEGIN, r->why);
	if (s != PS_OK)
		ps_key_db_give(ix, r->c, false);
	return s;
}

static void
reading_end(struct ps_key_index *ix, struct reading *r)
{
	const char *ignored;

	ps_key_db_run(r->a, r->c, KEY_COMMIT, &ignored);
	ps_key_db_give(ix, r->c, false);
}

enum ps_status
ps_key_index_find(struct ps_key_index *ix, struct ps_arena *a,
	const struct ps_key_lookup *q, struct ps_key_found *out,
	const char **why)
{
	struct reading r = {.a = a, .why = why};
	enum ps_status s = reading_begin(ix, &r);

	if (s != PS_OK)
		return s;
	*out = (struct ps_key_found){0};
	s = read_dir(&r, out);
	if (s == PS_OK && q->n_fpr > 0)
		s = find_fprs(&r, q, out);
	else if (s == PS_OK && q->n_any_id > 0)
		s = find_any_ids(&r, q, out);
	else if (s == PS_OK && q->key_id != 0)
		s = find_key_id(&r, q, out);
	else if (s == PS_OK)
		s = find_address(&r, q, out);
	if (s == PS_OK && out->n_record > 1)
		qsort(out->record, out->n_record, sizeof(*out->record),
			newest_first);
	if (s == PS_OK && out->n_record == 0)
		s = read_files(&r, KEY_BAD, 0, &out->bad, &out->n_bad);
	reading_end(ix, &r);
	return s;
}

enum ps_status
ps_key_index_all(struct ps_key_index *ix, struct ps_arena *a,
	struct ps_key_found *out, const char **why)
{
	struct reading r = {.a = a, .why = why};
	enum ps_status s = reading_begin(ix, &r);
	sqlite3_stmt *q;

	if (s != PS_OK)
		return s;
	*out = (struct ps_key_found){0};
	s = read_dir(&r, out);
	if (s == PS_OK)
		s = ps_key_db_stmt(a, r.c, KEY_EVERY_CERT, &q, why);
	if (s == PS_OK)
		s = read_records(&r, q, true, out);
	if (s == PS_OK)
		s = read_files(&r, KEY_BAD, 0, &out->bad, &out->n_bad);
	reading_end(ix, &r);
	return s;
}

enum ps_status
ps_key_index_walk(struct ps_key_index *ix, struct ps_arena *a,
	const char *after, size_t max, struct ps_key_found *out,
	const char **why)
{
	struct reading r = {.a = a, .why = why};
	enum ps_status s = reading_begin(ix, &r);
	sqlite3_stmt *q;

	if (s != PS_OK)
		return s;
	*out = (struct ps_key_found){0};
	s = ps_key_db_stmt(a, r.c, KEY_WALK, &q, why);
	if (s == PS_OK) {
		ps_key_db_bind(q, 1, ps_bytes_of(after));
		sqlite3_bind_int64(q, 2, (sqlite3_int64)max);
		s = read_records(&r, q, true, out);
	}
	reading_end(ix, &r);
	return s;
}

enum ps_status
ps_key_index_files(struct ps_key_index *ix, struct ps_arena *a,
	struct ps_key_file **out, size_t *n_out, const char **why)
{
	struct reading r = {.a = a, .why = why};
	enum ps_status s = reading_begin(ix, &r);

	if (s != PS_OK)
		return s;
	*out = NULL;
	*n_out = 0;
	s = read_files(&r, KEY_FILES, 0, out, n_out);
	reading_end(ix, &r);
	return s;
}

static enum ps_status
read_subs(struct reading *r, struct ps_key_sub **out, size_t *n_out)
{
	sqlite3_stmt *q;
	enum ps_status s = ps_key_db_stmt(r->a, r->c, KEY_SUBS, &q, r->why);
	bool row;

	while (s == PS_OK) {
		s = ps_key_db_step(r->a, r->c, q, &row, r->why);
		if (s != PS_OK || !row)
			break;
		PS_GROW(r->a, *out, *n_out);
		(*out)[(*n_out)++] = (struct ps_key_sub){
			.name = ps_key_db_text(r->a, q, 0).p,
			.size = sqlite3_column_int64(q, 1),
		};
	}
	return s;
}

enum ps_status
ps_key_index_subs(struct ps_key_index *ix, struct ps_arena *a,
	struct ps_key_sub **out, size_t *n_out, const char **why)
{
	struct reading r = {.a = a, .why = why};
	enum ps_status s = reading_begin(ix, &r);

	if (s != PS_OK)
		return s;
	*out = NULL;
	*n_out = 0;
	s = read_subs(&r, out, n_out);
	reading_end(ix, &r);
	return s;
}
