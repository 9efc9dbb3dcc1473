/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The service of master.cf that takes our copies back: what there brings them
 * round again, keeps them out, or refuses what the front port has accepted.
 */
#include <strings.h>

#include "mta.h"
#include "reentry.h"

#define PRINT_IT "write what \"postseal postfix-config master\" prints"

static bool
has_milters(const struct ps_mta_view *v, const struct ps_mta_service *s)
{
	return !ps_mta_has_word(
		ps_mta_service_get(v->mta, s, "receive_override_options"),
		"no_milters");
}

struct doubt {
	enum ps_finding_kind kind;
	bool (*holds)(
		const struct ps_mta_view *v, const struct ps_mta_service *s);
	const char *what;
};

static bool
goes_round(const struct ps_mta_view *v, const struct ps_mta_service *s)
{
	return has_milters(v, s) &&
	       ps_mta_lists_us(
		       v, ps_mta_service_get(v->mta, s, "smtpd_milters"));
}

static bool
maps_no_addresses(const struct ps_mta_view *v, const struct ps_mta_service *s)
{
	return ps_mta_has_word(
		ps_mta_service_get(v->mta, s, "receive_override_options"),
		"no_address_mappings");
}

static bool
asks_again(const struct ps_mta_view *v, const struct ps_mta_service *s)
{
	return !ps_mta_has_word(
		ps_mta_service_get(v->mta, s, "receive_override_options"),
		"no_unknown_recipient_checks");
}

static bool
takes_no_origin(const struct ps_mta_view *v, const struct ps_mta_service *s)
{
	const char *hosts = ps_mta_service_get(
		v->mta, s, "smtpd_authorized_xforward_hosts");

	return *hosts == '\0';
}

static bool
wants_tls(const struct ps_mta_view *v, const struct ps_mta_service *s)
{
	const char *level =
		ps_mta_service_get(v->mta, s, "smtpd_tls_security_level");

	return strcasecmp(level, "encrypt") == 0;
}

static bool
lets_others_in(const struct ps_mta_view *v, const struct ps_mta_service *s)
{
	const char *relay =
		ps_mta_service_get(v->mta, s, "smtpd_relay_restrictions");
	const char *rcpt =
		ps_mta_service_get(v->mta, s, "smtpd_recipient_restrictions");

	return v->policy->relay_login_file != NULL &&
	       (ps_mta_has_word(relay, "permit_mynetworks") ||
		       ps_mta_has_word(rcpt, "permit_mynetworks"));
}

static const struct doubt doubts[] = {
	{PS_FINDING_ERROR, goes_round,
		"postseal is a milter of the port that its copies go to: they "
		"come round again and are deferred (reason loop)"},
	{PS_FINDING_ERROR, wants_tls,
		"the port wants TLS, which postseal does not speak there"},
	{PS_FINDING_WARNING, maps_no_addresses,
		"copies meet no alias and no archive: they are mapped nowhere "
		"else"},
	{PS_FINDING_WARNING, asks_again,
		"recipients are looked for again, and a refusal here holds up "
		"copies for all of them"},
	{PS_FINDING_WARNING, takes_no_origin,
		"smtpd_authorized_xforward_hosts is empty: Postfix logs copies "
		"without the client that the message came from"},
	{PS_FINDING_WARNING, lets_others_in,
		"permit_mynetworks lets every user of this machine in, without "
		"the login of login-file, past policy"},
};

bool
ps_mta_judge_reentry(const struct ps_mta_view *v,
	const struct ps_mta_service *s, const char *where,
	struct ps_findings *out)
{
	if (strcmp(s->command, "smtpd") != 0 ||
		!ps_reentry_is(v->arena, v->policy, v->mta, s))
		return false;
	for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++)
		if (doubts[i].holds(v, s))
			ps_findings_add(out, doubts[i].kind, where, "%s %s: %s",
				s->name, s->type, doubts[i].what)
				->todo = PRINT_IT;
	return true;
}

/* Another machine's port stands in its own master.cf. */
void
ps_mta_judge_no_reentry(
	const struct ps_mta_view *v, const char *where, struct ps_findings *out)
{
	static const struct ps_socket_name here = {
		.inet = true, .host = "127.0.0.1"};
	struct ps_socket_name relay, any;
	const char *why;

	if (v->policy->relay_to == NULL ||
		!ps_socket_name_parse(
			v->arena, v->policy->relay_to, NULL, &relay, &why))
		return;
	any = here;
	any.port = relay.port;
	if (relay.inet && !ps_socket_name_meets(&relay, &any))
		return;
	ps_findings_add(out, PS_FINDING_ERROR, where,
		"there is no service for relay: to = \"%s\": what must leave "
		"as several copies is deferred",
		v->policy->relay_to)
		->todo = PRINT_IT;
}
