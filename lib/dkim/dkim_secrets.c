/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Keys kept from one message to the next: reading PEM costs more than signing
 * does.  A file that changed, in its mode too, is read again; one that is gone
 * is no key any more.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dkim/dkim_secret.h"

#define N_KEPT 64

struct kept {
	char *path;
	struct stat st;
	struct ps_dkim_secret *key;
};

struct ps_dkim_secrets {
	struct kept of[N_KEPT];
	size_t next; /* the one to be replaced */
};

struct ps_dkim_secrets *
ps_dkim_secrets_new(void)
{
	struct ps_dkim_secrets *s = calloc(1, sizeof(*s));

	assert(s != NULL);
	return s;
}

static void
drop(struct kept *k)
{
	ps_dkim_secret_free(k->key);
	free(k->path);
	*k = (struct kept){0};
}

void
ps_dkim_secrets_free(struct ps_dkim_secrets *s)
{
	for (size_t i = 0; s != NULL && i < N_KEPT; i++)
		drop(&s->of[i]);
	free(s);
}

static struct kept *
find(struct ps_dkim_secrets *s, const char *path)
{
	for (size_t i = 0; i < N_KEPT; i++)
		if (s->of[i].path != NULL && strcmp(s->of[i].path, path) == 0)
			return &s->of[i];
	return NULL;
}

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size && same_time(a->st_mtim, b->st_mtim) &&
	       same_time(a->st_ctim, b->st_ctim);
}

enum ps_status
ps_dkim_secrets_get(struct ps_dkim_secrets *s, const char *path,
	const struct ps_dkim_secret **out, const char **why)
{
	struct kept *k = find(s, path);
	struct stat st = {0};
	enum ps_status status;
	bool there = stat(path, &st) == 0;

	if (k != NULL && there && same_file(&k->st, &st)) {
		*out = k->key;
		return PS_OK;
	}
	if (k == NULL) {
		k = &s->of[s->next];
		s->next = (s->next + 1) % N_KEPT;
	}
	drop(k);
	/* a file that changes between the two is read again next time */
	status = ps_dkim_secret_read(path, &k->key, why);
	if (status != PS_OK)
		return status;
	k->path = strdup(path);
	assert(k->path != NULL);
	k->st = st;
	*out = k->key;
	return PS_OK;
}
