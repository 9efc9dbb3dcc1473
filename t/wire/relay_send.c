/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The relay's client as a program, for tests with real MTAs: one message from
 * standard input, a copy of its own for every recipient.  Says what became of
 * the batch and of each copy, a line each.
 *
 *   relay_send ADDRESS SENDER RCPT...
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "relay/smtp_client.h"

#define MESSAGE_MAX ((size_t)32 << 20)

static const char *const outcome[] = {
	[PS_RELAY_NONE] = "open",
	[PS_RELAY_ACKNOWLEDGED] = "acknowledged",
	[PS_RELAY_REFUSED] = "refused",
	[PS_RELAY_FAILED] = "failed",
	[PS_RELAY_UNKNOWN] = "unknown",
};

static struct ps_bytes
read_all(struct ps_arena *a)
{
	char *p = ps_arena_alloc(a, MESSAGE_MAX);
	size_t n = 0;
	ssize_t got;

	while (n < MESSAGE_MAX &&
		(got = read(STDIN_FILENO, p + n, MESSAGE_MAX - n)) > 0)
		n += (size_t)got;
	return ps_bytes(p, n);
}

static void
say(enum ps_status s, const struct ps_relay_result *r, const char *why)
{
	printf("%s %s %d %s\n", ps_status_name(s), outcome[r->outcome], r->code,
		s == PS_OK ? (r->text == NULL ? "" : r->text) : why);
	if (r->without_dsn)
		printf("without DSN\n");
	if (r->without_xforward)
		printf("without XFORWARD\n");
}

static void
fill(struct ps_relay_copy *copy, struct ps_relay_rcpt *rcpt, const char *sender,
	char **to, size_t n, const struct ps_message *m)
{
	for (size_t i = 0; i < n; i++) {
		rcpt[i] = (struct ps_relay_rcpt){.path = ps_bytes_of(to[i]),
			.notify = PS_LIT("SUCCESS"),
			.orcpt = PS_LIT("rfc822;original@example.net")};
		copy[i] = (struct ps_relay_copy){
			.sender = ps_bytes_of(sender),
			.ret = PS_LIT("HDRS"),
			.envid = PS_LIT("envelope+20id"),
			.rcpt = &rcpt[i],
			.n_rcpt = 1,
			.message = m,
		};
	}
}

static int
send_all(struct ps_arena *a, const struct ps_relay *relay,
	const struct ps_relay_copy *copy, size_t n)
{
	const struct ps_session session = {
		.client_name = PS_LIT("client.example.net"),
		.client_ip = PS_LIT("192.0.2.7"),
		.helo = PS_LIT("helo.example.net")};
	const struct ps_txn origin = {
		.session = &session, .queue_id = PS_LIT("4F1C0A7E5F6")};
	const struct ps_wait wait = {.clock = ps_clock_system(),
		.deadline_ms = ps_mono_ms(ps_clock_system()) + 60000,
		.stop_fd = -1};
	struct ps_relay_batch *batch = NULL;
	struct ps_relay_result r;
	const char *why = "";
	enum ps_status s = relay->open(
		relay->self, a, &origin, copy, n, &wait, &batch, &r, &why);

	say(s, &r, why);
	for (size_t i = 0; batch != NULL && i < n; i++)
		say(relay->send(batch, i, &wait, &r, &why), &r, why);
	relay->close(batch);
	return s == PS_OK ? 0 : 1;
}

int
main(int argc, char **argv)
{
	struct ps_smtp_settings settings = {.hello = "gw.example.org"};
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_message m = {.body_fd = -1};
	size_t n = argc > 3 ? (size_t)argc - 3 : 0;
	struct ps_relay_copy *copy = ps_arena_array(a, n, sizeof(*copy));
	struct ps_relay_rcpt *rcpt = ps_arena_array(a, n, sizeof(*rcpt));
	struct ps_smtp_client *client;
	struct ps_relay relay;
	const char *why = "";
	int code;

	if (n == 0) {
		fprintf(stderr, "usage: %s ADDRESS SENDER RCPT...\n", argv[0]);
		return 64;
	}
	settings.to = argv[1];
	if (ps_header_parse(a, read_all(a), 1000, &m.header, &m.body, &why) !=
			PS_OK ||
		ps_smtp_client_new(a, &settings, &client, &why) != PS_OK) {
		fprintf(stderr, "%s\n", why);
		return 65;
	}
	relay = ps_smtp_client_relay(client);
	fill(copy, rcpt, argv[2], argv + 3, n, &m);
	code = send_all(a, &relay, copy, n);
	ps_smtp_client_free(client);
	ps_arena_free(a);
	return code;
}
