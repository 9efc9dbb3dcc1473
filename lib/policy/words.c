/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The table of words.  What a word means is in postseal.conf(5); a test holds
 * this table against it.
 */
#include "policy/words.h"

#include "keys/certs.h"

static const char *const encrypt[] = {"never", "when-key", "always", NULL};
static const char *const on[] = {"deliver", "tempfail", "reject", NULL};
static const char *const already[] = {"keep", "seal-again", NULL};
static const char *const refuse_at[] = {"rcpt", "message", NULL};
static const char *const mixed[] = {"split", "reject", NULL};
static const char *const yes_no[] = {"no", "yes", NULL};
/* In the order of the bits of enum ps_exempt. */
static const char *const exempt[] = {
	"calendar", "report", "auto-submitted", "list", NULL};

/* In the order of enum ps_source_use and enum ps_on_change (keys/certs.h). */
static const char *const source_use[] = {"off", "pending", "use", NULL};
static const char *const on_change[] = {"accept", "keep-old", "tempfail", NULL};
static const char *const on_unknown[] = {"missing", "tempfail", NULL};
static const char *const autocrypt_header[] = {"no", "yes", "mutual", NULL};

static const char *const check[] = {"off", "report", "enforce", NULL};
static const char *const act[] = {
	"accept", "tag", "quarantine", "tempfail", "reject", NULL};
static const char *const tls_in[] = {
	"any", "encrypted", "TLSv1.2", "TLSv1.3", NULL};
static const char *const sign[] = {"never", "domain", "user", NULL};
static const char *const client_cert[] = {"any", "verified", NULL};

#define CHECK(n, who, value)                                                   \
	{                                                                      \
		.name = (n), .type = PS_TYPE_CHOICE, .choice = check,          \
		.fallback = (value), .speaker = (who)                          \
	}
#define ON(n, who, method, value)                                              \
	{                                                                      \
		.name = (n), .type = PS_TYPE_CHOICE, .choice = act,            \
		.fallback = (value), .speaker = (who), .under = (method)       \
	}
#define SOURCE(n, value)                                                       \
	{                                                                      \
		.name = (n), .type = PS_TYPE_CHOICE, .choice = source_use,     \
		.fallback = (value)                                            \
	}
#define ON_SPF(n, value) ON("on-spf-" n, PS_SPEAKS_BOTH, PS_WORD_SPF, value)
#define ON_DKIM(n, value)                                                      \
	ON("on-dkim-" n, PS_SPEAKS_AUTHOR, PS_WORD_DKIM, value)
#define ON_DMARC(n, value) ON("on-" n, PS_SPEAKS_AUTHOR, PS_WORD_DMARC, value)

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
	[PS_WORD_MIXED] = {.name = "mixed",
		.type = PS_TYPE_CHOICE,
		.choice = mixed,
		.fallback = PS_MIXED_SPLIT},
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
		.speaker = PS_SPEAKS_SENDER},
	[PS_WORD_HEADER_TRIGGER] = {.name = "header-trigger",
		.type = PS_TYPE_LIST,
		.item = PS_ITEM_HEADER,
		.speaker = PS_SPEAKS_SENDER},
	/*
	 * Nothing is asked outside unless keys.sources names it; who names it
	 * means to use it.  A header of mail is the weakest word of all.
	 */
	[PS_WORD_WKD] = SOURCE("wkd", PS_USE_USE),
	[PS_WORD_DANE] = SOURCE("dane", PS_USE_USE),
	[PS_WORD_AUTOCRYPT] = SOURCE("autocrypt", PS_USE_PENDING),
	[PS_WORD_ON_KEY_CHANGE] = {.name = "on-key-change",
		.type = PS_TYPE_CHOICE,
		.choice = on_change,
		.fallback = PS_CHANGE_KEEP_OLD},
	[PS_WORD_ON_LATE_LOOKUP] = {.name = "on-late-lookup",
		.type = PS_TYPE_CHOICE,
		.choice = on_unknown,
		.fallback = PS_UNKNOWN_TEMPFAIL},
	[PS_WORD_ON_DNS_ERROR] = {.name = "on-dns-error",
		.type = PS_TYPE_CHOICE,
		.choice = on_unknown,
		.fallback = PS_UNKNOWN_TEMPFAIL},
	[PS_WORD_AUTOCRYPT_HEADER] = {.name = "autocrypt-header",
		.type = PS_TYPE_CHOICE,
		.choice = autocrypt_header,
		.fallback = PS_AUTOCRYPT_HEADER_NO,
		.speaker = PS_SPEAKS_SENDER},
	/*
	 * DMARC is on by default, so what it does by default must not lose
	 * mail to trouble of the DNS.  Who asks for SPF or DKIM by name wants
	 * an answer, and gets a delay.
	 */
	[PS_WORD_SPF] = CHECK("spf", PS_SPEAKS_BOTH, PS_CHECK_REPORT),
	[PS_WORD_DKIM] = CHECK("dkim", PS_SPEAKS_AUTHOR, PS_CHECK_REPORT),
	[PS_WORD_DMARC] = CHECK("dmarc", PS_SPEAKS_AUTHOR, PS_CHECK_ENFORCE),
	[PS_WORD_ARC] = CHECK("arc", PS_SPEAKS_AUTHOR, PS_CHECK_REPORT),
	[PS_WORD_ON_SPF_FAIL] = ON_SPF("fail", PS_ACT_REJECT),
	[PS_WORD_ON_SPF_SOFTFAIL] = ON_SPF("softfail", PS_ACT_TAG),
	[PS_WORD_ON_SPF_TEMPERROR] = ON_SPF("temperror", PS_ACT_TEMPFAIL),
	[PS_WORD_ON_SPF_PERMERROR] = ON_SPF("permerror", PS_ACT_TAG),
	[PS_WORD_ON_DKIM_FAIL] = ON_DKIM("fail", PS_ACT_TAG),
	[PS_WORD_ON_DKIM_NONE] = ON_DKIM("none", PS_ACT_ACCEPT),
	[PS_WORD_ON_DKIM_TEMPERROR] = ON_DKIM("temperror", PS_ACT_TEMPFAIL),
	[PS_WORD_ON_DMARC_REJECT] = ON_DMARC("dmarc-reject", PS_ACT_REJECT),
	[PS_WORD_ON_DMARC_QUARANTINE] =
		ON_DMARC("dmarc-quarantine", PS_ACT_QUARANTINE),
	[PS_WORD_ON_DMARC_FAIL] = ON_DMARC("dmarc-fail", PS_ACT_ACCEPT),
	[PS_WORD_ON_DMARC_NONE] = ON_DMARC("dmarc-none", PS_ACT_ACCEPT),
	[PS_WORD_ON_DMARC_TEMPERROR] =
		ON_DMARC("dmarc-temperror", PS_ACT_ACCEPT),
	[PS_WORD_ON_AMBIGUOUS_FROM] = ON_DMARC("ambiguous-from", PS_ACT_TAG),
	[PS_WORD_ON_ARC_FAIL] =
		ON("on-arc-fail", PS_SPEAKS_AUTHOR, PS_WORD_ARC, PS_ACT_TAG),
	[PS_WORD_ON_IPREV_FAIL] =
		ON("on-iprev-fail", PS_SPEAKS_BOTH, 0, PS_ACT_ACCEPT),
	[PS_WORD_REQUIRE_LOGIN_FROM] = {.name = "require-login-from",
		.type = PS_TYPE_BOOL,
		.choice = yes_no,
		.speaker = PS_SPEAKS_CLAIMED},
	[PS_WORD_TLS_IN] = {.name = "tls-in",
		.type = PS_TYPE_CHOICE,
		.choice = tls_in,
		.speaker = PS_SPEAKS_BOTH},
	[PS_WORD_DKIM_SIGN] = {.name = "dkim-sign",
		.type = PS_TYPE_LIST,
		.item = PS_ITEM_TEXT,
		.speaker = PS_SPEAKS_FROM},
	/* Who sends as two domains of ours is bound by both. */
	[PS_WORD_SIGN] = {.name = "sign",
		.type = PS_TYPE_CHOICE,
		.choice = sign,
		.fallback = PS_SIGN_NEVER,
		.speaker = PS_SPEAKS_CLAIMED},
	[PS_WORD_REQUIRE_SIGNATURE] = {.name = "require-signature",
		.type = PS_TYPE_BOOL,
		.choice = yes_no,
		.speaker = PS_SPEAKS_AUTHOR},
	[PS_WORD_ON_SIGNATURE_MISSING] =
		ON("on-signature-missing", PS_SPEAKS_AUTHOR, 0, PS_ACT_REJECT),
	[PS_WORD_AUTHOR_KEY] = {.name = "author-key",
		.type = PS_TYPE_LIST,
		.item = PS_ITEM_FINGERPRINT,
		.speaker = PS_SPEAKS_WRITER},
	[PS_WORD_CLIENT_CERT] = {.name = "client-cert",
		.type = PS_TYPE_CHOICE,
		.choice = client_cert,
		.speaker = PS_SPEAKS_BOTH},
};
