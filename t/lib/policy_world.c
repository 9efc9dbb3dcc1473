/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The world of policy_world.h.
 */
#include "tap.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "policy_world.h"

void
world_open(struct world *w, const char *conf)
{
	struct ps_problems problems;

	*w = (struct world){.arena = ps_arena_new(PS_ARENA_PLAIN)};
	w->policy = ps_policy_load_text(
		ps_bytes_of(conf), "test.conf", w->arena, &problems);
	if (w->policy == NULL)
		fail_msg("%s", problems.problem[0].text);
	w->session.arena = w->arena;
	w->txn.arena = w->arena;
	w->txn.session = &w->session;
	w->txn.message.body_fd = -1;
	world_client(w, "203.0.113.5");
	world_from(w, "<sender@else.example>");
}

void
world_close(struct world *w)
{
	ps_policy_free(w->policy);
	ps_arena_free(w->arena);
}

struct ps_addr
world_addr(struct world *w, const char *path)
{
	const char *why = NULL;
	struct ps_addr addr;

	if (ps_addr_path(w->arena, ps_bytes_of(path), &addr, &why) != PS_OK)
		fail_msg("%s: %s", path, why);
	return addr;
}

void
world_from(struct world *w, const char *path)
{
	w->txn.mail_from_raw = ps_bytes_of(path);
	ps_addr_sender(
		w->arena, w->txn.mail_from_raw, PS_LIT(""), &w->txn.mail_from);
}

void
world_login(struct world *w, const char *login)
{
	w->txn.login = ps_bytes_of(login);
}

void
world_client(struct world *w, const char *ip)
{
	void *at = &w->session.client;
	struct sockaddr_in *four = at;

	w->session.client = (struct sockaddr_storage){0};
	if (ip == NULL)
		return;
	four->sin_family = AF_INET;
	assert_int_equal(inet_pton(AF_INET, ip, &four->sin_addr), 1);
}

void
world_rcpts(struct world *w, const char *list)
{
	struct ps_rcpt *r = ps_arena_array(w->arena, WORLD_RCPTS, sizeof(*r));
	size_t n = 0;

	while (*list != '\0') {
		size_t len = strcspn(list, ",");

		assert_true(n < WORLD_RCPTS);
		r[n].raw = ps_bytes_trim(ps_bytes(list, len));
		r[n].addr = world_addr(w, ps_arena_cstr(w->arena, r[n].raw));
		n++;
		list += list[len] == ',' ? len + 1 : len;
	}
	w->txn.rcpt = r;
	w->txn.n_rcpt = n;
}

void
world_message(struct world *w, const char *header, const char *body)
{
	const char *why = NULL;
	struct ps_bytes rest;
	const struct ps_field *subject;

	assert_int_equal(ps_header_parse(w->arena, ps_bytes_of(header), 100,
				 &w->txn.message.header, &rest, &why),
		PS_OK);
	w->txn.message.body = ps_bytes_of(body);
	w->txn.size = ps_message_size(&w->txn.message);
	w->content.header = &w->txn.message.header;
	subject = ps_header_nth(w->content.header, PS_LIT("Subject"), 0);
	if (subject != NULL)
		w->content.subject = ps_header_unfold(w->arena, subject->value);
}

void
world_found(struct ps_arena *a, const char *fpr, struct ps_cert_answer *out)
{
	struct ps_cert *cert = ps_arena_alloc(a, sizeof(*cert));
	struct ps_cert_subkey *sub = ps_arena_alloc(a, sizeof(*sub));
	uint64_t id = 5381;

	for (const char *p = fpr; *p != '\0'; p++)
		id = 33 * id + (unsigned char)*p;
	snprintf(cert->fpr, sizeof(cert->fpr), "%s", fpr);
	snprintf(sub->fpr, sizeof(sub->fpr), "%040llX", (unsigned long long)id);
	sub->key_id = id;
	sub->file = "/nonexistent";
	cert->subkey = sub;
	cert->n_subkey = 1;
	*out = (struct ps_cert_answer){.state = PS_CERT_FOUND,
		.cert = cert,
		.n_cert = 1,
		.reason = ""};
}

static void
look_up(struct world *w, const struct ps_addr *addr, struct ps_cert_answer *out)
{
	bool fold = !w->policy->local_part_case;

	*out = (struct ps_cert_answer){.state = PS_CERT_NONE, .reason = ""};
	for (size_t i = 0; i < w->n_key; i++) {
		struct ps_bytes name = ps_bytes_of(w->key[i].addr);

		if (fold ? !ps_bytes_ieq(addr->full, name)
			 : !ps_bytes_eq(addr->full, name))
			continue;
		if (w->key[i].state == PS_CERT_FOUND) {
			world_found(w->arena, w->key[i].addr, out);
			return;
		}
		out->state = w->key[i].state;
		out->reason = w->key[i].reason;
		out->text = w->key[i].reason;
		return;
	}
}

/* "archive" in the world's keys answers for all archive keys. */
static void
look_up_archive(struct world *w, struct ps_key_facts *f)
{
	const struct ps_setting *want = &f->ruling.word[PS_WORD_ARCHIVE_KEY];
	const struct ps_addr name = {.full = PS_LIT("archive")};

	f->archive =
		(struct ps_cert_answer){.state = PS_CERT_NONE, .reason = ""};
	if (want->n_list == 0)
		return;
	look_up(w, &name, &f->archive);
	if (f->archive.state == PS_CERT_FOUND)
		world_found(w->arena, want->list[0], &f->archive);
}

void
world_look_up(struct world *w)
{
	for (size_t i = 0; i < w->txn.n_rcpt; i++) {
		struct ps_rcpt *r = &w->txn.rcpt[i];
		struct ps_key_facts *f = &w->facts[i];
		struct ps_sender sender;
		struct ps_addr addr;

		*f = (struct ps_key_facts){0};
		ps_sender_of(w->policy, &w->txn, r, &sender);
		ps_match(w->arena, w->policy, &sender, &r->addr, &f->ruling);
		if (!ps_ruling_may_seal(&f->ruling, &sender))
			continue;
		f->looked_up = true;
		addr = ps_policy_complete(w->arena, w->policy, &r->addr);
		look_up(w, &addr, &f->keys);
		look_up_archive(w, f);
	}
}

static const struct world_key keys[] = {
	{"key@d.example", PS_CERT_FOUND, ""},
	{"key2@d.example", PS_CERT_FOUND, ""},
	{"key3@d.example", PS_CERT_FOUND, ""},
	{"key4@d.example", PS_CERT_FOUND, ""},
	{"expired@d.example", PS_CERT_UNUSABLE, "expired"},
	{"trouble@d.example", PS_CERT_TROUBLE, "trouble"},
	{"late@d.example", PS_CERT_LATE, ""},
	{"dns@d.example", PS_CERT_DNS, ""},
	{"late-expired@d.example", PS_CERT_LATE, "expired"},
	{"dns-revoked@d.example", PS_CERT_DNS, "revoked"},
	{"changed@d.example", PS_CERT_CHANGED, ""},
	{"archive", PS_CERT_FOUND, ""},
};

const char *
world_plan_text(struct ps_arena *a, const struct ps_plan *plan)
{
	const struct ps_reply *r = &plan->reply;
	const char *text = "";

	if (r->action != PS_ACCEPT)
		return ps_arena_printf(a, "%s %s %s%s%s", r->code, r->xcode,
			r->reason, r->rule == NULL ? "" : " rule=",
			r->rule == NULL ? "" : r->rule);
	for (size_t g = 0; g < plan->n_group; g++) {
		const struct ps_group *one = &plan->group[g];
		const struct ps_seal *s = &one->seal;

		text = ps_arena_printf(a, "%s%s%s%s%s(", text,
			g == 0 ? "" : " ", s->sealed ? "seal" : "clear:",
			s->sealed ? "" : s->why_clear,
			s->protect_subject ? "+subject" : "");
		for (size_t i = 0; i < one->n_rcpt; i++)
			text = ps_arena_printf(a, "%s%s%zu", text,
				i == 0 ? "" : ",", one->rcpt[i]);
		text = ps_arena_printf(a, "%s)", text);
		if (s->sealed)
			text = ps_arena_printf(a, "%s*%zu", text, s->n_subkey);
	}
	return text;
}

void
world_of(struct world *w, const char *words, const char *rcpts)
{
	char conf[2048];

	snprintf(conf, sizeof(conf),
		"defaults { subject-trigger = \"[seal]\" header-trigger = "
		"{ \"X-Seal: yes\", X-Encrypt } }\ndomain \"d.example\" { %s }",
		words);
	world_open(w, conf);
	w->key = keys;
	w->n_key = sizeof(keys) / sizeof(keys[0]);
	world_rcpts(w, rcpts);
	world_message(w,
		"Subject: hello\r\nTo: key@d.example, "
		"none@d.example\r\nCc: Team <key2@d.example>\r\n",
		"body\r\n");
}

const char *
world_decide(struct world *w)
{
	struct ps_plan plan;

	world_look_up(w);
	ps_decide(w->arena, w->policy, &w->txn, w->facts, &w->content, &plan);
	return world_plan_text(w->arena, &plan);
}

void
world_check(const struct world_row *row, const char *got)
{
	if (strcmp(row->want, got) != 0)
		fail_msg("{ %s } %s: wanted \"%s\", got \"%s\"", row->words,
			row->rcpts, row->want, got);
}
