/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Vouch by Reference: who vouches for whom, and what never counts.
 */
#include "tap.h"

#include "auth/vbr.h"
#include "base/buf.h"
#include "dns_world.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define MANY 2000

static const char zone[] =
	"$SECURE on\n"
	"good.example._vouch.first.example TXT \"all\"\n"
	"$SECURE off\n"
	"good.example._vouch.second.example TXT \"list transaction\"\n"
	"good.example._vouch.third.example TXT \"nothing\"\n"
	"good.example._vouch.third.example TXT \"TRANSACTION\"\n"
	"good.example._vouch.dead.example SERVFAIL\n"
	"good.example._vouch.cname.example CNAME "
	"good.example._vouch.first.example\n"
	"good.example._vouch.evil.example TXT \"all\"\n"
	"victim.example._vouch.first.example TXT \"all\"\n"
	"xn--bcher-kva.example._vouch.first.example TXT \"all\"\n";

static const struct {
	const char *certifiers; /* ours */
	const char *field;	/* fields, each on a line */
	enum ps_auth_result result;
	const char *certifier, *why;
} cases[] = {
	{"first.example", "md=good.example; mc=list; mv=first.example",
		PS_AUTH_PASS, "first.example", NULL},
	{"first.example",
		" mv = a : first.example : b ; mc = all ; md = "
		"Good.Example. ;",
		PS_AUTH_PASS, "first.example", NULL},
	{"First.Example", "MD=good.example;MC=ALL;MV=FIRST.EXAMPLE",
		PS_AUTH_PASS, "first.example", NULL},
	{"second.example", "md=good.example; mc=list; mv=second.example",
		PS_AUTH_PASS, "second.example", NULL},
	{"second.example", "md=good.example; mc=all; mv=second.example",
		PS_AUTH_FAIL, "second.example",
		"no certifier that we trust vouches"},
	{"third.example", "md=good.example; mc=transaction; mv=third.example",
		PS_AUTH_PASS, "third.example", NULL},
	{"third.example", "md=good.example; mc=list; mv=third.example",
		PS_AUTH_FAIL, "third.example", NULL},
	{"cname.example", "md=good.example; mc=all; mv=cname.example",
		PS_AUTH_PASS, "cname.example", NULL},
	/* our order, not the sender's */
	{"second.example first.example",
		"md=good.example; mc=list; mv=first.example:second.example",
		PS_AUTH_PASS, "second.example", NULL},
	{"dead.example first.example",
		"md=good.example; mc=list; mv=first.example:dead.example",
		PS_AUTH_PASS, "first.example", NULL},
	{"dead.example third.example",
		"md=good.example; mc=list; mv=third.example:dead.example",
		PS_AUTH_TEMPERROR, "dead.example",
		"the name server failed (SERVFAIL)"},
	/* whom nobody authenticated, and whom we do not trust */
	{"first.example", "md=victim.example; mc=all; mv=first.example",
		PS_AUTH_NONE, "", "md= is not authenticated"},
	{"first.example", "md=sub.good.example; mc=all; mv=first.example",
		PS_AUTH_NONE, "", "md= is not authenticated"},
	{"first.example", "md=good.example; mc=all; mv=evil.example",
		PS_AUTH_NONE, "", "mv= names no certifier that we trust"},
	{"first.example", "md=good.example; mc=all; mv=xfirst.example",
		PS_AUTH_NONE, "", NULL},
	/* several fields */
	{"first.example",
		"md=victim.example; mc=all; mv=first.example\n"
		"md=good.example; mc=all; mv=first.example",
		PS_AUTH_PASS, "first.example", NULL},
	{"first.example third.example",
		"md=good.example; mc=list; mv=third.example\n"
		"md=victim.example; mc=all; mv=first.example",
		PS_AUTH_FAIL, "third.example", NULL},
	{"first.example", "junk\nmd=good.example; mc=all; mv=first.example",
		PS_AUTH_PASS, "first.example", NULL},
	/* what is no VBR-Info */
	{"first.example", "md=good.example; mv=first.example",
		PS_AUTH_PERMERROR, "", "the VBR-Info field cannot be read"},
	{"first.example", "md=good.example; mc=spam; mv=first.example",
		PS_AUTH_PERMERROR, "", NULL},
	{"first.example", "mc=all; mv=first.example", PS_AUTH_PERMERROR, "",
		NULL},
	{"first.example", "md=good.example; mc=all; mv=", PS_AUTH_PERMERROR, "",
		NULL},
	{"first.example", "md=good.example; md=x; mc=all; mv=first.example",
		PS_AUTH_PERMERROR, "", NULL},
	{"first.example", "md=good example; mc=all; mv=first.example",
		PS_AUTH_PERMERROR, "", NULL},
	{"first.example",
		"md=b\xc3\xbc"
		"cher.example; mc=all; mv=first.example",
		PS_AUTH_PASS, "first.example", NULL},
	{"", "md=good.example; mc=list; mv=first.example", PS_AUTH_NONE, "",
		"no certifier is trusted"},
	{"first.example", "", PS_AUTH_NONE, "", "no VBR-Info field"},
};

static const struct ps_bytes authenticated[] = {
	{"good.example", 12}, {"xn--bcher-kva.example", 21}};

static struct ps_vbr_result
check(struct dns_world *w, const char *certifiers, const char *fields)
{
	struct ps_bytes rest = ps_bytes_of(fields), line;
	struct ps_header h = {
		.field = ps_arena_array(w->arena, 64, sizeof(*h.field))};
	const char **trusted = ps_arena_array(w->arena, MANY, sizeof(*trusted));
	struct ps_vbr_question q = {.header = &h,
		.certifier = trusted,
		.domain = authenticated,
		.n_domain = N(authenticated)};
	char *save = NULL, *list = ps_arena_strdup(w->arena, certifiers);
	struct ps_vbr_result r;

	while (ps_bytes_line(&rest, &line))
		h.field[h.n_field++] = (struct ps_field){
			.name = PS_LIT("vbr-info"), .value = line};
	for (char *c = strtok_r(list, " ", &save); c != NULL;
		c = strtok_r(NULL, " ", &save))
		trusted[q.n_certifier++] = c;
	ps_vbr(w->arena, &q, &w->budget, &r);
	return r;
}

static void
only_certifiers_of_ours_vouch_and_only_for_who_is_authenticated(void **state)
{
	struct dns_world w;

	(void)state;
	dns_world_open(&w, zone);
	for (size_t i = 0; i < N(cases); i++) {
		struct ps_vbr_result r =
			check(&w, cases[i].certifiers, cases[i].field);

		if (r.result != cases[i].result)
			printf("# %s\n", cases[i].field);
		assert_int_equal(r.result, cases[i].result);
		assert_bytes(r.certifier, cases[i].certifier);
		if (cases[i].why != NULL)
			assert_string_equal(r.why, cases[i].why);
	}
	assert_true(check(&w, "first.example", cases[0].field).secure);
	assert_false(check(&w, "second.example", cases[3].field).secure);
	dns_world_close(&w);
}

static void
a_flood_of_certifiers_or_fields_costs_five_queries(void **state)
{
	struct dns_world w;
	struct ps_buf trusted, field;

	(void)state;
	dns_world_open(&w, zone);
	ps_buf_init(&trusted, 1 << 20);
	ps_buf_init(&field, 1 << 20);
	for (int i = 0; i < 50; i++)
		ps_buf_printf(&field,
			"md=good.example; mc=all; mv=c1:c2:c3:c4:c5:c6:c7\n");
	for (int i = 0; i < MANY; i++)
		ps_buf_printf(&trusted, "c%d ", i);
	ps_buf_putc(&trusted, '\0');
	ps_buf_putc(&field, '\0');
	assert_int_equal(check(&w, trusted.p, field.p).result, PS_AUTH_FAIL);
	assert_int_equal(w.n_query, 5);
	field.len = 0;
	ps_buf_puts(&field, "md=good.example; mc=all; mv=c1");
	for (int i = 0; i < MANY; i++)
		ps_buf_puts(&field, ":x.example");
	ps_buf_putc(&field, '\0');
	assert_int_equal(check(&w, "c1", field.p).result, PS_AUTH_PERMERROR);
	assert_int_equal(w.n_query, 5);
	ps_buf_free(&trusted);
	ps_buf_free(&field);
	dns_world_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		only_certifiers_of_ours_vouch_and_only_for_who_is_authenticated),
	cmocka_unit_test(a_flood_of_certifiers_or_fields_costs_five_queries),
};

PS_TESTS("vbr", tests)
