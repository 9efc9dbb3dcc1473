/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The table of words.  What a word means is in postseal.conf(5); a test holds
 * this table against it.
 */
#include "policy/words.h"

static const char *const encrypt[] = {"never", "when-key", "always", NULL};
static const char *const on[] = {"deliver", "tempfail", "reject", NULL};
static const char *const already[] = {"keep", "seal-again", NULL};
static const char *const refuse_at[] = {"rcpt", "message", NULL};
static const char *const yes_no[] = {"no", "yes", NULL};
/* In the order of the bits of enum ps_exempt. */
static const char *const exempt[] = {
	"calendar", "report", "auto-submitted", "list", NULL};

const struct ps_word_def ps_words[PS_WORD_N] = {
	[PS_WORD_ENCRYPT] = {.name = "encrypt",
		.type = PS_TYPE_CHOICE,
		.choice = encrypt,
		.fallback = PS_ENCRYPT_NEVER},
	[PS_WORD_ON_MISSING_KEY] = {.name = "on-missing-key",
		.type = PS_TYPE_CHOICE,
		.choice = on,
		.fallback = PS_ON_DELIVER,
		.strict_fallback = PS_ON_REJECT},
	[PS_WORD_ON_UNUSABLE_KEY] = {.name = "on-unusable-key",
		.type = PS_TYPE_CHOICE,
		.choice = on,
		.fallback = PS_ON_DELIVER,
		.strict_fallback = PS_ON_REJECT},
	[PS_WORD_ON_TOO_LARGE] = {.name = "on-too-large",
		.type = PS_TYPE_CHOICE,
		.choice = on,
		.fallback = PS_ON_REJECT,
		.strict_fallback = PS_ON_REJECT},
	[PS_WORD_ALREADY_ENCRYPTED] = {.name = "already-encrypted",
		.type = PS_TYPE_CHOICE,
		.choice = already,
		.fallback = PS_ALREADY_KEEP},
	[PS_WORD_PROTECT_SUBJECT] = {.name = "protect-subject",
		.type = PS_TYPE_BOOL,
		.choice = yes_no,
		.fallback = 0},
	[PS_WORD_REFUSE_AT] = {.name = "refuse-at",
		.type = PS_TYPE_CHOICE,
		.choice = refuse_at,
		.fallback = PS_REFUSE_AT_RCPT},
	[PS_WORD_KEY] = {.name = "key",
		.type = PS_TYPE_LIST,
		.item = PS_ITEM_FINGERPRINT},
	[PS_WORD_ARCHIVE_KEY] = {.name = "archive-key",
		.type = PS_TYPE_LIST,
		.item = PS_ITEM_FINGERPRINT},
	[PS_WORD_EXEMPT] = {.name = "exempt",
		.type = PS_TYPE_LIST,
		.item = PS_ITEM_CHOICE,
		.choice = exempt},
	[PS_WORD_SUBJECT_TRIGGER] = {.name = "subject-trigger",
		.type = PS_TYPE_LIST,
		.item = PS_ITEM_TEXT,
		.sender_speaks = true},
	[PS_WORD_HEADER_TRIGGER] = {.name = "header-trigger",
		.type = PS_TYPE_LIST,
		.item = PS_ITEM_HEADER,
		.sender_speaks = true},
};
