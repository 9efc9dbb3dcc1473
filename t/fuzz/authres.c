/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Authentication-Results: the input as a field, read and asked whether it
 * claims to be ours; and its lines as values, comments and reasons of
 * statements, which are read again as they were written.
 */
#include <assert.h>
#include <stdint.h>

#include "auth/authres.h"
#include "auth/authres_text.h"
#include "mail/lex.h"

#define ID	 "mx.example.org"
#define MAX_ITEM 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_read(struct ps_arena *a, struct ps_bytes in)
{
	struct ps_field f = {.name = PS_LIT(PS_AUTHRES_FIELD), .value = in};
	struct ps_authres r;
	size_t total = 0;
	bool ours = ps_authres_claims(a, &f, PS_LIT(ID));

	if (!ps_authres_read(a, in, &r))
		return;
	for (size_t i = 0; i < r.n_item; i++) {
		assert(r.item[i].method.len > 0);
		total += r.item[i].method.len + r.item[i].word.len;
		for (size_t k = 0; k < r.item[i].n_prop; k++)
			total += r.item[i].prop[k].value.len;
	}
	assert(total <= in.len);
	/* What our own reader takes for ours is known to be a claim. */
	if (ps_bytes_eq(r.authserv_id, PS_LIT(ID)))
		assert(ours);
}

/* A local part that had to be quoted is read with its quotes. */
static struct ps_bytes
plain(struct ps_arena *a, struct ps_bytes value)
{
	char *p = ps_arena_alloc(a, value.len + 1);
	size_t at = ps_authres_last_at(value), n;

	if (value.len < 2 || value.p[0] != '"' || at == PS_NOT_FOUND ||
		at < 2 || value.p[at - 1] != '"' ||
		!ps_authres_is_domain(ps_bytes_from(value, at + 1)))
		return value;
	n = ps_lex_unquote(ps_bytes(value.p + 1, at - 2), p);
	memcpy(p + n, value.p + at, value.len - at);
	return ps_bytes(p, n + value.len - at);
}

static void
check_value(struct ps_arena *a, struct ps_bytes want, struct ps_bytes got)
{
	struct ps_authres_text text;

	ps_authres_clean(want, true, &text);
	want = ps_bytes(text.p, text.len);
	if (!ps_bytes_eq(want, got))
		assert(ps_bytes_eq(want, plain(a, got)));
}

static void
check_written(struct ps_arena *a, const struct ps_authres_item *item, size_t n,
	bool fold)
{
	struct ps_field f = {.name = PS_LIT(PS_AUTHRES_FIELD)};
	struct ps_authres r;
	struct ps_buf out;
	size_t i, k;

	ps_buf_init(&out, 1 << 20);
	ps_authres_write(ID, item, n, fold, &out);
	assert(!out.full);
	for (i = 0; !fold && i < out.len; i++)
		assert((unsigned char)out.p[i] >= ' ' && out.p[i] != 0x7f);
	f.value = ps_buf_bytes(&out);
	assert(ps_authres_claims(a, &f, PS_LIT(ID)));
	assert(!ps_authres_claims(a, &f, PS_LIT("example.org")));
	assert(ps_authres_read(a, f.value, &r));
	assert(ps_bytes_eq(r.authserv_id, PS_LIT(ID)) && r.n_item == n);
	for (i = 0; i < n; i++) {
		assert(r.item[i].known && r.item[i].result == item[i].result);
		assert(ps_bytes_eq(
			r.item[i].method, ps_bytes_of(item[i].method)));
		assert(r.item[i].n_prop == item[i].n_prop);
		for (k = 0; k < item[i].n_prop; k++) {
			assert(ps_bytes_eq(r.item[i].prop[k].name,
				ps_bytes_of(item[i].prop[k].name)));
			check_value(a, item[i].prop[k].value,
				r.item[i].prop[k].value);
		}
	}
	ps_buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const method[] = {"spf", "dkim", "x-tls", "dmarc"};
	struct ps_bytes in = {(const char *)data, size}, rest = in, line;
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_authres_item item[MAX_ITEM] = {0};
	size_t n = 0, n_line = 0;

	check_read(a, in);
	while (n < MAX_ITEM && ps_bytes_line(&rest, &line)) {
		struct ps_authres_item *it = &item[n];

		it->method = method[n % 4];
		it->result = (enum ps_auth_result)(line.len % 8);
		if (n_line % 4 == 0)
			it->comment = ps_arena_cstr(a, line);
		else if (n_line % 4 == 1)
			it->reason = ps_arena_cstr(a, line);
		else
			it->prop[it->n_prop++] = (struct ps_authres_prop){
				"header", n_line % 4 == 2 ? "d" : "i",
				n_line % 3 == 0 ? line : ps_bytes_chomp(line)};
		n += ++n_line % 4 == 0;
	}
	check_written(a, item, n, false);
	check_written(a, item, n, true);
	ps_arena_free(a);
	return 0;
}
