/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Can a configuration come to need several copies of one message?  A question
 * about all messages, asked before the first one.
 */
#include "policy/policy.h"

/* Where a message may meet policy: rule before section before defaults. */
struct spot {
	const struct ps_setting *level[3];
};

static struct ps_setting
resolve(const struct spot *s, enum ps_word w)
{
	for (size_t i = 0; i < 3; i++)
		if (s->level[i] != NULL && s->level[i][w].set)
			return s->level[i][w];
	return (struct ps_setting){.value = ps_words[w].fallback};
}

/* Those who log in may ask for a seal to anybody. */
static const struct ps_setting *
trigger_in(const struct ps_setting *word)
{
	if (word[PS_WORD_SUBJECT_TRIGGER].n_list > 0)
		return &word[PS_WORD_SUBJECT_TRIGGER];
	if (word[PS_WORD_HEADER_TRIGGER].n_list > 0)
		return &word[PS_WORD_HEADER_TRIGGER];
	return NULL;
}

/*
 * Two recipients of one spot are enough: one with a key and one without, or
 * one of them hidden.
 */
static bool
spot_splits(const struct spot *s, const struct ps_setting *trigger,
	struct ps_origin *where)
{
	struct ps_setting encrypt = resolve(s, PS_WORD_ENCRYPT);

	if (resolve(s, PS_WORD_MIXED).value != PS_MIXED_SPLIT)
		return false;
	if (encrypt.value != PS_ENCRYPT_NEVER)
		*where = encrypt.where;
	else if (trigger != NULL)
		*where = trigger->where;
	else
		return false;
	return true;
}

static const struct ps_setting *
find_trigger(const struct ps_policy *p)
{
	const struct ps_setting *found = trigger_in(p->defaults.word);

	for (size_t i = 0; i < p->n_section && found == NULL; i++) {
		const struct ps_section *s = &p->section[i];

		found = trigger_in(s->word);
		for (size_t k = 0; k < s->n_rule && found == NULL; k++)
			found = trigger_in(s->rule[k].word);
	}
	return found;
}

/* A rule for some recipients that signs, or does not, where others are asked
 * otherwise. */
static const struct ps_setting *
find_sign(const struct ps_policy *p)
{
	for (size_t i = 0; i < p->n_section; i++) {
		const struct ps_section *s = &p->section[i];

		for (size_t k = 0; k < s->n_rule; k++)
			if (s->rule[k].to.n > 0 &&
				s->rule[k].word[PS_WORD_SIGN].set)
				return &s->rule[k].word[PS_WORD_SIGN];
	}
	return NULL;
}

bool
ps_policy_can_split(const struct ps_policy *p, struct ps_origin *where)
{
	const struct ps_setting *trigger = find_trigger(p);
	const struct ps_setting *sign = find_sign(p);
	struct spot spot = {{NULL, NULL, p->defaults.word}};

	if (sign != NULL) {
		*where = sign->where;
		return true;
	}
	if (spot_splits(&spot, trigger, where))
		return true;
	for (size_t i = 0; i < p->n_section; i++) {
		const struct ps_section *s = &p->section[i];

		spot.level[0] = NULL;
		spot.level[1] = s->word;
		if (spot_splits(&spot, trigger, where))
			return true;
		for (size_t k = 0; k < s->n_rule; k++) {
			spot.level[0] = s->rule[k].word;
			if (spot_splits(&spot, trigger, where))
				return true;
		}
	}
	return false;
}
