/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Listing and dropping certificates.
 */
#include "keys/keydir.h"

#include <errno.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "base/str.h"
#include "keys/cert_judge.h"
#include "keys/keydir_parts.h"

static void
list_found(struct ps_keydir *d, struct ps_arena *a, const struct ps_addr *addr,
	const struct ps_key_found *found, struct ps_key_list *out)
{
	int64_t now_s = ps_now_s(d->env.clock);

	for (size_t i = 0; i < found->n_record; i++) {
		const struct ps_key_record *r = &found->record[i];
		struct ps_cert_verdict v =
			ps_cert_judge(a, r, addr, true, now_s);
		struct ps_key_line *line;

		PS_GROW(a, out->line, out->n_line);
		line = &out->line[out->n_line++];
		*line = (struct ps_key_line){
			.user_ids = ps_keydir_names(a, r),
			.state = v.n_subkey > 0 ? "usable" : v.reason,
			.text = v.text,
			.created_s = r->created_s,
			.expires_s = ps_keydir_ends(a, r, addr, now_s),
		};
		memcpy(line->fpr, r->fpr, sizeof(line->fpr));
	}
	for (size_t i = 0; addr == NULL && i < found->n_bad; i++) {
		const struct ps_key_file *f = &found->bad[i];

		PS_GROW(a, out->line, out->n_line);
		out->line[out->n_line++] = (struct ps_key_line){
			.user_ids = "",
			.state = "bad-file",
			.text = ps_arena_printf(a, "certs/%s: %s",
				ps_str_printable(a, ps_bytes_of(f->name), 255),
				ps_str_printable(a, ps_bytes_of(f->bad), 200)),
		};
	}
}

enum ps_status
ps_keydir_list(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_addr *addr, const struct ps_wait *wait,
	struct ps_key_list *out, const char **why)
{
	struct ps_key_lookup q = {.fold_local = true};
	struct ps_key_found found;
	enum ps_status s = ps_keydir_refresh(d, a, wait, why);

	if (s == PS_OK && addr == NULL)
		s = ps_key_index_all(d->index, a, &found, why);
	else if (s == PS_OK) {
		q.address = addr->full;
		s = ps_key_index_find(d->index, a, &q, &found, why);
	}
	if (s != PS_OK)
		return s;
	*out = (struct ps_key_list){0};
	list_found(d, a, addr, &found, out);
	return PS_OK;
}

enum ps_status
ps_keydir_expiring(struct ps_keydir *d, struct ps_arena *a, int64_t now_s,
	int64_t until_s, size_t max, const struct ps_wait *wait,
	struct ps_key_ending **out, size_t *n_out, const char **why)
{
	enum ps_status s = PS_OK;

	if (wait != NULL)
		s = ps_keydir_refresh(d, a, wait, why);
	return s != PS_OK ? s
			  : ps_key_index_ending(d->index, a, now_s, until_s,
				    max, out, n_out, why);
}

enum ps_status
ps_keydir_lasts(struct ps_keydir *d, struct ps_arena *a,
	struct ps_bytes address, int64_t *ends_s, const char **why)
{
	return ps_key_index_lasts(d->index, a, address, ends_s, why);
}

/* A file with other certificates is not ours to cut. */
static enum ps_status
check_alone(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_keydir_dirs *dirs, const struct ps_key_record *r,
	const char **why)
{
	struct ps_cert_raws split;
	const char *ignored;

	for (size_t i = 0; i < r->n_file; i++) {
		struct ps_key_file file = r->file[i];

		if (ps_keydir_read_certs(d, a, dirs, &file, &split, &ignored) !=
			PS_OK)
			continue;
		for (size_t k = 0; k < split.n_cert; k++) {
			if (strcmp(split.cert[k].fpr, r->fpr) == 0)
				continue;
			*why = ps_arena_printf(a,
				"it stands in %s/certs/%s together with "
				"others: remove it from that file first",
				d->path, file.name);
			return PS_EPERM;
		}
	}
	return PS_OK;
}

static enum ps_status
drop(struct ps_keydir *d, struct ps_arena *a, const struct ps_keydir_dirs *dirs,
	const char *fpr, const char **why)
{
	const struct ps_key_lookup q = {.fpr = &fpr, .n_fpr = 1};
	struct ps_key_found found;
	enum ps_status s = ps_key_index_find(d->index, a, &q, &found, why);
	const struct ps_key_record *r;

	if (s != PS_OK)
		return s;
	if (found.n_record == 0) {
		*why = "there is no such certificate";
		return PS_EPERM;
	}
	r = &found.record[0];
	s = check_alone(d, a, dirs, r, why);
	if (s != PS_OK)
		return s;
	for (size_t i = 0; i < r->n_file; i++) {
		PS_FAILPOINT("keys-before-drop");
		if (unlinkat(dirs->certs, r->file[i].name, 0) == 0 ||
			errno == ENOENT)
			continue;
		*why = ps_arena_printf(a, "%s/certs/%s: %s", d->path,
			r->file[i].name, strerrordesc_np(errno));
		return PS_ETEMP;
	}
	fsync(dirs->certs);
	PS_FAILPOINT("keys-after-drop");
	for (size_t i = 0; i < r->n_subkey; i++)
		unlinkat(dirs->sub,
			ps_arena_printf(
				a, "%s-%s.pgp", r->fpr, r->subkey[i].fpr),
			0);
	return PS_OK;
}

enum ps_status
ps_keydir_drop(struct ps_keydir *d, struct ps_arena *a, const char *fpr,
	const struct ps_wait *wait, const char **why)
{
	struct ps_keydir_dirs dirs;
	enum ps_status s = ps_keydir_begin(d, a, wait, &dirs, why);

	if (s != PS_OK)
		return s;
	s = drop(d, a, &dirs, fpr, why);
	if (s == PS_OK)
		s = ps_keydir_catch_up(d, a, &dirs, wait, why);
	ps_keydir_unlock(&dirs);
	return s;
}
