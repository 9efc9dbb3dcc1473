/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The fakes of world.h.
 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

#include "tap.h"

#define NOW_S 1800000000

static int64_t
fixed_now(void *self)
{
	(void)self;
	return NOW_S;
}

static int64_t
fixed_mono(void *self)
{
	(void)self;
	return 1000;
}

static const struct ps_clock fixed_clock = {
	.now_s = fixed_now,
	.mono_ms = fixed_mono,
};

static void
fill_found(struct ps_arena *a, const struct known_key *k,
	struct ps_cert_answer *out)
{
	out->cert = ps_arena_array(a, 1, sizeof(*out->cert));
	out->n_cert = 1;
	out->cert[0].subkey = ps_arena_array(a, 1, sizeof(*out->cert->subkey));
	out->cert[0].n_subkey = 1;
	out->cert[0].subkey[0].key_id = strtoull(k->key_id, NULL, 16);
	out->cert[0].subkey[0].file = k->key_id;
	snprintf(out->cert[0].fpr, 41, "%024d%s", 0, k->key_id);
	snprintf(out->cert[0].subkey[0].fpr, 41, "%024d%s", 0, k->key_id);
}

static void
find(void *self, struct ps_arena *a, const struct ps_cert_query *q,
	struct ps_cert_answer *out)
{
	struct world *w = self;

	*out = (struct ps_cert_answer){
		.state = PS_CERT_NONE, .reason = "", .text = "no key"};
	for (const struct known_key *k = w->known; k->addr != NULL; k++) {
		if (!ps_bytes_ieq(q->addr->full, ps_bytes_of(k->addr)))
			continue;
		out->state = k->state;
		out->reason = k->reason == NULL ? "" : k->reason;
		if (k->state == PS_CERT_FOUND)
			fill_found(a, k, out);
	}
}

static void
put_pkesk(struct ps_buf *b, uint64_t key_id)
{
	ps_buf_putc(b, (char)0xc1); /* new format, tag 1 */
	ps_buf_putc(b, 12);
	ps_buf_putc(b, 3); /* version */
	for (int shift = 56; shift >= 0; shift -= 8)
		ps_buf_putc(b, (char)(key_id >> shift));
	ps_buf_putc(b, 18); /* ECDH */
	ps_buf_put(b, PS_LIT("xy"));
}

/* Not secret at all, but shaped as SEIPD version 1. */
static void
put_seipd(struct ps_buf *b, struct ps_bytes clear)
{
	static const char mdc[40]; /* the least that such a packet can hold */
	size_t len = 1 + clear.len + sizeof(mdc);

	ps_buf_putc(b, (char)0xd2);
	ps_buf_putc(b, (char)0xff);
	for (int shift = 24; shift >= 0; shift -= 8)
		ps_buf_putc(b, (char)(len >> shift));
	ps_buf_putc(b, 1);
	for (size_t i = 0; i < clear.len; i++)
		ps_buf_putc(b, (char)(clear.p[i] ^ 0x55));
	ps_buf_put(b, ps_bytes(mdc, sizeof(mdc)));
}

static void
seal(struct world *w, const struct ps_encrypt_job *job, struct ps_buf *b)
{
	for (size_t i = 0; i < job->n_cert_file; i++) {
		uint64_t id = strtoull(job->cert_file[i], NULL, 16);

		put_pkesk(b,
			w->mood == ENGINE_SAYS_OK_BUT_OTHER_KEY ? id + 1 : id);
	}
	if (w->mood == ENGINE_SAYS_OK_BUT_EXTRA_KEY)
		put_pkesk(b, 0xe51e51e51e51e51e);
	put_seipd(b, w->clear);
	if (w->mood == ENGINE_SAYS_OK_BUT_CUT)
		b->len--;
}

static enum ps_status
encrypt(void *self, const struct ps_encrypt_job *job,
	const struct ps_wait *wait, struct ps_spool *out, const char **why)
{
	struct world *w = self;
	struct ps_buf clear, b;
	enum ps_status s;

	(void)wait;
	w->n_encrypt++;
	w->sign_fpr = job->sign_fpr;
	ps_buf_init(&clear, 1 << 24);
	ps_buf_put(&clear, job->head);
	ps_buf_put(&clear, job->body);
	w->clear = ps_arena_copy(w->arena, ps_buf_bytes(&clear));
	ps_buf_free(&clear);
	if (w->mood == ENGINE_RETURNS_STATUS) {
		*why = "the engine failed";
		return w->status;
	}
	ps_buf_init(&b, 1 << 24);
	if (w->mood == ENGINE_SAYS_OK_BUT_CLEAR)
		ps_buf_put(&b, w->clear);
	else if (w->mood != ENGINE_SAYS_OK_BUT_EMPTY)
		seal(w, job, &b);
	s = ps_spool_put(out, ps_buf_bytes(&b), why);
	ps_buf_free(&b);
	return s;
}

void
world_init(struct world *w, const char *conf, const struct known_key *known)
{
	struct ps_problems problems = {0};

	*w = (struct world){.known = known};
	w->arena = ps_arena_new(PS_ARENA_PLAIN);
	w->policy =
		ps_policy_load(ps_arena_printf(w->arena, "%s/t/conf/flow/%s",
				       PS_SOURCE_DIR, conf),
			w->arena, &problems);
	for (size_t i = 0; i < problems.n_problem; i++)
		print_message("# %s:%d: %s\n", problems.problem[i].where.file,
			problems.problem[i].where.line,
			problems.problem[i].text);
	assert_non_null(w->policy);
	w->certs = (struct ps_certs){.self = w, .find = find};
	w->engine = (struct ps_engine){.self = w, .encrypt = encrypt};
	w->session.arena = w->arena;
	w->session.client_ip = PS_LIT("192.0.2.7");
}

void
world_free(struct world *w)
{
	ps_policy_free(w->policy);
	ps_arena_free(w->arena);
}

static struct ps_bytes
read_file(struct ps_arena *a, const char *path)
{
	struct ps_buf b;
	struct ps_bytes all;
	FILE *f = fopen(path, "rb");
	int c, last = 0;

	assert_non_null(f);
	ps_buf_init(&b, 1 << 24);
	while ((c = fgetc(f)) != EOF) {
		if (c == '\n' && last != '\r')
			ps_buf_putc(&b, '\r');
		ps_buf_putc(&b, (char)c);
		last = c;
	}
	fclose(f);
	all = ps_arena_copy(a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return all;
}

void
world_message(struct world *w, const char *eml, const char *from,
	const char *const *to)
{
	struct ps_txn *t = &w->txn;
	const char *why = NULL;
	struct ps_bytes raw = read_file(
		w->arena, ps_arena_printf(w->arena, "%s/t/data/flow/%s",
				  PS_SOURCE_DIR, eml));

	*t = (struct ps_txn){.arena = w->arena, .session = &w->session};
	assert_int_equal(ps_header_parse(w->arena, raw, 10000,
				 &t->message.header, &t->message.body, &why),
		PS_OK);
	t->message.body_fd = -1;
	t->size = ps_message_size(&t->message);
	assert_int_equal(
		ps_addr_path(w->arena, ps_bytes_of(from), &t->mail_from, &why),
		PS_OK);
	for (; *to != NULL; to++) {
		PS_GROW(w->arena, t->rcpt, t->n_rcpt);
		t->rcpt[t->n_rcpt].raw = ps_bytes_of(*to);
		assert_int_equal(ps_addr_path(w->arena, ps_bytes_of(*to),
					 &t->rcpt[t->n_rcpt].addr, &why),
			PS_OK);
		t->n_rcpt++;
	}
}

void
world_mail(struct world *w, struct ps_outcome *out)
{
	struct ps_env env = {
		.policy = w->policy,
		.certs = &w->certs,
		.engine = &w->engine,
		.clock = &fixed_clock,
		.relay = w->relay,
		.relay_address = w->relay_address,
		.ledger = w->ledger,
		.wait = {.clock = &fixed_clock,
			.deadline_ms = 60000,
			.stop_fd = -1},
	};

	ps_flow_eom(&w->txn, &env, out);
}
