/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Printing rows.  Knows nothing of what is in them.
 */
#include "keys_table.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "keys_json.h"

#define NARROWEST 40 /* of the last column, on however small a terminal */

struct ps_keys_cell *
ps_keys_table_add(struct ps_keys_table *t)
{
	struct ps_keys_cell *row =
		ps_arena_array(t->a, t->n_column, sizeof(*row));

	/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
	PS_GROW(t->a, t->row, t->n_row);
	t->row[t->n_row++] = row;
	return row;
}

static const char *
shown(const struct ps_keys_column *c, const struct ps_keys_cell *cell,
	char date[16])
{
	if (!c->is_time)
		return cell->text == NULL ? "-" : cell->text;
	if (cell->at_s == 0)
		return "never";
	if (cell->at_s < 0)
		return "-";
	ps_date(cell->at_s, date);
	return date;
}

static bool
is_for_people(const struct ps_keys_column *c)
{
	return c->where != PS_KEYS_JSON;
}

/* The last column that people see is as long as it is. */
static size_t
last_column(const struct ps_keys_table *t)
{
	size_t last = 0;

	for (size_t i = 0; i < t->n_column; i++)
		if (is_for_people(&t->column[i]))
			last = i;
	return last;
}

static void
print_json(const struct ps_keys_table *t)
{
	struct json_t *list = ps_keys_json_list();

	for (size_t r = 0; r < t->n_row; r++) {
		struct json_t *one = ps_keys_json_object();

		for (size_t i = 0; i < t->n_column; i++) {
			const struct ps_keys_column *c = &t->column[i];

			if (c->where == PS_KEYS_PEOPLE)
				continue;
			if (c->is_time)
				ps_keys_json_time(
					one, c->name, t->row[r][i].at_s);
			else
				ps_keys_json_text(
					one, c->name, t->row[r][i].text);
		}
		ps_keys_json_append(list, one);
	}
	ps_keys_json_print(list);
}

static void
print_row(const struct ps_keys_table *t, const struct ps_keys_cell *row,
	const int *width, int rest)
{
	size_t last = last_column(t);

	for (size_t i = 0; i <= last; i++) {
		const char *text;
		char date[16];

		if (!is_for_people(&t->column[i]))
			continue;
		text = shown(&t->column[i], &row[i], date);
		if (i < last)
			printf("%-*s ", width[i], text);
		else if (rest > 0 && (int)strlen(text) > rest)
			printf("%.*s...\n", rest - 3, text);
		else
			printf("%s\n", text);
	}
}

static void
print_plain(const struct ps_keys_table *t)
{
	int *width = ps_arena_array(t->a, t->n_column, sizeof(*width));

	for (size_t i = 0; i < t->n_column; i++)
		width[i] = t->column[i].width;
	for (size_t r = 0; r < t->n_row; r++)
		print_row(t, t->row[r], width, 0);
}

static void
widen(int *width, const char *text)
{
	int len = (int)strlen(text);

	if (len > *width)
		*width = len;
}

static void
print_head(const struct ps_keys_table *t, const int *width)
{
	struct ps_keys_cell *head =
		ps_arena_array(t->a, t->n_column, sizeof(*head));
	struct ps_keys_column *text =
		ps_arena_array(t->a, t->n_column, sizeof(*text));
	struct ps_keys_table of = *t;

	for (size_t i = 0; i < t->n_column; i++) {
		char *name = ps_arena_strdup(t->a, t->column[i].name);

		for (char *p = name; *p != '\0'; p++)
			*p = *p == '_'		      ? ' '
			     : *p >= 'a' && *p <= 'z' ? (char)(*p - 32)
						      : *p;
		head[i].text = name;
		text[i] = t->column[i];
		text[i].is_time = false;
	}
	of.column = text;
	print_row(&of, head, width, 0);
}

static void
print_terminal(const struct ps_keys_table *t)
{
	int *width = ps_arena_array(t->a, t->n_column, sizeof(*width));
	size_t last = last_column(t);
	struct winsize size = {0};
	int rest;
	char date[16];

	if (t->n_row == 0)
		return;
	rest = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0
		       ? 80
		       : size.ws_col;
	for (size_t i = 0; i < last; i++) {
		if (!is_for_people(&t->column[i]))
			continue;
		widen(&width[i], t->column[i].name);
		for (size_t r = 0; r < t->n_row; r++)
			widen(&width[i],
				shown(&t->column[i], &t->row[r][i], date));
		rest -= width[i] + 1;
	}
	print_head(t, width);
	for (size_t r = 0; r < t->n_row; r++)
		print_row(t, t->row[r], width,
			rest < NARROWEST ? NARROWEST : rest);
}

void
ps_keys_table_print(const struct ps_keys_table *t, bool json)
{
	if (json)
		print_json(t);
	else if (isatty(STDOUT_FILENO) == 1)
		print_terminal(t);
	else
		print_plain(t);
}
