/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * When the index is brought up to date, and what is done about damage.  A
 * look-up only follows changes; repairing is for refresh and the commands, so
 * that damage is trouble for as long as it lasts.
 */
#include "keys/keydir_parts.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

/* What an in-place write does to a file gives the directory no new stamp, and
 * it is noticed at once only where an answer rests on that file. */
#define LOOK_EVERY_MS 60000
#define LOCK_SLICE_MS 200
#define LOOK_SHARE    100 /* of the time at most: a large directory costs */

/* Asked for the stamps that come with every answer. */
static const struct ps_key_lookup nobody = {.address = {"@", 1}};

static int
by_name(const void *x, const void *y)
{
	const struct ps_key_file *a = x, *b = y;

	return strcmp(a->name, b->name);
}

static int
sub_by_name(const void *x, const void *y)
{
	const struct ps_key_sub *a = x, *b = y;

	return strcmp(a->name, b->name);
}

static bool
is_there(
	const struct ps_key_file *sub, size_t n, const char *name, int64_t size)
{
	const struct ps_key_file key = {.name = name}, *f;

	f = n == 0 ? NULL : bsearch(&key, sub, n, sizeof(key), by_name);
	return f != NULL && f->stamp.size == size;
}

/* The sealing files that no row asks for. */
static void
sweep_subs(const struct ps_keydir_dirs *dirs, const struct ps_key_file *sub,
	size_t n_sub, struct ps_key_sub *want, size_t n_want)
{
	if (n_want > 1)
		qsort(want, n_want, sizeof(*want), sub_by_name);
	for (size_t i = 0; i < n_sub; i++) {
		const struct ps_key_sub key = {.name = sub[i].name};

		if (n_want == 0 || bsearch(&key, want, n_want, sizeof(*want),
					   sub_by_name) == NULL)
			unlinkat(dirs->sub, sub[i].name, 0);
	}
}

/* Certificates whose minimal files are not all there are to be read again. */
static enum ps_status
forget_incomplete(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_key_file *sub, size_t n_sub,
	const struct ps_key_sub *want, size_t n_want, bool *any,
	const char **why)
{
	struct ps_key_writer *w = NULL;
	enum ps_status s = PS_OK;

	for (size_t i = 0; s == PS_OK && i < n_want; i++) {
		const char *name = want[i].name;

		if (is_there(sub, n_sub, name, want[i].size))
			continue;
		ps_log(PS_LOG_WARNING, "key file sub/%s is made again", name);
		if (w == NULL)
			s = ps_key_index_begin(d->index, a, &w, why);
		if (s == PS_OK)
			s = ps_key_index_unsettle(w,
				ps_arena_cstr(
					a, ps_bytes(name, strcspn(name, "-"))),
				why);
	}
	*any = w != NULL;
	if (w == NULL)
		return s;
	if (s == PS_OK)
		return ps_key_index_commit(w, why);
	ps_key_index_abort(w);
	return s;
}

/* Every file: of certs by catching up, of sub by name and size. */
static enum ps_status
look_at_all(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_keydir_dirs *dirs, const struct ps_wait *wait,
	const char **why)
{
	struct ps_key_file *sub;
	struct ps_key_sub *want;
	size_t n_sub, n_want;
	bool any;
	int64_t began_ms = ps_mono_ms(d->env.clock), ended_ms, every_ms;
	enum ps_status s = ps_keydir_catch_up(d, a, dirs, wait, why);

	if (s == PS_OK)
		s = ps_keydir_scan_sub(a, dirs, &sub, &n_sub, why);
	if (s == PS_OK)
		s = ps_key_index_subs(d->index, a, &want, &n_want, why);
	if (s != PS_OK)
		return s;
	sweep_subs(dirs, sub, n_sub, want, n_want);
	s = forget_incomplete(d, a, sub, n_sub, want, n_want, &any, why);
	if (s == PS_OK && any)
		s = ps_keydir_catch_up(d, a, dirs, wait, why);
	if (s != PS_OK)
		return s;
	ended_ms = ps_mono_ms(d->env.clock);
	every_ms = LOOK_SHARE * (ended_ms - began_ms);
	atomic_store(&d->look_again_ms,
		ended_ms +
			(every_ms > LOOK_EVERY_MS ? every_ms : LOOK_EVERY_MS));
	return PS_OK;
}

/* Under the lock: nobody else is making it anew. */
static enum ps_status
repair(struct ps_keydir *d, struct ps_arena *a, const char **why)
{
	struct ps_key_found found;
	const char *said = "a look-up failed";
	enum ps_status s =
		ps_key_index_find(d->index, a, &nobody, &found, &said);

	if (s == PS_OK && !atomic_load(&d->damaged))
		return PS_OK;
	if (s == PS_ETEMP) {
		*why = said;
		return s;
	}
	ps_log(PS_LOG_WARNING,
		"%s/index.db: %s: made again from the certificates", d->path,
		ps_str_printable(a, ps_bytes_of(said), 200));
	s = ps_key_index_erase(d->index, a, why);
	if (s == PS_OK)
		atomic_store(&d->damaged, false);
	return s;
}

static bool
is_due(struct ps_keydir *d)
{
	return atomic_load(&d->damaged) ||
	       ps_mono_ms(d->env.clock) >= atomic_load(&d->look_again_ms);
}

static bool
nothing_new(
	struct ps_keydir *d, struct ps_arena *a, const struct ps_key_lookup *q)
{
	struct ps_key_found found;
	const char *ignored;
	bool fresh = false;

	return ps_key_index_find(d->index, a, q, &found, &ignored) == PS_OK &&
	       ps_keydir_is_fresh(d, a, &found, &fresh, &ignored) == PS_OK &&
	       fresh;
}

enum ps_status
ps_keydir_begin(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_wait *wait, struct ps_keydir_dirs *dirs,
	const char **why)
{
	enum ps_status s = ps_keydir_lock(a, d->path, wait, dirs, why);

	if (s != PS_OK)
		return s;
	s = repair(d, a, why);
	if (s == PS_OK && is_due(d))
		s = look_at_all(d, a, dirs, wait, why);
	else if (s == PS_OK)
		s = ps_keydir_catch_up(d, a, dirs, wait, why);
	if (s != PS_OK)
		ps_keydir_unlock(dirs);
	return s;
}

enum ps_status
ps_keydir_refresh(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_wait *wait, const char **why)
{
	struct ps_arena *own = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_keydir_dirs dirs;
	const char *said = NULL;
	enum ps_status s = PS_OK;

	if (is_due(d) || !nothing_new(d, own, &nobody)) {
		s = ps_keydir_begin(d, own, wait, &dirs, &said);
		if (s == PS_OK)
			ps_keydir_unlock(&dirs);
		else
			*why = ps_arena_strdup(a, said);
	}
	ps_arena_free(own);
	return s;
}

/*
 * Who imports keeps the lock for minutes, and index and directory agree from
 * time to time meanwhile: mail needs no more than that.
 */
static enum ps_status
lock_or_fresh(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_key_lookup *q, const struct ps_wait *wait,
	struct ps_keydir_dirs *dirs, bool *fresh, const char **why)
{
	int64_t since_ms = ps_mono_ms(wait->clock);
	enum ps_status s;

	for (;;) {
		struct ps_wait slice = ps_wait_within(wait, LOCK_SLICE_MS);

		s = ps_keydir_lock(a, d->path, &slice, dirs, why);
		if (s != PS_ELATE || ps_wait_left(wait) == 0)
			return s;
		*fresh = nothing_new(d, a, q);
		if (*fresh)
			return PS_OK;
		if (ps_mono_ms(wait->clock) - since_ms < PS_PROGRESS_MS)
			continue;
		since_ms = ps_mono_ms(wait->clock);
		if (wait->progress != NULL)
			wait->progress(wait->self);
	}
}

enum ps_status
ps_keydir_freshen(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_key_lookup *q, const struct ps_wait *wait,
	const char **why)
{
	struct ps_keydir_dirs dirs;
	bool fresh = false;
	enum ps_status s = lock_or_fresh(d, a, q, wait, &dirs, &fresh, why);

	if (s != PS_OK || fresh)
		return s;
	/* Whoever held the lock may have done it for us. */
	if (!nothing_new(d, a, q))
		s = ps_keydir_catch_up(d, a, &dirs, wait, why);
	ps_keydir_unlock(&dirs);
	return s;
}
