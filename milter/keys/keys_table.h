/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Rows of an answer: with a head and as wide as the terminal on a terminal, in
 * columns that never change in a pipe, or as a list of JSON objects.
 */
#ifndef PS_MILTER_KEYS_TABLE_H
#define PS_MILTER_KEYS_TABLE_H

#include <stdint.h>

#include "base/arena.h"

enum ps_keys_where { PS_KEYS_BOTH, PS_KEYS_PEOPLE, PS_KEYS_JSON };

struct ps_keys_column {
	const char *name; /* in JSON; in the head in upper case */
	bool is_time;
	int width; /* in a pipe */
	enum ps_keys_where where;
};

/* No time: "-" and not "never". */
#define PS_KEYS_NO_TIME (-1)

struct ps_keys_cell {
	const char *text; /* printable; NULL: "-" */
	int64_t at_s;	  /* of a time; 0 is "never" */
};

struct ps_keys_table {
	struct ps_arena *a;
	const struct ps_keys_column *column;
	size_t n_column;
	struct ps_keys_cell **row;
	size_t n_row;
};

/* One more row, its cells in the order of the columns. */
struct ps_keys_cell *ps_keys_table_add(struct ps_keys_table *t);
void ps_keys_table_print(const struct ps_keys_table *t, bool json);

#endif
