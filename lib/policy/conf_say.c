/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What is wrong with a configuration, in words: where, what, what to do.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/str.h"
#include "policy/conf.h"

#define TEXT_MAX     1024
#define PROBLEMS_MAX 500
#define NEAR_MAX     3 /* edits between a wrong and a right spelling */

static void
say(struct ps_conf *c, struct ps_origin where, bool warning, const char *text)
{
	struct ps_problems *all = c->problems;

	if (!warning)
		c->n_error++;
	if (all->n_problem >= PROBLEMS_MAX)
		return; /* whoever mends these will see the others */
	PS_GROW(c->said, all->problem, all->n_problem);
	all->problem[all->n_problem++] = (struct ps_problem){
		.where = {ps_arena_strdup(c->said, where.file), where.line},
		.warning = warning,
		.text = ps_arena_strdup(c->said, text),
	};
}

void
ps_conf_error(struct ps_conf *c, struct ps_origin where, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	say(c, where, false, text);
}

void
ps_conf_warn(struct ps_conf *c, struct ps_origin where, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	say(c, where, true, text);
}

/* Files keep the order in which they first have a problem. */
static bool
is_before(const struct ps_problems *all, const struct ps_problem *x,
	const struct ps_problem *y)
{
	if (strcmp(x->where.file, y->where.file) == 0)
		return x->where.line < y->where.line;
	for (size_t i = 0; i < all->n_problem; i++) {
		const char *file = all->problem[i].where.file;

		if (strcmp(file, x->where.file) == 0)
			return true;
		if (strcmp(file, y->where.file) == 0)
			return false;
	}
	return false;
}

/* Insertion: few, nearly sorted, and equal lines keep their order. */
void
ps_conf_sort(struct ps_conf *c)
{
	struct ps_problem *p = c->problems->problem;

	for (size_t i = 1; i < c->problems->n_problem; i++) {
		struct ps_problem one = p[i];
		size_t k = i;

		for (; k > 0 && is_before(c->problems, &one, &p[k - 1]); k--)
			p[k] = p[k - 1];
		p[k] = one;
	}
}

const char *
ps_conf_place(struct ps_conf *c, struct ps_origin where)
{
	return ps_arena_printf(c->scratch, "%s:%d", where.file, where.line);
}

const char *
ps_conf_near(struct ps_conf *c, const char *word, const char *const *known)
{
	size_t best = NEAR_MAX + 1;
	const char *near = NULL;

	for (; *known != NULL; known++) {
		size_t d = ps_str_distance(word, *known);

		/* of a short word nothing may be left that is common */
		if (d >= best || 2 * d > strlen(*known))
			continue;
		best = d;
		near = *known;
	}
	if (near == NULL)
		return "";
	return ps_arena_printf(c->scratch, " (did you mean '%s'?)", near);
}

const char *
ps_conf_in(struct ps_conf *c, const struct ps_conf_node *in)
{
	if (in->name == NULL)
		return "";
	if (in->title == NULL)
		return ps_arena_printf(c->scratch, " in %s", in->name);
	return ps_arena_printf(c->scratch, " in %s \"%s\"", in->name,
		ps_type_show(c->scratch, in->title));
}

void
ps_conf_twice(struct ps_conf *c, const struct ps_conf_entry *e,
	const struct ps_conf_node *in, struct ps_origin first)
{
	ps_conf_error(c, e->where, "'%s' is set twice%s; first at %s", e->name,
		ps_conf_in(c, in), ps_conf_place(c, first));
}
