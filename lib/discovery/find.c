/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The certs adapter: pins, then what the book says may be used, in the order
 * of the rules.  A certificate that can be used is used at once, and what is
 * due is looked for behind it; only where there is none does mail wait.
 */
#include "discovery/discovery_parts.h"
#include "base/str.h"
#include "discovery/trust.h"
#include "keys/cert_judge.h"
#include "openpgp/cert_raw.h"

/* Looks that one query waits for: rules differ from message to message, and a
 * flight has those of the one that began it. */
#define ROUNDS 3

struct search {
	struct ps_discovery *d;
	struct ps_arena *a;
	const struct ps_cert_query *q;
	struct ps_bytes name;
	struct ps_key_page page;
	struct ps_trust_plan plan;
	struct ps_cert_answer best;
	size_t n_asked; /* sources of the order up to what was found */
	bool is_new;	/* one of them was never looked at */
	bool is_due;
};

static void
query_local(const struct search *s, const struct ps_trust_step *step,
	struct ps_cert_answer *out)
{
	struct ps_certs certs = ps_keydir_certs(s->d->env.local);
	struct ps_cert_query q = *s->q;

	q.but = step->not_fpr;
	q.n_but = step->n_not;
	certs.find(certs.self, s->a, &q, out);
}

/* What both directories say together. */
static void
add_answer(const struct search *s, const struct ps_cert_answer *more,
	struct ps_cert_answer *out)
{
	if (out->state == PS_CERT_TROUBLE || more->state == PS_CERT_NONE)
		return;
	if (out->state != PS_CERT_FOUND || more->state == PS_CERT_TROUBLE) {
		if (out->state == PS_CERT_NONE ||
			more->state != PS_CERT_UNUSABLE)
			*out = *more;
		return;
	}
	for (size_t i = 0; more->state == PS_CERT_FOUND && i < more->n_cert &&
			   out->n_cert < s->q->max_certs;
		i++) {
		PS_GROW(s->a, out->cert, out->n_cert);
		out->cert[out->n_cert++] = more->cert[i];
	}
}

static void
query_some(const struct search *s, struct ps_keydir *dir,
	const char *const *fpr, size_t n, bool pinned,
	struct ps_cert_answer *out)
{
	struct ps_certs certs = ps_keydir_certs(dir);
	struct ps_cert_query q = *s->q;
	struct ps_cert_answer answer;

	if (n == 0)
		return;
	q.n_pin = 0;
	if (pinned) {
		q.pin = fpr;
		q.n_pin = n;
	} else {
		q.only = fpr;
		q.n_only = n;
	}
	certs.find(certs.self, s->a, &q, &answer);
	add_answer(s, &answer, out);
}

static bool
is_among(const char *const *fpr, size_t n, const char *which)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(fpr[i], which) == 0)
			return true;
	}
	return false;
}

/*
 * Certificates by fingerprint.  One that the administrator has too is judged
 * by his copy alone: only that is sure to have the revocation that he imported.
 */
static void
query_both(const struct search *s, const char *const *fpr, size_t n,
	bool pinned, struct ps_cert_answer *out)
{
	const struct ps_cert_query which = {
		.pin = fpr, .n_pin = n, .wait = s->q->wait};
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
	const char **rest = ps_arena_array(s->a, n + 1, sizeof(*rest));
	const char *const *local;
	const char *why = "unknown";
	size_t n_local, n_rest = 0;

	*out = (struct ps_cert_answer){
		.state = PS_CERT_NONE, .reason = "", .text = NULL};
	if (n == 0)
		return;
	if (ps_keydir_which(s->d->env.local, s->a, &which, &local, &n_local,
		    &why) != PS_OK) {
		ps_certs_trouble(s->a, why, out);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (!is_among(local, n_local, fpr[i]))
			rest[n_rest++] = fpr[i];
	}
	query_some(s, s->d->env.local, local, n_local, pinned, out);
	query_some(s, s->d->env.found, rest, n_rest, pinned, out);
	if (out->state == PS_CERT_NONE && pinned)
		out->text = n == 1 ? ps_arena_printf(s->a,
					     "the pinned key %s is not there",
					     ps_cert_short(s->a, fpr[0]))
				   : ps_arena_printf(s->a,
					     "none of the %zu pinned keys is "
					     "there",
					     n);
}

/* The best answer so far; true when there is nothing more to ask. */
static bool
take(struct search *s, const struct ps_cert_answer *answer, const char *origin)
{
	switch (answer->state) {
	case PS_CERT_FOUND:
	case PS_CERT_TROUBLE:
		s->best = *answer;
		s->best.origin = origin;
		return true;
	case PS_CERT_UNUSABLE:
		if (s->best.state == PS_CERT_NONE)
			s->best = *answer;
		break;
	default:
		if (s->best.text == NULL)
			s->best.text = answer->text;
		break;
	}
	return false;
}

static void
ask_step(const struct search *s, const struct ps_trust_step *step,
	struct ps_cert_answer *out)
{
	if (step->origin == PS_ORIGIN_LOCAL && !step->pinned &&
		step->n_fpr == 0)
		query_local(s, step, out);
	else
		query_both(s, step->fpr, step->n_fpr, step->pinned, out);
}

/* What is known, without any network. */
static void
ask_known(struct search *s)
{
	const struct ps_key_rules *rules = s->q->rules;
	struct ps_cert_answer answer;

	s->best = (struct ps_cert_answer){
		.state = PS_CERT_NONE, .reason = "", .text = NULL};
	s->n_asked = rules->n_order;
	if (s->q->n_pin > 0) {
		query_both(s, s->q->pin, s->q->n_pin, true, &answer);
		take(s, &answer, "pinned");
		return;
	}
	for (size_t i = 0; i < s->plan.n_step; i++) {
		const struct ps_trust_step *step = &s->plan.step[i];
		const char *origin = step->pinned
					     ? "pinned"
					     : ps_key_origin_name(step->origin);

		ask_step(s, step, &answer);
		if (!take(s, &answer, origin) && !step->pinned)
			continue;
		for (size_t k = 0; !step->pinned && k < rules->n_order; k++) {
			if (rules->order[k] == step->origin)
				s->n_asked = k + 1;
		}
		return;
	}
}

static void
see_looks(struct search *s)
{
	const struct ps_key_rules *rules = s->q->rules;

	s->is_new = s->is_due = false;
	for (size_t i = 0; i < s->n_asked; i++) {
		enum ps_key_origin o = rules->order[i];
		const struct ps_key_look *look =
			ps_discovery_look_of(&s->page, o);

		if (ps_discovery_source(s->d, rules, o) == NULL)
			continue;
		s->is_new = s->is_new || look == NULL;
		s->is_due = s->is_due ||
			    (look != NULL && look->due_s <= s->q->now_s);
	}
	/* Whatever a source says, mail goes to the pin: it need not wait. */
	if (s->best.state == PS_CERT_FOUND && s->best.cert[0].pinned) {
		s->is_due = s->is_due || s->is_new;
		s->is_new = false;
	}
}

/* False: trouble, in best. */
static bool
consider(struct search *s)
{
	const struct ps_key_book *book = s->d->env.book;
	const char *why = "unknown";

	if (book->read(book->self, s->a, s->name, &s->page, &why) != PS_OK) {
		ps_certs_trouble(s->a, why, &s->best);
		return false;
	}
	ps_trust_plan(s->a, &s->page, s->q->rules, s->q->now_s, &s->plan);
	if (s->q->n_pin == 0 && s->plan.held != NULL) {
		s->best = (struct ps_cert_answer){
			.state = PS_CERT_CHANGED,
			.reason = "",
			.text = ps_arena_printf(s->a,
				"its key changed, and %s waits for approval",
				ps_cert_short(s->a, s->plan.held)),
		};
		return false;
	}
	ask_known(s);
	see_looks(s);
	return s->best.state != PS_CERT_TROUBLE;
}

static struct ps_flight_job
job_of(const struct search *s)
{
	return (struct ps_flight_job){
		.addr = *s->q->addr,
		.name = s->name,
		.rules = *s->q->rules,
		.mail = true,
	};
}

/* A key that is known and cannot be used is no missing one, however little is
 * known of others. */
static const char *
reason_so_far(const struct search *s)
{
	return s->best.state == PS_CERT_UNUSABLE ? s->best.reason : "";
}

/* The answer when nothing is known and a look did not help. */
static void
without(struct search *s, enum ps_status status, const char *why)
{
	if (s->best.state == PS_CERT_FOUND)
		return; /* better than none */
	if (status == PS_ESTOP || status == PS_OK) {
		ps_certs_trouble(s->a, why, &s->best);
		return;
	}
	s->best = (struct ps_cert_answer){
		.state = PS_CERT_LATE,
		.reason = reason_so_far(s),
		.text = status == PS_ELATE ? "it is still looked for" : why,
	};
}

/* True: something may be known now that was not. */
static bool
wait_for_look(struct search *s)
{
	const struct ps_flight_job job = job_of(s);
	const char *trouble = NULL, *why = "unknown";
	struct ps_note note;
	enum ps_status status;

	if (ps_notes_get(s->d->notes, s->a, PS_NOTE_OURS, s->name,
		    ps_now_s(s->d->env.clock), &note)) {
		without(s, PS_OK, note.text);
		return false;
	}
	if (ps_wait_left(s->q->look) > 0)
		status = ps_flights_await(
			s->d->flights, s->a, &job, s->q->look, &trouble, &why);
	else
		status = ps_flights_begin(s->d->flights, &job, &why);
	if (status == PS_OK && ps_wait_left(s->q->look) == 0 && trouble == NULL)
		status = PS_ELATE;
	if (status == PS_OK && trouble == NULL)
		return true;
	without(s, status, trouble != NULL ? trouble : why);
	return false;
}

/* False: the answer is final. */
static bool
look_for_it(struct search *s)
{
	const struct ps_flight_job job = job_of(s);
	const char *ignored;

	if (s->q->look == NULL || (!s->is_new && !s->is_due))
		return false;
	if (s->best.state != PS_CERT_FOUND || s->is_new)
		return wait_for_look(s);
	/* Behind; too many that wait is no reason to stop this mail. */
	(void)ps_flights_begin(s->d->flights, &job, &ignored);
	return false;
}

static const char *
joined(const struct search *s, const char *x, const char *y)
{
	if (x == NULL || *x == '\0')
		return y;
	return ps_arena_printf(s->a, "%s; %s", x, y);
}

/* Each source in turn, for people. */
static const char *
text_of_looks(const struct search *s)
{
	const struct ps_key_rules *rules = s->q->rules;
	const char *text = s->best.text;

	for (size_t i = 0; i < rules->n_order; i++) {
		enum ps_key_origin o = rules->order[i];
		const struct ps_key_look *look =
			ps_discovery_look_of(&s->page, o);
		const char *said = "not looked for";

		if (ps_discovery_source(s->d, rules, o) == NULL)
			continue;
		if (look != NULL)
			said = *look->text != '\0'
				       ? look->text
				       : ps_look_outcome_name(look->outcome);
		text = joined(s, text,
			ps_arena_printf(s->a, "%s: %s", ps_key_origin_name(o),
				ps_str_printable(
					s->a, ps_bytes_of(said), 200)));
	}
	return s->plan.pending == NULL ? text
				       : joined(s, text, s->plan.pending);
}

static bool
said_by_some(const struct search *s, enum ps_look_outcome outcome)
{
	const struct ps_key_rules *rules = s->q->rules;

	for (size_t i = 0; i < rules->n_order; i++) {
		const struct ps_key_look *look =
			ps_discovery_look_of(&s->page, rules->order[i]);

		if (look != NULL && look->outcome == outcome &&
			ps_discovery_source(s->d, rules, rules->order[i]) !=
				NULL)
			return true;
	}
	return false;
}

/* Nothing can be used: which of the reasons is it? */
static void
conclude(struct search *s)
{
	const char *text = text_of_looks(s);

	if (said_by_some(s, PS_LOOK_DNS)) {
		s->best = (struct ps_cert_answer){.state = PS_CERT_DNS,
			.reason = reason_so_far(s),
			.text = text};
	} else if (s->best.state == PS_CERT_NONE) {
		s->best.text = text;
		if (s->q->n_pin == 0 && said_by_some(s, PS_LOOK_UNUSABLE)) {
			s->best.state = PS_CERT_UNUSABLE;
			s->best.reason = "invalid";
		}
	}
}

static void
find_known_or_look(struct search *s)
{
	for (int round = 0; round < ROUNDS; round++) {
		if (!consider(s))
			return;
		if (!look_for_it(s)) {
			if (s->best.state == PS_CERT_NONE ||
				s->best.state == PS_CERT_UNUSABLE)
				conclude(s);
			return;
		}
	}
	if (!consider(s) || s->best.state == PS_CERT_FOUND)
		return;
	if (s->is_new || s->is_due)
		without(s, PS_EBUSY, "it is looked for again and again");
	else
		conclude(s);
}

void
ps_discovery_find(void *self, struct ps_arena *a, const struct ps_cert_query *q,
	struct ps_cert_answer *out)
{
	struct ps_discovery *d = self;
	const struct ps_key_book *book = d->env.book;
	struct search s = {.d = d, .a = a, .q = q};

	if (q->rules == NULL || q->addr == NULL || q->addr->domain.len == 0) {
		struct ps_certs certs = ps_keydir_certs(d->env.local);

		certs.find(certs.self, a, q, out);
		if (out->state == PS_CERT_FOUND)
			out->origin = q->n_pin > 0 ? "pinned" : "local";
		return;
	}
	s.name = ps_discovery_name(d, a, q->addr);
	find_known_or_look(&s);
	if (book->used != NULL)
		book->used(book->self, s.name, q->now_s);
	*out = s.best;
}
