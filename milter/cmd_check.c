/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal check": everything that can be wrong, before mail finds out.  One
 * line when good.
 */
#include <stdio.h>
#include <sysexits.h>

#include "check.h"
#include "lookups.h"
#include "cmd.h"
#include "forecast.h"
#include "options.h"

#define FORECAST_MAX 1000

static const char usage[] =
	"usage: postseal check [--postfix-config DIR] [-c FILE]\n";

static struct ps_policy *
load(struct ps_arena *a, const char *file, struct ps_findings *out)
{
	struct ps_problems problems = {0};
	struct ps_policy *p = ps_policy_load(file, a, &problems);

	for (size_t i = 0; i < problems.n_problem; i++) {
		const struct ps_problem *one = &problems.problem[i];
		const char *name =
			one->where.file == NULL ? file : one->where.file;

		if (one->where.line > 0)
			name = ps_arena_printf(
				a, "%s:%d", name, one->where.line);
		ps_findings_add(out,
			one->warning ? PS_FINDING_WARNING : PS_FINDING_ERROR,
			name, "%s", one->text);
	}
	return p;
}

static void
check_mta(struct ps_check *c, struct ps_mta *mta, const char *dir)
{
	struct ps_socket_name ours;
	const char *why = NULL;
	enum ps_status s = ps_mta_read(c->arena, dir, mta, &why);

	if (s == PS_OK)
		c->mta = mta;
	else
		ps_findings_add(c->out,
			s == PS_EPERM && dir == NULL ? PS_FINDING_SKIPPED
						     : PS_FINDING_ERROR,
			"Postfix", "its configuration was not looked at: %s",
			why);
	if (!ps_socket_name_parse(
		    c->arena, c->policy->milter_socket, NULL, &ours, &why)) {
		ps_findings_add(c->out, PS_FINDING_ERROR, c->policy->file,
			"listen: milter = \"%s\": %s", c->policy->milter_socket,
			why);
		return;
	}
	ps_check_socket(c, &ours);
	if (c->mta != NULL)
		ps_mta_judge(c->mta, c->policy, &ours, c->out);
}

static void
look_ahead(struct ps_check *c, struct ps_tool *t, int64_t now_s)
{
	struct ps_key_ending *ending = NULL;
	const char *why = NULL;
	size_t n = 0;

	if (ps_forecast(c->arena, t->daemon.keydir, t->daemon.discovering.found,
		    now_s, now_s + c->policy->warn_before_s, FORECAST_MAX,
		    &ending, &n, &why) != PS_OK)
		ps_findings_add(c->out, PS_FINDING_ERROR, c->policy->key_dir,
			"nobody knows whose keys end soon: %s", why);
	else
		ps_check_forecast(c, ending, n);
}

static void
look_at_keys(struct ps_check *c, struct ps_tool *t, size_t *n_cert)
{
	struct ps_key_list list = {0};
	int64_t now_s = ps_now_s(t->env.clock);
	const char *why = NULL;
	enum ps_status s = ps_keydir_list(
		t->daemon.keydir, c->arena, NULL, &t->env.wait, &list, &why);

	if (s != PS_OK) {
		ps_findings_add(c->out, PS_FINDING_ERROR, c->policy->key_dir,
			"the keys cannot be read: %s", why);
		return;
	}
	c->wait = &t->env.wait;
	ps_check_signers(c, t->env.engine);
	ps_check_keys(c, t->env.certs, list.line, list.n_line, now_s);
	look_ahead(c, t, now_s);
	for (size_t i = 0; i < list.n_line; i++)
		*n_cert += *list.line[i].fpr != '\0';
}

/* Only where the configuration names a resolver to ask: a check must not hang
 * on a machine whose name servers are away. */
static void
look_at_records(struct ps_check *c, struct ps_tool *t)
{
	struct ps_dns_budget budget = {.wait = &t->env.wait,
		.query_ms = c->policy->auth.query_ms,
		.max_query = PS_DNS_MAX_QUERY};
	struct ps_lookups l;
	const char *why = NULL;

	if (c->n_dkim == 0 || c->policy->n_resolver == 0)
		return;
	if (!ps_lookups_open(
		    &l, c->policy, NULL, c->arena, t->env.clock, &why)) {
		ps_findings_add(c->out, PS_FINDING_SKIPPED, c->policy->file,
			"DKIM records were not looked at: %s", why);
		return;
	}
	budget.dns = l.dns;
	ps_check_dkim_records(c, &budget);
	ps_lookups_close(&l);
}

static void
count(const struct ps_policy *p, size_t *domains, size_t *peers, size_t *rules)
{
	for (size_t i = 0; i < p->n_section; i++) {
		*domains += p->section[i].kind == PS_SECTION_DOMAIN;
		*peers += p->section[i].kind == PS_SECTION_PEER;
		*rules += p->section[i].n_rule;
	}
}

static const char *
plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static int
report(const struct ps_check *c, const struct ps_policy *p, bool keys,
	size_t n_cert)
{
	size_t domains = 0, peers = 0, rules = 0;
	const size_t *n = c->out->n_of;

	ps_findings_print(c->out, stderr);
	if (p == NULL || n[PS_FINDING_ERROR] > 0) {
		fprintf(stderr, "postseal: %zu error%s, %zu warning%s\n",
			n[PS_FINDING_ERROR], plural(n[PS_FINDING_ERROR]),
			n[PS_FINDING_WARNING], plural(n[PS_FINDING_WARNING]));
		return EX_CONFIG;
	}
	count(p, &domains, &peers, &rules);
	printf("ok: %s: %zu domain%s, %zu peer%s, %zu rule%s", p->file, domains,
		plural(domains), peers, plural(peers), rules, plural(rules));
	if (keys)
		printf(", %zu certificate%s", n_cert, plural(n_cert));
	printf("%s\n",
		p->trial ? " (trial: nothing is refused or changed)" : "");
	return EX_OK;
}

/* The last part, in the process that the spawner left us (tool.h). */
static int
check_with_keys(struct ps_check *c, struct ps_policy *p)
{
	const char *why = NULL;
	struct ps_tool tool;
	size_t n_cert = 0;
	int r;

	if (ps_tool_open(&tool, p, &why)) {
		look_at_keys(c, &tool, &n_cert);
		look_at_records(c, &tool);
	} else {
		ps_findings_add(c->out, PS_FINDING_ERROR, p->key_dir,
			"the keys cannot be read: %s",
			why == NULL ? "unknown trouble" : why);
	}
	r = report(c, p, true, n_cert);
	ps_tool_close(&tool);
	return r;
}

static int
check(struct ps_arena *a, const struct ps_options *o)
{
	struct ps_findings found = {.arena = a};
	struct ps_policy *p = load(a, o->config, &found);
	struct ps_check c = {.arena = a, .policy = p, .out = &found};
	struct ps_mta mta;
	bool gpg, keys;
	int r;

	if (p == NULL)
		return report(&c, p, false, 0);
	c.user = ps_tool_user(a, p);
	ps_check_users(&c);
	gpg = ps_check_gpg(&c);
	keys = ps_check_directories(&c);
	check_mta(&c, &mta, o->postfix_dir);
	ps_check_relay(&c);
	ps_check_dkim_keys(&c);
	if (gpg && keys)
		return check_with_keys(&c, p);
	r = report(&c, p, false, 0);
	ps_policy_free(p);
	return r;
}

int
ps_cmd_check(int argc, char **argv)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_options o;
	int r = EX_USAGE;

	if (ps_options_read(a, argc, argv, "cp", usage, &o)) {
		/* "check FILE" is what one types first */
		if (o.n_rest == 1)
			o.config = o.rest[0];
		if (o.n_rest <= 1)
			r = check(a, &o);
		else
			fputs(usage, stderr);
	}
	ps_arena_free(a);
	return r;
}
