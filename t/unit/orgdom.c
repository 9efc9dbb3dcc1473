/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Organisational domains by the list that the system has, and by one of ours.
 */
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

#include "dns/orgdom.h"

static const struct {
	const char *name, *org;
} names[] = {
	{"example.com", "example.com"},
	{"a.b.example.co.uk", "example.co.uk"},
	{"co.uk", ""},
	{"com", ""},
	{"q.com", "q.com"},
	{"a.q.com", "q.com"},
	{"github.io", ""},
	{"foo.github.io", "foo.github.io"},
	{"x.foo.github.io", "foo.github.io"},
	{"bbb.ck", ""},
	{"aaa.bbb.ck", "aaa.bbb.ck"},
	{"xx.aaa.bbb.ck", "aaa.bbb.ck"},
	{"www.ck", "www.ck"},
	{"a.www.ck", "www.ck"},
	{"xxx.kawasaki.jp", ""},
	{"aaa.xxx.kawasaki.jp", "aaa.xxx.kawasaki.jp"},
	{"b.aaa.city.kawasaki.jp", "city.kawasaki.jp"},
	{"xn--55qx5d.cn", ""},
	{"aaa.xn--55qx5d.cn", "aaa.xn--55qx5d.cn"},
	{"b.aaa.xn--55qx5d.cn", "aaa.xn--55qx5d.cn"},
	{"5.bg", ""},
	{"a.5.bg", "a.5.bg"},
	{"aa.corp.nosuchtld", "corp.nosuchtld"},
	{"nosuchtld", ""},
};

static void
the_list_of_the_system_knows_every_kind_of_rule(void **state)
{
	const char *why = NULL;
	struct ps_orgdom *o = ps_orgdom_new(NULL, &why);

	(void)state;
	assert_non_null(o);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_bytes(ps_orgdom_of(o, ps_bytes_of(names[i].name)),
			names[i].org);
	ps_orgdom_free(o);
}

static struct ps_orgdom *
list_of(const char *text, const char **why)
{
	char path[] = "/tmp/postseal-orgdom-XXXXXX";
	int fd = mkstemp(path);
	struct ps_orgdom *o;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	o = ps_orgdom_new(path, why);
	unlink(path);
	return o;
}

static void
a_list_of_the_administrator_replaces_it(void **state)
{
	const char *why = NULL;
	struct ps_orgdom *o = list_of("// ours\nexample.com\ncom\n", &why);

	(void)state;
	assert_non_null(o);
	assert_bytes(
		ps_orgdom_of(o, PS_LIT("a.b.example.com")), "b.example.com");
	assert_bytes(ps_orgdom_of(o, PS_LIT("example.com")), "");
	assert_bytes(ps_orgdom_of(o, PS_LIT("a.b.example.co.uk")), "co.uk");
	ps_orgdom_free(o);
}

static void
what_is_no_list_is_refused(void **state)
{
	const char *why = NULL;

	(void)state;
	assert_null(ps_orgdom_new("/nonexistent/list", &why));
	assert_non_null(why);
	why = NULL;
	assert_null(list_of("// nothing\n", &why));
	assert_non_null(why);
	ps_orgdom_free(NULL);
}

static void
a_name_that_the_dns_cannot_have_has_no_organisation(void **state)
{
	const char *why = NULL;
	struct ps_orgdom *o = ps_orgdom_new(NULL, &why);
	char name[300];

	(void)state;
	memset(name, 'a', sizeof(name));
	assert_int_equal(ps_orgdom_of(o, ps_bytes(name, sizeof(name))).len, 0);
	assert_int_equal(ps_orgdom_of(o, PS_LIT("")).len, 0);
	ps_orgdom_free(o);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_list_of_the_system_knows_every_kind_of_rule),
	cmocka_unit_test(a_list_of_the_administrator_replaces_it),
	cmocka_unit_test(what_is_no_list_is_refused),
	cmocka_unit_test(a_name_that_the_dns_cannot_have_has_no_organisation),
};

PS_TESTS("orgdom", tests)
