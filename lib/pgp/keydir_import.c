/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Importing.  In batches, so that fifty thousand certificates need neither
 * their number in memory nor their square in time; after each batch index and
 * directory agree, and mail goes on.
 */
#include "pgp/keydir.h"

#include "base/str.h"
#include "pgp/cert_judge.h"
#include "pgp/keydir_parts.h"

struct importing {
	struct ps_keydir *d;
	struct ps_arena *a; /* the report's */
	const struct ps_keydir_dirs *dirs;
	const struct ps_wait *wait;
	struct ps_import *report;
	size_t n_report;
};

static struct ps_import *
add_line(struct importing *im, const char *fpr)
{
	struct ps_import *line;

	PS_GROW(im->a, im->report, im->n_report);
	line = &im->report[im->n_report++];
	*line = (struct ps_import){.text = ""};
	memcpy(line->fpr, fpr, strlen(fpr) + 1);
	return line;
}

const char *
ps_keydir_names(struct ps_arena *a, const struct ps_key_record *r)
{
	const char *text = "";

	for (size_t i = 0; i < r->n_uid; i++) {
		if (strlen(text) > 400)
			return ps_arena_printf(a, "%s, ...", text);
		text = ps_arena_printf(a, "%s%s%s", text, i == 0 ? "" : ", ",
			ps_str_printable(a, r->uid[i].text, 120));
	}
	return *text == '\0' ? "(no user id)" : text;
}

static void
report_stored(struct importing *im, const struct ps_key_item *it)
{
	struct ps_import *line = add_line(im, it->record.fpr);
	struct ps_cert_verdict v = ps_cert_judge(
		im->a, &it->record, NULL, true, ps_now_s(im->d->env.clock));

	line->stored = true;
	line->changed = it->changed;
	line->usable = v.n_subkey > 0;
	line->text = ps_arena_printf(im->a, "%s: %s",
		ps_keydir_names(im->a, &it->record),
		line->usable ? "usable" : v.text);
}

/* Why this one is not even tried, or NULL. */
static const char *
refusal(struct importing *im, const struct ps_cert_raw *raw)
{
	if (raw->broken != NULL)
		return raw->broken;
	if (raw->octets.len > im->d->env.max_certificate)
		return ps_arena_printf(im->a,
			"it has %zu octets, more than limits.max-certificate "
			"(%zu)",
			raw->octets.len, im->d->env.max_certificate);
	return NULL;
}

/* Up to a batch from *at on. */
static enum ps_status
add_certs(struct importing *im, struct ps_keydir_batch *b,
	const struct ps_cert_raws *split, size_t *at, const char **why)
{
	enum ps_status s = PS_OK;

	while (s == PS_OK && *at < split->n_cert &&
		b->n_item < PS_KEYDIR_BATCH &&
		ps_arena_used(b->a) < PS_KEYDIR_BATCH_OCTETS) {
		const struct ps_cert_raw *raw = &split->cert[(*at)++];
		const char *no = refusal(im, raw);

		if (no != NULL)
			add_line(im, raw->fpr)->text = no;
		else
			s = ps_keydir_add(b, raw, NULL, why);
	}
	return s;
}

static enum ps_status
import_batch(struct importing *im, const struct ps_cert_raws *split, size_t *at,
	const char **why)
{
	struct ps_arena *own = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_keydir_batch b = {
		.a = own, .d = im->d, .dirs = im->dirs, .keep = true};
	const char *said = NULL;
	enum ps_status s = add_certs(im, &b, split, at, &said);

	if (s == PS_OK && b.n_item > 0)
		s = ps_keydir_store(&b, im->wait, &said);
	for (size_t i = 0; s == PS_OK && i < b.n_item; i++)
		report_stored(im, &b.item[i]);
	if (s == PS_OK)
		s = ps_keydir_catch_up(im->d, own, im->dirs, im->wait, &said);
	if (s != PS_OK)
		*why = ps_arena_strdup(im->a, said);
	ps_arena_free(own);
	return s;
}

enum ps_status
ps_keydir_import(struct ps_keydir *d, struct ps_arena *a,
	struct ps_bytes octets, const struct ps_wait *wait,
	struct ps_import **report, size_t *n_report, const char **why)
{
	struct importing im = {.d = d, .a = a, .wait = wait};
	struct ps_keydir_dirs dirs;
	struct ps_cert_raws split;
	struct ps_bytes binary;
	size_t at = 0;
	enum ps_status s = ps_cert_dearmor(a, octets, &binary, why);

	if (s != PS_OK)
		return s;
	ps_cert_raw_split(a, binary, &split);
	if (split.left_out != NULL)
		add_line(&im, "")->text = split.left_out;
	if (split.n_cert > 0) {
		s = ps_keydir_begin(d, a, wait, &dirs, why);
		if (s != PS_OK)
			return s;
		im.dirs = &dirs;
		while (s == PS_OK && at < split.n_cert)
			s = import_batch(&im, &split, &at, why);
		ps_keydir_unlock(&dirs);
	}
	if (s != PS_OK)
		return s;
	*report = im.report;
	*n_report = im.n_report;
	return PS_OK;
}
