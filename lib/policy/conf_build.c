/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The tree becomes a policy: settings and aliases here, sections with words in
 * conf_section.c.  All mistakes are said, not only the first.
 */
#include <stdlib.h>

#include "policy/conf.h"
#include "policy/settings.h"

/* Places are fields of struct ps_policy. */
union place {
	void *p;
	bool *flag;
	size_t *size;
	int64_t *time;
	const char **text;
	const char *const **texts;
	const struct ps_network **networks;
	int *choice;
	struct ps_forwarders *forwarders;
	enum ps_key_origin *origins;
};

static const char *
in_range(struct ps_arena *a, const struct ps_setting_def *d, uint64_t value,
	const char *text)
{
	if (value == 0 && d->zero)
		return NULL;
	if (value >= (uint64_t)d->min &&
		(d->max == 0 || value <= (uint64_t)d->max))
		return NULL;
	return ps_arena_printf(a, "is out of bounds: '%s' is too %s",
		ps_type_show(a, text),
		value < (uint64_t)d->min ? "small" : "large");
}

static const char *
set_number(struct ps_arena *a, const struct ps_setting_def *d, const char *text,
	union place at)
{
	bool is_time = d->type == PS_SET_TIME || d->type == PS_SET_SECONDS;
	const char *wrong;
	int64_t ms = 0;
	size_t n = 0;

	if (is_time)
		wrong = ps_type_time(a, text, &ms);
	else if (d->type == PS_SET_SIZE)
		wrong = ps_type_size(a, text, &n);
	else
		wrong = ps_type_count(a, text, &n);
	if (d->type == PS_SET_SECONDS)
		ms /= 1000;
	if (wrong == NULL)
		wrong = in_range(a, d, is_time ? (uint64_t)ms : n, text);
	if (wrong != NULL)
		return wrong;
	if (is_time)
		*at.time = ms;
	else
		*at.size = n;
	return NULL;
}

static const char *
set_flag(struct ps_arena *a, const struct ps_setting_def *d, const char *text,
	union place at)
{
	int value = 0;
	const char *wrong =
		d->type == PS_SET_BOOL
			? ps_type_bool(a, text, &value)
			: ps_type_choice(a, text, d->choice, &value);

	if (wrong == NULL)
		*at.flag = value == 1;
	return wrong;
}

static const char *
set_one(struct ps_arena *a, const struct ps_setting_def *d, const char *text,
	union place at)
{
	switch (d->type) {
	case PS_SET_NAME:
		return ps_type_name(a, text, at.text);
	case PS_SET_PATH:
		return ps_type_path(a, text, at.text);
	case PS_SET_DOMAIN:
		return ps_type_domain(a, text, at.text);
	case PS_SET_DELIMITER:
		return ps_type_delimiter(a, text, at.text);
	case PS_SET_MILTER_SOCKET:
		return ps_type_milter_socket(a, text, at.text);
	case PS_SET_UNIX_SOCKET:
		return ps_type_unix_socket(a, text, at.text);
	case PS_SET_ONE_OF:
		return ps_type_choice(a, text, d->choice, at.choice);
	case PS_SET_BOOL:
	case PS_SET_CHOICE:
		return set_flag(a, d, text, at);
	default:
		return set_number(a, d, text, at);
	}
}

typedef const char *item_type(
	struct ps_arena *a, const char *text, const char **out);

static item_type *
type_of_items(enum ps_setting_type t)
{
	switch (t) {
	case PS_SET_TEXTS:
		return ps_type_text;
	case PS_SET_DOMAINS:
		return ps_type_domain;
	case PS_SET_HOSTS:
		return ps_type_host;
	case PS_SET_RESOLVERS:
		return ps_type_resolver;
	default:
		return ps_type_name;
	}
}

static const char *
set_items(struct ps_arena *a, const struct ps_setting_def *d,
	const struct ps_conf_entry *e, union place at)
{
	const char **item = ps_arena_array(a, e->n_value, sizeof(*item));
	item_type *take = type_of_items(d->type);
	const char *wrong = NULL;

	for (size_t i = 0; i < e->n_value && wrong == NULL; i++)
		wrong = take(a, e->value[i].text, &item[i]);
	*at.texts = item;
	return wrong;
}

static const char *
set_networks(struct ps_arena *a, const struct ps_conf_entry *e, union place at)
{
	struct ps_network *n = ps_arena_array(a, e->n_value, sizeof(*n));
	const char *wrong = NULL;

	for (size_t i = 0; i < e->n_value && wrong == NULL; i++)
		wrong = ps_type_network(a, e->value[i].text, &n[i]);
	*at.networks = n;
	return wrong;
}

/* Networks and names in one list, told apart by their letters. */
static const char *
set_forwarders(
	struct ps_arena *a, const struct ps_conf_entry *e, union place at)
{
	struct ps_network *n = ps_arena_array(a, e->n_value, sizeof(*n));
	const char **host = ps_arena_array(a, e->n_value, sizeof(*host));
	struct ps_forwarders f = {.network = n, .host.item = host};
	const char *wrong = NULL;

	for (size_t i = 0; i < e->n_value && wrong == NULL; i++) {
		const char *text = e->value[i].text;

		if (strchr(text, ':') != NULL ||
			text[strspn(text, "0123456789./")] == '\0')
			wrong = ps_type_network(a, text, &n[f.n_network++]);
		else
			wrong = ps_type_host(a, text, &host[f.host.n++]);
	}
	*at.forwarders = f;
	return wrong;
}

static bool
is_origin(const char *text, enum ps_key_origin *out)
{
	for (*out = 0; *out < PS_ORIGIN_N; (*out)++)
		if (strcmp(ps_key_origin_name(*out), text) == 0)
			return true;
	return false;
}

/* Pins come first always, named or not: they are no source that could fail. */
static const char *
set_sources(struct ps_arena *a, const struct ps_conf_entry *e, union place at,
	size_t *n_out)
{
	enum ps_key_origin one;
	unsigned seen = 0;
	size_t n = 0;

	for (size_t i = 0; i < e->n_value; i++) {
		const char *text = e->value[i].text;

		if (strcmp(text, "pinned") == 0 && i == 0)
			continue;
		if (strcmp(text, "pinned") == 0)
			return "has 'pinned' behind others: pins come first "
			       "always, so write it first or not at all";
		if (!is_origin(text, &one))
			return ps_arena_printf(a,
				"cannot be '%s': use pinned, local, wkd, dane "
				"or autocrypt",
				ps_type_show(a, text));
		if ((seen & 1U << one) != 0)
			return ps_arena_printf(a, "has '%s' twice", text);
		seen |= 1U << one;
		at.origins[n++] = one;
	}
	*n_out = n;
	return NULL;
}

static const char *
set(struct ps_policy *p, const struct ps_setting_def *d,
	const struct ps_conf_entry *e)
{
	union place at = {.p = (char *)p + d->at};
	union place count = {.p = (char *)p + d->at_n};
	const char *wrong;

	if (d->type == PS_SET_FORWARDERS)
		return set_forwarders(p->arena, e, at);
	if (d->type == PS_SET_SOURCES)
		return set_sources(p->arena, e, at, count.size);
	if (d->type < PS_SET_NAMES)
		return e->n_value == 1
			       ? set_one(p->arena, d, e->value[0].text, at)
			       : "takes one value";
	wrong = d->type == PS_SET_NETWORKS ? set_networks(p->arena, e, at)
					   : set_items(p->arena, d, e, at);
	if (wrong == NULL)
		*count.size = e->n_value;
	return wrong;
}

static const struct ps_setting_def *
find(const char *section, const char *name)
{
	for (size_t i = 0; i < ps_n_settings; i++) {
		const struct ps_setting_def *d = &ps_settings[i];

		if (strcmp(d->name, name) == 0 &&
			strcmp(d->section == NULL ? "" : d->section,
				section == NULL ? "" : section) == 0)
			return d;
	}
	abort(); /* a bug: conf.c made its tables of these */
}

static void
take_settings(struct ps_conf *c, const struct ps_conf_node *in)
{
	struct ps_origin *seen =
		ps_arena_array(c->scratch, ps_n_settings, sizeof(*seen));

	for (size_t i = 0; i < in->n_entry; i++) {
		const struct ps_conf_entry *e = &in->entry[i];
		const struct ps_setting_def *d = find(in->name, e->name);
		struct ps_origin *first = &seen[d - ps_settings];
		const char *wrong;

		if (first->file != NULL) {
			ps_conf_twice(c, e, in, *first);
			continue;
		}
		*first = e->where;
		wrong = set(c->policy, d, e);
		if (wrong != NULL)
			ps_conf_error(c, e->where, "'%s'%s %s", e->name,
				ps_conf_in(c, in), wrong);
	}
}

static void
take_alias(struct ps_conf *c, const struct ps_conf_node *in)
{
	struct ps_policy *p = c->policy;
	struct ps_alias one = {.where = in->where}, *all;
	const char *wrong;

	if (in->n_entry != 1 || in->entry[0].n_value != 1) {
		ps_conf_error(c, in->where,
			"alias \"%s\" needs one setting: to = \"ADDRESS\"",
			ps_type_show(c->scratch, in->title));
		return;
	}
	wrong = ps_type_address(p->arena, in->title, &one.from);
	if (wrong != NULL)
		ps_conf_error(c, in->where, "alias %s", wrong);
	wrong = ps_type_address(p->arena, in->entry[0].value[0].text, &one.to);
	if (wrong != NULL)
		ps_conf_error(c, in->entry[0].where, "'to'%s %s",
			ps_conf_in(c, in), wrong);
	for (size_t i = 0; i < p->n_alias; i++)
		if (ps_addr_eq(&p->alias[i].from, &one.from, true))
			ps_conf_error(c, in->where,
				"alias \"%s\" stands twice; first at %s",
				ps_type_show(c->scratch, in->title),
				ps_conf_place(c, p->alias[i].where));
	all = c->alias;
	PS_GROW(p->arena, all, p->n_alias);
	all[p->n_alias++] = one;
	c->alias = all;
	p->alias = all;
}

/* Without case, like the condition: "ANNA" must not escape what "anna" may. */
static void
take_login(struct ps_conf *c, const struct ps_conf_node *in)
{
	struct ps_policy *p = c->policy;
	struct ps_login one = {.where = in->where}, *all;
	const struct ps_login *twin;
	const char *wrong = ps_type_text(p->arena, in->title, &one.name);

	if (wrong != NULL)
		ps_conf_error(c, in->where, "login %s", wrong);
	if (in->n_entry != 1)
		ps_conf_error(c, in->where,
			"login \"%s\" needs one setting: addresses = { "
			"\"ADDRESS\" }",
			ps_type_show(c->scratch, in->title));
	if (wrong != NULL || in->n_entry != 1)
		return;
	ps_conf_patterns(c, in, &in->entry[0], ps_type_pattern, &one.addresses);
	twin = ps_policy_login(p, ps_bytes_of(one.name));
	if (twin != NULL)
		ps_conf_error(c, in->where,
			"login \"%s\" stands twice; first at %s",
			ps_type_show(c->scratch, in->title),
			ps_conf_place(c, twin->where));
	all = c->login;
	PS_GROW(p->arena, all, p->n_login);
	all[p->n_login++] = one;
	c->login = all;
	p->login = all;
}

static bool
is_twin(const struct ps_policy *p, const struct ps_signer_setting *x,
	const struct ps_signer_setting *y)
{
	if (x->by_domain != y->by_domain)
		return false;
	return x->by_domain
		       ? strcmp(x->domain, y->domain) == 0
		       : ps_addr_eq(&x->addr, &y->addr, !p->local_part_case);
}

static void
add_signer(struct ps_conf *c, const struct ps_signer_setting *one)
{
	struct ps_policy *p = c->policy;
	struct ps_signer_setting *all = c->signer;

	for (size_t i = 0; i < p->n_signer; i++)
		if (is_twin(p, &all[i], one))
			ps_conf_error(c, one->where,
				"signer \"%s\" stands twice; first at %s",
				ps_type_show(c->scratch, one->name),
				ps_conf_place(c, all[i].where));
	PS_GROW(p->arena, all, p->n_signer);
	all[p->n_signer++] = *one;
	c->signer = all;
	p->signer = all;
}

/* The title is an address when it has an at sign, a domain otherwise. */
static void
take_signer(struct ps_conf *c, const struct ps_conf_node *in)
{
	struct ps_arena *a = c->policy->arena;
	struct ps_signer_setting one = {
		.name = ps_arena_strdup(a, in->title),
		.by_domain = strchr(in->title, '@') == NULL,
		.where = in->where,
	};
	const char *wrong = one.by_domain
				    ? ps_type_domain(a, in->title, &one.domain)
				    : ps_type_address(a, in->title, &one.addr);

	if (wrong != NULL)
		ps_conf_error(c, in->where, "signer %s", wrong);
	if (in->n_entry != 1 || in->entry[0].n_value != 1) {
		ps_conf_error(c, in->where,
			"signer \"%s\" needs one setting: key = "
			"\"FINGERPRINT\"",
			ps_type_show(c->scratch, in->title));
		return;
	}
	if (wrong != NULL)
		return;
	wrong = ps_type_fingerprint(a, in->entry[0].value[0].text, &one.fpr);
	if (wrong != NULL)
		ps_conf_error(c, in->entry[0].where, "'key'%s %s",
			ps_conf_in(c, in), wrong);
	else
		add_signer(c, &one);
}

/* A section without a name stands once in all files together. */
static bool
stands_once(struct ps_conf *c, size_t i)
{
	const struct ps_conf_node *in = &c->root.child[i];

	for (size_t k = 0; k < i && in->title == NULL; k++) {
		if (strcmp(c->root.child[k].name, in->name) != 0)
			continue;
		ps_conf_error(c, in->where,
			"section %s stands twice; first at %s", in->name,
			ps_conf_place(c, c->root.child[k].where));
		return false;
	}
	return true;
}

void
ps_conf_build(struct ps_conf *c)
{
	take_settings(c, &c->root);
	for (size_t i = 0; i < c->root.n_child; i++) {
		const struct ps_conf_node *in = &c->root.child[i];

		if (!stands_once(c, i))
			continue;
		if (strcmp(in->name, "alias") == 0)
			take_alias(c, in);
		else if (strcmp(in->name, "login") == 0)
			take_login(c, in);
		else if (strcmp(in->name, "signer") == 0)
			take_signer(c, in);
		else if (!ps_conf_has_words(in))
			take_settings(c, in);
	}
	ps_conf_build_sections(c);
}
