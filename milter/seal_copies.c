/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The two adapters that do nothing but write.
 */
#include "seal_copies.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "base/io.h"

struct ps_relay_batch {
	struct ps_seal_copies *c;
	struct ps_arena *a;
	const struct ps_relay_copy *copy;
	size_t n_copy;
};

struct ps_ledger_claim {
	int nothing;
};

bool
ps_seal_copies_write(int fd, const struct ps_message *m)
{
	struct ps_buf head;
	bool good;

	ps_buf_init(&head, SIZE_MAX / 4);
	for (size_t i = 0; i < m->header.n_field; i++)
		ps_header_put(&head, &m->header.field[i]);
	ps_buf_puts(&head, "\r\n");
	good = !head.full && ps_io_write_all(fd, ps_buf_bytes(&head)) &&
	       ps_io_write_all(fd, m->body);
	ps_buf_free(&head);
	return good;
}

static enum ps_status
open_batch(void *self, struct ps_arena *a, const struct ps_txn *origin,
	const struct ps_relay_copy *copy, size_t n_copy,
	const struct ps_wait *wait, struct ps_relay_batch **batch,
	struct ps_relay_result *out, const char **why)
{
	(void)origin, (void)wait, (void)out, (void)why;
	*batch = ps_arena_alloc(a, sizeof(**batch));
	**batch = (struct ps_relay_batch){self, a, copy, n_copy};
	return PS_OK;
}

static void
say_copy(const struct ps_relay_batch *b, size_t i, FILE *to)
{
	const struct ps_relay_copy *c = &b->copy[i];

	fprintf(to, "copy %zu of %zu: to", i + 1, b->n_copy);
	for (size_t k = 0; k < c->n_rcpt; k++)
		fprintf(to, "%s %.*s", k == 0 ? "" : ",",
			PS_FMT(c->rcpt[k].path));
	fputc('\n', to);
}

/* The file of a copy; standard output gets a line before each. */
static int
file_of(const struct ps_relay_batch *b, size_t i)
{
	const struct ps_seal_copies *c = b->c;

	if (c->out == NULL) {
		dprintf(c->fd, "From postseal copy %zu of %zu\r\n", i + 1,
			b->n_copy);
		return c->fd;
	}
	if (i == 0)
		return c->fd;
	return open(ps_arena_printf(b->a, "%s.%zu", c->out, i + 1),
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static enum ps_status
send_copy(struct ps_relay_batch *b, size_t copy, const struct ps_wait *wait,
	struct ps_relay_result *out, const char **why)
{
	int fd = file_of(b, copy);
	bool good = fd >= 0 && ps_seal_copies_write(fd, b->copy[copy].message);

	(void)wait;
	say_copy(b, copy, stderr);
	if (fd >= 0 && fd != b->c->fd)
		good &= close(fd) == 0;
	*out = (struct ps_relay_result){
		.outcome = good ? PS_RELAY_ACKNOWLEDGED : PS_RELAY_FAILED,
		.text = good ? "written" : "cannot be written",
	};
	if (good)
		return PS_OK;
	b->c->failed = true;
	*why = "a copy cannot be written";
	return PS_ETEMP;
}

static void
close_batch(struct ps_relay_batch *batch)
{
	(void)batch;
}

static enum ps_status
find(void *self, struct ps_arena *a, const struct ps_digest *message,
	const struct ps_bytes *rcpt, size_t n_rcpt,
	struct ps_ledger_known *known, const char **why)
{
	(void)self, (void)a, (void)message, (void)rcpt, (void)n_rcpt;
	(void)known, (void)why;
	return PS_OK;
}

static enum ps_status
intend(void *self, struct ps_arena *a, const struct ps_ledger_intent *intent,
	const struct ps_wait *wait, struct ps_ledger_claim **out,
	const char **why)
{
	(void)self, (void)intent, (void)wait, (void)why;
	*out = ps_arena_alloc(a, sizeof(**out));
	return PS_OK;
}

static bool
holds(const struct ps_ledger_claim *claim)
{
	(void)claim;
	return true;
}

static enum ps_status
acknowledge(struct ps_ledger_claim *claim, size_t group, const char *reply,
	const struct ps_wait *wait, const char **why)
{
	(void)claim, (void)group, (void)reply, (void)wait, (void)why;
	return PS_OK;
}

static void
finish(struct ps_ledger_claim *claim, bool done, const struct ps_wait *wait)
{
	(void)claim, (void)done, (void)wait;
}

void
ps_seal_copies_wire(
	struct ps_seal_copies *c, const char *out, int fd, struct ps_env *env)
{
	*c = (struct ps_seal_copies){
		.out = out,
		.fd = fd,
		.relay = {c, open_batch, send_copy, close_batch},
		.ledger = {.find = find,
			.intend = intend,
			.holds = holds,
			.acknowledge = acknowledge,
			.finish = finish},
	};
	env->relay = &c->relay;
	env->ledger = &c->ledger; /* no relay address: nothing can come back */
}
