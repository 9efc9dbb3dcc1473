/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Looking for a certificate in a Web Key Directory.  What is found is only
 * looked at so far as to say what is wrong with the place; whether it is a
 * certificate of this address is for others to judge.
 */
#include "discovery/wkd.h"

#include "base/buf.h"
#include "openpgp/armor.h"

/* Section 3.1: a key, in binary. */
#define KEY_TYPE "application/octet-stream"

static void
refuse(struct ps_source_answer *out, const char *why)
{
	out->outcome = PS_LOOK_REFUSED;
	out->text = why;
}

/* RFC 9580 4.2: the type of the first packet, -1 for no packet. */
static int
first_packet(struct ps_bytes octets)
{
	int c = octets.len == 0 ? 0 : (unsigned char)octets.p[0];

	if ((c & 0x80) == 0)
		return -1;
	return (c & 0x40) != 0 ? c & 0x3f : (c & 0x3f) >> 2;
}

/* All armored certificates, one behind another. */
static void
take_armored(struct ps_arena *a, const char *host, struct ps_bytes text,
	struct ps_source_answer *out)
{
	struct ps_buf all;
	struct ps_bytes binary, whole;
	const char *why = "";

	ps_buf_init(&all, PS_SOURCE_MAX_OCTETS);
	for (size_t n = 0; n < PS_SOURCE_MAX_CERTS; n++) {
		size_t used;

		if (ps_armor_read(a, text, PS_ARMOR_KEY, &binary, &whole,
			    &why) != PS_OK)
			break;
		ps_buf_put(&all, binary);
		used = (size_t)(whole.p + whole.len - text.p);
		text = ps_bytes_from(text, used);
	}
	if (all.len == 0) {
		refuse(out,
			ps_arena_printf(a, "%s gives armor that is damaged: %s",
				host, why));
	} else {
		out->octets = ps_arena_copy(a, ps_buf_bytes(&all));
		out->text = ps_arena_printf(a,
			"%s gives the certificate armored, not binary", host);
	}
	ps_buf_free(&all);
}

static void
take(struct ps_arena *a, const char *host, const struct ps_https_answer *answer,
	struct ps_source_answer *out)
{
	const char *type = answer->content_type;
	int packet = first_packet(answer->body);

	out->outcome = PS_LOOK_FOUND;
	if (packet == 6) {
		out->octets = answer->body;
		if (strcmp(type, KEY_TYPE) != 0)
			out->text = ps_arena_printf(a,
				"%s calls the certificate %s, not " KEY_TYPE,
				host, *type == '\0' ? "nothing" : type);
	} else if (packet == 5 ||
		   ps_bytes_find(answer->body,
			   PS_LIT("BEGIN PGP PRIVATE KEY BLOCK")) !=
			   PS_NOT_FOUND) {
		refuse(out,
			ps_arena_printf(a, "%s publishes a secret key", host));
	} else if (ps_bytes_find(answer->body,
			   PS_LIT("-----BEGIN PGP PUBLIC KEY BLOCK")) !=
		   PS_NOT_FOUND) {
		take_armored(a, host, answer->body, out);
	} else {
		refuse(out, ps_arena_printf(a,
				    "what %s gives is no certificate (%s, %zu "
				    "octets)",
				    host, *type == '\0' ? "of no type" : type,
				    answer->body.len));
	}
}

static enum ps_look_outcome
outcome_of(enum ps_https_outcome o)
{
	switch (o) {
	case PS_HTTPS_FOUND:
		return PS_LOOK_FOUND;
	case PS_HTTPS_ABSENT:
	case PS_HTTPS_NO_HOST:
		return PS_LOOK_ABSENT;
	case PS_HTTPS_DNS:
		return PS_LOOK_DNS;
	case PS_HTTPS_REFUSED:
		return PS_LOOK_REFUSED;
	case PS_HTTPS_TROUBLE:
		break;
	}
	return PS_LOOK_TROUBLE;
}

/* False when the method's host does not exist. */
static bool
try_method(const struct ps_https *https, struct ps_arena *a,
	const struct ps_addr *addr, bool advanced, const struct ps_wait *wait,
	struct ps_source_answer *out)
{
	struct ps_wkd_place place;
	struct ps_https_answer answer;
	struct ps_https_request request = {.max_body = PS_SOURCE_MAX_OCTETS};

	ps_wkd_place(a, addr, advanced, &place);
	request.host = place.host;
	request.path = place.key;
	https->get(https->self, a, &request, wait, &answer);
	*out = (struct ps_source_answer){
		.outcome = outcome_of(answer.outcome), .text = answer.why};
	if (answer.outcome == PS_HTTPS_FOUND)
		take(a, place.host, &answer, out);
	return answer.outcome != PS_HTTPS_NO_HOST;
}

static void
fetch(void *self, struct ps_arena *a, const struct ps_addr *addr,
	const struct ps_wait *wait, struct ps_source_answer *out)
{
	const struct ps_https *https = self;

	/* An address literal (RFC 5321 4.1.3), or no domain at all. */
	if (addr->domain.len == 0 || addr->domain.p[0] == '[') {
		*out = (struct ps_source_answer){.outcome = PS_LOOK_ABSENT,
			.text = "the address has no domain to ask"};
		return;
	}
	if (try_method(https, a, addr, true, wait, out) ||
		try_method(https, a, addr, false, wait, out))
		return;
	out->whole_domain = true;
	out->text =
		ps_arena_printf(a, "neither openpgpkey.%.*s nor %.*s is a host",
			PS_FMT(addr->domain), PS_FMT(addr->domain));
}

struct ps_source
ps_wkd_source(const struct ps_https *https)
{
	union {
		const void *in;
		void *out;
	} borrowed = {.in = https};

	return (struct ps_source){
		.origin = PS_ORIGIN_WKD, .self = borrowed.out, .fetch = fetch};
}
