/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reading a Postfix configuration through postconf(1), which knows defaults
 * and expansion; and taking its output apart.  Judges nothing.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "mta.h"
#include "run_program.h"

#define POSTCONF_MS 10000

/* What mta_judge.c and the subcommands ask for. */
static const char *const wanted[] = {
	"alias_maps",
	"always_bcc",
	"canonical_maps",
	"compatibility_level",
	"config_directory",
	"forward_path",
	"local_transport",
	"mail_owner",
	"mail_version",
	"message_reject_characters",
	"message_size_limit",
	"milter_content_timeout",
	"milter_default_action",
	"milter_protocol",
	"mydestination",
	"non_smtpd_milters",
	"queue_directory",
	"receive_override_options",
	"recipient_bcc_maps",
	"recipient_canonical_maps",
	"sender_bcc_maps",
	"smtpd_data_restrictions",
	"smtpd_forbid_bare_newline",
	"smtpd_forbid_bare_newline_exclusions",
	"smtpd_forbid_unauth_pipelining",
	"smtpd_milter_maps",
	"smtpd_milters",
	"smtpd_proxy_filter",
	"strict_rfc821_envelopes",
	"virtual_alias_maps",
};
#define N_WANTED (sizeof(wanted) / sizeof(wanted[0]))

static void
add_setting(struct ps_arena *a, struct ps_mta_settings *to,
	struct ps_bytes name, struct ps_bytes value)
{
	PS_GROW(a, to->entry, to->n_entry);
	to->entry[to->n_entry++] = (struct ps_mta_setting){
		.name = ps_arena_cstr(a, ps_bytes_trim(name)),
		.value = ps_arena_cstr(a, ps_bytes_trim(value)),
	};
}

static const char *
find_setting(const struct ps_mta_settings *in, const char *name)
{
	for (size_t i = 0; i < in->n_entry; i++)
		if (strcmp(in->entry[i].name, name) == 0)
			return in->entry[i].value;
	return NULL;
}

const char *
ps_mta_get(const struct ps_mta *m, const char *name)
{
	const char *value = find_setting(&m->main, name);

	return value == NULL ? "" : value;
}

const char *
ps_mta_service_get(const struct ps_mta *m, const struct ps_mta_service *s,
	const char *name)
{
	const char *value = find_setting(&s->own, name);

	return value == NULL ? ps_mta_get(m, name) : value;
}

void
ps_mta_parse_main(struct ps_arena *a, struct ps_bytes text, struct ps_mta *m)
{
	struct ps_bytes line;

	while (ps_bytes_line(&text, &line)) {
		size_t eq = ps_bytes_chr(line, '=');

		if (eq != PS_NOT_FOUND)
			add_setting(a, &m->main, ps_bytes_head(line, eq),
				ps_bytes_from(line, eq + 1));
	}
}

/* The next word of a line, empty at its end. */
static struct ps_bytes
word(struct ps_bytes *rest)
{
	struct ps_bytes b = ps_bytes_trim(*rest);
	size_t n = 0;

	while (n < b.len && !ps_is_wsp(b.p[n]))
		n++;
	*rest = ps_bytes_from(b, n);
	return ps_bytes_head(b, n);
}

/* master(5): "-" takes Postfix's default, which was "y" at level 0. */
static bool
is_chrooted(const struct ps_mta *m, struct ps_bytes field)
{
	const char *level = ps_mta_get(m, "compatibility_level");

	if (ps_bytes_eq(field, PS_LIT("-")))
		return strcmp(level, "0") == 0;
	return ps_bytes_eq(field, PS_LIT("y"));
}

void
ps_mta_parse_services(
	struct ps_arena *a, struct ps_bytes text, struct ps_mta *m)
{
	struct ps_bytes line;

	while (ps_bytes_line(&text, &line)) {
		struct ps_bytes rest = ps_bytes_chomp(line), field[8];
		struct ps_mta_service *s;

		for (size_t i = 0; i < 8; i++)
			field[i] = word(&rest);
		if (field[7].len == 0 || ps_is_wsp(line.p[0]))
			continue;
		PS_GROW(a, m->service, m->n_service);
		s = &m->service[m->n_service++];
		*s = (struct ps_mta_service){
			.name = ps_arena_cstr(a, field[0]),
			.type = ps_arena_cstr(a, field[1]),
			.command = ps_arena_cstr(a, field[7]),
			.chroot = is_chrooted(m, field[4]),
		};
	}
}

static struct ps_mta_service *
find_service(const struct ps_mta *m, struct ps_bytes name, struct ps_bytes type)
{
	for (size_t i = 0; i < m->n_service; i++) {
		struct ps_mta_service *s = &m->service[i];

		if (ps_bytes_eq(name, ps_bytes_of(s->name)) &&
			ps_bytes_eq(type, ps_bytes_of(s->type)))
			return s;
	}
	return NULL;
}

/* "submission/inet/smtpd_milters = "; a name may hold slashes, the rest not */
void
ps_mta_parse_overrides(
	struct ps_arena *a, struct ps_bytes text, struct ps_mta *m)
{
	struct ps_bytes line;

	while (ps_bytes_line(&text, &line)) {
		size_t eq = ps_bytes_chr(line, '='), slash[2], n = 0;
		struct ps_mta_service *s;
		struct ps_bytes left;

		if (eq == PS_NOT_FOUND)
			continue;
		left = ps_bytes_trim(ps_bytes_head(line, eq));
		for (size_t i = left.len; i > 0 && n < 2; i--)
			if (left.p[i - 1] == '/')
				slash[n++] = i - 1;
		if (n < 2)
			continue;
		s = find_service(m, ps_bytes_head(left, slash[1]),
			ps_bytes(left.p + slash[1] + 1,
				slash[0] - slash[1] - 1));
		if (s != NULL)
			add_setting(a, &s->own,
				ps_bytes_from(left, slash[0] + 1),
				ps_bytes_from(line, eq + 1));
	}
}

static const char *
postconf_path(void)
{
	/* an ordinary user's PATH lacks sbin */
	return access("/usr/sbin/postconf", X_OK) == 0 ? "/usr/sbin/postconf"
						       : "postconf";
}

static enum ps_status
ask(struct ps_arena *a, const char *dir, const char *flag,
	const char *const *names, size_t n_names, struct ps_bytes *out,
	const char **why)
{
	const char *argv[N_WANTED + 6] = {postconf_path(), flag};
	struct ps_run_result got;
	enum ps_status s;
	size_t n = 2;

	if (dir != NULL) {
		argv[n++] = "-c";
		argv[n++] = dir;
	}
	for (size_t i = 0; i < n_names; i++)
		argv[n++] = names[i];
	s = ps_run_program(a, argv, POSTCONF_MS, &got, why);
	if (s != PS_OK)
		return s;
	*out = got.out;
	if (got.exit == 0)
		return PS_OK;
	*why = ps_arena_printf(a, "postconf %s%s%s ended with status %d", flag,
		dir == NULL ? "" : " -c ", dir == NULL ? "" : dir, got.exit);
	return PS_ETEMP;
}

enum ps_status
ps_mta_read(struct ps_arena *a, const char *dir, struct ps_mta *out,
	const char **why)
{
	struct ps_bytes text = {0};
	enum ps_status s;

	*out = (struct ps_mta){0};
	if (dir == NULL && access("/etc/postfix/main.cf", F_OK) != 0) {
		*why = "there is no /etc/postfix/main.cf";
		return PS_EPERM;
	}
	s = ask(a, dir, "-x", wanted, N_WANTED, &text, why);
	if (s != PS_OK)
		return s;
	ps_mta_parse_main(a, text, out);
	s = ask(a, dir, "-M", NULL, 0, &text, why);
	if (s != PS_OK)
		return s;
	ps_mta_parse_services(a, text, out);
	s = ask(a, dir, "-Px", NULL, 0, &text, why);
	if (s != PS_OK)
		return s;
	ps_mta_parse_overrides(a, text, out);
	out->dir = dir != NULL ? dir : ps_mta_get(out, "config_directory");
	return PS_OK;
}
