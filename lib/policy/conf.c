/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Cleaned text to a tree of names and values, each with its place: the only
 * file that knows libconfuse.  Its grammar is used, its storage is not: every
 * value is a list of strings to it, and callbacks build the tree, because it
 * forgets where a value stood and that it was given twice.
 */
#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy/conf.h"
#include "policy/settings.h"

/* No user writes it.  It is appended to each file: inside a section that is
 * still open it is an unknown setting. */
#define SENTINEL  "--end-of-file--"
#define VALUE_MAX 1024
#define DEPTH_MAX 4 /* root, domain, rule */

struct frame {
	const cfg_t *cfg;
	struct ps_conf_node node;
};

/*
 * The parse under way.  libconfuse's scanner is one for the whole process and
 * its callbacks carry no pointer of ours; ps_policy_load lets one thread in.
 */
static struct parse {
	struct ps_conf *c;
	const char *file;
	struct ps_conf_text text;
	size_t n_closed;
	struct frame frame[DEPTH_MAX];
	size_t n_frame;
	bool whole; /* the sentinel was seen outside of sections */
} * now;

static struct ps_origin
here(const cfg_t *cfg)
{
	/* the sentinel stands behind the last line */
	int last = now->text.last_line;
	int line = cfg->line < last ? cfg->line : last;

	return (struct ps_origin){now->file, line};
}

/* The node of an open section; made when the first thing in it is seen. */
static struct ps_conf_node *
node_of(const cfg_t *cfg)
{
	struct frame *top = &now->frame[now->n_frame - 1];

	if (top->cfg == cfg)
		return &top->node;
	if (now->n_frame == DEPTH_MAX)
		abort(); /* a bug: the tables below nest no deeper */
	top = &now->frame[now->n_frame++];
	*top = (struct frame){.cfg = cfg};
	return &top->node;
}

static const char *
section_text(const cfg_t *cfg)
{
	struct ps_conf_node in = {.name = cfg->name, .title = cfg->title};

	if (strcmp(cfg->name, "root") == 0)
		in.name = NULL;
	return ps_conf_in(now->c, &in);
}

static void
unknown(cfg_t *cfg, const char *name)
{
	struct ps_arena *a = now->c->scratch;
	unsigned n = cfg_num(cfg), k = 0;
	const char **known = ps_arena_array(a, n + 1, sizeof(*known));

	for (unsigned i = 0; i < n; i++)
		if (strcmp(cfg->opts[i].name, SENTINEL) != 0)
			known[k++] = cfg->opts[i].name;
	if (strcmp(name, SENTINEL) == 0)
		ps_conf_error(now->c, here(cfg), "a '}' is missing%s",
			section_text(cfg));
	else if (ps_settings_is_section(name))
		ps_conf_error(now->c, here(cfg),
			"'%s' cannot stand%s (is a '}' missing above?)", name,
			section_text(cfg));
	else
		ps_conf_error(now->c, here(cfg), "unknown setting '%s'%s%s",
			ps_type_show(a, name), section_text(cfg),
			ps_conf_near(now->c, name, known));
}

/* "a|b" reaches into sections; such a name is as unknown as any other. */
static bool
belongs(cfg_t *cfg, const cfg_opt_t *opt)
{
	if (opt >= cfg->opts && opt < cfg->opts + cfg_num(cfg))
		return true;
	unknown(cfg, "|");
	return false;
}

static int
take_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct ps_arena *a = now->c->scratch;
	const char **out = result;
	struct ps_conf_node *node;
	struct ps_conf_entry *e;

	*out = ""; /* kept by libconfuse, looked at by nobody */
	if (strcmp(opt->name, SENTINEL) == 0) {
		now->whole = true;
		return 0;
	}
	if (!belongs(cfg, opt))
		return -1;
	if (strlen(value) > VALUE_MAX) {
		ps_conf_error(now->c, here(cfg), "this value is too long");
		return -1;
	}
	node = node_of(cfg);
	if (opt->nvalues <= 1) { /* the first after '=' */
		PS_GROW(a, node->entry, node->n_entry);
		node->entry[node->n_entry++] = (struct ps_conf_entry){
			.name = ps_arena_strdup(a, opt->name),
			.where = here(cfg),
		};
	}
	e = &node->entry[node->n_entry - 1];
	PS_GROW(a, e->value, e->n_value);
	e->value[e->n_value++] = (struct ps_conf_value){
		.text = ps_arena_strdup(a, value), .where = here(cfg)};
	return 0;
}

/* Called at a section's '}'. */
static int
close_section(cfg_t *cfg, cfg_opt_t *opt)
{
	struct ps_arena *a = now->c->scratch;
	cfg_t *closed = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	struct frame *top = &now->frame[now->n_frame - 1];
	struct ps_conf_node node = {0}, *parent;

	if (!belongs(cfg, opt))
		return -1;
	if (top->cfg == closed) {
		node = top->node;
		now->n_frame--;
	}
	if (now->n_closed >= now->text.n_section)
		abort(); /* a bug: conf_text.c counted the braces */
	node.name = ps_arena_strdup(a, opt->name);
	node.title = ps_arena_strdup(a, closed->title);
	node.where = (struct ps_origin){
		now->file, now->text.section_line[now->n_closed++]};
	parent = node_of(cfg);
	PS_GROW(a, parent->child, parent->n_child);
	parent->child[parent->n_child++] = node;
	return 0;
}

static int
take_include(cfg_t *cfg, cfg_opt_t *opt, int argc, const char **argv)
{
	(void)opt;
	if (argc == 1)
		ps_conf_include(now->c, argv[0], here(cfg));
	else
		ps_conf_error(now->c, here(cfg),
			"include takes one name: include(\"conf.d/*.conf\")");
	return 0;
}

static void
duplicate(cfg_t *cfg, const char *title)
{
	const struct ps_conf_node *in = node_of(cfg);
	const char *shown = ps_type_show(now->c->scratch, title);

	for (size_t i = 0; i < in->n_child; i++) {
		if (in->child[i].title == NULL ||
			strcmp(in->child[i].title, title) != 0)
			continue;
		ps_conf_error(now->c, here(cfg),
			"\"%s\" stands twice%s; first at %s", shown,
			section_text(cfg),
			ps_conf_place(now->c, in->child[i].where));
		return;
	}
	ps_conf_error(now->c, here(cfg), "\"%s\" stands twice%s", shown,
		section_text(cfg));
}

/* What libconfuse says, by the first words of its format, and what we say. */
static const struct {
	const char *theirs, *before, *after;
} phrase[] = {
	{"missing equal sign", "'", "' needs '=' and a value"},
	{"unexpected token", "'", "' is not expected here"},
	{"missing opening brace", "'", "' needs '{'"},
	{"missing title", "'", "' needs a name in quotes before its '{'"},
	{"missing parenthesis", "'",
		"' needs a name: include(\"conf.d/*.conf\")"},
	{"premature end", "the file ends in the middle of a setting", ""},
};

static void
complain(cfg_t *cfg, const char *fmt, va_list ap)
{
	const char *arg = strstr(fmt, "%s") == NULL ? "" : va_arg(ap, char *);

	if (strncmp(fmt, "no such option", 14) == 0) {
		unknown(cfg, arg);
		return;
	}
	if (strncmp(fmt, "found duplicate", 15) == 0) {
		duplicate(cfg, arg);
		return;
	}
	arg = ps_type_show(now->c->scratch, arg);
	for (size_t i = 0; i < sizeof(phrase) / sizeof(phrase[0]); i++) {
		if (strncmp(fmt, phrase[i].theirs, strlen(phrase[i].theirs)) !=
			0)
			continue;
		ps_conf_error(now->c, here(cfg), "%s%s%s%s", phrase[i].before,
			arg, phrase[i].after, section_text(cfg));
		return;
	}
	ps_conf_error(now->c, here(cfg), "this cannot be read");
}

static void
add_list(cfg_opt_t *table, size_t *n, const char *name)
{
	const cfg_opt_t one =
		CFG_STR_LIST_CB(name, NULL, CFGF_NONE, take_value);

	table[(*n)++] = one;
}

static void
add_section(cfg_opt_t *table, size_t *n, const char *name, cfg_opt_t *inside,
	bool titled)
{
	cfg_opt_t one = CFG_SEC(name, inside,
		titled ? CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES
		       : CFGF_NONE);

	one.validcb = close_section;
	table[(*n)++] = one;
}

/* The settings of one section, or those outside of all (NULL). */
static void
add_settings(cfg_opt_t *table, size_t *n, const char *section)
{
	for (size_t i = 0; i < ps_n_settings; i++) {
		const char *s = ps_settings[i].section;

		if (s == section || (s != NULL && section != NULL &&
					    strcmp(s, section) == 0))
			add_list(table, n, ps_settings[i].name);
	}
}

/* What may stand in a domain, or without "rule" in defaults. */
static cfg_opt_t *
policy_table(struct ps_arena *a, bool conditions, cfg_opt_t *rule)
{
	cfg_opt_t *table = ps_arena_array(a, PS_WORD_N + 16, sizeof(*table));
	size_t n = 0;

	for (size_t i = 0; conditions && ps_conditions[i] != NULL; i++)
		add_list(table, &n, ps_conditions[i]);
	for (size_t i = 0; i < PS_WORD_N; i++)
		add_list(table, &n, ps_words[i].name);
	if (rule != NULL)
		add_section(table, &n, "rule", rule, true);
	return table; /* zeroes behind it are CFG_END() */
}

static cfg_opt_t *
root_table(struct ps_arena *a)
{
	cfg_opt_t *root = ps_arena_array(a, ps_n_settings + 16, sizeof(*root));
	cfg_opt_t *rule = policy_table(a, true, NULL);
	cfg_opt_t *asked = policy_table(a, false, rule);
	cfg_opt_t *alias = ps_arena_array(a, 2, sizeof(*alias));
	cfg_opt_t *login = ps_arena_array(a, 2, sizeof(*login));
	cfg_opt_t *signer = ps_arena_array(a, 2, sizeof(*signer));
	const cfg_opt_t include = CFG_FUNC("include", take_include);
	size_t n = 0, k = 0;

	add_list(alias, &k, "to");
	k = 0;
	add_list(login, &k, "addresses");
	k = 0;
	add_list(signer, &k, "key");
	add_settings(root, &n, NULL);
	for (size_t i = 0; ps_setting_sections[i] != NULL; i++) {
		cfg_opt_t *in =
			ps_arena_array(a, ps_n_settings + 1, sizeof(*in));

		k = 0;
		add_settings(in, &k, ps_setting_sections[i]);
		add_section(root, &n, ps_setting_sections[i], in, false);
	}
	add_section(root, &n, "alias", alias, true);
	add_section(root, &n, "login", login, true);
	add_section(root, &n, "signer", signer, true);
	add_section(root, &n, "defaults", policy_table(a, false, NULL), false);
	add_section(root, &n, "domain", asked, true);
	add_section(root, &n, "peer", asked, true);
	root[n++] = include;
	add_list(root, &n, SENTINEL);
	return root;
}

static void
run(struct parse *p, cfg_t *cfg, FILE *f)
{
	struct ps_conf *c = p->c;
	size_t before = c->n_error;

	cfg_set_error_function(cfg, complain);
	p->frame[p->n_frame++] = (struct frame){cfg, c->root};
	now = p;
	if (cfg_parse_fp(cfg, f) != CFG_SUCCESS && c->n_error == before)
		ps_conf_error(c, here(cfg), "this cannot be read");
	else if (!p->whole && c->n_error == before)
		ps_conf_error(c, here(cfg), "a '}' is missing");
	now = NULL;
	c->root = p->frame[0].node;
}

void
ps_conf_parse(struct ps_conf *c, const char *file, struct ps_bytes raw)
{
	struct parse p = {.c = c, .file = file};
	char *text;
	cfg_t *cfg;
	FILE *f;

	if (!ps_conf_text_clean(c, file, raw, &p.text))
		return;
	text = ps_arena_printf(
		c->scratch, "%s\n" SENTINEL " = x\n", p.text.text);
	cfg = cfg_init(root_table(c->scratch), CFGF_NONE);
	f = fmemopen(text, strlen(text), "r");
	if (cfg != NULL && f != NULL)
		run(&p, cfg, f);
	else
		ps_conf_error(c, (struct ps_origin){file, 0},
			"cannot be read: out of memory or descriptors");
	if (f != NULL)
		fclose(f);
	if (cfg != NULL)
		cfg_free(cfg);
}
