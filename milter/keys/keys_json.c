/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The only user of jansson beside verify_json.c.  Memory that is missing is a
 * value that is missing, and the answer then says null.
 */
#include "keys_json.h"

#include <stdio.h>
#include <time.h>

#include <jansson.h>

#include "base/str.h"

#define SHOWN_MAX 4000

struct json_t *
ps_keys_json_list(void)
{
	return json_array();
}

struct json_t *
ps_keys_json_object(void)
{
	return json_object();
}

void
ps_keys_json_append(struct json_t *list, struct json_t *value)
{
	json_array_append_new(list, value);
}

void
ps_keys_json_put(struct json_t *object, const char *name, struct json_t *value)
{
	json_object_set_new(object, name, value);
}

/* jansson escapes what is ASCII, and takes nothing that is not UTF-8. */
void
ps_keys_json_bytes(
	struct json_t *object, const char *name, struct ps_bytes text)
{
	struct ps_buf out;

	ps_buf_init(&out, (size_t)4 * SHOWN_MAX);
	for (size_t i = 0; i < text.len && i < SHOWN_MAX; i++) {
		if (text.p[i] >= ' ' && text.p[i] <= '~')
			ps_buf_putc(&out, text.p[i]);
		else
			ps_str_put_escaped(&out, ps_bytes(text.p + i, 1));
	}
	json_object_set_new(
		object, name, json_stringn(out.len == 0 ? "" : out.p, out.len));
	ps_buf_free(&out);
}

void
ps_keys_json_text(struct json_t *object, const char *name, const char *text)
{
	if (text == NULL)
		json_object_set_new(object, name, json_null());
	else
		ps_keys_json_bytes(object, name, ps_bytes_of(text));
}

void
ps_keys_json_time(struct json_t *object, const char *name, int64_t at_s)
{
	time_t at = (time_t)at_s;
	char text[40];
	struct tm tm;

	if (at_s <= 0 || gmtime_r(&at, &tm) == NULL ||
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		json_object_set_new(object, name, json_null());
	else
		json_object_set_new(object, name, json_string(text));
}

void
ps_keys_json_bool(struct json_t *object, const char *name, bool value)
{
	json_object_set_new(object, name, json_boolean(value));
}

void
ps_keys_json_number(struct json_t *object, const char *name, int64_t value)
{
	json_object_set_new(object, name, json_integer(value));
}

void
ps_keys_json_print(struct json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(value);
}
