/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What DMARC records say.  "p/sp/np", an upper-case letter for a tag that is
 * there; then "k" and "f" for strict DKIM and SPF, "t", "y" or "n" for psd.
 */
#include "tap.h"

#include <ctype.h>
#include <stdio.h>

#include "auth/dmarc_record.h"

static const struct {
	const char *text, *want;
} records[] = {
	{"v=DMARC1; p=none", "N"},
	{"v=DMARC1; p=quarantine", "Q"},
	{"v=DMARC1;p=reject", "R"},
	{"v=DMARC1; p=REJECT", "R"},
	{"v = DMARC1 ;  p = reject ; ", "R"},
	{"v\t=\tDMARC1\t;\tp\t=\treject\t", "R"},
	{"V=DMARC1; P=Reject; ADKIM=S", "Rk"},
	{"v=DMARC1; p=reject;", "R"},
	{"v=DMARC1; p=reject;;; ", "R"},
	{"v=DMARC1;; ; p=reject", "R"},
	{"v=DMARC1; sp=none; p=reject", "RN"},
	{"v=DMARC1; p=none; sp=quarantine; np=reject", "NQR"},
	{"v=DMARC1; p=none; np=reject", "N-R"},
	{"v=DMARC1; p=reject; adkim=s; aspf=s", "Rkf"},
	{"v=DMARC1; p=reject; adkim=S; aspf=r", "Rk"},
	{"v=DMARC1; p=reject; adkim=x; aspf=strict", "R"},
	{"v=DMARC1; p=reject; t=y", "Rt"},
	{"v=DMARC1; p=reject; t=Y", "Rt"},
	{"v=DMARC1; p=reject; t=n", "R"},
	{"v=DMARC1; p=reject; t=maybe", "R"},
	{"v=DMARC1; p=reject; psd=y", "Ry"},
	{"v=DMARC1; p=reject; psd=N", "Rn"},
	{"v=DMARC1; p=reject; psd=u", "R"},
	{"v=DMARC1; p=reject; psd=q", "R"},
	/* Tags of RFC 7489, unknown ones and slips take nothing away. */
	{"v=DMARC1; p=reject; pct=0; rf=iodef; ri=1d", "R"},
	{"v=DMARC1; p=reject; pct=abc", "R"},
	{"v=DMARC1; p=reject; fo=z", "R"},
	{"v=DMARC1; p=reject; x=y; longname=z", "R"},
	{"v=DMARC1; p=reject; what is this; adkim=s", "Rk"},
	{"v=DMARC1; p=reject; =", "R"},
	{"v=DMARC1; p=reject; adkim", "R"},
	{"v=DMARC1; p=reject; adkim=", "R"},
	{"v=DMARC1; p=reject; \xff\xfe=\x01", "R"},
	{"v=DMARC1; p=reject; rua=mailto:a@example.com!10m,mailto:b@x", "R"},
	{"v=DMARC1; what; p=reject", "R"},
	{"v=DMARC1; p=reject; p=none", "R"},
	{"v=DMARC1; p=none; p=reject", "N"},
	/* No valid policy: nothing, but for one who wants reports. */
	{"v=DMARC1", "no policy"},
	{"v=DMARC1;", "no policy"},
	{"v=DMARC1; adkim=s", "no policy"},
	{"v=DMARC1; p=", "no policy"},
	{"v=DMARC1; p=rej", "no policy"},
	{"v=DMARC1; p=n", "no policy"},
	{"v=DMARC1; p=reject quarantine", "no policy"},
	{"v=DMARC1; p=reject; sp=foo", "no policy"},
	{"v=DMARC1; p=reject; np=foo", "no policy"},
	{"v=DMARC1; p=bogus; p=reject", "no policy"},
	{"v=DMARC1; rua=mailto:a@b.com", "N"},
	{"v=DMARC1; rua=mailto:a@b.com; p=block", "N"},
	{"v=DMARC1; p=reject; sp=foo; rua=mailto:a@b.com", "N"},
	{"v=DMARC1; p=reject; sp=reject; np=foo; rua=mailto:a@b.com", "N"},
	{"v=DMARC1; adkim=s; t=y; rua=mailto:a@b.com", "Nkt"},
	{"v=DMARC1; rua=mailto:a@b.com!10m", "N"},
	{"v=DMARC1; rua=mailto:a@b.com!10", "N"},
	{"v=DMARC1; rua=MAILTO:a@b.com", "N"},
	{"v=DMARC1; rua=x, mailto:a@b.com", "N"},
	{"v=DMARC1; rua= , ,https://b.com/%7Edmarc", "N"},
	{"v=DMARC1; rua=a@b.com", "no policy"},
	{"v=DMARC1; rua=mailto:", "no policy"},
	{"v=DMARC1; rua=mailto:b.com", "no policy"},
	{"v=DMARC1; rua=mailto:@b.com", "no policy"},
	{"v=DMARC1; rua=mailto:a@", "no policy"},
	{"v=DMARC1; rua=mailto:a@b.com!m", "no policy"},
	{"v=DMARC1; rua=mailto:a@b.com!", "no policy"},
	{"v=DMARC1; rua=mailto:a@b.com!1x", "no policy"},
	{"v=DMARC1; rua=mailto:a!b@b.com!1", "no policy"},
	{"v=DMARC1; rua=mailto:a b@b.com", "no policy"},
	{"v=DMARC1; rua=mailto:a%4@b.com", "no policy"},
	{"v=DMARC1; rua=mailto:a@b.com%", "no policy"},
	{"v=DMARC1; rua=mailto:\xc3\xbc@b.com", "no policy"},
	{"v=DMARC1; rua=1mailto:a@b.com", "no policy"},
	{"v=DMARC1; rua=!", "no policy"},
	{"v=DMARC1; rua=:a@b.com", "no policy"},
	/* No DMARC record. */
	{"", "none"},
	{";", "none"},
	{"DMARC1", "none"},
	{"v=dmarc1; p=reject", "none"},
	{"v=DMARC1x; p=reject", "none"},
	{"v=DMARC", "none"},
	{"v=DMARC2; p=reject", "none"},
	{"v=; p=reject", "none"},
	{"v=DMARC1 p=reject", "none"},
	{"v=DMARC1, p=reject", "none"},
	{"v=\"DMARC1\"; p=reject", "none"},
	{"p=reject", "none"},
	{"p=reject; v=DMARC1", "none"},
	{"foo v=DMARC1; p=reject", "none"},
	{"; v=DMARC1; p=reject", "none"},
	{"v=spf1 -all", "none"},
	{"v=spf1 -all; v=DMARC1; p=reject", "none"},
	{"version=DMARC1; p=reject", "none"},
};

static char
letter(enum ps_dmarc_policy p)
{
	return (char)toupper(ps_dmarc_policy_name(p)[0]);
}

static void
say(const struct ps_dmarc_record *r, char out[16])
{
	char *p = out;

	*p++ = letter(r->p);
	if (r->has_sp || r->has_np)
		*p++ = r->has_sp ? letter(r->sp) : '-';
	if (r->has_np)
		*p++ = letter(r->np);
	if (r->strict_dkim)
		*p++ = 'k';
	if (r->strict_spf)
		*p++ = 'f';
	if (r->testing)
		*p++ = 't';
	if (r->psd != PS_DMARC_PSD_UNKNOWN)
		*p++ = r->psd == PS_DMARC_PSD_YES ? 'y' : 'n';
	*p = '\0';
}

static void
every_record_says_what_rfc_9989_makes_of_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
		struct ps_dmarc_record r;
		char got[16] = "none";

		if (ps_dmarc_record_parse(
			    a, ps_bytes_of(records[i].text), &r)) {
			assert_bytes(r.text, records[i].text);
			say(&r, got);
			if (!r.usable)
				strcpy(got, "no policy");
		}
		if (strcmp(got, records[i].want) != 0)
			fail_msg("%s: %s, not %s", records[i].text, got,
				records[i].want);
		ps_arena_free(a);
	}
}

static void
a_version_with_a_zero_octet_is_no_version(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	struct ps_dmarc_record r;

	(void)state;
	assert_false(
		ps_dmarc_record_parse(a, PS_LIT("v=DMARC1\0; p=reject"), &r));
	assert_true(ps_dmarc_record_parse(
		a, PS_LIT("v=DMARC1; p=reject; x=\0; adkim=s"), &r));
	assert_true(r.usable && r.strict_dkim);
	ps_arena_free(a);
}

static void
tags_beyond_a_hundred_are_not_read(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);
	char text[2000] = "v=DMARC1; p=reject";
	struct ps_dmarc_record r;

	(void)state;
	for (int i = 0; i < 98; i++)
		strcat(text, "; x=y");
	strcat(text, "; adkim=s");
	assert_true(ps_dmarc_record_parse(a, ps_bytes_of(text), &r));
	assert_true(r.usable && !r.strict_dkim);
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_record_says_what_rfc_9989_makes_of_it),
	cmocka_unit_test(a_version_with_a_zero_octet_is_no_version),
	cmocka_unit_test(tags_beyond_a_hundred_are_not_read),
};

PS_TESTS("dmarc_record", tests)
