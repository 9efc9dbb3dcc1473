/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Who sent this?  Every method, in dependency order, into one verdict.  The
 * methods' look-ups start as early as SMTP allows (ps_verify_ahead) and run
 * side by side; at the end each takes what is there, within one deadline.
 */
#ifndef PS_AUTH_VERIFY_H
#define PS_AUTH_VERIFY_H

#include "auth/arc.h"
#include "auth/authres.h"
#include "auth/client.h"
#include "auth/dkim.h"
#include "auth/dmarc.h"
#include "auth/iprev.h"
#include "auth/openpgp.h"
#include "auth/spf.h"
#include "auth/vbr.h"
#include "mail/txn.h"

enum ps_method {
	PS_METHOD_IPREV = 1,
	PS_METHOD_SPF = 2,
	PS_METHOD_DKIM = 4,
	PS_METHOD_ARC = 8,
	PS_METHOD_DMARC = 16,
	PS_METHOD_VBR = 32,
	PS_METHOD_OPENPGP = 64,
	PS_METHOD_ALL = 127
};

/* What the configuration says of verification; policy owns it. */
struct ps_auth_settings {
	const char *receiver;		    /* our host name, for %{r} of SPF */
	const char *const *trusted_sealers; /* domains, for ARC */
	size_t n_trusted_sealers;
	const char *const *vbr_certifiers;
	size_t n_vbr_certifiers;
	int discovery;	  /* enum ps_dmarc_discovery */
	int64_t dns_ms;	  /* the most that one message waits for the DNS */
	int64_t query_ms; /* the most for one query */
	size_t max_queries;
};
#define PS_AUTH_SETTINGS_DEFAULT                                               \
	{                                                                      \
		.dns_ms = 10000, .query_ms = 5000, .max_queries = 400,         \
	}

/* A result put in place of a method's own: what if? */
struct ps_assumed {
	enum ps_method method; /* SPF (of MAIL FROM) or DKIM */
	enum ps_auth_result result;
	struct ps_bytes domain;
};

/* The adapters and facts that verification needs. */
struct ps_verifier {
	const struct ps_auth_settings *settings;
	const struct ps_dns *dns;
	struct ps_dkim *dkim;
	const struct ps_orgdom *psl; /* may be NULL under PS_DMARC_WALK */
	const struct ps_wait *wait;
	int64_t now_s;
	unsigned methods; /* of enum ps_method */
	/* NULL: nothing is asked of OpenPGP signatures. */
	const struct ps_openpgp_verifier *openpgp;
	/* Logged in, internal or local: only what the MTA says is noted. */
	bool trusted_client;
	/* ps_verify_ahead() has seen the header: everything is under way. */
	bool started;
	const struct ps_assumed *assumed;
	size_t n_assumed;
};

struct ps_verdict {
	unsigned methods; /* that were asked; the results of others are none */
	/* Mail of logged-in and internal clients is not checked. */
	bool trusted_client;
	struct ps_client client;
	struct ps_iprev_result iprev;
	struct ps_spf_result helo, mail_from;
	bool null_sender; /* mail_from is the HELO identity's */
	struct ps_dkim_result dkim;
	struct ps_arc_result arc;
	struct ps_dmarc_author author;
	struct ps_dmarc_result dmarc;
	struct ps_vbr_result vbr;
	struct ps_openpgp_result openpgp; /* scope NONE: not signed */
	/*
	 * The newest sealer of a valid chain, when it is trusted, and whether
	 * it saw the message pass DMARC (or SPF or DKIM aligned with From);
	 * sealer is empty when there is none.
	 */
	struct ps_bytes sealer;
	bool sealer_saw_pass;
	/* From a trusted relay's field instead of our own look. */
	bool by_relay;
	size_t n_query; /* DNS */
	int64_t took_ms;
};

/*
 * Start what can be looked up with what is known so far of session and
 * message; called after each stage, costs little, never blocks.
 */
void ps_verify_ahead(struct ps_arena *a, const struct ps_session *s,
	const struct ps_txn *t, bool has_header, const struct ps_verifier *v);

/* has_message: false when there is only an envelope.  Cannot fail. */
void ps_verify(struct ps_arena *a, const struct ps_txn *t, bool has_message,
	const struct ps_verifier *v, struct ps_verdict *out);

/*
 * The OpenPGP signature of the message, where v has a verifier and no relay's
 * word is there already: it is the same wherever it is looked at.
 */
void ps_verify_openpgp(struct ps_arena *a, const struct ps_txn *t,
	const struct ps_verifier *v, struct ps_verdict *out);

/*
 * The verdict of a trusted relay: the topmost field that carries our
 * authserv-id, by the letter.  False when there is none.
 */
bool ps_verify_by_relay(struct ps_arena *a, const struct ps_txn *t,
	const char *authserv_id, struct ps_verdict *out);

/*
 * Whom SPF judged as MAIL FROM, never more than that: "local@domain" without
 * quotes, "postmaster@helo" for <>, a domain alone when the result is of
 * another than the sender's.
 */
struct ps_bytes ps_verify_mail_from(
	struct ps_arena *a, const struct ps_txn *t, const struct ps_verdict *v);

/* An address unquoted, as statements have it: the writer quotes. */
struct ps_bytes ps_verify_mailbox(
	struct ps_arena *a, const struct ps_addr *addr);

/*
 * The statements of a verdict, for Authentication-Results; every method that
 * was asked, "none" too.  with_login: smtp.auth is said.
 */
struct ps_authres_item *ps_verify_say(struct ps_arena *a,
	const struct ps_txn *t, const struct ps_verdict *v, bool with_login,
	size_t *n);

#endif
