/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Importing.  In batches, so that fifty thousand certificates need neither
 * their number in memory nor their square in time; after each batch index and
 * directory agree, and mail goes on.
 */
#include "keys/keydir.h"

#include "base/str.h"
#include "keys/cert_judge.h"
#include "keys/keydir_parts.h"
#include "openpgp/cert_trim.h"

struct importing {
	struct ps_keydir *d;
	struct ps_arena *a; /* lives as long as the import */
	const struct ps_import_job *job;
	const struct ps_keydir_dirs *dirs;
	const struct ps_wait *wait;
	/* All certificates of all sources, and where each is from. */
	struct ps_cert_raw *raw;
	const char **source;
	size_t n_raw;
	/* Revocations without their certificates, and where each is from. */
	struct ps_bytes *revocation;
	const char **revocation_source;
	size_t n_revocation;
	int64_t settle_ms; /* when index and directory are to agree again */
};

/* Catching up looks at every file: of the time of a long import, one part in
 * this many. */
#define SETTLE_SHARE 10

static void
refuse(struct importing *im, const char *source, const char *fpr,
	const char *text)
{
	struct ps_import line = {.source = source, .text = text};

	memcpy(line.fpr, fpr, strlen(fpr) + 1);
	im->job->report(im->job->self, &line);
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
report_stored(struct importing *im, struct ps_arena *a, const char *source,
	const struct ps_key_item *it)
{
	struct ps_cert_verdict v = ps_cert_judge(
		a, &it->record, NULL, true, ps_now_s(im->d->env.clock));
	struct ps_import line = {
		.source = source,
		.stored = true,
		.changed = it->changed,
		.usable = v.n_subkey > 0,
		.record = &it->record,
		.whole = it->whole,
	};

	memcpy(line.fpr, it->record.fpr, sizeof(line.fpr));
	line.text =
		ps_arena_printf(a, "%s: %s", ps_keydir_names(a, &it->record),
			line.usable ? "usable" : v.text);
	im->job->report(im->job->self, &line);
}

/*
 * Why this one is not even tried, or NULL.  Thousands of signatures by others
 * are no reason, nor do they count: raw is trimmed when it is too large.
 */
static const char *
refusal(struct importing *im, struct ps_arena *a, struct ps_cert_raw *raw)
{
	const size_t max = im->d->env.max_certificate;
	struct ps_cert_trimmed t;
	const char *why;
	enum ps_status s;

	if (raw->broken != NULL)
		return raw->broken;
	if (raw->version == 4) {
		s = ps_cert_trim(
			a, raw->octets, &ps_cert_trim_default, &t, &why);
		if (s == PS_ELIMIT)
			return why;
		if (s == PS_OK && raw->octets.len > max)
			raw->octets = t.octets;
	}
	if (raw->octets.len > max)
		return ps_arena_printf(a,
			"it has %zu octets without what others signed, more "
			"than limits.max-certificate (%zu)",
			raw->octets.len, max);
	return NULL;
}

/* Up to a batch from *at on; source[i] is where item i is from. */
static enum ps_status
add_certs(struct importing *im, struct ps_keydir_batch *b, size_t *at,
	const char **source, const char **why)
{
	enum ps_status s = PS_OK;

	while (s == PS_OK && *at < im->n_raw && b->n_item < PS_KEYDIR_BATCH &&
		ps_arena_used(b->a) < PS_KEYDIR_BATCH_OCTETS) {
		struct ps_cert_raw raw = im->raw[*at];
		const char *no = refusal(im, b->a, &raw);
		size_t had = b->n_item;

		if (no != NULL)
			refuse(im, im->source[*at], raw.fpr, no);
		else
			s = ps_keydir_add(b, &raw, NULL, why);
		if (b->n_item > had)
			source[had] = im->source[*at];
		(*at)++;
	}
	return s;
}

/* Mail goes on wherever index and directory agree. */
static enum ps_status
settle(struct importing *im, struct ps_arena *a, const char **why)
{
	const struct ps_clock *clock = im->d->env.clock;
	int64_t began_ms = ps_mono_ms(clock), ended_ms;
	enum ps_status s =
		ps_keydir_catch_up(im->d, a, im->dirs, im->wait, why);

	ended_ms = ps_mono_ms(clock);
	im->settle_ms = ended_ms + SETTLE_SHARE * (ended_ms - began_ms);
	return s;
}

static enum ps_status
import_batch(struct importing *im, size_t *at, const char **why)
{
	struct ps_arena *own = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_keydir_batch b = {
		.a = own, .d = im->d, .dirs = im->dirs, .keep = true};
	const char *source[PS_KEYDIR_BATCH] = {NULL}, *said = NULL;
	enum ps_status s = add_certs(im, &b, at, source, &said);

	if (s == PS_OK && b.n_item > 0)
		s = ps_keydir_store(&b, im->wait, &said);
	for (size_t i = 0; s == PS_OK && i < b.n_item; i++)
		report_stored(im, own, source[i], &b.item[i]);
	if (s == PS_OK && ps_mono_ms(im->d->env.clock) >= im->settle_ms)
		s = settle(im, own, &said);
	if (s != PS_OK)
		*why = ps_arena_strdup(im->a, said);
	ps_arena_free(own);
	return s;
}

static void
tell(const struct importing *im, size_t n_done)
{
	if (im->job->progress != NULL)
		im->job->progress(
			im->job->self, n_done, im->n_raw + im->n_revocation);
}

/* Every stored certificate that this revocation may be meant for. */
static enum ps_status
add_revoked(struct importing *im, struct ps_keydir_batch *b,
	struct ps_bytes revocation, const char **why)
{
	const struct ps_key_lookup q = {
		.key_id = ps_cert_revoked_by(revocation)};
	struct ps_key_found found;
	enum ps_status s =
		ps_key_index_find(im->d->index, b->a, &q, &found, why);

	for (size_t i = 0; s == PS_OK && i < found.n_record; i++) {
		struct ps_cert_raw raw;

		if (!ps_keydir_stored(b, &found.record[i], &raw))
			continue;
		raw.octets = ps_cert_revoke(b->a, raw.octets, revocation);
		s = ps_keydir_add(b, &raw, NULL, why);
	}
	return s;
}

static enum ps_status
import_revocation(struct importing *im, size_t at, const char **why)
{
	struct ps_arena *own = ps_arena_new(PS_ARENA_PLAIN);
	const char *source = im->revocation_source[at], *said = NULL;
	struct ps_keydir_batch b = {
		.a = own, .d = im->d, .dirs = im->dirs, .keep = true};
	enum ps_status s = add_revoked(im, &b, im->revocation[at], &said);

	if (s == PS_OK && b.n_item == 0)
		refuse(im, source, "",
			ps_arena_printf(own,
				"it revokes key %016llX, which is not there",
				(unsigned long long)ps_cert_revoked_by(
					im->revocation[at])));
	else if (s == PS_OK)
		s = ps_keydir_store(&b, im->wait, &said);
	for (size_t i = 0; s == PS_OK && i < b.n_item; i++) {
		if (b.item[i].record.revoked)
			report_stored(im, own, source, &b.item[i]);
		else
			refuse(im, source, b.item[i].record.fpr,
				"the revocation is not by this key");
	}
	if (s != PS_OK)
		*why = ps_arena_strdup(im->a, said);
	ps_arena_free(own);
	return s;
}

static void
read_source(struct importing *im, const struct ps_key_source *source)
{
	struct ps_cert_raws split;
	struct ps_bytes binary;
	const char *why;

	if (ps_cert_dearmor(im->a, source->octets, &binary, &why) != PS_OK) {
		refuse(im, source->name, "", why);
		return;
	}
	ps_cert_raw_split(im->a, binary, &split);
	if (split.left_out != NULL)
		refuse(im, source->name, "", split.left_out);
	for (size_t i = 0; i < split.n_cert; i++) {
		PS_GROW(im->a, im->raw, im->n_raw);
		PS_GROW(im->a, im->source, im->n_raw);
		im->raw[im->n_raw] = split.cert[i];
		im->source[im->n_raw++] = source->name;
	}
	for (size_t i = 0; i < split.n_revocation; i++) {
		PS_GROW(im->a, im->revocation, im->n_revocation);
		PS_GROW(im->a, im->revocation_source, im->n_revocation);
		im->revocation[im->n_revocation] = split.revocation[i];
		im->revocation_source[im->n_revocation++] = source->name;
	}
}

enum ps_status
ps_keydir_import(struct ps_keydir *d, struct ps_arena *a,
	const struct ps_import_job *job, const struct ps_wait *wait,
	const char **why)
{
	struct importing im = {.d = d, .a = a, .job = job, .wait = wait};
	struct ps_keydir_dirs dirs;
	enum ps_status s = PS_OK;
	size_t at = 0;

	for (size_t i = 0; i < job->n_source; i++)
		read_source(&im, &job->source[i]);
	if (im.n_raw == 0 && im.n_revocation == 0)
		return PS_OK;
	s = ps_keydir_begin(d, a, wait, &dirs, why);
	if (s != PS_OK)
		return s;
	im.dirs = &dirs;
	tell(&im, 0);
	while (s == PS_OK && at < im.n_raw) {
		s = import_batch(&im, &at, why);
		tell(&im, at);
	}
	for (size_t i = 0; s == PS_OK && i < im.n_revocation; i++) {
		s = import_revocation(&im, i, why);
		tell(&im, at + i + 1);
	}
	if (s == PS_OK)
		s = ps_keydir_catch_up(d, a, &dirs, wait, why);
	ps_keydir_unlock(&dirs);
	return s;
}
