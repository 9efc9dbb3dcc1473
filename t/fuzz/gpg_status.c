/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Status lines of gpg, one a line: whatever they say, a signature is good only
 * when GOODSIG and VALIDSIG with a primary key's fingerprint stand behind the
 * same NEWSIG and no word that judges it worse does.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/gpg_status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was heard since the last NEWSIG, kept by other means. */
struct heard {
	size_t n_sig;
	bool good[PS_GPG_STATUS_MAX], valid[PS_GPG_STATUS_MAX];
	bool worse[PS_GPG_STATUS_MAX];
};

static bool
is_worse(const char *keyword)
{
	static const char *const word[] = {
		"BADSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG"};

	for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
		if (strcmp(keyword, word[i]) == 0)
			return true;
	return false;
}

static void
hear(struct heard *h, const char *keyword)
{
	size_t at = h->n_sig - 1;

	if (strcmp(keyword, "NEWSIG") == 0)
		h->n_sig++;
	else if (h->n_sig > 0 && h->n_sig <= PS_GPG_STATUS_MAX) {
		h->good[at] = h->good[at] || strcmp(keyword, "GOODSIG") == 0;
		h->valid[at] = h->valid[at] || strcmp(keyword, "VALIDSIG") == 0;
		h->worse[at] = h->worse[at] || is_worse(keyword);
	}
}

static void
check(const struct ps_gpg_status *s, const struct heard *h)
{
	assert(s->n <= PS_GPG_STATUS_MAX);
	assert(s->too_many == (h->n_sig > PS_GPG_STATUS_MAX));
	for (size_t i = 0; i < s->n; i++) {
		const struct ps_signature_info *info = &s->info[i];

		assert(info->state <= PS_SIGNATURE_ERROR);
		assert(strlen(info->fpr) == 0 || strlen(info->fpr) == 40);
		assert(strlen(info->signing_fpr) % 40 == 0);
		if (info->state != PS_SIGNATURE_GOOD)
			continue;
		assert(h->good[i] && h->valid[i] && !h->worse[i]);
		assert(info->fpr[0] != '\0' && !s->too_many);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *rest = text, *line;
	struct ps_gpg_status s = {.n = 0};
	struct heard h = {.n_sig = 0};

	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	while ((line = strsep(&rest, "\n")) != NULL) {
		size_t len = strcspn(line, " ");
		const char *args = line[len] == ' ' ? line + len + 1 : "";

		line[len] = '\0';
		hear(&h, line);
		ps_gpg_status_feed(&s, line, args);
	}
	ps_gpg_status_settle(&s);
	check(&s, &h);
	free(text);
	return 0;
}
