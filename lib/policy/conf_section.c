/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Defaults, domains, peers and their rules, from the tree to typed words.
 */
#include <stdlib.h>

#include "policy/conf.h"
#include "policy/settings.h"

static const char *const directions[] = {
	[PS_DIR_ANY] = "any",
	[PS_DIR_IN] = "in",
	[PS_DIR_OUT] = "out",
	[PS_DIR_INTERNAL] = "internal",
	NULL,
};

bool
ps_conf_has_words(const struct ps_conf_node *in)
{
	return strcmp(in->name, "defaults") == 0 ||
	       strcmp(in->name, "domain") == 0 || strcmp(in->name, "peer") == 0;
}

static void
wrong_value(struct ps_conf *c, const struct ps_conf_node *in, const char *name,
	struct ps_origin where, const char *wrong)
{
	ps_conf_error(c, where, "'%s'%s %s", name, ps_conf_in(c, in), wrong);
}

static const char *
take_item(struct ps_arena *a, const struct ps_word_def *w, const char *text,
	const char **item, int *mask)
{
	const char *wrong;
	int bit = 0;

	switch (w->item) {
	case PS_ITEM_FINGERPRINT:
		return ps_type_fingerprint(a, text, item);
	case PS_ITEM_TEXT:
		return ps_type_text(a, text, item);
	case PS_ITEM_HEADER:
		return ps_type_header(a, text, item);
	case PS_ITEM_CHOICE:
		break;
	}
	wrong = ps_type_choice(a, text, w->choice, &bit);
	if (wrong != NULL)
		return wrong;
	*item = w->choice[bit];
	*mask |= 1 << bit;
	return NULL;
}

/* "none" as the only element is the empty list: it hides what an outer section
 * says. */
static bool
take_list(struct ps_conf *c, const struct ps_conf_node *in,
	const struct ps_word_def *w, const struct ps_conf_entry *e,
	struct ps_setting *out)
{
	struct ps_arena *a = c->policy->arena;
	const char **item = ps_arena_array(a, e->n_value, sizeof(*item));
	bool good = true;

	out->list = item;
	if (e->n_value == 1 && strcmp(e->value[0].text, "none") == 0)
		return true;
	for (size_t i = 0; i < e->n_value; i++) {
		const struct ps_conf_value *v = &e->value[i];
		const char *wrong =
			take_item(a, w, v->text, &item[i], &out->value);

		if (wrong == NULL)
			continue;
		wrong_value(c, in, w->name, v->where, wrong);
		good = false;
	}
	out->n_list = e->n_value;
	return good;
}

static void
take_word(struct ps_conf *c, const struct ps_conf_node *in,
	const struct ps_word_def *w, const struct ps_conf_entry *e,
	struct ps_setting *out)
{
	struct ps_setting s = {.set = true, .where = e->where};
	const char *wrong = NULL;

	if (w->type == PS_TYPE_LIST) {
		if (take_list(c, in, w, e, &s))
			*out = s;
		return;
	}
	if (e->n_value != 1)
		wrong = "takes one value";
	else if (w->type == PS_TYPE_BOOL)
		wrong = ps_type_bool(
			c->policy->arena, e->value[0].text, &s.value);
	else
		wrong = ps_type_choice(c->policy->arena, e->value[0].text,
			w->choice, &s.value);
	if (wrong == NULL)
		*out = s;
	else
		wrong_value(c, in, w->name, e->where, wrong);
}

void
ps_conf_patterns(struct ps_conf *c, const struct ps_conf_node *in,
	const struct ps_conf_entry *e,
	const char *(*type)(
		struct ps_arena *a, const char *text, const char **out),
	struct ps_patterns *out)
{
	struct ps_arena *a = c->policy->arena;
	const char **item = ps_arena_array(a, e->n_value, sizeof(*item));

	for (size_t i = 0; i < e->n_value; i++) {
		const struct ps_conf_value *v = &e->value[i];
		const char *wrong = type(a, v->text, &item[i]);

		if (wrong != NULL)
			wrong_value(c, in, e->name, v->where, wrong);
	}
	*out = (struct ps_patterns){item, e->n_value};
}

static const struct {
	const char *name;
	const char *(*type)(
		struct ps_arena *a, const char *text, const char **out);
	size_t at;
} conditions[] = {
	{"from", ps_type_pattern, offsetof(struct ps_rule, from)},
	{"to", ps_type_pattern, offsetof(struct ps_rule, to)},
	{"login", ps_type_text, offsetof(struct ps_rule, login)},
	{"header-from", ps_type_pattern,
		offsetof(struct ps_rule, proof[PS_PROOF_HEADER_FROM])},
	{"dkim-domain", ps_type_host,
		offsetof(struct ps_rule, proof[PS_PROOF_DKIM_DOMAIN])},
	{"spf-domain", ps_type_host,
		offsetof(struct ps_rule, proof[PS_PROOF_SPF_DOMAIN])},
	{"cert-subject", ps_type_text,
		offsetof(struct ps_rule, proof[PS_PROOF_CERT_SUBJECT])},
	{"iprev", ps_type_host,
		offsetof(struct ps_rule, proof[PS_PROOF_IPREV])},
	{"signed-by", ps_type_signed_by,
		offsetof(struct ps_rule, proof[PS_PROOF_SIGNED_BY])},
};

static void
take_condition(struct ps_conf *c, const struct ps_conf_node *in,
	const struct ps_conf_entry *e, struct ps_rule *r)
{
	const char *wrong = "takes one value";

	for (size_t i = 0; i < sizeof(conditions) / sizeof(*conditions); i++) {
		union {
			char *octet;
			struct ps_patterns *patterns;
		} at = {.octet = (char *)r + conditions[i].at};

		if (strcmp(conditions[i].name, e->name) != 0)
			continue;
		ps_conf_patterns(c, in, e, conditions[i].type, at.patterns);
		return;
	}
	if (e->n_value == 1)
		wrong = ps_type_choice(c->policy->arena, e->value[0].text,
			directions, &r->direction);
	if (wrong != NULL)
		wrong_value(c, in, e->name, e->where, wrong);
}

/* Index in the words, or behind them in the conditions. */
static size_t
index_of(const char *name)
{
	size_t i, k;

	for (i = 0; i < PS_WORD_N; i++)
		if (strcmp(ps_words[i].name, name) == 0)
			return i;
	for (k = 0; ps_conditions[k] != NULL; k++)
		if (strcmp(ps_conditions[k], name) == 0)
			return PS_WORD_N + k;
	abort(); /* a bug: conf.c made its tables of these */
}

/* r is NULL outside of rules, where libconfuse knows no conditions. */
static void
take_entries(struct ps_conf *c, const struct ps_conf_node *in,
	struct ps_setting *word, struct ps_rule *r)
{
	struct ps_origin seen[PS_WORD_N + 16] = {{0}};

	for (size_t i = 0; i < in->n_entry; i++) {
		const struct ps_conf_entry *e = &in->entry[i];
		size_t k = index_of(e->name);

		if (seen[k].file != NULL) {
			ps_conf_twice(c, e, in, seen[k]);
			continue;
		}
		seen[k] = e->where;
		if (k < PS_WORD_N)
			take_word(c, in, &ps_words[k], e, &word[k]);
		else
			take_condition(c, in, e, r);
	}
}

static void
take_rule(struct ps_conf *c, const struct ps_conf_node *in, struct ps_rule *out)
{
	const char *wrong =
		ps_type_name(c->policy->arena, in->title, &out->name);

	out->where = in->where;
	if (wrong != NULL)
		ps_conf_error(c, in->where, "rule %s", wrong);
	take_entries(c, in, out->word, out);
}

static void
take_section(struct ps_conf *c, const struct ps_conf_node *in,
	struct ps_section *out)
{
	struct ps_arena *a = c->policy->arena;
	const char *wrong;

	out->where = in->where;
	take_entries(c, in, out->word, NULL);
	if (in->title == NULL)
		return; /* defaults */
	out->kind = strcmp(in->name, "domain") == 0 ? PS_SECTION_DOMAIN
						    : PS_SECTION_PEER;
	out->name = "";
	wrong = ps_type_domain(a, in->title, &out->name);
	if (wrong != NULL)
		ps_conf_error(c, in->where, "%s %s", in->name, wrong);
	out->rule = ps_arena_array(a, in->n_child, sizeof(*out->rule));
	for (size_t i = 0; i < in->n_child; i++)
		take_rule(c, &in->child[i], &out->rule[out->n_rule++]);
}

static int
by_name(const void *x, const void *y)
{
	const struct ps_section *a = x, *b = y;

	return strcmp(a->name, b->name);
}

static bool
is_before(struct ps_conf *c, struct ps_origin a, struct ps_origin b)
{
	for (size_t i = 0; i < c->n_file; i++) {
		const char *name = c->file[i].name;

		if (a.file == name && b.file != name)
			return true;
		if (b.file == name && a.file != name)
			return false;
	}
	return a.line < b.line;
}

/* Only now do "Example.org." and "example.org" look the same. */
static void
refuse_twins(struct ps_conf *c)
{
	struct ps_section *s = c->policy->section;

	for (size_t i = 1; i < c->policy->n_section; i++) {
		const struct ps_section *first = &s[i - 1], *second = &s[i];

		if (first->name[0] == '\0' ||
			strcmp(first->name, second->name) != 0)
			continue;
		if (is_before(c, second->where, first->where)) {
			first = &s[i];
			second = &s[i - 1];
		}
		ps_conf_error(c, second->where,
			"%s has two sections; first at %s (all that is said of "
			"a domain stands in one)",
			second->name, ps_conf_place(c, first->where));
	}
}

void
ps_conf_build_sections(struct ps_conf *c)
{
	struct ps_policy *p = c->policy;

	p->section =
		ps_arena_array(p->arena, c->root.n_child, sizeof(*p->section));
	for (size_t i = 0; i < c->root.n_child; i++) {
		const struct ps_conf_node *in = &c->root.child[i];

		if (!ps_conf_has_words(in))
			continue;
		if (in->title == NULL)
			take_section(c, in, &p->defaults);
		else
			take_section(c, in, &p->section[p->n_section++]);
	}
	if (p->n_section > 1)
		qsort(p->section, p->n_section, sizeof(*p->section), by_name);
	refuse_twins(c);
}
