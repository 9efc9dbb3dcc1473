/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One look: ask the source within the deadline, or know already that its
 * domain does not answer, and make of it what the book is to say.
 */
#include "discovery/discovery_parts.h"
#include "base/log.h"
#include "base/str.h"
#include "discovery/hash.h"

/* The rest of a look's time is for reading and keeping what was found. */
#define FETCH_SHARE(ms) ((ms) / 4 * 3)

static const char *
shown(struct ps_arena *a, struct ps_bytes b)
{
	return ps_str_printable(a, b, 320);
}

static const char *
action_of(enum ps_on_change on_change)
{
	switch (on_change) {
	case PS_CHANGE_ACCEPT:
		return "accept";
	case PS_CHANGE_KEEP_OLD:
		return "keep-old";
	case PS_CHANGE_TEMPFAIL:
		break;
	}
	return "tempfail";
}

void
ps_discovery_log_events(const struct ps_looking *l, const struct ps_looked *k)
{
	const char *addr = shown(l->a, l->name);
	const char *source = ps_key_origin_name(l->origin);

	for (size_t i = 0; i < k->n_event; i++) {
		const struct ps_key_event *e = &k->event[i];

		if (strcmp(e->what, "changed") == 0)
			ps_log(PS_LOG_WARNING,
				"key-change addr=<%s> old=%s new=%s source=%s "
				"action=%s",
				addr, *e->old_fpr == '\0' ? "-" : e->old_fpr,
				e->fpr, source, action_of(l->rules->on_change));
		else
			ps_log(PS_LOG_INFO,
				"key-%s addr=<%s> key=%s source=%s rule=%s",
				e->what, addr, *e->fpr == '\0' ? "-" : e->fpr,
				source,
				l->rules->use[l->origin] == PS_USE_USE
					? "use"
					: "pending");
	}
}

void
ps_discovery_log_trouble(const struct ps_looking *l, const struct ps_looked *k)
{
	struct ps_discovery *d = l->d;
	int64_t now_s = ps_now_s(d->env.clock);
	const struct ps_note logged = {.until_s = now_s + d->env.trouble_s};
	const char *text = k->ours != NULL ? k->ours : k->text;
	struct ps_note ignored;

	if (k->ours == NULL && k->outcome != PS_LOOK_DNS &&
		k->outcome != PS_LOOK_TROUBLE)
		return;
	if (ps_notes_get(d->notes, l->a, PS_NOTE_LOGGED, l->addr->domain, now_s,
		    &ignored))
		return;
	ps_notes_put(d->notes, PS_NOTE_LOGGED, l->addr->domain, &logged);
	ps_log(PS_LOG_WARNING,
		"key-look addr=<%s> source=%s outcome=%s text=\"%s\"",
		shown(l->a, l->name), ps_key_origin_name(l->origin),
		k->ours != NULL ? "own-trouble"
				: ps_look_outcome_name(k->outcome),
		ps_str_printable(l->a, ps_bytes_of(text), 300));
}

/* What is known of the whole domain saves the look. */
static bool
is_noted(const struct ps_looking *l, struct ps_looked *out)
{
	struct ps_discovery *d = l->d;
	struct ps_note note;
	uint64_t spread = (uint64_t)(d->env.trouble_s / 8 + 1);

	if (l->anew || !ps_notes_get(d->notes, l->a, (int)l->origin,
			       l->addr->domain, ps_now_s(d->env.clock), &note))
		return false;
	out->outcome = note.outcome;
	out->text = note.text;
	if (note.outcome == PS_LOOK_DNS || note.outcome == PS_LOOK_TROUBLE)
		out->due_s =
			note.until_s + (int64_t)(ps_hash(0, l->name) % spread);
	return true;
}

static void
note_domain(const struct ps_looking *l, const struct ps_looked *k)
{
	struct ps_discovery *d = l->d;
	const struct ps_note note = {
		.outcome = k->outcome,
		.text = k->text,
		.until_s = ps_now_s(d->env.clock) + d->env.trouble_s,
	};

	ps_notes_put(d->notes, (int)l->origin, l->addr->domain, &note);
}

static void
ask(const struct ps_looking *l, const struct ps_source *src,
	struct ps_looked *out, struct ps_bytes *octets)
{
	struct ps_wait wait =
		ps_wait_within(l->wait, FETCH_SHARE(ps_wait_left(l->wait)));
	struct ps_source_answer answer = {.outcome = PS_LOOK_TROUBLE};
	bool too_late;

	src->fetch(src->self, l->a, l->addr, &wait, &answer);
	*octets = answer.octets;
	out->outcome = answer.outcome;
	out->text =
		answer.text == NULL
			? ""
			: ps_str_printable(l->a, ps_bytes_of(answer.text), 300);
	/* A server that was too slow once makes nobody wait as long again. */
	too_late =
		answer.outcome == PS_LOOK_TROUBLE && ps_wait_left(&wait) == 0;
	if (too_late && *out->text == '\0')
		out->text = "no answer within the time";
	out->answered = answer.outcome != PS_LOOK_TROUBLE &&
			answer.outcome != PS_LOOK_DNS;
	out->silent = !out->answered;
	if (answer.outcome != PS_LOOK_FOUND &&
		(answer.whole_domain || too_late))
		note_domain(l, out);
}

/* After it, or instead: what is our own trouble is not tried at once again. */
static void
settle(const struct ps_looking *l, struct ps_looked *out)
{
	struct ps_discovery *d = l->d;
	struct ps_note note = {.text = out->ours};

	if (out->ours == NULL)
		ps_discovery_admit(l, out);
	ps_discovery_log_trouble(l, out);
	if (out->ours == NULL) {
		ps_notes_drop(d->notes, PS_NOTE_OURS, l->name);
		return;
	}
	note.text = out->ours;
	note.until_s =
		ps_now_s(d->env.clock) + (d->env.trouble_s < PS_DISCOVERY_OURS_S
							 ? d->env.trouble_s
							 : PS_DISCOVERY_OURS_S);
	ps_notes_put(d->notes, PS_NOTE_OURS, l->name, &note);
}

void
ps_discovery_look(const struct ps_looking *l, const struct ps_source *src,
	struct ps_looked *out)
{
	struct ps_bytes octets = {0};

	*out = (struct ps_looked){.text = ""};
	if (!is_noted(l, out))
		ask(l, src, out, &octets);
	if (ps_discovery_is_stopping(l->d)) {
		out->ours = "the filter is stopping"; /* nothing is known */
		return;
	}
	if (out->ours == NULL && out->outcome == PS_LOOK_FOUND)
		ps_discovery_read(l, octets, out);
	settle(l, out);
}

void
ps_discovery_offered(
	const struct ps_looking *l, struct ps_bytes keydata, int64_t due_s)
{
	struct ps_looked k = {.text = "", .due_s = due_s};

	ps_discovery_read(l, keydata, &k);
	/* What a mail brings and cannot be used says nothing of what was known
	 * before. */
	if (k.ours == NULL && k.n_cert > 0)
		settle(l, &k);
}
