/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys show": all that is known of an address or of a certificate.
 */
#include <stdio.h>

#include "base/str.h"
#include "keys_show.h"

#define HISTORY_MAX 50

static enum ps_status
add_history(struct ps_keys *k, struct ps_bytes address, const char *fpr,
	struct ps_keys_report *out, const char **why)
{
	const struct ps_key_book *book = &k->place->book;
	struct ps_key_event *event;
	enum ps_status s;
	size_t n;

	s = book->history(
		book->self, k->a, address, HISTORY_MAX, &event, &n, why);
	for (size_t i = 0; s == PS_OK && i < n; i++) {
		if (fpr != NULL && strcmp(event[i].fpr, fpr) != 0 &&
			strcmp(event[i].old_fpr, fpr) != 0)
			continue;
		PS_GROW(k->a, out->event, out->n_event);
		out->event[out->n_event++] = event[i];
	}
	return s;
}

static void
add_lint(struct ps_keys *k, struct ps_keys_report *out)
{
	out->lints =
		ps_arena_array(k->a, out->all.n_cert + 1, sizeof(*out->lints));
	for (size_t i = 0; i < out->all.n_cert; i++) {
		const struct ps_key_record *r = &out->all.cert[i].record;
		struct ps_cert_lint_job job = {.record = r,
			.now_s = ps_now_s(k->wait.clock),
			.warn_before_s = k->tool.policy->warn_before_s};
		const char *ignored;

		if (ps_keys_octets(k, r->fpr, &job.certificate, &ignored) ==
			PS_OK)
			ps_cert_lint(k->a, &job, &out->lints[i]);
	}
}

static enum ps_status
read_address(struct ps_keys *k, const struct ps_addr *addr,
	struct ps_keys_report *out, const char **why)
{
	enum ps_status s =
		ps_keys_of_address(k, addr, &out->page, &out->all, why);

	if (s != PS_OK)
		return s;
	ps_keys_all_take(&out->all, &out->page);
	out->addr = addr;
	ps_keys_now(k, addr, &out->now);
	add_lint(k, out);
	return add_history(k, ps_keys_name(k, addr), NULL, out, why);
}

static enum ps_status
read_cert(struct ps_keys *k, const char *fpr, struct ps_keys_report *out,
	const char **why)
{
	const struct ps_key_book *book = &k->place->book;
	struct ps_keys_cert *cert = ps_arena_alloc(k->a, sizeof(*cert));
	enum ps_status s;

	s = book->by_fpr(
		book->self, k->a, fpr, &out->all.bond, &out->all.n_bond, why);
	if (s == PS_OK)
		s = ps_keys_record(k, fpr, cert, why);
	if (s == PS_OK) {
		out->all.cert = cert;
		out->all.n_cert = 1;
	} else if (s == PS_EPERM && out->all.n_bond > 0) {
		s = PS_OK; /* the book alone knows it */
	}
	for (size_t i = 0; s == PS_OK && i < out->all.n_bond; i++)
		s = add_history(k, out->all.bond[i].address, fpr, out, why);
	add_lint(k, out);
	return s;
}

static int
show(struct ps_keys *k)
{
	const char *why = NULL, *fpr = ps_keys_fpr(k->a, k->argv[0]);
	const char *what = ps_keys_shown(k->a, k->argv[0]);
	struct ps_keys_report shown = {.addr = NULL};
	struct ps_addr addr;
	enum ps_status s;

	if (fpr == NULL && !ps_keys_addr(k->a, k->argv[0], &addr))
		return EX_USAGE;
	s = fpr != NULL ? read_cert(k, fpr, &shown, &why)
			: read_address(k, &addr, &shown, &why);
	if (s != PS_OK)
		return ps_keys_fail(s == PS_EPERM && fpr != NULL
					    ? PS_KEYS_NOT_FOUND
					    : EX_TEMPFAIL,
			what, why);
	if (k->json)
		ps_keys_show_json(k, &shown);
	else
		ps_keys_show_text(k, &shown);
	if (shown.all.n_cert + shown.all.n_bond + shown.page.n_look > 0)
		return EX_OK;
	return ps_keys_fail(PS_KEYS_NOT_FOUND, what, "nothing is known of it");
}

const struct ps_keys_action ps_keys_show = {
	.name = "show",
	.usage = "[--json] ADDRESS|FINGERPRINT",
	.options = "j",
	.min = 1,
	.max = 1,
	.run = show,
};
