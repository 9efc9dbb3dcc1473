/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * One request by libcurl, with every option that it is made with.  The multi
 * interface is used for a single transfer because its wait can be ended from
 * outside.
 */
#include "https/https_curl_run.h"

#include <netinet/in.h>
#include <sys/socket.h>

#define MAX_HEADER ((size_t)64 << 10)

/* Whatever libcurl wants to connect to was judged before (https_resolve.h). */
static curl_socket_t
on_open(void *self, curlsocktype purpose, struct curl_sockaddr *to)
{
	const struct ps_https_transfer *t = self;
	const void *addr = &to->addr;
	struct ps_bytes octets = {0};

	if (purpose != CURLSOCKTYPE_IPCXN)
		return CURL_SOCKET_BAD;
	if (to->family == AF_INET)
		octets = ps_bytes(
			(const char *)&((const struct sockaddr_in *)addr)
				->sin_addr,
			4);
	else if (to->family == AF_INET6)
		octets = ps_bytes(
			(const char *)&((const struct sockaddr_in6 *)addr)
				->sin6_addr,
			16);
	for (size_t i = 0; i < t->at.n; i++)
		if (ps_bytes_eq(octets, t->at.address[i]))
			return socket(to->family, to->socktype | SOCK_CLOEXEC,
				to->protocol);
	return CURL_SOCKET_BAD;
}

long
ps_https_curl_status(const struct ps_https_transfer *t)
{
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

static size_t
on_body(char *p, size_t size, size_t n, void *self)
{
	struct ps_https_transfer *t = self;

	t->unwanted = ps_https_curl_status(t) != 200;
	if (t->unwanted)
		return 0;
	ps_buf_put(&t->body, ps_bytes(p, size * n));
	return t->body.full ? 0 : size * n;
}

static size_t
on_header(char *p, size_t size, size_t n, void *self)
{
	struct ps_https_transfer *t = self;

	(void)p;
	t->n_header += size * n;
	return t->n_header > MAX_HEADER ? 0 : size * n;
}

/* "host:port:address,address" */
static struct curl_slist *
resolved(const struct ps_https_transfer *t)
{
	struct ps_buf line;
	struct curl_slist *list;

	ps_buf_init(&line, 2048);
	ps_buf_printf(&line, "%s:%d:", t->r->host, t->c->s.port);
	for (size_t i = 0; i < t->at.n; i++)
		ps_buf_printf(&line,
			t->at.address[i].len == 4 ? "%s%s" : "%s[%s]",
			i == 0 ? "" : ",",
			ps_https_address_text(t->a, t->at.address[i]));
	ps_buf_putc(&line, '\0');
	list = line.full ? NULL : curl_slist_append(NULL, line.p);
	ps_buf_free(&line);
	return list;
}

#define SET(t, option, value)                                                  \
	(curl_easy_setopt((t)->easy, (option), (value)) == CURLE_OK)

static bool
set_trust(struct ps_https_transfer *t)
{
	struct curl_blob ca = {.data = t->c->ca.p,
		.len = t->c->ca.len,
		.flags = CURL_BLOB_NOCOPY};

	if (!SET(t, CURLOPT_SSL_VERIFYPEER, 1L) ||
		!SET(t, CURLOPT_SSL_VERIFYHOST, 2L) ||
		!SET(t, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2))
		return false;
	/* The blob leaves the folder of the system's certificates in use. */
	return t->c->ca.len == 0 || (SET(t, CURLOPT_CAINFO_BLOB, &ca) &&
					    SET(t, CURLOPT_CAPATH, NULL));
}

static bool
set_callbacks(struct ps_https_transfer *t)
{
	return SET(t, CURLOPT_ERRORBUFFER, t->error) &&
	       SET(t, CURLOPT_OPENSOCKETFUNCTION, on_open) &&
	       SET(t, CURLOPT_OPENSOCKETDATA, t) &&
	       SET(t, CURLOPT_WRITEFUNCTION, on_body) &&
	       SET(t, CURLOPT_WRITEDATA, t) &&
	       SET(t, CURLOPT_HEADERFUNCTION, on_header) &&
	       SET(t, CURLOPT_HEADERDATA, t);
}

/* Nothing of the environment, nothing that is not asked for. */
static bool
set_manners(struct ps_https_transfer *t)
{
	return SET(t, CURLOPT_NOSIGNAL, 1L) &&
	       SET(t, CURLOPT_PROTOCOLS_STR, "https") &&
	       SET(t, CURLOPT_RESOLVE, t->resolved) &&
	       SET(t, CURLOPT_PROXY, "") && SET(t, CURLOPT_NOPROXY, "*") &&
	       SET(t, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) &&
	       SET(t, CURLOPT_FOLLOWLOCATION, 0L) &&
	       SET(t, CURLOPT_ACCEPT_ENCODING, NULL) &&
	       SET(t, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
	       SET(t, CURLOPT_PATH_AS_IS, 1L) &&
	       SET(t, CURLOPT_USERAGENT, "postseal") &&
	       SET(t, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->r->max_body);
}

bool
ps_https_curl_open(struct ps_https_transfer *t)
{
	t->multi = curl_multi_init();
	t->easy = curl_easy_init();
	t->resolved = resolved(t);
	return t->multi != NULL && t->easy != NULL && t->resolved != NULL &&
	       set_trust(t) && set_callbacks(t) && set_manners(t);
}

void
ps_https_curl_close(struct ps_https_transfer *t)
{
	curl_easy_cleanup(t->easy);
	curl_multi_cleanup(t->multi);
	curl_slist_free_all(t->resolved);
	ps_buf_free(&t->body);
}

const char *
ps_https_curl_field(const struct ps_https_transfer *t, const char *name)
{
	struct curl_header *h;

	if (curl_easy_header(t->easy, name, 0, CURLH_HEADER, -1, &h) !=
			CURLHE_OK ||
		h->amount != 1)
		return NULL;
	return h->value;
}

static bool
prepare(struct ps_https_transfer *t)
{
	long left = (long)ps_wait_left(t->wait);

	t->error[0] = '\0';
	t->n_header = 0;
	t->unwanted = false;
	ps_buf_free(&t->body);
	ps_buf_init(&t->body, t->r->max_body);
	/* libcurl divides this among the addresses that it tries. */
	return SET(t, CURLOPT_URL, t->url) &&
	       SET(t, CURLOPT_CONNECTTIMEOUT_MS, left > 0 ? left : 1L);
}

/* What became of the one transfer, once it has ended. */
static CURLcode
result_of(struct ps_https_transfer *t)
{
	CURLMsg *m;
	int n;

	while ((m = curl_multi_info_read(t->multi, &n)) != NULL)
		if (m->msg == CURLMSG_DONE)
			return m->data.result;
	return CURLE_FAILED_INIT;
}

/* Until something can be done, or the wait is over. */
static enum ps_status
await(struct ps_https_transfer *t, int64_t *told_ms)
{
	const struct ps_wait *w = t->wait;
	struct curl_waitfd stop = {
		.fd = w->stop_fd, .events = CURL_WAIT_POLLIN};
	int64_t now = ps_mono_ms(w->clock), left = ps_wait_left(w);

	if (left == 0)
		return PS_ELATE;
	if (left > PS_PROGRESS_MS)
		left = PS_PROGRESS_MS;
	if (curl_multi_poll(t->multi, &stop, w->stop_fd >= 0 ? 1 : 0, (int)left,
		    NULL) != CURLM_OK)
		return PS_ETEMP;
	if (w->stop_fd >= 0 && stop.revents != 0)
		return PS_ESTOP;
	now = ps_mono_ms(w->clock);
	if (w->progress != NULL && now - *told_ms >= PS_PROGRESS_MS) {
		w->progress(w->self);
		*told_ms = now;
	}
	return PS_OK;
}

static enum ps_status
drive(struct ps_https_transfer *t, CURLcode *code)
{
	int64_t told_ms = ps_mono_ms(t->wait->clock);
	enum ps_status s = PS_OK;
	int running = 1;

	if (t->wait->blocking != NULL)
		t->wait->blocking(t->wait->self);
	while (s == PS_OK) {
		if (curl_multi_perform(t->multi, &running) != CURLM_OK)
			return PS_ETEMP;
		if (running == 0) {
			*code = result_of(t);
			return PS_OK;
		}
		s = await(t, &told_ms);
	}
	return s;
}

enum ps_status
ps_https_curl_run(struct ps_https_transfer *t, CURLcode *code)
{
	enum ps_status s;

	if (!prepare(t) || curl_multi_add_handle(t->multi, t->easy) != CURLM_OK)
		return PS_ETEMP;
	s = drive(t, code);
	curl_multi_remove_handle(t->multi, t->easy);
	return s;
}
