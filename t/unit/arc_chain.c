/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Chains that are sealed in the test, with both kinds of keys.
 */
#include "arc_world.h"

static struct arc_key rsa, ed, other, list;

static int
make_keys(void **state)
{
	(void)state;
	rsa = arc_key("RSA", "relay.example");
	ed = arc_key("ED25519", "ed.example");
	other = arc_key("ED25519", "other.example");
	list = arc_key("RSA", "List.Example");
	return 0;
}

static int
drop_keys(void **state)
{
	(void)state;
	EVP_PKEY_free(rsa.pkey);
	EVP_PKEY_free(ed.pkey);
	EVP_PKEY_free(other.pkey);
	EVP_PKEY_free(list.pkey);
	return 0;
}

static void
publish_all(struct arc_world *w)
{
	arc_publish(w, &rsa, "");
	arc_publish(w, &ed, "");
	arc_publish(w, &other, "");
	arc_publish(w, &list, "");
}

static void
a_chain_of_three_passes(void **state)
{
	struct arc_world w;
	struct ps_arc_result r;

	(void)state;
	arc_open(&w, ARC_HEAD, ARC_BODY);
	ps_buf_puts(&w.zone, "$SECURE on\n");
	publish_all(&w);
	arc_add(&w, 1, (struct arc_hop){.key = &rsa});
	arc_add(&w, 2, (struct arc_hop){.key = &rsa, .seal_key = &ed});
	arc_add(&w, 3, (struct arc_hop){.key = &list});
	r = arc_check(&w);
	assert_string_equal(r.why == NULL ? "" : r.why, "");
	assert_int_equal(r.result, PS_AUTH_PASS);
	assert_int_equal(r.n_set, 3);
	assert_int_equal(r.oldest_pass, 0);
	assert_true(r.author_signed);
	assert_true(r.secure);
	assert_bytes(r.set[0].domain, "relay.example");
	assert_bytes(r.set[1].domain, "ed.example");
	assert_bytes(r.set[2].domain, "list.example");
	assert_bytes(r.set[2].selector, "s");
	assert_bytes(r.set[1].results,
		" mx.relay.example;\r\n\tspf=pass smtp.mailfrom=example.org");
	/* three names, each asked once; what is begun, a cache makes one of */
	assert_int_equal(w.dns.n_query, 3);
	assert_int_equal(w.dns.n_ahead, 6);
	arc_done(&w);
	arc_close(&w);
}

static void
one_key_without_proof_makes_a_chain_unproven(void **state)
{
	(void)state;
	for (int proven = 0; proven < 4; proven++) {
		struct arc_world w;
		struct ps_arc_result r;

		arc_open(&w, ARC_HEAD, ARC_BODY);
		ps_buf_puts(&w.zone, proven & 1 ? "$SECURE on\n" : "");
		arc_publish(&w, &rsa, "");
		ps_buf_puts(
			&w.zone, proven & 2 ? "$SECURE on\n" : "$SECURE off\n");
		arc_publish(&w, &ed, "");
		arc_add(&w, 1, (struct arc_hop){.key = &ed});
		arc_add(&w, 2, (struct arc_hop){.key = &rsa});
		r = arc_check(&w);
		assert_int_equal(r.result, PS_AUTH_PASS);
		assert_int_equal(r.secure, proven == 3);
		arc_done(&w);
		arc_close(&w);
	}
}

/* A body that grows behind some hops of three. */
static size_t
oldest(size_t changed_behind)
{
	struct arc_world w;
	struct ps_arc_result r;

	arc_open(&w, ARC_HEAD, ARC_BODY);
	publish_all(&w);
	for (size_t i = 1; i <= 3; i++) {
		arc_add(&w, i,
			(struct arc_hop){.key = i == 2 ? &ed : &rsa,
				.c = i == 2 ? "simple/simple" : NULL});
		if (i == changed_behind)
			ps_buf_puts(&w.body, "-- \r\nA list's foot\r\n");
	}
	r = arc_check(&w);
	if (changed_behind == 3) {
		assert_int_equal(r.result, PS_AUTH_FAIL);
		assert_string_equal(
			r.why, "i=3: message signature: the body was changed");
		/* found without asking for any key */
		assert_int_equal(w.dns.n_query, 0);
		assert_null(r.set);
	} else {
		assert_int_equal(r.result, PS_AUTH_PASS);
	}
	arc_done(&w);
	arc_close(&w);
	return r.oldest_pass;
}

static void
the_oldest_pass_is_the_hop_behind_the_last_change(void **state)
{
	(void)state;
	assert_int_equal(oldest(0), 0);
	assert_int_equal(oldest(1), 2);
	assert_int_equal(oldest(2), 3);
	assert_int_equal(oldest(3), 0);
}

static void
a_missing_old_message_key_only_moves_the_oldest_pass(void **state)
{
	struct arc_world w;
	struct ps_arc_result r;

	(void)state;
	arc_open(&w, ARC_HEAD, ARC_BODY);
	arc_publish(&w, &rsa, "");
	ps_buf_puts(&w.zone, "s._domainkey.other.example. SERVFAIL\n");
	arc_add(&w, 1, (struct arc_hop){.key = &other, .seal_key = &rsa});
	arc_add(&w, 2, (struct arc_hop){.key = &rsa});
	r = arc_check(&w);
	assert_int_equal(r.result, PS_AUTH_PASS);
	assert_int_equal(r.oldest_pass, 2);
	assert_null(r.why);
	arc_done(&w);
	arc_close(&w);
}

static const struct {
	const char *zone; /* of the first hop's seal */
	enum ps_auth_result result;
	const char *why;
} key_zones[] = {
	{"s._domainkey.other.example. SERVFAIL\n", PS_AUTH_TEMPERROR, NULL},
	{"s._domainkey.other.example. TIMEOUT\n", PS_AUTH_TEMPERROR, NULL},
	{"s._domainkey.other.example. BOGUS\n", PS_AUTH_TEMPERROR, NULL},
	{"s._domainkey.other.example. A 192.0.2.1\n", PS_AUTH_FAIL, NULL},
	{"", PS_AUTH_FAIL, NULL},
	{"s._domainkey.other.example. TXT \"v=DKIM1; k=ed25519; p=\"\n",
		PS_AUTH_FAIL, NULL},
	{"s._domainkey.other.example. TXT \"v=DKIM1; k=ed25519; "
	 "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n",
		PS_AUTH_FAIL, "i=1: seal: the signature does not verify"},
};

static void
a_seal_whose_key_cannot_be_asked_for_is_temporary(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(key_zones) / sizeof(key_zones[0]); i++) {
		struct arc_world w;
		struct ps_arc_result r;

		arc_open(&w, ARC_HEAD, ARC_BODY);
		arc_publish(&w, &rsa, "");
		ps_buf_puts(&w.zone, key_zones[i].zone);
		arc_add(&w, 1,
			(struct arc_hop){.key = &rsa, .seal_key = &other});
		arc_add(&w, 2, (struct arc_hop){.key = &rsa});
		r = arc_check(&w);
		assert_int_equal(r.result, key_zones[i].result);
		assert_non_null(r.why);
		if (key_zones[i].why != NULL)
			assert_string_equal(r.why, key_zones[i].why);
		assert_false(r.secure);
		assert_null(r.set);
		arc_done(&w);
		arc_close(&w);
	}
}

/* One hop, and what it makes of the chain. */
static const struct {
	struct arc_hop hop; /* key NULL: rsa */
	const char *record; /* tags of the key */
	enum ps_auth_result result;
	const char *why; /* behind "i=1: message signature: " */
} hops[] = {
	{{0}, "", PS_AUTH_PASS, NULL},
	{{.c = "simple/simple"}, "", PS_AUTH_PASS, NULL},
	{{.c = "simple"}, "", PS_AUTH_PASS, NULL},
	{{.c = "relaxed"}, "", PS_AUTH_PASS, NULL},
	{{.c = "simple/relaxed"}, "", PS_AUTH_PASS, NULL},
	{{.c = "relaxed/Simple"}, "", PS_AUTH_FAIL,
		"c= is no canonicalization"},
	{{.h = "from:from:to:cc:subject"}, "", PS_AUTH_PASS, NULL},
	/* its own field is never among those that h= names */
	{{.h = "from:arc-message-signature"}, "", PS_AUTH_PASS, NULL},
	{{.h = "from:arc-seal"}, "", PS_AUTH_FAIL, "h= names ARC-Seal"},
	{{.h = "from:ARC-SEAL"}, "", PS_AUTH_FAIL, "h= names ARC-Seal"},
	{{.extra = "x=1700000001; "}, "", PS_AUTH_PASS, NULL},
	{{.extra = "x=1699999701; "}, "", PS_AUTH_PASS, NULL}, /* clocks */
	{{.extra = "x=1699999699; "}, "", PS_AUTH_FAIL,
		"the message signature has expired"},
	{{.extra = "t=1700000299; "}, "", PS_AUTH_PASS, NULL},
	{{.extra = "t=1700000301; "}, "", PS_AUTH_FAIL,
		"the message signature is of the future"},
	{{.extra = "t=1700000200; x=1700000100; "}, "", PS_AUTH_FAIL,
		"the message signature expired before it was made"},
	{{.extra = "x=; "}, "", PS_AUTH_FAIL, "a time is no number"},
	{{.extra = "t=-1; "}, "", PS_AUTH_FAIL, "a time is no number"},
	/* relaxed: "Hello Bob,\r\nall is well.\r\n" */
	{{.extra = "l=26; "}, "", PS_AUTH_PASS, NULL},
	{{.extra = "l=25; "}, "", PS_AUTH_FAIL,
		"l= of the message signature does not cover the body"},
	{{.extra = "l=27; "}, "", PS_AUTH_FAIL,
		"l= of the message signature does not cover the body"},
	{{.extra = "l=0; "}, "", PS_AUTH_FAIL,
		"l= of the message signature does not cover the body"},
	{{.extra = "l=x; "}, "", PS_AUTH_FAIL, "l= is no number"},
	{{.extra = "q=dns/txt; "}, "", PS_AUTH_PASS, NULL},
	{{.extra = "q=x-web:dns/txt; "}, "", PS_AUTH_PASS, NULL},
	{{.extra = "q=x-web; "}, "", PS_AUTH_FAIL, "q= does not offer dns/txt"},
	{{.extra = "v=1; zz=what; "}, "", PS_AUTH_PASS, NULL},
	{{.extra = "s=s; "}, "", PS_AUTH_FAIL, "a tag occurs twice"},
	{{.extra = "; "}, "", PS_AUTH_FAIL, "it is no tag list"},
	{{.a = "rsa-sha1"}, "", PS_AUTH_FAIL, "a= is no algorithm that counts"},
	{{.a = "RSA-SHA256"}, "", PS_AUTH_FAIL,
		"a= is no algorithm that counts"},
	{{.a = "ed25519-sha256"}, "", PS_AUTH_FAIL, "the key does not fit a="},
	{{.key = &ed}, "", PS_AUTH_PASS, NULL},
	{{.key = &ed, .a = "rsa-sha256"}, "", PS_AUTH_FAIL,
		"the key does not fit a="},
	{{0}, "h=sha256; ", PS_AUTH_PASS, NULL},
	{{0}, "h=sha1; ", PS_AUTH_FAIL, "the key does not fit a="},
	{{0}, "s=email; t=y:s; ", PS_AUTH_PASS, NULL},
	{{0}, "s=web; ", PS_AUTH_FAIL, "the key is not for mail"},
	{{.bh = "AAAA"}, "", PS_AUTH_FAIL, "bh= is no body hash"},
	{{.bh = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, "",
		PS_AUTH_FAIL, "the body was changed"},
};

static void
a_message_signature_is_judged_by_its_tags(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hops) / sizeof(hops[0]); i++) {
		struct arc_hop hop = hops[i].hop;
		char why[200];
		struct arc_world w;
		struct ps_arc_result r;

		if (hop.key == NULL)
			hop.key = &rsa;
		arc_open(&w, ARC_HEAD, ARC_BODY);
		arc_publish(&w, hop.key, hops[i].record);
		arc_publish(&w, &other, "");
		hop.seal_key = hop.a == NULL ? NULL : hop.key;
		arc_add(&w, 1, hop);
		r = arc_check(&w);
		snprintf(why, sizeof(why), "i=1: message signature: %s",
			hops[i].why == NULL ? "" : hops[i].why);
		if (hop.a != NULL && strcmp(hop.a, "ed25519-sha256") != 0 &&
			strcmp(hop.a, "rsa-sha256") != 0)
			snprintf(
				why, sizeof(why), "i=1: seal: %s", hops[i].why);
		assert_string_equal(r.why == NULL ? "" : r.why,
			hops[i].why == NULL ? "" : why);
		assert_int_equal(r.result, hops[i].result);
		arc_done(&w);
		arc_close(&w);
	}
}

/* What is done to the header of a chain of two, and what comes of it. */
static const struct {
	const char *from, *to; /* replaced where it first stands */
	enum ps_auth_result result;
} edits[] = {
	{"ann@example.org", "eve@example.org", PS_AUTH_FAIL},
	{"From: Ann", "From:  Ann", PS_AUTH_PASS},
	{"From: Ann", "FROM : Ann", PS_AUTH_PASS},
	{"i=1; mx.relay.example", "i=1; mx.relay.exampLe", PS_AUTH_FAIL},
	{"i=2; mx.relay.example", "i=2; mx.relay.exampLe", PS_AUTH_FAIL},
	{"i=2; mx.relay.example", "i=2 ; mx.relay.example", PS_AUTH_FAIL},
	{"To: bob", "Cc: bob", PS_AUTH_FAIL},
	{"i=1; a=rsa-sha256; c", "i=1; a=rsa-sha256;  c", PS_AUTH_PASS},
	{"i=1; a=rsa-sha256; c", "i=1; a=rsa-sha256;c", PS_AUTH_FAIL},
	{"cv=none", "cv=None", PS_AUTH_FAIL},
	{"cv=pass", "cv=PASS", PS_AUTH_FAIL},
	{"cv=pass", "cv=fail", PS_AUTH_FAIL},
	{"cv=pass", "cv=none", PS_AUTH_FAIL},
	{"ARC-Seal: i=2", "arc-seal: i=2", PS_AUTH_PASS},
	{"ARC-Seal: i=2; ", "ARC-Seal: i=2;\r\n\t ", PS_AUTH_PASS},
	{"ARC-Seal: i=2", "ARC-Seal: i=02", PS_AUTH_FAIL},
	{"ARC-Seal: i=2", "ARC-Seal: i=3", PS_AUTH_FAIL},
	{"ARC-Seal: i=2", "ARC-Seal: i=1", PS_AUTH_FAIL},
	{"ARC-Seal: i=2", "X-ARC-Seal: i=2", PS_AUTH_FAIL},
};

static void
replace(struct ps_buf *b, const char *from, const char *to)
{
	struct ps_bytes all = ps_buf_bytes(b);
	size_t at = ps_bytes_find(all, ps_bytes_of(from));
	struct ps_buf out;

	assert_int_not_equal(at, PS_NOT_FOUND);
	ps_buf_init(&out, 8 << 20);
	ps_buf_put(&out, ps_bytes_head(all, at));
	ps_buf_puts(&out, to);
	ps_buf_put(&out, ps_bytes_from(all, at + strlen(from)));
	ps_buf_free(b);
	*b = out;
}

static void
a_seal_covers_the_sets_before_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		struct arc_world w;
		struct ps_arc_result r;

		arc_open(&w, ARC_HEAD, ARC_BODY);
		publish_all(&w);
		arc_add(&w, 1, (struct arc_hop){.key = &rsa});
		arc_add(&w, 2, (struct arc_hop){.key = &rsa});
		replace(&w.header, edits[i].from, edits[i].to);
		r = arc_check(&w);
		if (r.result != edits[i].result)
			fail_msg("%s -> %s: %s", edits[i].from, edits[i].to,
				ps_auth_result_name(r.result));
		assert_int_equal(r.why != NULL, r.result != PS_AUTH_PASS);
		arc_done(&w);
		arc_close(&w);
	}
}

static void
a_chain_says_whether_it_covers_the_author(void **state)
{
	static const struct {
		const char *h, *more;
		bool signed_;
	} cases[] = {
		{"from:to", "", true},
		{"to", "", false},
		{"", "", false},
		{"from", "From: eve@example.org\r\n", false},
		{"from:from", "", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arc_world w;
		struct ps_arc_result r;

		arc_open(&w, ARC_HEAD, ARC_BODY);
		publish_all(&w);
		arc_add(&w, 1, (struct arc_hop){.key = &rsa, .h = cases[i].h});
		if (cases[i].more[0] != '\0')
			arc_prepend(
				&w, PS_LIT("From"), PS_LIT("eve@example.org"));
		r = arc_check(&w);
		assert_int_equal(r.result, PS_AUTH_PASS);
		assert_int_equal(r.author_signed, cases[i].signed_);
		arc_done(&w);
		arc_close(&w);
	}
}

static void
fifty_sets_pass_and_fifty_one_fail(void **state)
{
	struct arc_world w;
	struct ps_arc_result r;

	(void)state;
	arc_open(&w, ARC_HEAD, ARC_BODY);
	publish_all(&w);
	for (size_t i = 1; i <= 50; i++)
		arc_add(&w, i, (struct arc_hop){.key = &ed});
	r = arc_check(&w);
	assert_int_equal(r.result, PS_AUTH_PASS);
	assert_int_equal(r.n_set, 50);
	assert_int_equal(r.oldest_pass, 0);
	assert_int_equal(w.dns.n_query, 1);
	arc_done(&w);
	arc_add(&w, 51, (struct arc_hop){.key = &ed});
	r = arc_check(&w);
	assert_int_equal(r.result, PS_AUTH_FAIL);
	assert_string_equal(r.why, "there are more than 50 ARC sets");
	assert_int_equal(w.dns.n_query, 0);
	arc_done(&w);
	arc_close(&w);
}

static void
a_large_header_is_not_hashed_for_every_hop(void **state)
{
	struct arc_world w;
	struct ps_arc_result r;

	(void)state;
	arc_open(&w, "X: ", ARC_BODY);
	for (int i = 0; i < 1536; i++)
		for (int k = 0; k < 64; k++)
			ps_buf_puts(&w.header, ARC_BLANK);
	ps_buf_puts(&w.header, "x\r\n" ARC_HEAD);
	publish_all(&w);
	for (size_t i = 1; i <= 5; i++)
		arc_add(&w, i, (struct arc_hop){.key = &ed, .h = "from:x"});
	r = arc_check(&w);
	assert_int_equal(r.result, PS_AUTH_PASS);
	assert_int_equal(r.oldest_pass, 3);
	arc_done(&w);
	arc_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_chain_of_three_passes),
	cmocka_unit_test(one_key_without_proof_makes_a_chain_unproven),
	cmocka_unit_test(the_oldest_pass_is_the_hop_behind_the_last_change),
	cmocka_unit_test(a_missing_old_message_key_only_moves_the_oldest_pass),
	cmocka_unit_test(a_seal_whose_key_cannot_be_asked_for_is_temporary),
	cmocka_unit_test(a_message_signature_is_judged_by_its_tags),
	cmocka_unit_test(a_seal_covers_the_sets_before_it),
	cmocka_unit_test(a_chain_says_whether_it_covers_the_author),
	cmocka_unit_test(fifty_sets_pass_and_fifty_one_fail),
	cmocka_unit_test(a_large_header_is_not_hashed_for_every_hop),
};

int
main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name(
		"arc_chain", tests, make_keys, drop_keys);
}
