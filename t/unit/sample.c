/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The sample configuration and the manual tell the same as the tables.
 */
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>

#include "data.h"
#include "policy/policy.h"
#include "policy/settings.h"

static struct ps_policy *
load(const char *text)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_problems problems;
	struct ps_policy *p =
		ps_policy_load_text(ps_bytes_of(text), "sample", a, &problems);

	if (p == NULL)
		fail_msg("%d: %s", problems.problem[0].where.line,
			problems.problem[0].text);
	ps_arena_free(a);
	return p;
}

#define SAMPLE PS_SOURCE_DIR "/etc/postseal.conf"

static void
the_sample_loads_without_a_word_and_begins_in_trial(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_problems problems;
	struct ps_policy *p = ps_policy_load(SAMPLE, a, &problems);

	(void)state;
	assert_int_equal(problems.n_problem, 0);
	assert_non_null(p);
	assert_true(p->trial);
	ps_policy_free(p);
	ps_arena_free(a);
}

/* "#name = value" becomes a setting; other comments stay. */
static char *
uncommented(struct ps_arena *a, const char *file)
{
	char *text = ps_arena_cstr(a, data_read(a, file));

	for (char *p = text; (p = strchr(p, '#')) != NULL; p++)
		if (ps_is_alpha(p[1]))
			*p = ' ';
	return text;
}

static void
the_settings_that_the_sample_comments_out_are_the_defaults(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_policy *p = load(""), *q;
	char *text = uncommented(a, SAMPLE), *include;

	(void)state;
	include = strstr(text, "include(");
	assert_non_null(include);
	*include = '\0';
	q = load(text);
	assert_memory_equal(&p->limits, &q->limits, sizeof(p->limits));
	assert_int_equal(p->log_syslog, q->log_syslog);
	assert_int_equal(p->all_subkeys, q->all_subkeys);
	assert_int_equal(p->local_part_case, q->local_part_case);
	assert_string_equal(p->spool_dir, q->spool_dir);
	assert_string_equal(p->key_dir, q->key_dir);
	assert_string_equal(p->gpg, q->gpg);
	assert_string_equal(p->milter_socket, q->milter_socket);
	/* no words of defaults: they are a domain's alone */
	for (size_t i = 0; i < PS_WORD_N; i++)
		assert_int_equal(q->defaults.word[i].set,
			i != PS_WORD_DKIM_SIGN && i != PS_WORD_AUTHOR_KEY);
	for (size_t i = PS_WORD_WKD; i < PS_WORD_N; i++)
		if (q->defaults.word[i].value != ps_words[i].fallback)
			fail_msg("%s", ps_words[i].name);
	assert_memory_equal(
		&p->auth.dns_ms, &q->auth.dns_ms, 3 * sizeof(p->auth.dns_ms));
	assert_string_equal(p->root_key, q->root_key);
	assert_string_equal(p->ledger, q->ledger);
	assert_memory_equal(&p->n_key_order, &q->n_key_order,
		offsetof(struct ps_policy, https_ca) -
			offsetof(struct ps_policy, n_key_order));
	assert_int_equal(q->key_order[0], PS_ORIGIN_LOCAL);
	assert_int_equal(p->https_port, q->https_port);
	assert_int_equal(p->https_private, q->https_private);
	assert_int_equal(p->relay_ms, q->relay_ms);
	assert_int_equal(p->queue_life_s, q->queue_life_s);
	assert_int_equal(p->relay_connections, q->relay_connections);
	assert_int_equal(q->defaults.word[PS_WORD_MIXED].value,
		ps_words[PS_WORD_MIXED].fallback);
	assert_int_equal(p->iprev, q->iprev);
	assert_int_equal(p->auth.discovery, q->auth.discovery);
	assert_int_equal(q->defaults.word[PS_WORD_REFUSE_AT].value,
		ps_words[PS_WORD_REFUSE_AT].fallback);
	assert_int_equal(q->defaults.word[PS_WORD_ON_TOO_LARGE].value,
		ps_words[PS_WORD_ON_TOO_LARGE].fallback);
	ps_policy_free(p);
	ps_policy_free(q);
	ps_arena_free(a);
}

static void
the_sample_has_every_setting_and_every_word(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	char *text = ps_arena_cstr(a, data_read(a, SAMPLE));

	(void)state;
	for (size_t i = 0; i < ps_n_settings + PS_WORD_N; i++) {
		const char *name = i < ps_n_settings
					   ? ps_settings[i].name
					   : ps_words[i - ps_n_settings].name;

		if (strstr(text, ps_arena_printf(a, "%s ", name)) == NULL)
			fail_msg("%s", name);
	}
	ps_arena_free(a);
}

#define MANUAL PS_SOURCE_DIR "/etc/postseal.conf.5"

/* Settings and words stand at ".It Cm name", below the heading of their
 * section; choices as ".Cm name" there. */
static bool
manual_has(struct ps_bytes manual, const char *macro, const char *name)
{
	for (struct ps_bytes rest = manual, line;
		ps_bytes_line(&rest, &line);) {
		size_t at;

		line = ps_bytes_chomp(line);
		if (!ps_bytes_starts(line, ps_bytes_of(macro)))
			continue;
		at = ps_bytes_find(line, ps_bytes_of(name));
		if (at != PS_NOT_FOUND && line.p[at - 1] == ' ' &&
			(at + strlen(name) == line.len ||
				line.p[at + strlen(name)] == ' '))
			return true;
	}
	return false;
}

static void
the_manual_has_every_setting_word_condition_and_choice(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_bytes manual = data_read(a, MANUAL);

	(void)state;
	assert_true(manual.len > 10000);
	for (size_t i = 0; i < ps_n_settings; i++) {
		const struct ps_setting_def *d = &ps_settings[i];

		if (!manual_has(manual, ".It Cm ", d->name))
			fail_msg("setting %s", d->name);
		for (size_t k = 0; d->choice != NULL && d->choice[k]; k++)
			if (!manual_has(manual, ".", d->choice[k]))
				fail_msg("%s = %s", d->name, d->choice[k]);
	}
	for (size_t i = 0; i < PS_WORD_N; i++) {
		const struct ps_word_def *w = &ps_words[i];

		if (!manual_has(manual, ".It Cm ", w->name))
			fail_msg("word %s", w->name);
		for (size_t k = 0; w->choice != NULL && w->choice[k]; k++)
			if (!manual_has(manual, ".", w->choice[k]))
				fail_msg("%s = %s", w->name, w->choice[k]);
	}
	for (size_t i = 0; ps_conditions[i] != NULL; i++)
		if (!manual_has(manual, ".It Cm ", ps_conditions[i]))
			fail_msg("condition %s", ps_conditions[i]);
	for (size_t i = 0; ps_setting_sections[i] != NULL; i++)
		if (!manual_has(manual, ".Ss Section ", ps_setting_sections[i]))
			fail_msg("section %s", ps_setting_sections[i]);
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_sample_loads_without_a_word_and_begins_in_trial),
	cmocka_unit_test(
		the_settings_that_the_sample_comments_out_are_the_defaults),
	cmocka_unit_test(the_sample_has_every_setting_and_every_word),
	cmocka_unit_test(
		the_manual_has_every_setting_word_condition_and_choice),
};

PS_TESTS("sample", tests)
