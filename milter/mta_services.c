/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What services of master.cf set for themselves, and where they look for our
 * socket.  Pure.
 */
#include <strings.h>

#include "mta.h"

#define NO_MILTERS "no_milters"

/* Take the next milter of a list: a word, or what stands in braces. */
static bool
next_item(struct ps_bytes *rest, struct ps_bytes *item, struct ps_bytes *whole)
{
	size_t n = 0;

	while (n < rest->len && strchr(", \t\r\n", rest->p[n]) != NULL)
		n++;
	*rest = ps_bytes_from(*rest, n);
	if (rest->len == 0)
		return false;
	if (rest->p[0] == '{') {
		n = ps_bytes_chr(*rest, '}');
		n = n == PS_NOT_FOUND ? rest->len : n;
		*item = ps_bytes_trim(
			ps_bytes_from(ps_bytes_head(*rest, n), 1));
		*whole = ps_bytes_head(*rest, n + 1);
		*rest = ps_bytes_from(*rest, n + 1);
		return true;
	}
	n = 0;
	while (n < rest->len && strchr(", \t\r\n", rest->p[n]) == NULL)
		n++;
	*item = *whole = ps_bytes_head(*rest, n);
	*rest = ps_bytes_from(*rest, n);
	return true;
}

/* "default_action = accept" among the words behind the socket */
static const char *
action_in(struct ps_arena *a, struct ps_bytes rest)
{
	static const char name[] = "default_action";
	size_t at = ps_bytes_ifind(rest, PS_LIT("default_action"));
	size_t n = 0;

	if (at == PS_NOT_FOUND)
		return NULL;
	rest = ps_bytes_from(rest, at + sizeof(name) - 1);
	while (n < rest.len && strchr("= \t", rest.p[n]) != NULL)
		n++;
	rest = ps_bytes_from(rest, n);
	n = 0;
	while (n < rest.len && ps_is_alpha(rest.p[n]))
		n++;
	return ps_arena_cstr(a, ps_bytes_head(rest, n));
}

struct ps_mta_milter *
ps_mta_milters(struct ps_arena *a, const struct ps_mta *m, const char *list,
	size_t *n_out)
{
	struct ps_bytes rest = ps_bytes_of(list), item, whole;
	struct ps_mta_milter *out = NULL;
	size_t n = 0;

	while (next_item(&rest, &item, &whole)) {
		size_t end = 0;
		const char *why, *name;

		while (end < item.len &&
			strchr(", \t\r\n", item.p[end]) == NULL)
			end++;
		name = ps_arena_cstr(a, ps_bytes_head(item, end));
		PS_GROW(a, out, n);
		out[n].text = ps_arena_cstr(a, whole);
		out[n].default_action = action_in(a, ps_bytes_from(item, end));
		/* "DISABLE" and what cannot be read meets nobody */
		if (!ps_socket_name_parse(a, name,
			    ps_mta_get(m, "queue_directory"), &out[n].socket,
			    &why))
			out[n].socket = (struct ps_socket_name){.path = name};
		n++;
	}
	*n_out = n;
	return out;
}

bool
ps_mta_lists_us(const struct ps_mta_view *v, const char *list)
{
	size_t n = 0;
	struct ps_mta_milter *m = ps_mta_milters(v->arena, v->mta, list, &n);

	for (size_t i = 0; i < n; i++)
		if (ps_socket_name_meets(&m[i].socket, v->ours))
			return true;
	return false;
}

const char *
ps_mta_own(const struct ps_mta_service *s, const char *name)
{
	for (size_t i = 0; i < s->own.n_entry; i++)
		if (strcmp(s->own.entry[i].name, name) == 0)
			return s->own.entry[i].value;
	return NULL;
}

/*
 * A service on loopback by name takes mail back from a content filter: what
 * comes there was seen on the way in, unless local users use it as a way around
 * policy.
 */
static enum ps_finding_kind
weight(const struct ps_mta_service *s)
{
	bool back = strncmp(s->name, "127.", 4) == 0 ||
		    strncasecmp(s->name, "localhost:", 10) == 0 ||
		    strncmp(s->name, "[::1]:", 6) == 0;

	return back ? PS_FINDING_WARNING : PS_FINDING_ERROR;
}

static void
judge_overrides(const struct ps_mta_view *v, const struct ps_mta_service *s,
	const char *list_name, const char *where, struct ps_findings *out)
{
	const char *list = ps_mta_own(s, list_name);
	const char *options = ps_mta_own(s, "receive_override_options");
	const char *action = ps_mta_own(s, "milter_default_action");

	if (list != NULL && !ps_mta_lists_us(v, list))
		ps_findings_add(out, weight(s), where,
			"%s %s: -o %s=%s: postseal is not in it, mail that "
			"comes in here is not sealed",
			s->name, s->type, list_name, list)
			->todo = ps_arena_printf(out->arena,
			"take the line out, or write: -o %s=%s", list_name,
			ps_socket_name_postfix(out->arena, v->ours,
				ps_mta_get(v->mta, "queue_directory")));
	if (options != NULL && ps_mta_has_word(options, NO_MILTERS))
		ps_findings_add(out, weight(s), where,
			"%s %s: -o receive_override_options=%s: mail that "
			"comes in here is not sealed",
			s->name, s->type, options)
			->todo = "take no_milters out, unless all mail here "
				 "comes from a content filter";
	if (action != NULL && (strcasecmp(action, "accept") == 0 ||
				      strcasecmp(action, "quarantine") == 0))
		ps_findings_add(out, PS_FINDING_ERROR, where,
			"%s %s: -o milter_default_action=%s: mail passes "
			"unsealed whenever the filter is gone",
			s->name, s->type, action)
			->todo = "write: -o milter_default_action=tempfail";
}

static void
judge_proxy(const struct ps_mta_service *s, const char *where,
	struct ps_findings *out)
{
	const char *proxy = ps_mta_own(s, "smtpd_proxy_filter");

	if (proxy != NULL && *proxy != '\0')
		ps_findings_add(out, weight(s), where,
			"%s %s: -o smtpd_proxy_filter=%s: before such a filter "
			"milters cannot see or change a message",
			s->name, s->type, proxy)
			->todo = "use content_filter in place of it";
}

/* A chrooted service finds only what lies under the queue directory, and only
 * by a relative path; an absolute one fails although it exists outside. */
static void
judge_chroot(const struct ps_mta_view *v, const struct ps_mta_service *s,
	const char *list_name, const char *where, struct ps_findings *out)
{
	const char *queue = ps_mta_get(v->mta, "queue_directory");
	const char *list = ps_mta_service_get(v->mta, s, list_name);

	if (!s->chroot || v->ours->inet || !ps_mta_lists_us(v, list))
		return;
	if (!ps_socket_name_under(v->ours->path, queue))
		ps_findings_add(out, PS_FINDING_ERROR, where,
			"%s %s runs in a chroot (%s) and cannot reach %s",
			s->name, s->type, queue, v->ours->path)
			->todo = ps_arena_printf(out->arena,
			"write in postseal.conf, listen: milter = "
			"\"unix:%s/postseal/milter.sock\"",
			queue);
	else if (strstr(list, v->ours->path) != NULL)
		ps_findings_add(out, PS_FINDING_ERROR, where,
			"%s %s runs in a chroot (%s), where the absolute path "
			"of the socket names another file",
			s->name, s->type, queue)
			->todo = ps_arena_printf(out->arena, "write: %s = %s",
			list_name,
			ps_socket_name_postfix(out->arena, v->ours, queue));
}

void
ps_mta_judge_services(const struct ps_mta_view *v, struct ps_findings *out)
{
	static const struct {
		const char *command, *list;
	} takes_mail[] = {
		{"smtpd", "smtpd_milters"},
		{"cleanup", "non_smtpd_milters"},
		{"pickup", "non_smtpd_milters"},
		{"qmqpd", "non_smtpd_milters"},
	};
	const char *where =
		ps_arena_printf(out->arena, "%s/master.cf", v->mta->dir);
	bool reentry = false;

	for (size_t i = 0; i < v->mta->n_service; i++) {
		const struct ps_mta_service *s = &v->mta->service[i];
		const char *list = NULL;

		for (size_t k = 0; k < sizeof(takes_mail) / sizeof(*takes_mail);
			k++)
			if (strcmp(s->command, takes_mail[k].command) == 0)
				list = takes_mail[k].list;
		if (list == NULL)
			continue;
		if (ps_mta_judge_reentry(v, s, where, out)) {
			reentry = true;
			continue;
		}
		judge_overrides(v, s, list, where, out);
		judge_proxy(s, where, out);
		/* cleanup alone speaks to non_smtpd_milters */
		if (strcmp(s->command, "pickup") != 0)
			judge_chroot(v, s, list, where, out);
	}
	if (!reentry)
		ps_mta_judge_no_reentry(v, where, out);
}
