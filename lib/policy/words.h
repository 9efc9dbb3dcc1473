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
	PS_WORD_MIXED,
	PS_WORD_KEY,
	PS_WORD_ARCHIVE_KEY,
	PS_WORD_EXEMPT,
	PS_WORD_SUBJECT_TRIGGER,
	PS_WORD_HEADER_TRIGGER,
	/* where keys come from */
	PS_WORD_WKD,
	PS_WORD_DANE,
	PS_WORD_AUTOCRYPT,
	PS_WORD_ON_KEY_CHANGE,
	PS_WORD_ON_LATE_LOOKUP,
	PS_WORD_ON_DNS_ERROR,
	PS_WORD_AUTOCRYPT_HEADER,
	/* who sent this */
	PS_WORD_SPF,
	PS_WORD_DKIM,
	PS_WORD_DMARC,
	PS_WORD_ARC,
	PS_WORD_ON_SPF_FAIL,
	PS_WORD_ON_SPF_SOFTFAIL,
	PS_WORD_ON_SPF_TEMPERROR,
	PS_WORD_ON_SPF_PERMERROR,
	PS_WORD_ON_DKIM_FAIL,
	PS_WORD_ON_DKIM_NONE,
	PS_WORD_ON_DKIM_TEMPERROR,
	PS_WORD_ON_DMARC_REJECT,
	PS_WORD_ON_DMARC_QUARANTINE,
	PS_WORD_ON_DMARC_FAIL,
	PS_WORD_ON_DMARC_NONE,
	PS_WORD_ON_DMARC_TEMPERROR,
	PS_WORD_ON_AMBIGUOUS_FROM,
	PS_WORD_ON_ARC_FAIL,
	PS_WORD_ON_IPREV_FAIL,
	PS_WORD_REQUIRE_LOGIN_FROM,
	PS_WORD_TLS_IN,
	PS_WORD_CLIENT_CERT,
	PS_WORD_DKIM_SIGN,
	/* OpenPGP signatures, both ways */
	PS_WORD_SIGN,
	PS_WORD_REQUIRE_SIGNATURE,
	PS_WORD_ON_SIGNATURE_MISSING,
	PS_WORD_AUTHOR_KEY,
	PS_WORD_N
};

enum ps_encrypt { PS_ENCRYPT_NEVER, PS_ENCRYPT_WHEN_KEY, PS_ENCRYPT_ALWAYS };
enum ps_on { PS_ON_DELIVER, PS_ON_TEMPFAIL, PS_ON_REJECT };
enum ps_already { PS_ALREADY_KEEP, PS_ALREADY_SEAL_AGAIN };
enum ps_mixed { PS_MIXED_SPLIT, PS_MIXED_REJECT };
enum ps_refuse_at { PS_REFUSE_AT_RCPT, PS_REFUSE_AT_MESSAGE };
enum ps_exempt {
	PS_EXEMPT_CALENDAR = 1,
	PS_EXEMPT_REPORT = 2,
	PS_EXEMPT_AUTO_SUBMITTED = 4,
	PS_EXEMPT_LIST = 8
};
enum ps_checking { PS_CHECK_OFF, PS_CHECK_REPORT, PS_CHECK_ENFORCE };
/* What is done with a message whose sender is in doubt. */
enum ps_act {
	PS_ACT_ACCEPT,
	PS_ACT_TAG,
	PS_ACT_QUARANTINE,
	PS_ACT_TEMPFAIL,
	PS_ACT_REJECT
};
enum ps_tls_in {
	PS_TLS_IN_ANY,
	PS_TLS_IN_ENCRYPTED,
	PS_TLS_IN_1_2,
	PS_TLS_IN_1_3
};
/* Not known (late, or trouble of the DNS): as if there were no key? */
enum ps_on_unknown { PS_UNKNOWN_MISSING, PS_UNKNOWN_TEMPFAIL };
enum ps_autocrypt_header {
	PS_AUTOCRYPT_HEADER_NO,
	PS_AUTOCRYPT_HEADER_YES,
	PS_AUTOCRYPT_HEADER_MUTUAL
};
/* Whose key signs what leaves: the domain's, or that of its author. */
enum ps_sign { PS_SIGN_NEVER, PS_SIGN_DOMAIN, PS_SIGN_USER };
enum ps_direction { PS_DIR_ANY, PS_DIR_IN, PS_DIR_OUT, PS_DIR_INTERNAL };

enum ps_word_type { PS_TYPE_CHOICE, PS_TYPE_BOOL, PS_TYPE_LIST };
/* What a list holds.  A list of choices has a mask as its value: bit i for
 * choice[i] (enum ps_exempt).  Every list can be "none". */
enum ps_item_type {
	PS_ITEM_CHOICE,
	PS_ITEM_FINGERPRINT, /* 40 upper-case hexadecimal digits */
	PS_ITEM_TEXT,
	PS_ITEM_HEADER /* "Name" or "Name=value" */
};

/* Whose section is asked for a word. */
enum ps_speaker {
	PS_SPEAKS_RCPT,	  /* the recipient's */
	PS_SPEAKS_SENDER, /* that of MAIL FROM: a wish of the sender */
	/* The stricter one of the recipient's and the other's: */
	PS_SPEAKS_BOTH,	  /* that of MAIL FROM */
	PS_SPEAKS_AUTHOR, /* those of the From field */
	/* Domains of ours that MAIL FROM and the From field claim. */
	PS_SPEAKS_CLAIMED,
	PS_SPEAKS_FROM,	 /* the domain of ours in the From field alone */
	PS_SPEAKS_WRITER /* the same of ours and of peers */
};

struct ps_word_def {
	const char *name;
	enum ps_word_type type;
	enum ps_item_type item;	   /* lists */
	const char *const *choice; /* NULL-terminated, from weak to strict; for
				      lists the allowed elements, or NULL */
	int fallback;		   /* when nobody says anything */
	/* The same under encrypt = always, where "deliver" cannot be; 0 for
	 * words that do not depend on it. */
	int strict_fallback;
	enum ps_speaker speaker;
	/* Has an effect only where that word is "enforce"; 0: none. */
	enum ps_word under;
};

extern const struct ps_word_def ps_words[PS_WORD_N];

#endif
