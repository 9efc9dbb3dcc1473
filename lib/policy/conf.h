/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Inside the loader: text (conf_text.c) to a tree of names and values with
 * their places (conf.c, the only user of libconfuse), tree to typed values
 * (conf_build.c, conf_types.c, conf_names.c), then what single values cannot
 * show (conf_check.c).  Not for other folders.
 */
#ifndef PS_POLICY_CONF_H
#define PS_POLICY_CONF_H

#include "policy/policy.h"

struct ps_conf_value {
	const char *text;
	struct ps_origin where;
};

/* One "name = value" or "name = { value, ... }". */
struct ps_conf_entry {
	const char *name;
	struct ps_origin where;
	struct ps_conf_value *value;
	size_t n_value;
};

/* A section as it stands in a file; the root holds what stands outside. */
struct ps_conf_node {
	const char *name;  /* "domain" */
	const char *title; /* "example.org", or NULL */
	struct ps_origin where;
	struct ps_conf_entry *entry;
	size_t n_entry;
	struct ps_conf_node *child;
	size_t n_child;
};

/* A file that was read or asked for. */
struct ps_conf_file {
	const char *name;
	struct ps_origin asked; /* the include, or nowhere */
};

struct ps_conf {
	struct ps_arena *scratch; /* the tree; gone after the load */
	struct ps_arena *said;	  /* the problems' */
	struct ps_problems *problems;
	size_t n_error;
	struct ps_policy *policy; /* in the making */
	const char *dir; /* of the main file, "/etc/"; NULL: no includes */
	struct ps_conf_file *file;
	size_t n_file;
	struct ps_conf_node root;
	struct ps_alias *alias; /* the policy's, while it grows */
	struct ps_login *login; /* the same */
	struct ps_signer_setting *signer;
};

void ps_conf_error(struct ps_conf *c, struct ps_origin where, const char *fmt,
	...) __attribute__((format(printf, 3, 4)));
void ps_conf_warn(struct ps_conf *c, struct ps_origin where, const char *fmt,
	...) __attribute__((format(printf, 3, 4)));
/* In the order of the files and their lines. */
void ps_conf_sort(struct ps_conf *c);
/* "postseal.conf:12", for a second place in a message. */
const char *ps_conf_place(struct ps_conf *c, struct ps_origin where);
/* " (did you mean 'encrypt'?)", or "" when nothing is near. */
const char *ps_conf_near(
	struct ps_conf *c, const char *word, const char *const *known);

/* conf_text.c: what libconfuse must not see is gone or refused. */
struct ps_conf_text {
	char *text; /* with a NUL behind it */
	int last_line;
	int *section_line; /* of each section's '{', in the order of the '}' */
	size_t n_section;
};
bool ps_conf_text_clean(struct ps_conf *c, const char *file,
	struct ps_bytes raw, struct ps_conf_text *out);

/* conf.c: add what stands in this text to the root. */
void ps_conf_parse(struct ps_conf *c, const char *file, struct ps_bytes raw);

/* conf_include.c */
#define PS_CONF_FILE_MAX ((size_t)8 << 20)
void ps_conf_include(
	struct ps_conf *c, const char *pattern, struct ps_origin where);
/* Read and parse c->file[i]. */
void ps_conf_load_file(struct ps_conf *c, size_t i);

/* conf_build.c, conf_section.c: the tree becomes c->policy. */
void ps_conf_build(struct ps_conf *c);
void ps_conf_build_sections(struct ps_conf *c);
/* Every value of a setting by one type; mistakes are said. */
void ps_conf_patterns(struct ps_conf *c, const struct ps_conf_node *in,
	const struct ps_conf_entry *e,
	const char *(*type)(
		struct ps_arena *a, const char *text, const char **out),
	struct ps_patterns *out);
/* Is it defaults, a domain or a peer? */
bool ps_conf_has_words(const struct ps_conf_node *in);
void ps_conf_twice(struct ps_conf *c, const struct ps_conf_entry *e,
	const struct ps_conf_node *in, struct ps_origin first);
/* " in domain \"example.org\"", or "" for the root. */
const char *ps_conf_in(struct ps_conf *c, const struct ps_conf_node *in);

/* conf_check.c: what only the whole shows. */
void ps_conf_check(struct ps_conf *c);
/* conf_check_keys.c: the same for where keys come from. */
void ps_conf_check_keys(struct ps_conf *c);
/* conf_check_sender.c: the same for the words about senders. */
void ps_conf_check_sender(struct ps_conf *c);
/* conf_check_dkim.c: the same for dkim-sign. */
void ps_conf_check_dkim(struct ps_conf *c);
/* conf_check_openpgp.c: the same for signatures and secret keys. */
void ps_conf_check_openpgp(struct ps_conf *c);

/*
 * Types.  Each takes a value's text and fills *out, or returns what is wrong
 * as the rest of a sentence about the setting: "needs a size such as 50M, not
 * 'much'".  NULL is success.  Results and complaints live in a.
 */
const char *ps_type_bool(struct ps_arena *a, const char *text, int *out);
const char *ps_type_choice(struct ps_arena *a, const char *text,
	const char *const *choice, int *out);
const char *ps_type_count(struct ps_arena *a, const char *text, size_t *out);
const char *ps_type_size(struct ps_arena *a, const char *text, size_t *out);
const char *ps_type_time(struct ps_arena *a, const char *text, int64_t *ms);
const char *ps_type_text(
	struct ps_arena *a, const char *text, const char **out);
const char *ps_type_fingerprint(
	struct ps_arena *a, const char *text, const char **out);
/* A fingerprint, or a pattern of addresses. */
const char *ps_type_signed_by(
	struct ps_arena *a, const char *text, const char **out);
const char *ps_type_header(
	struct ps_arena *a, const char *text, const char **out);
const char *ps_type_name(
	struct ps_arena *a, const char *text, const char **out);
const char *ps_type_path(
	struct ps_arena *a, const char *text, const char **out);
const char *ps_type_delimiter(
	struct ps_arena *a, const char *text, const char **out);
const char *ps_type_domain(
	struct ps_arena *a, const char *text, const char **out);
const char *ps_type_pattern(
	struct ps_arena *a, const char *text, const char **out);
/* A pattern for names of domains and hosts: no "@". */
const char *ps_type_host(
	struct ps_arena *a, const char *text, const char **out);
/* "192.0.2.53" or "127.0.0.1@5353", as libunbound wants it. */
const char *ps_type_resolver(
	struct ps_arena *a, const char *text, const char **out);
const char *ps_type_address(
	struct ps_arena *a, const char *text, struct ps_addr *out);
const char *ps_type_network(
	struct ps_arena *a, const char *text, struct ps_network *out);
const char *ps_type_unix_socket(
	struct ps_arena *a, const char *text, const char **out);
const char *ps_type_milter_socket(
	struct ps_arena *a, const char *text, const char **out);
/* A value as it may be shown: printable, not too long. */
const char *ps_type_show(struct ps_arena *a, const char *text);

#endif
