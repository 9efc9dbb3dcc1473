/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Between https_curl.c, which knows what an answer means, and
 * https_curl_run.c, which knows how libcurl is asked.
 */
#ifndef PS_HTTPS_HTTPS_CURL_RUN_H
#define PS_HTTPS_HTTPS_CURL_RUN_H

#include <curl/curl.h>

#include "base/buf.h"
#include "https/https_curl.h"
#include "https/https_resolve.h"

struct ps_https_curl {
	struct ps_https_settings s;
	struct ps_buf ca; /* what the CA file holds; empty for the system's */
};

/* One get: up to four requests, when the server redirects. */
struct ps_https_transfer {
	const struct ps_https_curl *c;
	struct ps_arena *a;
	const struct ps_https_request *r;
	const struct ps_wait *wait;
	struct ps_https_addresses at;
	struct curl_slist *resolved;
	CURL *easy;
	CURLM *multi;
	const char *url;
	/* Of the last request. */
	struct ps_buf body; /* of status 200 only */
	size_t n_header;    /* octets of the header */
	bool unwanted;	    /* there is a body that nobody reads */
	char error[CURL_ERROR_SIZE];
};

/* False when libcurl lacks something: then nothing may be asked. */
bool ps_https_curl_open(struct ps_https_transfer *t);
void ps_https_curl_close(struct ps_https_transfer *t);

/* Ask for t->url.  PS_OK with *code, what libcurl says of it; else the wait is
 * over, or PS_ETEMP. */
enum ps_status ps_https_curl_run(struct ps_https_transfer *t, CURLcode *code);

/* Of the last answer; 0 for none. */
long ps_https_curl_status(const struct ps_https_transfer *t);
/* A field of the last answer; NULL for none, or several. */
const char *ps_https_curl_field(
	const struct ps_https_transfer *t, const char *name);

#endif
