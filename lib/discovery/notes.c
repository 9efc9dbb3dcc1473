/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A table of fixed size: few places a key, and what ends first gives way.
 */
#include "discovery/notes.h"

#include <pthread.h>
#include <stdlib.h>

#include "discovery/hash.h"

#define N_PLACE	 1024
#define N_WAY	 4
#define KEY_MAX	 320 /* an address (mail/addr.h) */
#define TEXT_MAX 200

struct place {
	int kind;
	size_t len; /* 0: free */
	char key[KEY_MAX];
	enum ps_look_outcome outcome;
	int64_t until_s;
	char text[TEXT_MAX];
};

struct ps_notes {
	pthread_mutex_t lock;
	struct place place[N_PLACE];
};

struct ps_notes *
ps_notes_new(void)
{
	struct ps_notes *n = calloc(1, sizeof(*n));

	if (n != NULL)
		pthread_mutex_init(&n->lock, NULL);
	return n;
}

void
ps_notes_free(struct ps_notes *n)
{
	if (n == NULL)
		return;
	pthread_mutex_destroy(&n->lock);
	free(n);
}

/* The first of the places where the key may be. */
static struct place *
places_of(struct ps_notes *n, int kind, struct ps_bytes key)
{
	return &n->place[ps_hash((uint64_t)kind, key) % (N_PLACE / N_WAY) *
			 N_WAY];
}

static struct place *
find(struct ps_notes *n, int kind, struct ps_bytes key)
{
	struct place *p = places_of(n, kind, key);

	for (size_t i = 0; i < N_WAY; i++) {
		if (p[i].len > 0 && p[i].kind == kind &&
			ps_bytes_eq(ps_bytes(p[i].key, p[i].len), key))
			return &p[i];
	}
	return NULL;
}

static struct place *
room(struct ps_notes *n, int kind, struct ps_bytes key)
{
	struct place *p = places_of(n, kind, key), *first = p;

	for (size_t i = 1; i < N_WAY; i++) {
		if (p[i].until_s < first->until_s)
			first = &p[i];
	}
	return first;
}

void
ps_notes_put(struct ps_notes *n, int kind, struct ps_bytes key,
	const struct ps_note *note)
{
	struct ps_bytes text =
		ps_bytes_head(ps_bytes_of(note->text), TEXT_MAX - 1);
	struct place *p;

	if (key.len == 0 || key.len > KEY_MAX)
		return;
	pthread_mutex_lock(&n->lock);
	p = find(n, kind, key);
	if (p == NULL)
		p = room(n, kind, key);
	*p = (struct place){.kind = kind,
		.len = key.len,
		.outcome = note->outcome,
		.until_s = note->until_s};
	memcpy(p->key, key.p, key.len);
	if (text.len > 0)
		memcpy(p->text, text.p, text.len);
	pthread_mutex_unlock(&n->lock);
}

bool
ps_notes_get(struct ps_notes *n, struct ps_arena *a, int kind,
	struct ps_bytes key, int64_t now_s, struct ps_note *out)
{
	const struct place *p;
	bool there;

	pthread_mutex_lock(&n->lock);
	p = find(n, kind, key);
	there = p != NULL && p->until_s > now_s;
	if (there)
		*out = (struct ps_note){.outcome = p->outcome,
			.text = ps_arena_strdup(a, p->text),
			.until_s = p->until_s};
	pthread_mutex_unlock(&n->lock);
	return there;
}

void
ps_notes_drop(struct ps_notes *n, int kind, struct ps_bytes key)
{
	struct place *p;

	pthread_mutex_lock(&n->lock);
	p = find(n, kind, key);
	if (p != NULL)
		*p = (struct place){0};
	pthread_mutex_unlock(&n->lock);
}
