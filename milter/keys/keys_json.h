/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Answers as JSON.  Values that are added belong to what they are added to;
 * what is printed is gone.
 */
#ifndef PS_MILTER_KEYS_JSON_H
#define PS_MILTER_KEYS_JSON_H

#include <stdint.h>

#include "base/bytes.h"

struct json_t;

struct json_t *ps_keys_json_list(void);
struct json_t *ps_keys_json_object(void);
void ps_keys_json_append(struct json_t *list, struct json_t *value);
void ps_keys_json_put(
	struct json_t *object, const char *name, struct json_t *value);
/* NULL is null; octets that are no printable ASCII are escaped. */
void ps_keys_json_text(
	struct json_t *object, const char *name, const char *text);
void ps_keys_json_bytes(
	struct json_t *object, const char *name, struct ps_bytes text);
/* RFC 3339, UTC; 0 and less is null. */
void ps_keys_json_time(struct json_t *object, const char *name, int64_t at_s);
void ps_keys_json_bool(struct json_t *object, const char *name, bool value);
void ps_keys_json_number(
	struct json_t *object, const char *name, int64_t value);

/* To standard output, and a line end. */
void ps_keys_json_print(struct json_t *value);

#endif
