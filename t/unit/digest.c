/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * By what a message is known again.
 */
#include "tap.h"

#include "store/digest.h"

struct mail {
	struct ps_field field[4];
	struct ps_message m;
};

static struct mail *
mail(void)
{
	static struct mail it;

	it = (struct mail){
		.field = {{.name = PS_LIT("Received"), .value = PS_LIT(" one")},
			{.name = PS_LIT("Message-ID"),
				.value = PS_LIT(" <1@x>")},
			{.name = PS_LIT("Subject"),
				.value = PS_LIT(" a\n b")}}};
	it.m = (struct ps_message){
		.header = {it.field, 3}, .body = PS_LIT("a\r\nb\r\n")};
	return &it;
}

static struct ps_digest
message_digest(const char *sender, const struct ps_message *m, bool *known)
{
	struct ps_digest d;
	const char *why = "";

	assert_int_equal(
		ps_digest_message(ps_bytes_of(sender), m, &d, known, &why),
		PS_OK);
	return d;
}

static struct ps_digest
copy_digest(const char *one, const char *two, const struct ps_message *m)
{
	const struct ps_bytes rcpt[] = {ps_bytes_of(one), ps_bytes_of(two)};
	struct ps_digest d;
	const char *why = "";

	assert_int_equal(
		ps_digest_copy(PS_LIT("s@x"), rcpt, 2, m, &d, &why), PS_OK);
	return d;
}

static bool
same(struct ps_digest a, struct ps_digest b)
{
	return memcmp(&a, &b, sizeof(a)) == 0;
}

static void
a_retry_is_the_same_message_and_nothing_else_is(void **state)
{
	struct mail *it = mail();
	bool known = false;
	struct ps_digest first = message_digest("s@x", &it->m, &known);

	(void)state;
	assert_true(known);
	assert_true(same(first, message_digest("s@x", &it->m, &known)));
	assert_false(same(first, message_digest("t@x", &it->m, &known)));
	it->m.body = PS_LIT("a\r\nB\r\n");
	assert_false(same(first, message_digest("s@x", &it->m, &known)));
	it = mail();
	it->field[2].value = PS_LIT(" a\n c");
	assert_false(same(first, message_digest("s@x", &it->m, &known)));
	it = mail();
	it->field[0].value = PS_LIT(" two"); /* another way here */
	assert_false(same(first, message_digest("s@x", &it->m, &known)));
	it = mail();
	it->m.header.n_field = 2; /* from the header to the body */
	it->m.body = PS_LIT("Subject: a\r\n b\r\n\r\na\r\nb\r\n");
	assert_false(same(first, message_digest("s@x", &it->m, &known)));
}

static void
line_ends_of_the_milter_protocol_make_no_difference(void **state)
{
	struct mail *it = mail();
	bool known;
	struct ps_digest first = message_digest("s@x", &it->m, &known);

	(void)state;
	it->field[2].value = PS_LIT(" a\r\n b");
	it->m.body = PS_LIT("a\nb\n");
	assert_true(same(first, message_digest("s@x", &it->m, &known)));
}

static void
without_a_message_id_nothing_is_a_retry(void **state)
{
	struct mail *it = mail();
	struct ps_digest first;
	bool known = true;

	(void)state;
	it->field[1].value = PS_LIT(" ");
	first = message_digest("s@x", &it->m, &known);
	assert_false(known);
	assert_false(same(first, message_digest("s@x", &it->m, &known)));
}

static void
a_copy_is_known_by_its_octets_and_recipients_whatever_hops_add(void **state)
{
	struct mail *it = mail();
	struct ps_digest first = copy_digest("a@b", "c@d", &it->m);
	bool known;

	(void)state;
	assert_true(same(first, copy_digest("c@d", "a@b", &it->m)));
	assert_false(same(first, copy_digest("a@b", "c@e", &it->m)));
	assert_false(same(first, copy_digest("a@bc", "@d", &it->m)));
	assert_false(same(first, message_digest("s@x", &it->m, &known)));
	it->field[0].value = PS_LIT(" another hop");
	assert_true(same(first, copy_digest("a@b", "c@d", &it->m)));
	it->field[3] = it->field[0];
	it->m.header.n_field = 4;
	assert_true(same(first, copy_digest("a@b", "c@d", &it->m)));
	it->field[3].name = PS_LIT("X-Received");
	assert_false(same(first, copy_digest("a@b", "c@d", &it->m)));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_retry_is_the_same_message_and_nothing_else_is),
	cmocka_unit_test(line_ends_of_the_milter_protocol_make_no_difference),
	cmocka_unit_test(without_a_message_id_nothing_is_a_retry),
	cmocka_unit_test(
		a_copy_is_known_by_its_octets_and_recipients_whatever_hops_add),
};

PS_TESTS("digest", tests)
