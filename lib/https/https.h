/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One GET over HTTPS, of a small document that a stranger's server holds: what
 * WKD and MTA-STS need, and no more.  An adapter; the real one is https_curl.h.
 *
 * Certificates are always checked (RFC 9110 4.3.4, RFC 9525).  A redirect is
 * followed only to the same host and port.  Nothing is sent but the request:
 * no cookies, no credentials, no proxy of the environment.
 */
#ifndef PS_HTTPS_HTTPS_H
#define PS_HTTPS_HTTPS_H

#include "base/arena.h"
#include "base/wait.h"

enum ps_https_outcome {
	PS_HTTPS_FOUND,	  /* 200, and the whole body */
	PS_HTTPS_ABSENT,  /* 404 or 410 */
	PS_HTTPS_NO_HOST, /* the DNS says that there is no such host */
	PS_HTTPS_DNS,	  /* nobody knows whether there is: trouble */
	/* The server answers, but not as it must: certificate, redirect,
	 * status, size; or its address is one that must not be asked. */
	PS_HTTPS_REFUSED,
	PS_HTTPS_TROUBLE /* not reached, too slow, 5xx, 429 */
};

struct ps_https_request {
	const char *host; /* lower case, A-label */
	const char *path; /* "/..." with the query, percent-encoded */
	size_t max_body;
};

struct ps_https_answer {
	enum ps_https_outcome outcome;
	int status; /* of the last answer, 0 when there was none */
	const char *content_type; /* lower case without parameters, or "" */
	struct ps_bytes body;	  /* FOUND only */
	const char *why;	  /* of everything but FOUND; for people */
};

struct ps_https {
	void *self;
	/* Ends within the wait; cannot fail.  The answer lives in a.  May be
	 * called by any thread. */
	void (*get)(void *self, struct ps_arena *a,
		const struct ps_https_request *r, const struct ps_wait *wait,
		struct ps_https_answer *out);
};

const char *ps_https_outcome_name(enum ps_https_outcome o);

#endif
