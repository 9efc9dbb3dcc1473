/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What is taken from the field of a relay of ours, and what is not its field.
 */
#include "tap.h"

#include "auth/verify.h"
#include "spf_world.h"

static const struct {
	const char *field, *want;
} cases[] = {
	{" mx.example.org; spf=pass smtp.mailfrom=u@example.com",
		"spf=pass/example.com dmarc=none/"},
	{" MX.Example.ORG. 1; spf=pass smtp.mailfrom=example.com",
		"spf=pass/example.com dmarc=none/"},
	{" (a) \"mx.example.org\" (b); dmarc=pass header.from=example.com",
		"spf=none/ dmarc=pass/example.com"},
	{" mx.example.org; dmarc=fail header.from=example.com "
	 "policy.dmarc=reject",
		"spf=none/ dmarc=fail/example.com reject"},
	{" mx.example.org; dmarc=fail (p=reject) header.from=example.com",
		"spf=none/ dmarc=fail/example.com"},
	{" mx.example.org; dkim=pass header.d=example.com; dkim=fail "
	 "header.d=example.net; dkim=none",
		"spf=none/ dmarc=none/ dkim=pass/example.com "
		"dkim=fail/example.net"},
	/* the local part is the sender's to choose */
	{" mx.example.org; spf=pass "
	 "smtp.mailfrom=\"x@example.com\"@attack.example",
		"spf=pass/attack.example dmarc=none/"},
	{" mx.example.org; spf=pass "
	 "smtp.mailfrom=\"\\\"x;dmarc=pass header.from=example.com"
	 "@example.com\\\"@attack.example\"",
		"spf=pass/attack.example dmarc=none/"},
	{" mx.example.org; dkim=pass (dmarc=pass header.from=example.com; "
	 "dmarc=pass) header.d=attack.example",
		"spf=none/ dmarc=none/ dkim=pass/attack.example"},
	/* claims to be ours, and no relay writes so */
	{" =?utf-8?q?mx.example.org?=; dmarc=pass header.from=example.com",
		"no"},
	{" mx.exa(x)mple.org; dmarc=pass header.from=example.com", "no"},
	{" ,mx.example.org; dmarc=pass header.from=example.com", "no"},
	{" x; spf=none\rAuthentication-Results: mx.example.org; dmarc=pass "
	 "header.from=example.com",
		"no"},
	{" mx.example.org.attack.example; dmarc=pass header.from=example.com",
		"no"},
	{" dmarc=pass header.from=example.com", "no"},
	{" mx.example.org; dmarc=pass (header.from=example.com", "no"},
	{"", "no"},
};

static void
put(struct ps_buf *out, const char *method, enum ps_auth_result r,
	struct ps_bytes domain)
{
	ps_buf_printf(out, "%s%s=%s/%.*s", out->len > 0 ? " " : "", method,
		ps_auth_result_name(r), PS_FMT(domain));
}

static void
the_word_of_a_relay_is_taken_by_the_letter(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ps_session session = {.client = spf_client("192.0.2.7")};
		struct ps_field field = {PS_LIT("Authentication-Results"),
			ps_bytes_of(cases[i].field), 1};
		struct ps_txn t = {
			.session = &session, .message.header = {&field, 1}};
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_verdict v;
		struct ps_buf got;

		ps_buf_init(&got, 1 << 16);
		if (!ps_verify_by_relay(a, &t, "mx.example.org", &v)) {
			ps_buf_puts(&got, "no");
		} else {
			put(&got, "spf", v.mail_from.result,
				v.mail_from.domain);
			put(&got, "dmarc", v.dmarc.result, v.dmarc.from_domain);
			for (size_t k = 0; k < v.dkim.n_signature; k++)
				put(&got, "dkim", v.dkim.signature[k].result,
					v.dkim.signature[k].domain);
			if (v.dmarc.policy == PS_DMARC_POLICY_REJECT)
				ps_buf_puts(&got, " reject");
		}
		assert_bytes(ps_buf_bytes(&got), cases[i].want);
		ps_buf_free(&got);
		ps_arena_free(a);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_word_of_a_relay_is_taken_by_the_letter),
};

PS_TESTS("verify_relay", tests)
