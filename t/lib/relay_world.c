/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The run of relay_world.h.
 */
#include "relay_world.h"

static struct ps_field subject = {
	.name = OCTETS("Subject"), .value = OCTETS(" s")};
const struct ps_message plain = {
	.header = {&subject, 1}, .body = OCTETS("b\r\n"), .body_fd = -1};
const struct ps_message eight = {
	.header = {&subject, 1}, .body = OCTETS("\xc3\xa9\r\n"), .body_fd = -1};

static const struct ps_relay_rcpt ann[] = {
	{.path = OCTETS("<ann@a>")}, {.path = OCTETS("amy@a")}};
static const struct ps_relay_rcpt bob[] = {{.path = OCTETS("<bob@b>")}};
static const struct ps_relay_rcpt eve[] = {{.path = OCTETS("<eve@c>")}};
const struct ps_relay_copy three[] = {
	{.sender = OCTETS("<s@x>"),
		.rcpt = ann,
		.n_rcpt = 2,
		.message = &plain},
	{.sender = OCTETS("<s@x>"),
		.rcpt = bob,
		.n_rcpt = 1,
		.message = &plain},
	{.sender = OCTETS("<>"), .rcpt = eve, .n_rcpt = 1, .message = &plain},
};

void
begin(struct run *r, const struct smtp_setup *setup,
	const struct ps_smtp_settings *settings)
{
	struct ps_smtp_settings s = {.hello = "gw.example"};

	*r = (struct run){.server = smtp_server_start(setup)};
	if (settings != NULL)
		s = *settings;
	s.to = smtp_server_address(r->server);
	r->a = ps_arena_new(PS_ARENA_PLAIN);
	assert_int_equal(
		ps_smtp_client_new(r->a, &s, &r->client, &r->why), PS_OK);
	r->relay = ps_smtp_client_relay(r->client);
	r->session = (struct ps_session){
		.client_name = PS_LIT("mx=1.example"),
		.client_ip = PS_LIT("2001:db8::1"),
		.helo = PS_LIT("he lo"),
	};
	r->txn = (struct ps_txn){
		.session = &r->session, .queue_id = PS_LIT("4F1C0A7E5F6")};
	r->wait = (struct ps_wait){.clock = ps_clock_system(),
		.deadline_ms = ps_mono_ms(ps_clock_system()) + 60000,
		.stop_fd = -1};
}

enum ps_status
open_batch(struct run *r, const struct ps_relay_copy *copy, size_t n)
{
	return r->relay.open(r->relay.self, r->a, &r->txn, copy, n, &r->wait,
		&r->batch, &r->result, &r->why);
}

enum ps_status
send_copy(struct run *r, size_t copy)
{
	return r->relay.send(r->batch, copy, &r->wait, &r->result, &r->why);
}

void
close_batch(struct run *r)
{
	r->relay.close(r->batch);
	r->batch = NULL;
	smtp_server_stop(r->server);
}

void
end(struct run *r)
{
	r->relay.close(r->batch);
	ps_smtp_client_free(r->client);
	ps_arena_free(r->a);
	smtp_server_free(r->server);
}

bool
was_said(struct run *r, const char *what)
{
	return ps_bytes_find(smtp_server_commands(r->server),
		       ps_bytes_of(what)) != PS_NOT_FOUND;
}
