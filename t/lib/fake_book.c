/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * See fake_book.h.
 */
#include "fake_book.h"

#include "tap.h"

/* The lock is held. */
static struct fb_page *
page_of(struct fake_book *b, struct ps_bytes address)
{
	for (size_t i = 0; i < b->n_page; i++) {
		if (ps_bytes_eq(b->page[i].address, address))
			return &b->page[i];
	}
	return NULL;
}

static void
copy_page(
	struct ps_arena *a, const struct fb_page *from, struct ps_key_page *out)
{
	const struct ps_key_page *p = &from->page;

	*out = *p;
	out->bond = ps_arena_array(a, p->n_bond + 1, sizeof(*out->bond));
	out->look = ps_arena_array(a, p->n_look + 1, sizeof(*out->look));
	for (size_t i = 0; i < p->n_bond; i++)
		out->bond[i] = p->bond[i];
	for (size_t i = 0; i < p->n_look; i++)
		out->look[i] = p->look[i];
}

static enum ps_status
read_page(void *self, struct ps_arena *a, struct ps_bytes address,
	struct ps_key_page *out, const char **why)
{
	struct fake_book *b = self;
	const struct fb_page *p;
	enum ps_status s;

	pthread_mutex_lock(&b->lock);
	p = page_of(b, address);
	s = b->fails;
	*out = (struct ps_key_page){0};
	if (p != NULL)
		copy_page(a, p, out);
	pthread_mutex_unlock(&b->lock);
	if (s != PS_OK)
		*why = "the fake book fails";
	return s;
}

static void
put_bond(struct fake_book *b, struct ps_key_page *p, struct ps_key_bond bond)
{
	size_t i = 0;

	bond.address = ps_arena_copy(b->a, bond.address);
	while (i < p->n_bond && strcmp(p->bond[i].fpr, bond.fpr) != 0)
		i++;
	if (i == p->n_bond) {
		PS_GROW(b->a, p->bond, p->n_bond);
		p->n_bond++;
	}
	p->bond[i] = bond;
}

static void
put_look(struct fake_book *b, struct ps_key_page *p, struct ps_key_look look)
{
	size_t i = 0;

	look.address = ps_arena_copy(b->a, look.address);
	look.text = ps_arena_strdup(b->a, look.text);
	while (i < p->n_look && p->look[i].origin != look.origin)
		i++;
	if (i == p->n_look) {
		PS_GROW(b->a, p->look, p->n_look);
		p->n_look++;
	}
	p->look[i] = look;
}

static void
put_event(struct fake_book *b, struct ps_key_event e)
{
	e.address = ps_arena_copy(b->a, e.address);
	e.what = ps_arena_strdup(b->a, e.what);
	e.fpr = ps_arena_strdup(b->a, e.fpr);
	e.old_fpr = ps_arena_strdup(b->a, e.old_fpr);
	e.by = ps_arena_strdup(b->a, e.by);
	e.text = ps_arena_strdup(b->a, e.text);
	PS_GROW(b->a, b->event, b->n_event);
	b->event[b->n_event++] = e;
}

static void
drop_bond(struct ps_key_page *p, const char *fpr)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_bond; i++) {
		if (strcmp(p->bond[i].fpr, fpr) != 0)
			p->bond[n++] = p->bond[i];
	}
	p->n_bond = n;
}

/* The lock is held. */
static void
apply(struct fake_book *b, const struct ps_key_change *c)
{
	struct fb_page *p = page_of(b, c->address);

	if (p == NULL) {
		PS_GROW(b->a, b->page, b->n_page);
		p = &b->page[b->n_page++];
		*p = (struct fb_page){
			.address = ps_arena_copy(b->a, c->address)};
	}
	for (size_t i = 0; i < c->n_put; i++)
		put_bond(b, &p->page, c->put[i]);
	for (size_t i = 0; i < c->n_remove; i++)
		drop_bond(&p->page, c->remove[i]);
	for (size_t i = 0; i < c->n_look; i++)
		put_look(b, &p->page, c->look[i]);
	for (size_t i = 0; i < c->n_event; i++)
		put_event(b, c->event[i]);
	p->page.serial++;
	b->n_write++;
	pthread_cond_broadcast(&b->wrote);
}

static enum ps_status
write_page(void *self, struct ps_arena *a, const struct ps_key_change *change,
	int64_t serial, const char **why)
{
	struct fake_book *b = self;
	const struct fb_page *p;
	enum ps_status s;

	(void)a;
	pthread_mutex_lock(&b->lock);
	p = page_of(b, change->address);
	s = b->fails;
	if (s == PS_OK && b->busy > 0) {
		b->busy--;
		s = PS_EBUSY;
	} else if (s == PS_OK && serial != (p == NULL ? 0 : p->page.serial)) {
		s = PS_EBUSY;
	}
	b->n_busy_told += s == PS_EBUSY;
	if (s == PS_OK)
		apply(b, change);
	pthread_mutex_unlock(&b->lock);
	if (s != PS_OK)
		*why = "the fake book fails";
	return s;
}

static void
used(void *self, struct ps_bytes address, int64_t now_s)
{
	struct fake_book *b = self;
	struct fb_page *p;

	pthread_mutex_lock(&b->lock);
	p = page_of(b, address);
	if (p != NULL)
		p->used_s = now_s;
	for (size_t i = 0; p != NULL && i < p->page.n_look; i++)
		p->page.look[i].used_s = now_s;
	pthread_mutex_unlock(&b->lock);
}

static bool
is_due(const struct fb_page *p, int64_t now_s, int64_t used_s)
{
	for (size_t i = 0; i < p->page.n_look; i++) {
		if (p->page.look[i].due_s <= now_s &&
			p->page.look[i].used_s > used_s)
			return true;
	}
	return false;
}

static enum ps_status
due(void *self, struct ps_arena *a, int64_t now_s, int64_t used_s, size_t max,
	struct ps_bytes **out, size_t *n_out, const char **why)
{
	struct fake_book *b = self;

	(void)why;
	pthread_mutex_lock(&b->lock);
	*out = NULL;
	*n_out = 0;
	for (size_t i = 0; i < b->n_page && *n_out < max; i++) {
		if (!is_due(&b->page[i], now_s, used_s))
			continue;
		PS_GROW(a, *out, *n_out);
		(*out)[(*n_out)++] = ps_arena_copy(a, b->page[i].address);
	}
	pthread_mutex_unlock(&b->lock);
	return PS_OK;
}

static enum ps_status
forget(void *self, struct ps_arena *a, int64_t used_s, size_t max,
	size_t *n_out, const char **why)
{
	struct fake_book *b = self;

	(void)a;
	(void)max;
	(void)why;
	pthread_mutex_lock(&b->lock);
	b->n_forget++;
	b->forget_s = used_s;
	*n_out = 0;
	pthread_mutex_unlock(&b->lock);
	return PS_OK;
}

void
fb_init(struct fake_book *b)
{
	*b = (struct fake_book){
		.book = {.self = b,
			.read = read_page,
			.write = write_page,
			.used = used,
			.due = due,
			.forget = forget},
		.a = ps_arena_new(PS_ARENA_PLAIN),
	};
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->wrote, NULL);
}

void
fb_free(struct fake_book *b)
{
	pthread_cond_destroy(&b->wrote);
	pthread_mutex_destroy(&b->lock);
	ps_arena_free(b->a);
}

void
fb_wait_writes(struct fake_book *b, size_t n)
{
	pthread_mutex_lock(&b->lock);
	while (b->n_write < n)
		pthread_cond_wait(&b->wrote, &b->lock);
	pthread_mutex_unlock(&b->lock);
}

void
fb_set(struct fake_book *b, const struct ps_key_change *change)
{
	pthread_mutex_lock(&b->lock);
	apply(b, change);
	pthread_mutex_unlock(&b->lock);
}

const struct ps_key_event *
fb_event(struct fake_book *b, const char *what)
{
	const struct ps_key_event *last = NULL;

	pthread_mutex_lock(&b->lock);
	for (size_t i = 0; i < b->n_event; i++) {
		if (strcmp(b->event[i].what, what) == 0)
			last = &b->event[i];
	}
	pthread_mutex_unlock(&b->lock);
	return last;
}

const struct ps_key_look *
fb_look(struct fake_book *b, const char *address, enum ps_key_origin origin)
{
	const struct fb_page *p;
	const struct ps_key_look *look = NULL;

	pthread_mutex_lock(&b->lock);
	p = page_of(b, ps_bytes_of(address));
	for (size_t i = 0; p != NULL && i < p->page.n_look; i++) {
		if (p->page.look[i].origin == origin)
			look = &p->page.look[i];
	}
	pthread_mutex_unlock(&b->lock);
	return look;
}

const struct ps_key_bond *
fb_bond(struct fake_book *b, const char *address, const char *fpr)
{
	const struct fb_page *p;
	const struct ps_key_bond *bond = NULL;

	pthread_mutex_lock(&b->lock);
	p = page_of(b, ps_bytes_of(address));
	for (size_t i = 0; p != NULL && i < p->page.n_bond; i++) {
		if (strcmp(p->page.bond[i].fpr, fpr) == 0)
			bond = &p->page.bond[i];
	}
	pthread_mutex_unlock(&b->lock);
	return bond;
}
