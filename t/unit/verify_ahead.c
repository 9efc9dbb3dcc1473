/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * How long a client waits for the DNS: in round trips to a resolver that knows
 * nothing yet, and answers all that was asked until then at once.
 */
#include "tap.h"

#include "auth/verify.h"
#include "dkim_world.h"
#include "spf_world.h"

#define MAX_ASKED 64

static const char more_zone[] =
	"7.2.0.192.in-addr.arpa PTR mx.example.com\n"
	"mx.example.com A 192.0.2.7\n"
	"example.com TXT \"v=spf1 include:_spf.example.com -all\"\n"
	"_spf.example.com TXT \"v=spf1 ip4:192.0.2.0/24 -all\"\n"
	"_dmarc.example.com TXT \"v=DMARC1; p=reject; psd=n\"\n";

/* A resolver far away, over the zone. */
struct far {
	struct ps_dns zone, dns;
	struct {
		char name[256];
		enum ps_dns_type type;
		int at; /* the round trip in which it was asked */
	} asked[MAX_ASKED];
	size_t n_asked;
	int now; /* round trips waited for so far */
};

/* Is the answer there?  If not, it is on its way from now on. */
static bool
has_come(struct far *f, struct ps_bytes name, enum ps_dns_type type)
{
	size_t i = 0;

	while (i < f->n_asked &&
		(f->asked[i].type != type ||
			!ps_bytes_eq(ps_bytes_of(f->asked[i].name), name)))
		i++;
	assert_true(i < MAX_ASKED);
	if (i < f->n_asked)
		return f->asked[i].at < f->now;
	snprintf(f->asked[i].name, sizeof(f->asked[i].name), "%.*s",
		PS_FMT(name));
	f->asked[i].type = type;
	f->asked[i].at = f->now;
	f->n_asked++;
	return false;
}

static void
far_query(void *self, struct ps_arena *a, struct ps_bytes name,
	enum ps_dns_type type, const struct ps_wait *wait,
	struct ps_dns_answer *out)
{
	struct far *f = self;

	if (!has_come(f, name, type)) {
		*out = (struct ps_dns_answer){
			.status = PS_DNS_TROUBLE, .why = "on its way"};
		if (ps_wait_left(wait) == 0)
			return;
		f->now++;
	}
	f->zone.query(f->zone.self, a, name, type, wait, out);
}

static void
far_ahead(void *self, struct ps_bytes name, enum ps_dns_type type)
{
	(void)has_come(self, name, type);
}

struct world {
	struct dkim_world dkim;
	struct far far;
	struct ps_session session;
	struct ps_txn txn;
	struct ps_auth_settings settings;
	struct ps_verifier verifier;
};

static void
world_open(struct world *w)
{
	const char *why = NULL;
	struct ps_arena *a;

	dkim_world_open(&w->dkim);
	a = w->dkim.arena;
	w->far = (struct far){.n_asked = 0};
	assert_int_equal(
		ps_dns_zone_parse(a, "zone",
			ps_bytes_of(ps_arena_printf(a, "%s\n%s",
				ps_arena_cstr(a, data_own(a, "dkim/two.zone")),
				more_zone)),
			&w->far.zone, &why),
		PS_OK);
	w->far.dns = (struct ps_dns){&w->far, far_query, far_ahead};
	w->session = (struct ps_session){.arena = a,
		.client = spf_client("192.0.2.7"),
		.helo = PS_LIT("mx.example.com")};
	w->txn = (struct ps_txn){.arena = a,
		.session = &w->session,
		.mail_from = {PS_LIT("u"), PS_LIT("example.com"),
			PS_LIT("u@example.com")},
		.message = dkim_world_message(a, w->dkim.octets)};
	w->settings = (struct ps_auth_settings)PS_AUTH_SETTINGS_DEFAULT;
	w->verifier = (struct ps_verifier){.settings = &w->settings,
		.dns = &w->far.dns,
		.dkim = w->dkim.dkim,
		.wait = &w->dkim.dns.wait,
		.now_s = DKIM_NOW,
		.methods = PS_METHOD_ALL & ~PS_METHOD_VBR};
}

static void
verify(struct world *w)
{
	struct ps_verdict v;

	ps_verify(w->dkim.arena, &w->txn, true, &w->verifier, &v);
	assert_int_equal(v.mail_from.result, PS_AUTH_PASS);
	assert_int_equal(v.iprev.result, PS_AUTH_PASS);
	assert_int_equal(v.dkim.signature[0].result, PS_AUTH_PASS);
	assert_int_equal(v.dmarc.result, PS_AUTH_PASS);
}

static void
all_methods_take_as_long_as_the_longest(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	verify(&w);
	assert_int_equal(w.far.now, 2); /* a record, and what it includes */
	dkim_world_close(&w.dkim);
}

static void
each_stage_goes_on_with_what_has_come(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	for (int stage = 0; stage < 2; stage++) {
		ps_verify_ahead(w.dkim.arena, &w.session, &w.txn, stage > 0,
			&w.verifier);
		assert_int_equal(w.far.now, stage); /* it waits for nothing */
		w.far.now++;
	}
	verify(&w);
	assert_int_equal(w.far.now, 2);
	dkim_world_close(&w.dkim);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(all_methods_take_as_long_as_the_longest),
	cmocka_unit_test(each_stage_goes_on_with_what_has_come),
};

PS_TESTS("verify_ahead", tests)
