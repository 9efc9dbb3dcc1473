/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What an answer means: which statuses are an absence, which redirects are
 * followed, and what people are told of the rest.  Each get has handles of its
 * own, so that nothing is kept from one stranger to the next and any thread may
 * ask.
 */
#include "https/https_curl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "https/https_curl_run.h"

#define MAX_CA_FILE  ((size_t)4 << 20)
#define MAX_LOCATION 2048
#define MAX_REDIRECT 3

static void
say(struct ps_https_answer *out, enum ps_https_outcome outcome, const char *why)
{
	out->outcome = outcome;
	out->why = why;
}

/* RFC 9110 8.3.1: what stands before the parameters, in lower case. */
static const char *
media_type(struct ps_arena *a, const char *field)
{
	struct ps_bytes type = ps_bytes_of(field);
	char *lower;

	type = ps_bytes_trim(ps_bytes_head(type, ps_bytes_chr(type, ';')));
	lower = ps_str_printable(a, type, 80);
	for (char *p = lower; *p != '\0'; p++)
		*p = (char)ps_lower(*p);
	return lower;
}

static const char *
late(const struct ps_https_transfer *t)
{
	curl_off_t secured = 0;

	curl_easy_getinfo(t->easy, CURLINFO_APPCONNECT_TIME_T, &secured);
	return secured > 0 ? "answers too slowly"
			   : "gives no secure connection in time";
}

/* libcurl's own words, where they say more than ours could. */
static const char *
detail(const struct ps_https_transfer *t, CURLcode code)
{
	static const char known[] = "SSL certificate problem: ";
	const char *text =
		t->error[0] != '\0' ? t->error : curl_easy_strerror(code);

	if (strncmp(text, known, sizeof(known) - 1) == 0)
		text += sizeof(known) - 1;
	return ps_str_printable(t->a, ps_bytes_of(text), 160);
}

static void
say_certificate(const struct ps_https_transfer *t, struct ps_https_answer *out)
{
	const char *host = t->r->host;

	/* libcurl compares names itself, and has no code for it. */
	if (strstr(t->error, "target host name") != NULL)
		say(out, PS_HTTPS_REFUSED,
			ps_arena_printf(t->a,
				"the certificate of %s is for another host",
				host));
	else
		say(out, PS_HTTPS_REFUSED,
			ps_arena_printf(t->a,
				"the certificate of %s is not valid: %s", host,
				detail(t, CURLE_PEER_FAILED_VERIFICATION)));
}

/* The server broke off, or broke the rules. */
static void
say_failed(const struct ps_https_transfer *t, CURLcode code,
	struct ps_https_answer *out)
{
	bool theirs = code == CURLE_UNSUPPORTED_PROTOCOL ||
		      code == CURLE_WEIRD_SERVER_REPLY ||
		      /* A failed handshake, and not a connection that broke. */
		      (code == CURLE_SSL_CONNECT_ERROR &&
			      strstr(t->error, "error:") != NULL);

	say(out, theirs ? PS_HTTPS_REFUSED : PS_HTTPS_TROUBLE,
		ps_arena_printf(t->a, "%s cannot be asked: %s", t->r->host,
			detail(t, code)));
}

/* No whole answer, by libcurl's code. */
static void
say_code(const struct ps_https_transfer *t, CURLcode code,
	struct ps_https_answer *out)
{
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		say_certificate(t, out);
	else if (code == CURLE_FILESIZE_EXCEEDED || t->body.full)
		say(out, PS_HTTPS_REFUSED,
			ps_arena_printf(t->a,
				"the answer of %s is larger than %zu octets",
				t->r->host, t->r->max_body));
	else if (code == CURLE_WRITE_ERROR)
		say(out, PS_HTTPS_REFUSED,
			ps_arena_printf(t->a,
				"the header of the answer of %s is too large",
				t->r->host));
	else if (code == CURLE_OPERATION_TIMEDOUT)
		say(out, PS_HTTPS_TROUBLE,
			ps_arena_printf(t->a, "%s %s", t->r->host, late(t)));
	else
		say_failed(t, code, out);
}

static void
say_status(const struct ps_https_transfer *t, struct ps_https_answer *out)
{
	int status = out->status;

	out->why = ps_arena_printf(t->a, "%s answers %d", t->r->host, status);
	if (status == 404 || status == 410)
		out->outcome = PS_HTTPS_ABSENT;
	else if (status == 429 || status >= 500)
		out->outcome = PS_HTTPS_TROUBLE;
	else
		out->outcome = PS_HTTPS_REFUSED;
}

static void
take_body(struct ps_https_transfer *t, struct ps_https_answer *out)
{
	const char *coding = ps_https_curl_field(t, "Content-Encoding");

	if (coding != NULL && *coding != '\0' &&
		!ps_bytes_ieq(ps_bytes_of(coding), PS_LIT("identity"))) {
		/* RFC 9110 12.5.3: not what was asked for, and a door for
		 * answers that grow when they are read. */
		say(out, PS_HTTPS_REFUSED,
			ps_arena_printf(t->a,
				"the answer of %s is compressed unasked",
				t->r->host));
		return;
	}
	out->body = ps_arena_copy(t->a, ps_buf_bytes(&t->body));
	say(out, PS_HTTPS_FOUND, NULL);
}

static bool
part_is(CURLU *url, CURLUPart part, const char *expected)
{
	char *is = NULL;
	CURLUcode code = curl_url_get(url, part, &is, CURLU_DEFAULT_PORT);
	bool same = expected == NULL ? code != CURLUE_OK
				     : code == CURLUE_OK &&
					       ps_bytes_ieq(ps_bytes_of(is),
						       ps_bytes_of(expected));

	curl_free(is);
	return same;
}

/* Where a redirect leads, when it stays with this host and port (RFC 9110
 * 10.2.2); NULL when not. */
static const char *
next_url(const struct ps_https_transfer *t, const char *location)
{
	CURLU *url = curl_url();
	char port[8], *whole = NULL;
	const char *next = NULL;

	snprintf(port, sizeof(port), "%d", t->c->s.port);
	if (url != NULL && strlen(location) <= MAX_LOCATION &&
		curl_url_set(url, CURLUPART_URL, t->url, 0) == CURLUE_OK &&
		curl_url_set(url, CURLUPART_URL, location, 0) == CURLUE_OK &&
		curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0) == CURLUE_OK &&
		part_is(url, CURLUPART_SCHEME, "https") &&
		part_is(url, CURLUPART_HOST, t->r->host) &&
		part_is(url, CURLUPART_PORT, port) &&
		part_is(url, CURLUPART_USER, NULL) &&
		part_is(url, CURLUPART_PASSWORD, NULL) &&
		curl_url_get(url, CURLUPART_URL, &whole, 0) == CURLUE_OK)
		next = ps_arena_strdup(t->a, whole);
	curl_free(whole);
	curl_url_cleanup(url);
	return next;
}

/* True when t->url is another now, to be asked for. */
static bool
redirected(struct ps_https_transfer *t, size_t n, struct ps_https_answer *out)
{
	const char *location, *next;

	if (out->status < 301 || out->status > 308 ||
		(out->status > 303 && out->status < 307))
		return false;
	location = ps_https_curl_field(t, "Location");
	next = location == NULL ? NULL : next_url(t, location);
	if (next != NULL && n < MAX_REDIRECT) {
		t->url = next;
		return true;
	}
	say(out, PS_HTTPS_REFUSED,
		next != NULL ? ps_arena_printf(t->a,
				       "%s redirects more than %d times",
				       t->r->host, MAX_REDIRECT)
		: location == NULL
			? ps_arena_printf(
				  t->a, "%s redirects to nowhere", t->r->host)
			: ps_arena_printf(t->a,
				  "%s redirects to another place, %s",
				  t->r->host,
				  ps_str_printable(
					  t->a, ps_bytes_of(location), 120)));
	return false;
}

/* One request; true when another is to follow. */
static bool
ask(struct ps_https_transfer *t, size_t n, struct ps_https_answer *out)
{
	CURLcode code = CURLE_OK;
	enum ps_status s = ps_https_curl_run(t, &code);

	out->status = (int)ps_https_curl_status(t);
	out->content_type =
		media_type(t->a, ps_https_curl_field(t, "Content-Type"));
	if (s == PS_ESTOP || s == PS_ETEMP) {
		say(out, PS_HTTPS_TROUBLE,
			s == PS_ESTOP ? "the filter is stopping"
				      : "libcurl cannot be used");
		return false;
	}
	if (s == PS_ELATE)
		code = CURLE_OPERATION_TIMEDOUT;
	/* The body of any other status need not be whole. */
	if (code != CURLE_OK && !t->unwanted &&
		(code != CURLE_FILESIZE_EXCEEDED || out->status == 200)) {
		say_code(t, code, out);
		return false;
	}
	if (out->status == 200) {
		take_body(t, out);
		return false;
	}
	say_status(t, out);
	return redirected(t, n, out);
}

static bool
is_path(struct ps_bytes path)
{
	for (size_t i = 0; i < path.len; i++)
		if (path.p[i] <= ' ' || path.p[i] > '~' || path.p[i] == '#')
			return false;
	return path.len > 0 && path.p[0] == '/';
}

static void
get(void *self, struct ps_arena *a, const struct ps_https_request *r,
	const struct ps_wait *wait, struct ps_https_answer *out)
{
	struct ps_https_transfer t = {.c = self, .a = a, .r = r, .wait = wait};

	*out = (struct ps_https_answer){.content_type = ""};
	if (!is_path(ps_bytes_of(r->path))) {
		say(out, PS_HTTPS_REFUSED, "this is no path of an URL");
		return;
	}
	out->outcome = ps_https_resolve(a, t.c->s.dns, r->host,
		t.c->s.private_addresses, wait, &t.at, &out->why);
	if (out->outcome != PS_HTTPS_FOUND)
		return;
	t.url = ps_arena_printf(
		a, "https://%s:%d%s", r->host, t.c->s.port, r->path);
	if (!ps_https_curl_open(&t))
		say(out, PS_HTTPS_TROUBLE, "libcurl cannot be used");
	else
		for (size_t n = 0; ask(&t, n, out);)
			n++;
	ps_https_curl_close(&t);
}

struct ps_https
ps_https_curl_adapter(struct ps_https_curl *c)
{
	return (struct ps_https){.self = c, .get = get};
}

/* Read once: later the process may not see the file any more. */
static bool
read_ca(struct ps_https_curl *c, const char **why)
{
	FILE *f = fopen(c->s.ca_file, "re");
	char piece[8192];
	size_t n;
	bool whole;

	*why = f == NULL ? strerror(errno) : "it cannot be read";
	if (f == NULL)
		return false;
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		ps_buf_put(&c->ca, ps_bytes(piece, n));
	whole = ferror(f) == 0 && !c->ca.full;
	fclose(f);
	if (!whole)
		return false;
	*why = "it holds no certificate (PEM)";
	return ps_bytes_find(ps_buf_bytes(&c->ca),
		       PS_LIT("-----BEGIN CERTIFICATE-----")) != PS_NOT_FOUND;
}

struct ps_https_curl *
ps_https_curl_new(const struct ps_https_settings *s, const char **why)
{
	struct ps_https_curl *c;

	*why = "libcurl cannot be used";
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return NULL;
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		curl_global_cleanup();
		return NULL;
	}
	c->s = *s;
	ps_buf_init(&c->ca, MAX_CA_FILE);
	if (c->s.ca_file != NULL && !read_ca(c, why)) {
		ps_https_curl_free(c);
		return NULL;
	}
	return c;
}

void
ps_https_curl_free(struct ps_https_curl *c)
{
	if (c == NULL)
		return;
	ps_buf_free(&c->ca);
	free(c);
	curl_global_cleanup();
}
