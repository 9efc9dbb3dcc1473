/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The relay's client as a program, for tests with real MTAs and of crashes: one
 * message from standard input, a copy of its own for every recipient.  Says
 * what became of the batch and of each copy, a line each.  With a ledger, those
 * who had theirs are left out; 0 is that everybody has.
 *
 *   relay_send [-l LEDGER] ADDRESS SENDER RCPT...
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "relay/smtp_client.h"
#include "store/ledger.h"

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

struct job {
	struct ps_arena *a;
	struct ps_relay relay;
	struct ps_smtp_client *client;
	struct ps_ledger_db *db;
	struct ps_ledger ledger; /* find is NULL: none */
	struct ps_digest message;
	struct ps_wait wait;
	struct ps_relay_copy *copy;
	struct ps_ledger_group *group;
	struct ps_bytes *rcpt;
	size_t n;
};

/* Leave out who had his copy. */
static enum ps_status
look_up(struct job *j, const char **why)
{
	struct ps_ledger_known *known =
		ps_arena_array(j->a, j->n, sizeof(*known));
	enum ps_status s = j->ledger.find(
		j->ledger.self, j->a, &j->message, j->rcpt, j->n, known, why);
	size_t n = 0;

	for (size_t i = 0; s == PS_OK && i < j->n; i++) {
		if (known[i].state == PS_LEDGER_ACKNOWLEDGED)
			continue;
		j->copy[n] = j->copy[i];
		j->rcpt[n] = j->rcpt[i];
		n++;
	}
	if (s == PS_OK)
		j->n = n;
	return s;
}

static enum ps_status
intend(struct job *j, struct ps_ledger_intent *in,
	struct ps_ledger_claim **claim, const char **why)
{
	for (size_t i = 0; i < j->n; i++) {
		j->group[i] = (struct ps_ledger_group){
			.rcpt = &j->rcpt[i], .n_rcpt = 1};
		ps_digest_copy(j->copy[i].sender, &j->rcpt[i], 1,
			j->copy[i].message, &j->group[i].copy, why);
	}
	*in = (struct ps_ledger_intent){.message = j->message,
		.group = j->group,
		.n_group = j->n,
		.lease_ms = PS_LEDGER_LEASE_MS};
	return j->ledger.intend(j->ledger.self, j->a, in, &j->wait, claim, why);
}

static bool
send_each(struct job *j, struct ps_relay_batch *batch,
	struct ps_ledger_claim *claim)
{
	struct ps_relay_result r;
	const char *why = "";
	bool all = true;

	for (size_t i = 0; i < j->n; i++) {
		enum ps_status s = j->relay.send(batch, i, &j->wait, &r, &why);

		say(s, &r, why);
		all = all && s == PS_OK;
		if (s == PS_OK && claim != NULL)
			j->ledger.acknowledge(claim, i, r.text, &j->wait, &why);
	}
	return all;
}

static int
send_all(struct job *j)
{
	const struct ps_session session = {
		.client_name = PS_LIT("client.example.net"),
		.client_ip = PS_LIT("192.0.2.7"),
		.helo = PS_LIT("helo.example.net")};
	const struct ps_txn origin = {
		.session = &session, .queue_id = PS_LIT("4F1C0A7E5F6")};
	struct ps_ledger_claim *claim = NULL;
	struct ps_ledger_intent in;
	struct ps_relay_batch *batch = NULL;
	struct ps_relay_result r = {0};
	const char *why = "";
	bool all = false;
	enum ps_status s = PS_OK;

	if (j->ledger.find != NULL)
		s = look_up(j, &why);
	if (s == PS_OK && j->n == 0)
		return 0;
	if (s == PS_OK)
		s = j->relay.open(j->relay.self, j->a, &origin, j->copy, j->n,
			&j->wait, &batch, &r, &why);
	say(s, &r, why);
	if (s == PS_OK && j->ledger.find != NULL)
		s = intend(j, &in, &claim, &why);
	if (s == PS_OK)
		all = send_each(j, batch, claim);
	else
		printf("%s %s\n", ps_status_name(s), why);
	j->relay.close(batch);
	if (claim != NULL)
		j->ledger.finish(claim, all, &j->wait);
	return all ? 0 : 1;
}

static void
use_ledger(struct job *j, const char *path, const char *sender,
	const struct ps_message *m)
{
	const struct ps_ledger_settings s = {
		.path = path, .clock = ps_clock_system()};
	const char *why = "";
	bool known;

	j->db = ps_ledger_db_new(&s);
	j->ledger = ps_ledger_db_adapter(j->db);
	ps_digest_message(ps_bytes_of(sender), m, &j->message, &known, &why);
}

static bool
prepare(struct job *j, const char *ledger, char **argv, int argc,
	struct ps_message *m)
{
	struct ps_smtp_settings settings = {
		.hello = "gw.example.org", .to = argv[0]};
	struct ps_relay_rcpt *rcpt;
	struct ps_bytes body;
	const char *why = "";

	j->n = (size_t)argc - 2;
	j->copy = ps_arena_array(j->a, j->n, sizeof(*j->copy));
	j->group = ps_arena_array(j->a, j->n, sizeof(*j->group));
	j->rcpt = ps_arena_array(j->a, j->n, sizeof(*j->rcpt));
	rcpt = ps_arena_array(j->a, j->n, sizeof(*rcpt));
	if (ps_header_parse(j->a, read_all(j->a), 1000, &m->header, &body,
		    &why) != PS_OK ||
		ps_smtp_client_new(j->a, &settings, &j->client, &why) !=
			PS_OK) {
		fprintf(stderr, "%s\n", why);
		return false;
	}
	m->body = body;
	j->relay = ps_smtp_client_relay(j->client);
	fill(j->copy, rcpt, argv[1], argv + 2, j->n, m);
	for (size_t i = 0; i < j->n; i++)
		j->rcpt[i] = ps_bytes_of(argv[2 + i]);
	if (ledger != NULL)
		use_ledger(j, ledger, argv[1], m);
	return true;
}

int
main(int argc, char **argv)
{
	struct job j = {.a = ps_arena_new(PS_ARENA_PLAIN)};
	struct ps_message m = {.body_fd = -1};
	const char *ledger = NULL;
	int code;

	if (argc > 2 && strcmp(argv[1], "-l") == 0) {
		ledger = argv[2];
		argv += 2;
		argc -= 2;
	}
	if (argc < 4) {
		fprintf(stderr, "usage: relay_send [-l LEDGER] ADDRESS SENDER "
				"RCPT...\n");
		return 64;
	}
	j.wait = (struct ps_wait){.clock = ps_clock_system(),
		.deadline_ms = ps_mono_ms(ps_clock_system()) + 60000,
		.stop_fd = -1};
	if (!prepare(&j, ledger, argv + 1, argc - 1, &m))
		return 65;
	code = send_all(&j);
	ps_smtp_client_free(j.client);
	ps_ledger_db_free(j.db);
	ps_arena_free(j.a);
	return code;
}
