/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys show --json".
 */
#include "keys_json.h"
#include "keys_show.h"

static struct json_t *
now(const struct ps_cert_answer *answer)
{
	struct json_t *one = ps_keys_json_object();
	struct json_t *list = ps_keys_json_list();

	ps_keys_json_text(one, "state", ps_cert_state_name(answer->state));
	ps_keys_json_text(one, "reason", answer->reason);
	ps_keys_json_text(one, "text", answer->text);
	ps_keys_json_text(one, "source", answer->origin);
	for (size_t i = 0; i < answer->n_cert; i++) {
		struct json_t *cert = ps_keys_json_object();

		ps_keys_json_text(cert, "fingerprint", answer->cert[i].fpr);
		ps_keys_json_bool(cert, "pinned", answer->cert[i].pinned);
		ps_keys_json_append(list, cert);
	}
	ps_keys_json_put(one, "keys", list);
	return one;
}

static struct json_t *
user_ids(const struct ps_key_record *r)
{
	struct json_t *list = ps_keys_json_list();

	for (size_t i = 0; i < r->n_uid; i++) {
		struct json_t *one = ps_keys_json_object();

		ps_keys_json_bytes(one, "text", r->uid[i].text);
		ps_keys_json_bytes(one, "address", r->uid[i].address);
		ps_keys_json_time(one, "ends", r->uid[i].expires_s);
		ps_keys_json_bool(one, "revoked", r->uid[i].revoked);
		ps_keys_json_bool(one, "invalid", r->uid[i].invalid);
		ps_keys_json_append(list, one);
	}
	return list;
}

static struct json_t *
subkeys(const struct ps_key_record *r)
{
	struct json_t *list = ps_keys_json_list();

	for (size_t i = 0; i < r->n_subkey; i++) {
		const struct ps_key_subkey *u = &r->subkey[i];
		struct json_t *one = ps_keys_json_object();

		ps_keys_json_text(one, "fingerprint", u->fpr);
		ps_keys_json_time(one, "created", u->created_s);
		ps_keys_json_time(one, "ends", u->expires_s);
		ps_keys_json_bool(one, "encrypts", u->can_encrypt);
		ps_keys_json_bool(one, "revoked", u->revoked);
		ps_keys_json_bool(one, "invalid", u->invalid);
		ps_keys_json_append(list, one);
	}
	return list;
}

static struct json_t *
bonds(const struct ps_keys_report *s)
{
	struct json_t *list = ps_keys_json_list();

	for (size_t i = 0; i < s->all.n_bond; i++) {
		const struct ps_key_bond *b = &s->all.bond[i];
		struct json_t *one = ps_keys_json_object();

		ps_keys_json_bytes(one, "address", b->address);
		ps_keys_json_text(one, "fingerprint", b->fpr);
		ps_keys_json_text(one, "source", ps_key_origin_name(b->origin));
		ps_keys_json_text(one, "trust", ps_trust_name(b->trust));
		ps_keys_json_bool(one, "by_hand", b->by_hand);
		ps_keys_json_bool(one, "gone", b->gone);
		ps_keys_json_time(one, "since", b->since_s);
		ps_keys_json_time(one, "seen", b->seen_s);
		ps_keys_json_append(list, one);
	}
	return list;
}

static struct json_t *
lints(const struct ps_lints *l)
{
	struct json_t *list = ps_keys_json_list();

	for (size_t i = 0; i < l->n_lint; i++) {
		struct json_t *one = ps_keys_json_object();

		ps_keys_json_text(one, "severity",
			ps_lint_severity_name(l->lint[i].severity));
		ps_keys_json_text(one, "word", l->lint[i].word);
		ps_keys_json_text(one, "text", l->lint[i].text);
		ps_keys_json_append(list, one);
	}
	return list;
}

static struct json_t *
keys(struct ps_keys *k, const struct ps_keys_report *s)
{
	struct json_t *list = ps_keys_json_list();

	for (size_t i = 0; i < s->all.n_cert; i++) {
		const struct ps_keys_cert *c = &s->all.cert[i];
		struct json_t *one = ps_keys_json_object();
		struct ps_keys_view v;
		const struct ps_key_bond *bond;
		size_t n;

		bond = ps_keys_all_bonds(&s->all, c->record.fpr, &n);
		ps_keys_view(k, c, s->addr, bond, n, &v);
		ps_keys_json_text(one, "fingerprint", c->record.fpr);
		ps_keys_json_text(one, "state", v.state);
		ps_keys_json_text(one, "reason", v.text);
		ps_keys_json_put(one, "lint", lints(&s->lints[i]));
		ps_keys_json_time(one, "created", c->record.created_s);
		ps_keys_json_time(one, "ends", v.ends_s);
		ps_keys_json_bool(one, "local", c->is_local);
		ps_keys_json_bool(one, "found", c->is_found);
		ps_keys_json_text(one, "sources", v.sources);
		ps_keys_json_text(one, "trust", v.trust);
		ps_keys_json_put(one, "user_ids", user_ids(&c->record));
		ps_keys_json_put(one, "subkeys", subkeys(&c->record));
		ps_keys_json_append(list, one);
	}
	return list;
}

static struct json_t *
looks(const struct ps_key_page *page)
{
	struct json_t *list = ps_keys_json_list();

	for (size_t i = 0; i < page->n_look; i++) {
		const struct ps_key_look *l = &page->look[i];
		struct json_t *one = ps_keys_json_object();

		ps_keys_json_text(one, "source", ps_key_origin_name(l->origin));
		ps_keys_json_text(
			one, "outcome", ps_look_outcome_name(l->outcome));
		ps_keys_json_text(one, "text", l->text);
		ps_keys_json_time(one, "at", l->at_s);
		ps_keys_json_time(one, "due", l->due_s);
		ps_keys_json_time(one, "used", l->used_s);
		ps_keys_json_append(list, one);
	}
	return list;
}

static struct json_t *
history(const struct ps_keys_report *s)
{
	struct json_t *list = ps_keys_json_list();

	for (size_t i = 0; i < s->n_event; i++) {
		const struct ps_key_event *e = &s->event[i];
		struct json_t *one = ps_keys_json_object();

		ps_keys_json_time(one, "at", e->at_s);
		ps_keys_json_text(one, "what", e->what);
		ps_keys_json_bytes(one, "address", e->address);
		ps_keys_json_text(one, "fingerprint", e->fpr);
		ps_keys_json_text(one, "before", e->old_fpr);
		ps_keys_json_text(one, "by", e->by);
		ps_keys_json_text(one, "text", e->text);
		ps_keys_json_append(list, one);
	}
	return list;
}

void
ps_keys_show_json(struct ps_keys *k, const struct ps_keys_report *s)
{
	struct json_t *all = ps_keys_json_object();

	if (s->addr != NULL) {
		ps_keys_json_bytes(all, "address", s->addr->full);
		ps_keys_json_put(all, "now", now(&s->now));
	}
	ps_keys_json_put(all, "keys", keys(k, s));
	ps_keys_json_put(all, "bonds", bonds(s));
	ps_keys_json_put(all, "looks", looks(&s->page));
	ps_keys_json_put(all, "history", history(s));
	ps_keys_json_print(all);
}
