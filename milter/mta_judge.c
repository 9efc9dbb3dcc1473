/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What in main.cf lets mail pass unsealed, alters it before we see it, or hides
 * recipients from us: one table, a row a parameter.  Pure; mta_services.c has
 * the same for master.cf.
 */
#include <stdlib.h>
#include <strings.h>

#include "mta.h"

struct check {
	const char *name; /* the parameter that is shown */
	enum ps_finding_kind kind;
	bool (*is_bad)(const struct ps_mta_view *v, const char *value);
	const char *why;
	const char *todo;
};

bool
ps_mta_has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; (p = strcasestr(p, word)) != NULL; p += n) {
		bool starts = p == list || strchr(", \t\n", p[-1]) != NULL;

		if (starts && strchr(", \t\n", p[n]) != NULL)
			return true;
	}
	return false;
}

int64_t
ps_mta_seconds(const char *value)
{
	static const struct {
		char letter;
		long factor;
	} unit[] = {{'s', 1}, {'\0', 1}, {'m', 60}, {'h', 3600}, {'d', 86400},
		{'w', 604800}};
	char *end;
	long n = strtol(value, &end, 10);

	if (end == value || n < 0 || n > 1000000000L)
		return -1;
	for (size_t i = 0; i < sizeof(unit) / sizeof(unit[0]); i++)
		if (*end == unit[i].letter)
			return (int64_t)n * unit[i].factor;
	return -1;
}

static bool
is_set(const struct ps_mta_view *v, const char *value)
{
	(void)v;
	return *value != '\0';
}

static bool
loses_the_filter(const struct ps_mta_view *v, const char *value)
{
	(void)v;
	return strcasecmp(value, "accept") == 0 ||
	       strcasecmp(value, "quarantine") == 0;
}

static bool
is_reject(const struct ps_mta_view *v, const char *value)
{
	(void)v;
	return strcasecmp(value, "reject") == 0;
}

static bool
lacks_us(const struct ps_mta_view *v, const char *value)
{
	size_t n = 0;
	struct ps_mta_milter *m = ps_mta_milters(v->arena, v->mta, value, &n);

	for (size_t i = 0; i < n; i++)
		if (ps_socket_name_meets(&m[i].socket, v->ours))
			return false;
	return true;
}

static bool
has_us_before_others(const struct ps_mta_view *v, const char *value)
{
	size_t n = 0;
	struct ps_mta_milter *m = ps_mta_milters(v->arena, v->mta, value, &n);

	return n > 0 && !lacks_us(v, value) &&
	       !ps_socket_name_meets(&m[n - 1].socket, v->ours);
}

static bool
gives_us_another_action(const struct ps_mta_view *v, const char *value)
{
	size_t n = 0;
	struct ps_mta_milter *m = ps_mta_milters(v->arena, v->mta, value, &n);

	for (size_t i = 0; i < n; i++)
		if (ps_socket_name_meets(&m[i].socket, v->ours) &&
			m[i].default_action != NULL &&
			loses_the_filter(v, m[i].default_action))
			return true;
	return false;
}

static bool
has_no_milters(const struct ps_mta_view *v, const char *value)
{
	(void)v;
	return ps_mta_has_word(value, "no_milters");
}

static bool
is_old_protocol(const struct ps_mta_view *v, const char *value)
{
	(void)v;
	return strtol(value, NULL, 10) < 6;
}

static bool
is_under_our_budget(const struct ps_mta_view *v, const char *value)
{
	int64_t s = ps_mta_seconds(value);

	return s >= 0 && s * 1000 <= v->policy->limits.message_ms;
}

static bool
lets_bare_newlines_in(const struct ps_mta_view *v, const char *value)
{
	static const char *const good[] = {"normalize", "yes", "reject"};

	(void)v;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (strcasecmp(value, good[i]) == 0)
			return false;
	return true;
}

static bool
lets_nul_in(const struct ps_mta_view *v, const char *value)
{
	(void)v;
	return strstr(value, "\\0") == NULL;
}

static bool
is_not_yes(const struct ps_mta_view *v, const char *value)
{
	(void)v;
	return strcasecmp(value, "yes") != 0;
}

static bool
lets_pipelining_in(const struct ps_mta_view *v, const char *value)
{
	const char *newer =
		ps_mta_get(v->mta, "smtpd_forbid_unauth_pipelining");

	return strcasecmp(newer, "yes") != 0 &&
	       !ps_mta_has_word(value, "reject_unauth_pipelining");
}

/* Does local(8), with its aliases and .forward files, deliver for a domain
 * that is ours by policy? */
static bool
delivers_ours_locally(const struct ps_mta_view *v, const char *value)
{
	const char *here = ps_mta_get(v->mta, "mydestination");
	const struct ps_policy *p = v->policy;

	if (*value == '\0' ||
		strncmp(ps_mta_get(v->mta, "local_transport"), "local", 5) != 0)
		return false;
	if (strpbrk(here, ":/") != NULL) /* a table or a file: it may */
		return true;
	for (size_t i = 0; i < p->n_section; i++)
		if (p->section[i].kind == PS_SECTION_DOMAIN &&
			ps_mta_has_word(here, p->section[i].name))
			return true;
	return false;
}

/* One word of a list; false at its end. */
static bool
next_word(struct ps_bytes *list, struct ps_bytes *word)
{
	size_t n = 0;

	while (list->len > 0 && strchr(", \t\r\n", list->p[0]) != NULL)
		*list = ps_bytes_from(*list, 1);
	while (n < list->len && strchr(", \t\r\n", list->p[n]) == NULL)
		n++;
	*word = ps_bytes_head(*list, n);
	*list = ps_bytes_from(*list, n);
	return n > 0;
}

static bool
has_section(const struct ps_policy *p, struct ps_bytes domain)
{
	for (size_t i = 0; i < p->n_section; i++)
		if (ps_bytes_ieq(ps_bytes_of(p->section[i].name), domain))
			return true;
	return false;
}

/* The mailboxes of a domain with rules are those of every other name in
 * mydestination too: a name without a section leads past the rules. */
static bool
has_a_name_past_the_rules(const struct ps_mta_view *v, const char *value)
{
	struct ps_bytes list = ps_bytes_of(value), word;
	bool ours = false, other = false;

	while (next_word(&list, &word)) {
		bool known = has_section(v->policy, word);

		if (memchr(word.p, ':', word.len) != NULL ||
			memchr(word.p, '/', word.len) != NULL)
			continue; /* a table: its names are not known here */
		ours = ours || known;
		other = other || !known;
	}
	return ours && other;
}

/* Does anybody say it?  Or ask for a certificate, with PS_WORD_CLIENT_CERT. */
static bool
section_says(const struct ps_section *s, enum ps_word w)
{
	if (s->word[w].value > 0)
		return true;
	for (size_t i = 0; i < s->n_rule; i++)
		if (s->rule[i].word[w].value > 0 ||
			(w == PS_WORD_CLIENT_CERT &&
				s->rule[i].proof[PS_PROOF_CERT_SUBJECT].n > 0))
			return true;
	return false;
}

static bool
policy_says(const struct ps_policy *p, enum ps_word w)
{
	bool said = section_says(&p->defaults, w);

	for (size_t i = 0; i < p->n_section && !said; i++)
		said = section_says(&p->section[i], w);
	return said;
}

static bool
is_yes(const struct ps_mta_view *v, const char *name)
{
	return strcasecmp(ps_mta_get(v->mta, name), "yes") == 0;
}

static bool
shows_no_certificates(const struct ps_mta_view *v, const char *value)
{
	return strcasecmp(value, "yes") != 0 &&
	       !is_yes(v, "smtpd_tls_req_ccert") &&
	       policy_says(v->policy, PS_WORD_CLIENT_CERT);
}

static bool
offers_no_tls(const struct ps_mta_view *v, const char *value)
{
	return (*value == '\0' || strcasecmp(value, "none") == 0) &&
	       !is_yes(v, "smtpd_use_tls") && !is_yes(v, "smtpd_enforce_tls") &&
	       policy_says(v->policy, PS_WORD_TLS_IN);
}

#define AFTER_US                                                               \
	"recipients are changed or added behind postseal, which never sees "   \
	"those that they become: policy and keys hold for the address before"
#define AFTER_US_TODO                                                          \
	"name such addresses in postseal.conf (a rule with key, or alias), "   \
	"or let the mail pass postseal again"

static const struct check checks[] = {
	{"milter_default_action", PS_FINDING_ERROR, loses_the_filter,
		"mail passes unsealed, or broken, whenever the filter is gone",
		"write: milter_default_action = tempfail"},
	{"milter_default_action", PS_FINDING_WARNING, is_reject,
		"mail is refused for good whenever the filter is gone",
		"write: milter_default_action = tempfail"},
	{"smtpd_milters", PS_FINDING_ERROR, lacks_us,
		"postseal is not in it: no mail is sealed",
		"write what \"postseal postfix-config\" prints"},
	{"smtpd_milters", PS_FINDING_ERROR, gives_us_another_action,
		"mail passes unsealed whenever the filter is gone",
		"write default_action=tempfail, or nothing, in the braces"},
	{"smtpd_milters", PS_FINDING_WARNING, has_us_before_others,
		"a milter behind postseal refuses mail that postseal has dealt "
		"with, and reads it sealed; only a DKIM signer that never "
		"refuses belongs there",
		"write postseal's socket last"},
	{"non_smtpd_milters", PS_FINDING_ERROR, lacks_us,
		"postseal is not in it: mail of local programs (cron, "
		"sendmail) is not sealed",
		"write: non_smtpd_milters = $smtpd_milters"},
	{"non_smtpd_milters", PS_FINDING_ERROR, gives_us_another_action,
		"mail passes unsealed whenever the filter is gone",
		"write default_action=tempfail, or nothing, in the braces"},
	{"smtpd_milter_maps", PS_FINDING_WARNING, is_set,
		"clients in this table may get other milters, or none",
		"see that every entry lists postseal's socket"},
	{"receive_override_options", PS_FINDING_ERROR, has_no_milters,
		"no milter sees any mail",
		"take no_milters out of receive_override_options"},
	{"smtpd_proxy_filter", PS_FINDING_ERROR, is_set,
		"before such a filter milters cannot see or change a message",
		"use content_filter, or a milter, in place of it"},
	{"milter_protocol", PS_FINDING_ERROR, is_old_protocol,
		"postseal needs version 6", "write: milter_protocol = 6"},
	{"milter_content_timeout", PS_FINDING_WARNING, is_under_our_budget,
		"Postfix gives up before postseal does (limits: message-time)",
		"write: milter_content_timeout = 300s"},
	{"smtpd_forbid_bare_newline", PS_FINDING_ERROR, lets_bare_newlines_in,
		"one message can be smuggled inside another (<LF>.<CR><LF>); "
		"Postfix has the cure since 3.5.24, 3.6.14, 3.7.10, 3.8.5",
		"write: smtpd_forbid_bare_newline = normalize"},
	{"smtpd_forbid_bare_newline_exclusions", PS_FINDING_WARNING, is_set,
		"these clients may still smuggle one message inside another",
		"write: smtpd_forbid_bare_newline_exclusions ="},
	{"message_reject_characters", PS_FINDING_ERROR, lets_nul_in,
		"header fields are cut at a NUL before postseal sees them",
		"write: message_reject_characters = \\0"},
	{"strict_rfc821_envelopes", PS_FINDING_ERROR, is_not_yes,
		"broken sender and recipient paths are guessed at",
		"write: strict_rfc821_envelopes = yes"},
	{"smtpd_data_restrictions", PS_FINDING_ERROR, lets_pipelining_in,
		"reject_unauth_pipelining is missing: commands sent too early "
		"are not refused",
		"write: smtpd_data_restrictions = reject_unauth_pipelining"},
	{"smtpd_tls_ask_ccert", PS_FINDING_WARNING, shows_no_certificates,
		"nobody is asked for the certificate that client-cert or "
		"cert-subject wants",
		"write: smtpd_tls_ask_ccert = yes"},
	{"smtpd_tls_security_level", PS_FINDING_WARNING, offers_no_tls,
		"Postfix offers no STARTTLS, so what tls-in asks for is never "
		"met",
		"write: smtpd_tls_security_level = may"},
	{"virtual_alias_maps", PS_FINDING_WARNING, is_set, AFTER_US,
		AFTER_US_TODO},
	{"canonical_maps", PS_FINDING_WARNING, is_set, AFTER_US, AFTER_US_TODO},
	{"recipient_canonical_maps", PS_FINDING_WARNING, is_set, AFTER_US,
		AFTER_US_TODO},
	{"recipient_bcc_maps", PS_FINDING_WARNING, is_set, AFTER_US,
		AFTER_US_TODO},
	{"sender_bcc_maps", PS_FINDING_WARNING, is_set, AFTER_US,
		AFTER_US_TODO},
	{"always_bcc", PS_FINDING_WARNING, is_set, AFTER_US,
		"use archive-key in postseal.conf, so that the archive can "
		"open what it gets"},
	{"mydestination", PS_FINDING_WARNING, has_a_name_past_the_rules,
		"the mailboxes of a domain with a section in postseal.conf are "
		"reached under another name, past its rules",
		"write a section for each of these names, or take those out "
		"that nobody needs"},
	{"alias_maps", PS_FINDING_WARNING, delivers_ours_locally, AFTER_US,
		AFTER_US_TODO},
	{"forward_path", PS_FINDING_WARNING, delivers_ours_locally,
		"users may forward by .forward to recipients that postseal "
		"never sees",
		"write: forward_path ="},
};

static void
judge_size(
	const struct ps_mta_view *v, const char *where, struct ps_findings *out)
{
	const char *value = ps_mta_get(v->mta, "message_size_limit");
	unsigned long long theirs = strtoull(value, NULL, 10);
	unsigned long long ours = v->policy->limits.mta_message_size;
	struct ps_finding *f;

	if (*value == '\0' || theirs == ours)
		return;
	f = ps_findings_add(out, PS_FINDING_WARNING, where,
		"message_size_limit = %s, but postseal reckons with %llu: it "
		"%s",
		value, ours,
		theirs != 0 && (ours == 0 || theirs < ours)
			? "seals messages that Postfix then refuses with 552"
			: "refuses messages that Postfix would take");
	f->todo = ps_arena_printf(out->arena,
		"write in postseal.conf, limits: mta-message-size = %llu",
		theirs);
}

void
ps_mta_judge(const struct ps_mta *m, const struct ps_policy *p,
	const struct ps_socket_name *ours, struct ps_findings *out)
{
	struct ps_mta_view v = {m, p, ours, out->arena};
	const char *where = ps_arena_printf(out->arena, "%s/main.cf", m->dir);

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		const struct check *c = &checks[i];
		const char *value = ps_mta_get(m, c->name);

		if (c->is_bad(&v, value))
			ps_findings_add(out, c->kind, where, "%s %s%s: %s",
				c->name, *value == '\0' ? "is empty" : "= ",
				value, c->why)
				->todo = c->todo;
	}
	judge_size(&v, where, out);
	ps_mta_judge_services(&v, out);
}
