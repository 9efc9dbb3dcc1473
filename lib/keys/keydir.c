/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The certs adapter on a key directory.  An answer rests on an index that
 * agrees with the directory at the moment of asking, or it is "trouble".
 */
#include "keys/keydir.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/cert_judge.h"
#include "keys/keydir_parts.h"

/* Between two looks the directory may change again. */
#define LOOKS_MAX 4

struct ps_keydir *
ps_keydir_open(
	const struct ps_keydir_env *env, struct ps_arena *a, const char **why)
{
	struct ps_keydir *d;
	char *path = NULL;

	if (ps_keydir_make(a, env->dir, &path, why) != PS_OK)
		return NULL;
	d = calloc(1, sizeof(*d));
	if (d != NULL) {
		d->path = strdup(path);
		d->index = ps_key_index_new(
			ps_arena_printf(a, "%s/index.db", path));
	}
	if (d == NULL || d->path == NULL || d->index == NULL) {
		ps_keydir_free(d);
		*why = "out of memory";
		return NULL;
	}
	d->env = *env;
	d->env.dir = d->path;
	atomic_init(&d->look_again_ms, INT64_MIN);
	atomic_init(&d->damaged, false);
	return d;
}

void
ps_keydir_free(struct ps_keydir *d)
{
	if (d == NULL)
		return;
	ps_key_index_free(d->index);
	free(d->path);
	free(d);
}

/* gpg is going to read them: is each there, and readable? */
static bool
minimal_files_are_there(
	struct ps_arena *a, const struct ps_cert_answer *out, const char **why)
{
	struct stat st;

	for (size_t i = 0; i < out->n_cert; i++) {
		for (size_t k = 0; k < out->cert[i].n_subkey; k++) {
			const char *path = out->cert[i].subkey[k].file;

			if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0 &&
				stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
				st.st_size > 0)
				continue;
			*why = ps_arena_printf(
				a, "%s is missing or unreadable", path);
			return false;
		}
	}
	return true;
}

static void
lookup_of(const struct ps_cert_query *q, struct ps_key_lookup *out)
{
	*out = (struct ps_key_lookup){.fold_local = q->fold_local};
	if (q->n_pin > 0) {
		out->fpr = q->pin;
		out->n_fpr = q->n_pin;
	} else if (q->addr->full.len > 0) {
		out->address = q->addr->full;
	} else {
		out->address = PS_LIT("@"); /* the null path has no key */
	}
}

enum ps_status
ps_keydir_look(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_key_lookup *lookup, const struct ps_wait *wait,
	struct ps_key_found *found, const char **why)
{
	bool fresh = false;
	enum ps_status s;

	for (int i = 0; i < LOOKS_MAX; i++) {
		s = ps_key_index_find(d->index, a, lookup, found, why);
		if (s == PS_EPERM)
			atomic_store(&d->damaged, true);
		if (s == PS_OK)
			s = ps_keydir_is_fresh(d, a, found, &fresh, why);
		if (s != PS_OK || fresh)
			return s;
		if (wait == NULL) {
			*why = "the key directory has changed";
			return PS_ETEMP;
		}
		s = ps_keydir_freshen(d, a, lookup, wait, why);
		if (s != PS_OK)
			return s;
	}
	*why = "the key directory keeps changing";
	return PS_ETEMP;
}

static enum ps_status
look(struct ps_keydir *d, struct ps_arena *a, const struct ps_cert_query *q,
	struct ps_key_found *found, const char **why)
{
	struct ps_key_lookup lookup;

	lookup_of(q, &lookup);
	return ps_keydir_look(d, a, &lookup, q->wait, found, why);
}

static void
find(void *self, struct ps_arena *a, const struct ps_cert_query *q,
	struct ps_cert_answer *out)
{
	struct ps_keydir *d = self;
	struct ps_key_found found;
	const char *why = "unknown";

	if (look(d, a, q, &found, &why) != PS_OK) {
		ps_certs_trouble(a, why, out);
		return;
	}
	ps_certs_judge(a, q, d->path, found.record, found.n_record, out);
	if (!minimal_files_are_there(a, out, &why)) {
		atomic_store(&d->look_again_ms,
			INT64_MIN); /* the next refresh mends it */
		ps_certs_trouble(a, why, out);
	}
}

enum ps_status
ps_keydir_which(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_cert_query *q, const char *const **fpr, size_t *n_fpr,
	const char **why)
{
	struct ps_key_found found;
	enum ps_status s = look(d, a, q, &found, why);
	const char **out;

	if (s != PS_OK)
		return s;
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
	out = ps_arena_array(a, found.n_record + 1, sizeof(*out));
	for (size_t i = 0; i < found.n_record; i++)
		out[i] = found.record[i].fpr;
	*fpr = out;
	*n_fpr = found.n_record;
	return PS_OK;
}

struct ps_certs
ps_keydir_certs(struct ps_keydir *d)
{
	return (struct ps_certs){
		.self = d, .find = find, .signers = ps_keydir_signers};
}
