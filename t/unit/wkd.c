/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Where a Web Key Directory has the certificate of an address, and what is made
 * of a server's answers.
 */
#include "tap.h"

#include "discovery/wkd.h"

#define TREE "/.well-known/openpgpkey"

static const struct {
	const char *path; /* of an envelope */
	bool advanced;
	const char *host, *key, *policy;
} places[] = {
	/* The draft's own example, section 3.1. */
	{"Joe.Doe@Example.ORG", true, "openpgpkey.example.org",
		TREE "/example.org/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q"
		     "?l=Joe.Doe",
		TREE "/example.org/policy"},
	{"Joe.Doe@Example.ORG", false, "example.org",
		TREE "/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe",
		TREE "/policy"},
	{"joe.doe@example.org", false, "example.org",
		TREE "/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=joe.doe",
		TREE "/policy"},
	{"a+b&c=d/e?f%25#g~_-@example.org", false, "example.org",
		TREE "/hu/p46n53sg9odekbugrwoibm6ohi131tt9"
		     "?l=a%2Bb%26c%3Dd%2Fe%3Ff%2525%23g~_-",
		TREE "/policy"},
	{"\"a b\"@example.org", false, "example.org",
		TREE "/hu/xs661pernei8y9hruhsbfxq353a5egjj?l=a%20b",
		TREE "/policy"},
	{"J\xc3\xb6rg@b\xc3\xbc"
	 "cher.example",
		true, "openpgpkey.xn--bcher-kva.example",
		TREE "/xn--bcher-kva.example/hu/"
		     "h8ghzysw1a49fnopr45hii67zzgshjt8?l=J%C3%B6rg",
		TREE "/xn--bcher-kva.example/policy"},
};

static struct ps_addr
address(struct ps_arena *a, const char *path)
{
	struct ps_addr addr;
	const char *why = "";

	if (ps_addr_path(a, ps_bytes_of(path), &addr, &why) != PS_OK)
		fail_msg("%s: %s", path, why);
	return addr;
}

static void
the_draft_says_where_a_certificate_lies(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct ps_addr addr = address(a, places[i].path);
		struct ps_wkd_place out;

		ps_wkd_place(a, &addr, places[i].advanced, &out);
		assert_string_equal(out.host, places[i].host);
		assert_string_equal(out.key, places[i].key);
		assert_string_equal(out.policy, places[i].policy);
	}
	ps_arena_free(a);
}

/* What the host of a method answers. */
struct answers {
	struct ps_https_answer advanced, direct;
	size_t n_asked;
};

static void
fake_get(void *self, struct ps_arena *a, const struct ps_https_request *r,
	const struct ps_wait *wait, struct ps_https_answer *out)
{
	struct answers *f = self;

	(void)a;
	(void)wait;
	f->n_asked++;
	assert_int_equal(r->max_body, PS_SOURCE_MAX_OCTETS);
	*out = strcmp(r->host, "openpgpkey.example.org") == 0 ? f->advanced
							      : f->direct;
	if (out->content_type == NULL)
		out->content_type = "";
}

#define NO_HOST                                                                \
	{                                                                      \
		.outcome = PS_HTTPS_NO_HOST, .why = "no host"                  \
	}
#define SAYS(o)                                                                \
	{                                                                      \
		.outcome = (o), .why = "so"                                    \
	}
#define BODY(type, octets)                                                     \
	{                                                                      \
		.outcome = PS_HTTPS_FOUND, .content_type = (type), .body = {   \
			(octets),                                              \
			sizeof(octets) - 1                                     \
		}                                                              \
	}
#define BINARY "application/octet-stream"
#define CERT   "\x98\x01\x04"
/* The same three octets. */
#define ARMORED                                                                \
	"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmAEE\n"                       \
	"-----END PGP PUBLIC KEY BLOCK-----\n"

static const struct {
	struct ps_https_answer advanced, direct;
	enum ps_look_outcome outcome;
	size_t n_asked;
	bool whole_domain;
	const char *octets, *text;
} looks[] = {
	{BODY(BINARY, CERT), NO_HOST, PS_LOOK_FOUND, 1, false, CERT, NULL},
	{NO_HOST, BODY(BINARY, CERT), PS_LOOK_FOUND, 2, false, CERT, NULL},
	{NO_HOST, NO_HOST, PS_LOOK_ABSENT, 2, true, NULL,
		"neither openpgpkey.example.org nor example.org is a host"},
	/* Only a sub-domain that does not exist lets the other one speak. */
	{SAYS(PS_HTTPS_ABSENT), BODY(BINARY, CERT), PS_LOOK_ABSENT, 1, false,
		NULL, "so"},
	{SAYS(PS_HTTPS_DNS), BODY(BINARY, CERT), PS_LOOK_DNS, 1, false, NULL,
		"so"},
	{SAYS(PS_HTTPS_REFUSED), BODY(BINARY, CERT), PS_LOOK_REFUSED, 1, false,
		NULL, "so"},
	{SAYS(PS_HTTPS_TROUBLE), BODY(BINARY, CERT), PS_LOOK_TROUBLE, 1, false,
		NULL, "so"},
	{NO_HOST, SAYS(PS_HTTPS_DNS), PS_LOOK_DNS, 2, false, NULL, "so"},
	{NO_HOST, SAYS(PS_HTTPS_ABSENT), PS_LOOK_ABSENT, 2, false, NULL, "so"},
	{BODY("text/plain", CERT), NO_HOST, PS_LOOK_FOUND, 1, false, CERT,
		"openpgpkey.example.org calls the certificate text/plain, not "
		"application/octet-stream"},
	{BODY("", CERT), NO_HOST, PS_LOOK_FOUND, 1, false, CERT,
		"openpgpkey.example.org calls the certificate nothing, not "
		"application/octet-stream"},
	{BODY(BINARY, "\xc6\x01\x04"), NO_HOST, PS_LOOK_FOUND, 1, false,
		"\xc6\x01\x04", NULL},
	{BODY("text/plain", ARMORED), NO_HOST, PS_LOOK_FOUND, 1, false, CERT,
		"openpgpkey.example.org gives the certificate armored, not "
		"binary"},
	{BODY("text/plain", ARMORED "\n" ARMORED), NO_HOST, PS_LOOK_FOUND, 1,
		false, CERT CERT,
		"openpgpkey.example.org gives the certificate armored, not "
		"binary"},
	{BODY("text/plain", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmAEE\n"),
		NO_HOST, PS_LOOK_REFUSED, 1, false, NULL, NULL},
	{BODY(BINARY, "\x95\x01\x04"), NO_HOST, PS_LOOK_REFUSED, 1, false, NULL,
		"openpgpkey.example.org publishes a secret key"},
	{BODY("text/plain", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n"), NO_HOST,
		PS_LOOK_REFUSED, 1, false, NULL,
		"openpgpkey.example.org publishes a secret key"},
	{BODY("text/html", "<html>"), NO_HOST, PS_LOOK_REFUSED, 1, false, NULL,
		"what openpgpkey.example.org gives is no certificate "
		"(text/html, 6 octets)"},
	{BODY(BINARY, ""), NO_HOST, PS_LOOK_REFUSED, 1, false, NULL,
		"what openpgpkey.example.org gives is no certificate "
		"(application/octet-stream, 0 octets)"},
	{BODY(BINARY, "\xc2\x01\x04"), NO_HOST, PS_LOOK_REFUSED, 1, false, NULL,
		NULL},
};

static void
check_look(struct ps_arena *a, size_t i)
{
	struct answers f = {
		.advanced = looks[i].advanced, .direct = looks[i].direct};
	struct ps_https https = {.self = &f, .get = fake_get};
	struct ps_source source = ps_wkd_source(&https);
	struct ps_addr addr = address(a, "joe@example.org");
	struct ps_source_answer out;

	source.fetch(source.self, a, &addr, NULL, &out);
	if (out.outcome != looks[i].outcome || f.n_asked != looks[i].n_asked ||
		out.whole_domain != looks[i].whole_domain)
		fail_msg("%zu: outcome %d, %zu asked, %s", i, out.outcome,
			f.n_asked, out.text == NULL ? "" : out.text);
	assert_bytes(
		out.octets, looks[i].octets == NULL ? "" : looks[i].octets);
	if (out.outcome != PS_LOOK_FOUND)
		assert_non_null(out.text);
	if (looks[i].text != NULL)
		assert_string_equal(out.text, looks[i].text);
	else if (out.outcome == PS_LOOK_FOUND)
		assert_null(out.text);
}

static void
each_answer_of_a_server_has_its_outcome(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		check_look(a, i);
	ps_arena_free(a);
}

static void
an_address_without_a_domain_asks_nobody(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct answers f = {0};
	struct ps_https https = {.self = &f, .get = fake_get};
	struct ps_source source = ps_wkd_source(&https);
	static const char *const paths[] = {"joe@[192.0.2.1]", "postmaster"};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct ps_addr addr = address(a, paths[i]);
		struct ps_source_answer out;

		source.fetch(source.self, a, &addr, NULL, &out);
		assert_int_equal(out.outcome, PS_LOOK_ABSENT);
		assert_non_null(out.text);
	}
	assert_int_equal(f.n_asked, 0);
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_draft_says_where_a_certificate_lies),
	cmocka_unit_test(each_answer_of_a_server_has_its_outcome),
	cmocka_unit_test(an_address_without_a_domain_asks_nobody),
};
PS_TESTS("wkd", tests)
