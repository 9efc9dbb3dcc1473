/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The words of policy: name, type, choices from weak to strict, and whose
 * section speaks.  One table for parser, matching, explain and manual.
 */
#ifndef PS_POLICY_WORDS_H
#define PS_POLICY_WORDS_H

#include <stdbool.h>
#include <stddef.h>

enum ps_word {
	PS_WORD_ENCRYPT,
	PS_WORD_ON_MISSING_KEY,
	PS_WORD_ON_UNUSABLE_KEY,
	PS_WORD_ON_TOO_LARGE,
	PS_WORD_ALREADY_ENCRYPTED,
	PS_WORD_PROTECT_SUBJECT,
	PS_WORD_REFUSE_AT,
	PS_WORD_KEY,
	PS_WORD_ARCHIVE_KEY,
	PS_WORD_EXEMPT,
	PS_WORD_SUBJECT_TRIGGER,
	PS_WORD_HEADER_TRIGGER,
	PS_WORD_N
};

enum ps_encrypt { PS_ENCRYPT_NEVER, PS_ENCRYPT_WHEN_KEY, PS_ENCRYPT_ALWAYS };
enum ps_on { PS_ON_DELIVER, PS_ON_TEMPFAIL, PS_ON_REJECT };
enum ps_already { PS_ALREADY_KEEP, PS_ALREADY_SEAL_AGAIN };
enum ps_refuse_at { PS_REFUSE_AT_RCPT, PS_REFUSE_AT_MESSAGE };
enum ps_exempt {
	PS_EXEMPT_CALENDAR = 1,
	PS_EXEMPT_REPORT = 2,
	PS_EXEMPT_AUTO_SUBMITTED = 4,
	PS_EXEMPT_LIST = 8
};
enum ps_direction { PS_DIR_ANY, PS_DIR_IN, PS_DIR_OUT, PS_DIR_INTERNAL };

enum ps_word_type { PS_TYPE_CHOICE, PS_TYPE_BOOL, PS_TYPE_LIST };

struct ps_word_def {
	const char *name;
	enum ps_word_type type;
	const char *const *choice; /* NULL-terminated, from weak to strict; for
				      lists the allowed elements, or NULL */
	int fallback;		   /* when nobody says anything */
	bool stricter_wins;	   /* between sender's and recipient's section;
				      otherwise only the recipient's speaks */
};

extern const struct ps_word_def ps_words[PS_WORD_N];

#endif
