/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What a verdict says in an Authentication-Results field.
 */
#include "tap.h"

#include "auth/verify.h"
#include "spf_world.h"

static struct ps_session session;
static struct ps_txn txn;
static struct ps_verdict verdict;

static int
begin(void **state)
{
	(void)state;
	session = (struct ps_session){
		.client = spf_client("192.0.2.7"),
		.helo = PS_LIT("mail.example.org"),
	};
	txn = (struct ps_txn){
		.session = &session,
		.mail_from = {PS_LIT("u"), PS_LIT("example.org"),
			PS_LIT("u@example.org")},
	};
	verdict = (struct ps_verdict){.methods = 0};
	return 0;
}

static void
says(bool with_login, const char *want)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_authres_item *item;
	struct ps_buf out;
	size_t n = 0;

	item = ps_verify_say(a, &txn, &verdict, with_login, &n);
	ps_buf_init(&out, 1 << 20);
	ps_authres_write("mx.example.net", item, n, false, &out);
	ps_buf_putc(&out, '\0');
	assert_string_equal(out.p, want);
	ps_buf_free(&out);
	ps_arena_free(a);
}

static void
every_method_that_was_asked_is_said(void **state)
{
	(void)state;
	verdict.methods = PS_METHOD_ALL;
	says(true, " mx.example.net; auth=none; x-tls=none; "
		   "iprev=none policy.iprev=192.0.2.7; "
		   "spf=none smtp.helo=mail.example.org; "
		   "spf=none smtp.mailfrom=u@example.org; "
		   "dkim=none (not signed); arc=none; dmarc=none; vbr=none");
	verdict.methods = PS_METHOD_DKIM;
	says(true, " mx.example.net; auth=none; x-tls=none; "
		   "dkim=none (not signed)");
}

static void
the_client_is_named_only_where_logins_are_said(void **state)
{
	(void)state;
	verdict.client = (struct ps_client){.auth = PS_AUTH_PASS,
		.login = PS_LIT("alice; dkim=pass"),
		.mechanism = PS_LIT("PLAIN"),
		.tls = PS_AUTH_PASS,
		.tls_version = PS_LIT("TLSv1.3"),
		.cipher = PS_LIT("TLS_AES_256_GCM_SHA384"),
		.cipher_bits = PS_LIT("256"),
		.cert = PS_CLIENT_CERT_VERIFIED,
		.cert_subject = PS_LIT("client example")};
	says(true, " mx.example.net; auth=pass (PLAIN) "
		   "smtp.auth=\"alice; dkim=pass\"; "
		   "x-tls=pass (client certificate verified) "
		   "smtp.version=TLSv1.3 "
		   "smtp.cipher=TLS_AES_256_GCM_SHA384 smtp.bits=256 "
		   "smtp.cert-subject=\"client example\"");
	says(false, " mx.example.net; auth=pass (PLAIN); "
		    "x-tls=pass (client certificate verified) "
		    "smtp.version=TLSv1.3 "
		    "smtp.cipher=TLS_AES_256_GCM_SHA384 smtp.bits=256");
	verdict.client.cert = PS_CLIENT_CERT_UNVERIFIED;
	verdict.client.auth = PS_AUTH_NONE;
	says(true, " mx.example.net; auth=none; "
		   "x-tls=pass (client certificate not trusted) "
		   "smtp.version=TLSv1.3 "
		   "smtp.cipher=TLS_AES_256_GCM_SHA384 smtp.bits=256");
}

static void
spf_tells_both_identities_and_what_they_cost(void **state)
{
	(void)state;
	verdict.methods = PS_METHOD_SPF | PS_METHOD_IPREV;
	session.client = spf_client("2001:db8::7");
	session.helo = PS_LIT("a;dkim=pass");
	verdict.iprev = (struct ps_iprev_result){.result = PS_AUTH_PASS,
		.name = PS_LIT("mail.example.org"),
		.secure = true};
	verdict.helo.why = "the domain holds an octet that no host name has";
	verdict.mail_from = (struct ps_spf_result){.result = PS_AUTH_PASS,
		.domain = PS_LIT("example.org"),
		.why = "\"ip6:2001:db8::/32\" of _spf.example.org matches",
		.n_term = 3,
		.n_void = 1,
		.secure = true};
	says(false,
		" mx.example.net; auth=none; x-tls=none; "
		"iprev=pass (mail.example.org, dnssec) "
		"policy.iprev=\"2001:db8::7\"; "
		"spf=none (the domain holds an octet that no host name has) "
		"smtp.helo=\"a;dkim=pass\"; "
		"spf=pass ('ip6:2001:db8::/32' of _spf.example.org matches, "
		"3 of 10 look-ups, 1 of 2 void, dnssec) "
		"smtp.mailfrom=u@example.org");
}

static void
only_the_identity_that_was_judged_is_said(void **state)
{
	static const char head[] = " mx.example.net; auth=none; x-tls=none; "
				   "spf=none smtp.helo=mail.example.org; "
				   "spf=pass smtp.mailfrom=";
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	verdict.methods = PS_METHOD_SPF;
	verdict.mail_from.result = PS_AUTH_PASS;
	verdict.mail_from.domain = PS_LIT("example.org");
	txn.mail_from = (struct ps_addr){PS_LIT("x@victim.example"),
		PS_LIT("example.org"),
		PS_LIT("\"x@victim.example\"@example.org")};
	says(false,
		ps_arena_printf(a, "%s\"x@victim.example\"@example.org", head));
	/* assumed, or told by a relay */
	txn.mail_from.domain = PS_LIT("victim.example");
	says(false, ps_arena_printf(a, "%sexample.org", head));
	verdict.null_sender = true;
	txn.mail_from = (struct ps_addr){.full = PS_LIT("")};
	says(false, ps_arena_printf(a, "%spostmaster@example.org", head));
	ps_arena_free(a);
}

static void
each_signature_has_a_statement_of_its_own(void **state)
{
	struct ps_dkim_signature s[] = {
		{.result = PS_AUTH_PASS,
			.domain = PS_LIT("example.org"),
			.identity = PS_LIT("@example.org"),
			.selector = PS_LIT("s1"),
			.algorithm = PS_LIT("rsa-sha256"),
			.b = PS_LIT("aB/+cd12"),
			.bits = 2048,
			.secure = true},
		{.result = PS_AUTH_POLICY,
			.why = "a tail of 120 octets is not signed (l=)",
			.domain = PS_LIT("example.com"),
			.identity = PS_LIT("x y@example.com"),
			.selector = PS_LIT("s2"),
			.testing = true},
		{.result = PS_AUTH_PERMERROR, .why = "no domain"},
	};

	(void)state;
	verdict.methods = PS_METHOD_DKIM;
	verdict.dkim = (struct ps_dkim_result){
		.signature = s, .n_signature = N(s), .n_ignored = 4};
	says(false,
		" mx.example.net; auth=none; x-tls=none; "
		"dkim=pass (2048-bit key, dnssec) header.d=example.org "
		"header.i=@example.org header.s=s1 header.a=rsa-sha256 "
		"header.b=\"aB/+cd12\"; "
		"dkim=policy (a tail of 120 octets is not signed [l=], t=y) "
		"header.d=example.com header.i=\"x y\"@example.com "
		"header.s=s2; "
		"dkim=permerror (no domain, 4 more not looked at)");
}

static void
a_chain_tells_who_is_trusted_and_what_he_saw(void **state)
{
	(void)state;
	verdict.methods = PS_METHOD_ARC;
	verdict.arc = (struct ps_arc_result){
		.result = PS_AUTH_PASS, .n_set = 2, .oldest_pass = 1};
	verdict.sealer = PS_LIT("list.example");
	verdict.sealer_saw_pass = true;
	says(false, " mx.example.net; auth=none; x-tls=none; "
		    "arc=pass (i=2, seen passing by trusted sealer "
		    "list.example) header.oldest-pass=1 "
		    "smtp.remote-ip=192.0.2.7");
	verdict.arc = (struct ps_arc_result){
		.result = PS_AUTH_FAIL, .why = "a seal is missing", .n_set = 2};
	verdict.sealer = PS_LIT("");
	says(false, " mx.example.net; auth=none; x-tls=none; "
		    "arc=fail (a seal is missing, i=2) "
		    "smtp.remote-ip=192.0.2.7");
}

static void
dmarc_tells_what_the_owner_asks_for(void **state)
{
	(void)state;
	verdict.methods = PS_METHOD_DMARC;
	verdict.dmarc = (struct ps_dmarc_result){.result = PS_AUTH_PASS,
		.from_domain = PS_LIT("example.org"),
		.policy_domain = PS_LIT("example.org"),
		.record = PS_LIT("v=DMARC1; p=reject"),
		.which = "p",
		.policy = PS_DMARC_POLICY_REJECT,
		.published = PS_DMARC_POLICY_REJECT,
		.by_dkim = true,
		.by_spf = true,
		.secure = true};
	says(false, " mx.example.net; auth=none; x-tls=none; "
		    "dmarc=pass (p=reject, by dkim and spf, dnssec) "
		    "header.from=example.org policy.dmarc=reject");
	verdict.dmarc.result = PS_AUTH_FAIL;
	verdict.dmarc.why = "no aligned identity passed";
	verdict.dmarc.from_domain = PS_LIT("sub.example.org");
	verdict.dmarc.from = PS_DMARC_FROM_MANY;
	verdict.dmarc.which = "sp";
	verdict.dmarc.testing = true;
	verdict.dmarc.policy = PS_DMARC_POLICY_QUARANTINE;
	verdict.dmarc.secure = false;
	says(false, " mx.example.net; auth=none; x-tls=none; "
		    "dmarc=fail (sp=reject t=y, of example.org, no aligned "
		    "identity passed, the strictest of several From domains) "
		    "header.from=sub.example.org policy.dmarc=quarantine");
	verdict.dmarc = (struct ps_dmarc_result){.result = PS_AUTH_PERMERROR,
		.why = "there are two From fields"};
	says(false, " mx.example.net; auth=none; x-tls=none; "
		    "dmarc=permerror (there are two From fields)");
}

static void
vbr_names_the_domain_and_who_vouches(void **state)
{
	(void)state;
	verdict.methods = PS_METHOD_VBR;
	verdict.vbr = (struct ps_vbr_result){.result = PS_AUTH_PASS,
		.domain = PS_LIT("example.org"),
		.certifier = PS_LIT("vouch.example"),
		.content = PS_LIT("list")};
	says(false, " mx.example.net; auth=none; x-tls=none; "
		    "vbr=pass (mc=list) header.md=example.org "
		    "header.mv=vouch.example");
}

static void
openpgp_names_the_key_when_and_what_it_covers(void **state)
{
	struct ps_addr anna = {.local = PS_LIT("anna"),
		.domain = PS_LIT("example.org"),
		.full = PS_LIT("anna@example.org")};

	(void)state;
	verdict.methods = PS_METHOD_OPENPGP;
	says(false, " mx.example.net; auth=none; x-tls=none");
	verdict.author = (struct ps_dmarc_author){
		.from = PS_DMARC_FROM_ONE, .addr = &anna, .n_addr = 1};
	verdict.openpgp = (struct ps_openpgp_result){.result = PS_AUTH_PASS,
		.reason = "",
		.scope = PS_SCOPE_WHOLE,
		.shape = "pgp-mime",
		.fpr = "0123456789ABCDEF0123456789ABCDEF01234567",
		.created_s = 1600000000};
	says(false, " mx.example.net; auth=none; x-tls=none; "
		    "x-openpgp=pass (pgp-mime) x-openpgp.fpr="
		    "0123456789ABCDEF0123456789ABCDEF01234567 "
		    "x-openpgp.signed=\"2020-09-13T12:26:40Z\" "
		    "x-openpgp.scope=whole header.from=anna@example.org");
	verdict.openpgp = (struct ps_openpgp_result){.result = PS_AUTH_NEUTRAL,
		.reason = "unknown-key",
		.scope = PS_SCOPE_PARTLY,
		.shape = "pgp-nested",
		.key_id = 0x123456789ABCDEF0};
	says(false, " mx.example.net; auth=none; x-tls=none; "
		    "x-openpgp=neutral (pgp-nested, key 123456789ABCDEF0) "
		    "reason=unknown-key x-openpgp.scope=partly");
}

static void
a_verdict_says_nothing_of_methods_that_were_not_asked(void **state)
{
	(void)state;
	session.client.ss_family = AF_UNSPEC;
	says(false, " mx.example.net; auth=none; x-tls=none");
}

#define SAYS(f) cmocka_unit_test_setup(f, begin)
static const struct CMUnitTest tests[] = {
	SAYS(every_method_that_was_asked_is_said),
	SAYS(openpgp_names_the_key_when_and_what_it_covers),
	SAYS(the_client_is_named_only_where_logins_are_said),
	SAYS(spf_tells_both_identities_and_what_they_cost),
	SAYS(only_the_identity_that_was_judged_is_said),
	SAYS(each_signature_has_a_statement_of_its_own),
	SAYS(a_chain_tells_who_is_trusted_and_what_he_saw),
	SAYS(dmarc_tells_what_the_owner_asks_for),
	SAYS(vbr_names_the_domain_and_who_vouches),
	SAYS(a_verdict_says_nothing_of_methods_that_were_not_asked),
};

PS_TESTS("verify_say", tests)
