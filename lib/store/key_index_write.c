/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Writing the key index.  A writer is one transaction on one connection; the
 * certificate's rows always go and come together.
 */
#include "store/key_index_db.h"

#include <stdlib.h>

#include "base/failpoint.h"

struct ps_key_writer {
	struct ps_key_index *ix;
	struct ps_arena *a;
	struct key_conn *c;
};

enum ps_status
ps_key_index_begin(struct ps_key_index *ix, struct ps_arena *a,
	struct ps_key_writer **out, const char **why)
{
	struct ps_key_writer *w = ps_arena_alloc(a, sizeof(*w));
	enum ps_status s;

	*w = (struct ps_key_writer){.ix = ix, .a = a};
	s = ps_key_db_take(ix, a, &w->c, why);
	if (s != PS_OK)
		return s;
	s = ps_key_db_run(a, w->c, KEY_BEGIN_WRITE, why);
	if (s != PS_OK) {
		ps_key_db_give(ix, w->c, false);
		return s;
	}
	*out = w;
	return PS_OK;
}

/* Run a statement whose values are bound. */
static enum ps_status
finish(struct ps_key_writer *w, sqlite3_stmt *q, const char **why)
{
	bool row;
	enum ps_status s = ps_key_db_step(w->a, w->c, q, &row, why);

	sqlite3_reset(q);
	return s;
}

static enum ps_status
run_named(struct ps_key_writer *w, enum key_stmt which, const char *name,
	const char **why)
{
	sqlite3_stmt *q;
	enum ps_status s = ps_key_db_stmt(w->a, w->c, which, &q, why);

	if (s != PS_OK)
		return s;
	ps_key_db_bind(q, 1, ps_bytes_of(name));
	return finish(w, q, why);
}

enum ps_status
ps_key_index_put_file(struct ps_key_writer *w, const struct ps_key_file *file,
	const char **why)
{
	sqlite3_stmt *q;
	enum ps_status s = ps_key_db_stmt(w->a, w->c, KEY_PUT_FILE, &q, why);

	if (s != PS_OK)
		return s;
	ps_key_db_bind(q, 1, ps_bytes_of(file->name));
	sqlite3_bind_int64(q, 2, file->stamp.size);
	sqlite3_bind_int64(q, 3, file->stamp.mtime_ns);
	sqlite3_bind_int64(q, 4, file->stamp.ctime_ns);
	sqlite3_bind_int64(q, 5, (sqlite3_int64)file->stamp.ino);
	if (file->bad != NULL)
		ps_key_db_bind(q, 6, ps_bytes_of(file->bad));
	return finish(w, q, why);
}

static enum ps_status
put_cert(struct ps_key_writer *w, const struct ps_key_record *rec,
	sqlite3_int64 *id, const char **why)
{
	sqlite3_stmt *q;
	enum ps_status s = ps_key_db_stmt(w->a, w->c, KEY_PUT_CERT, &q, why);

	if (s != PS_OK)
		return s;
	ps_key_db_bind(q, 1, ps_bytes_of(rec->fpr));
	sqlite3_bind_int(q, 2, rec->version);
	sqlite3_bind_int64(q, 3, rec->created_s);
	sqlite3_bind_int64(q, 4, rec->expires_s);
	sqlite3_bind_int(q, 5, rec->revoked);
	sqlite3_bind_int(q, 6, rec->invalid);
	if (rec->note != NULL)
		ps_key_db_bind(q, 7, ps_bytes_of(rec->note));
	s = finish(w, q, why);
	*id = sqlite3_last_insert_rowid(w->c->db);
	return s;
}

static enum ps_status
put_subkey(struct ps_key_writer *w, sqlite3_int64 id,
	const struct ps_key_record *rec, size_t n, const char **why)
{
	const struct ps_key_subkey *k = &rec->subkey[n];
	sqlite3_stmt *q;
	enum ps_status s = ps_key_db_stmt(w->a, w->c, KEY_PUT_SUBKEY, &q, why);

	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, id);
	ps_key_db_bind(q, 2, ps_bytes_of(k->fpr));
	sqlite3_bind_int64(q, 3, (sqlite3_int64)k->key_id);
	sqlite3_bind_int64(q, 4, k->created_s);
	sqlite3_bind_int64(q, 5, k->expires_s);
	sqlite3_bind_int(q, 6, k->revoked);
	sqlite3_bind_int(q, 7, k->can_encrypt);
	sqlite3_bind_int(q, 8, k->invalid);
	sqlite3_bind_int64(q, 9, k->file_size);
	sqlite3_bind_int64(q, 10, (sqlite3_int64)n);
	return finish(w, q, why);
}

static enum ps_status
put_uid(struct ps_key_writer *w, sqlite3_int64 id,
	const struct ps_key_record *rec, size_t n, const char **why)
{
	const struct ps_key_uid *u = &rec->uid[n];
	sqlite3_stmt *q;
	enum ps_status s = ps_key_db_stmt(w->a, w->c, KEY_PUT_USER_ID, &q, why);

	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, id);
	sqlite3_bind_blob64(q, 2, u->text.len == 0 ? "" : u->text.p,
		u->text.len, SQLITE_TRANSIENT);
	if (u->address.len > 0) {
		ps_key_db_bind(q, 3, u->address);
		ps_key_db_bind(q, 4, ps_key_db_folded(w->a, u->address));
	}
	sqlite3_bind_int64(q, 5, u->expires_s);
	sqlite3_bind_int(q, 6, u->revoked);
	sqlite3_bind_int(q, 7, u->invalid);
	sqlite3_bind_int64(q, 8, u->ends_s);
	sqlite3_bind_int64(q, 9, (sqlite3_int64)n);
	return finish(w, q, why);
}

static enum ps_status
put_link(struct ps_key_writer *w, sqlite3_int64 id, const char *name,
	const char **why)
{
	sqlite3_stmt *q;
	enum ps_status s =
		ps_key_db_stmt(w->a, w->c, KEY_PUT_CERT_FILE, &q, why);

	if (s != PS_OK)
		return s;
	sqlite3_bind_int64(q, 1, id);
	ps_key_db_bind(q, 2, ps_bytes_of(name));
	return finish(w, q, why);
}

enum ps_status
ps_key_index_put(struct ps_key_writer *w, const struct ps_key_record *rec,
	const char **why)
{
	sqlite3_int64 id = 0;
	enum ps_status s = run_named(w, KEY_DROP_CERT, rec->fpr, why);

	if (s == PS_OK)
		s = put_cert(w, rec, &id, why);
	for (size_t i = 0; s == PS_OK && i < rec->n_subkey; i++)
		s = put_subkey(w, id, rec, i, why);
	for (size_t i = 0; s == PS_OK && i < rec->n_uid; i++)
		s = put_uid(w, id, rec, i, why);
	for (size_t i = 0; s == PS_OK && i < rec->n_file; i++)
		s = put_link(w, id, rec->file[i].name, why);
	return s;
}

enum ps_status
ps_key_index_forget(struct ps_key_writer *w, const char *name,
	const char ***sibling, size_t *n_sibling, const char **why)
{
	sqlite3_stmt *q;
	enum ps_status s = ps_key_db_stmt(w->a, w->c, KEY_SIBLINGS, &q, why);
	const char **names = NULL;
	size_t n = 0;
	bool row;

	if (s == PS_OK)
		ps_key_db_bind(q, 1, ps_bytes_of(name));
	while (s == PS_OK) {
		s = ps_key_db_step(w->a, w->c, q, &row, why);
		if (s != PS_OK || !row)
			break;
		PS_GROW(w->a, names, n);
		names[n++] = ps_key_db_text(w->a, q, 0).p;
	}
	if (s == PS_OK)
		s = run_named(w, KEY_DROP_CERTS_OF_FILE, name, why);
	if (s == PS_OK)
		s = run_named(w, KEY_DROP_FILE, name, why);
	if (s != PS_OK)
		return s;
	*sibling = names;
	*n_sibling = n;
	return PS_OK;
}

enum ps_status
ps_key_index_unsettle(
	struct ps_key_writer *w, const char *fpr, const char **why)
{
	return run_named(w, KEY_UNSETTLE, fpr, why);
}

enum ps_status
ps_key_index_set_dir(struct ps_key_writer *w, const struct ps_file_stamp *dir,
	const char **why)
{
	static const struct ps_file_stamp unknown;
	sqlite3_stmt *q;
	enum ps_status s = ps_key_db_stmt(w->a, w->c, KEY_SET_DIR, &q, why);

	if (s != PS_OK)
		return s;
	if (dir == NULL)
		dir = &unknown;
	sqlite3_bind_int64(q, 1, dir->mtime_ns);
	sqlite3_bind_int64(q, 2, dir->ctime_ns);
	sqlite3_bind_int64(q, 3, (sqlite3_int64)dir->ino);
	return finish(w, q, why);
}

enum ps_status
ps_key_index_commit(struct ps_key_writer *w, const char **why)
{
	const char *ignored;
	enum ps_status s;

	PS_FAILPOINT("key-index-before-commit");
	s = ps_key_db_run(w->a, w->c, KEY_COMMIT, why);
	PS_FAILPOINT("key-index-after-commit");
	if (s != PS_OK)
		ps_key_db_run(w->a, w->c, KEY_ROLLBACK, &ignored);
	ps_key_db_give(w->ix, w->c, true);
	return s;
}

void
ps_key_index_abort(struct ps_key_writer *w)
{
	const char *ignored;

	if (w == NULL)
		return;
	ps_key_db_run(w->a, w->c, KEY_ROLLBACK, &ignored);
	ps_key_db_give(w->ix, w->c, true);
}
