/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What is kept between messages: where the relay is, who we are to it, and how
 * many connections there are.
 */
#include "relay/smtp_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "relay/smtp_batch.h"

#define LOGIN_OCTETS 512

static enum ps_status
read_login(struct ps_arena *a, struct ps_smtp_client *c, const char *path,
	const char **why)
{
	char line[LOGIN_OCTETS];
	struct ps_bytes all;
	FILE *f = fopen(path, "re");
	size_t colon;
	bool got;

	if (f == NULL) {
		*why = ps_arena_printf(
			a, "%s: %s", path, strerrordesc_np(errno));
		return PS_EPERM;
	}
	got = fgets(line, sizeof(line), f) != NULL;
	fclose(f);
	all = ps_bytes_chomp(ps_bytes_of(got ? line : ""));
	colon = ps_bytes_chr(all, ':');
	if (colon == PS_NOT_FOUND || colon == 0 || colon + 1 == all.len) {
		*why = ps_arena_printf(
			a, "%s: the first line is not user:password", path);
		return PS_EPERM;
	}
	c->auth = ps_smtp_line_auth(c->arena, ps_bytes_head(all, colon),
		ps_bytes_from(all, colon + 1));
	explicit_bzero(line, sizeof(line));
	return PS_OK;
}

enum ps_status
ps_smtp_client_new(struct ps_arena *a, const struct ps_smtp_settings *settings,
	struct ps_smtp_client **out, const char **why)
{
	struct ps_arena *own = ps_arena_new(PS_ARENA_SECRET);
	struct ps_smtp_client *c = ps_arena_alloc(own, sizeof(*c));
	enum ps_status s;

	c->arena = own;
	c->hello = ps_arena_strdup(own, settings->hello);
	c->per_message = settings->per_message != 0 ? settings->per_message
						    : PS_SMTP_PER_MESSAGE;
	c->at_once =
		settings->at_once != 0 ? settings->at_once : PS_SMTP_AT_ONCE;
	if (c->per_message > c->at_once)
		c->per_message = c->at_once;
	s = ps_relay_address_read(a, settings->to, &c->to, why);
	if (s == PS_OK && settings->login_file != NULL)
		s = read_login(a, c, settings->login_file, why);
	if (s == PS_OK) {
		c->slots = ps_slots_new(c->at_once);
		*why = "out of memory";
		s = c->slots == NULL ? PS_ETEMP : PS_OK;
	}
	if (s == PS_OK)
		*out = c;
	else
		ps_smtp_client_free(c);
	return s;
}

void
ps_smtp_client_free(struct ps_smtp_client *c)
{
	if (c == NULL)
		return;
	ps_slots_free(c->slots);
	ps_arena_free(c->arena);
}

struct ps_relay
ps_smtp_client_relay(struct ps_smtp_client *c)
{
	return (struct ps_relay){
		.self = c,
		.open = ps_smtp_batch_open,
		.send = ps_smtp_batch_send,
		.close = ps_smtp_batch_close,
	};
}

const struct ps_relay_address *
ps_smtp_client_address(const struct ps_smtp_client *c)
{
	return &c->to;
}
