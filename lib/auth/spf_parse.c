/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Terms: qualifier, name, argument, prefix lengths.
 */
#include "auth/spf_parse.h"

#include <arpa/inet.h>

#include "auth/spf_macro.h"
#include "base/str.h"

static const char bad_domain[] = "no domain-spec";
static const char bad_prefix[] = "no prefix length";

static const struct {
	const char *name;
	enum ps_spf_kind kind;
} mechanisms[] = {
	{"all", PS_SPF_ALL},
	{"include", PS_SPF_INCLUDE},
	{"a", PS_SPF_A},
	{"mx", PS_SPF_MX},
	{"ptr", PS_SPF_PTR},
	{"ip4", PS_SPF_IP4},
	{"ip6", PS_SPF_IP6},
	{"exists", PS_SPF_EXISTS},
};

bool
ps_spf_is_record(struct ps_bytes txt)
{
	return ps_bytes_istarts(txt, PS_LIT("v=spf1")) &&
	       (txt.len == 6 || txt.p[6] == ' ');
}

static bool
is_alphanum(char c)
{
	return ps_is_alpha((unsigned char)c) || ps_is_digit((unsigned char)c);
}

/* toplabel: letters, digits, inner hyphens, not digits alone (7.1). */
static bool
is_toplabel(struct ps_bytes label)
{
	bool digits_only = true;

	if (label.len == 0 || !is_alphanum(label.p[0]) ||
		!is_alphanum(label.p[label.len - 1]))
		return false;
	for (size_t i = 0; i < label.len; i++) {
		if (!is_alphanum(label.p[i]) && label.p[i] != '-')
			return false;
		digits_only &= ps_is_digit((unsigned char)label.p[i]);
	}
	return !digits_only;
}

/* Ends in a macro, or in a dot and a toplabel. */
static bool
is_domain_spec(struct ps_bytes spec)
{
	bool ends_in_macro;
	size_t dot;

	if (!ps_spf_macro_check(spec, PS_SPF_DOMAIN, &ends_in_macro))
		return false;
	if (spec.len == 0 || ends_in_macro)
		return spec.len > 0;
	if (spec.p[spec.len - 1] == '.')
		spec.len--;
	for (dot = spec.len; dot > 0 && spec.p[dot - 1] != '.'; dot--)
		continue;
	return dot > 0 && is_toplabel(ps_bytes_from(spec, dot));
}

/* "0", or digits without a leading zero, up to most. */
static bool
read_prefix(struct ps_bytes digits, unsigned most, unsigned *out)
{
	unsigned n = 0;

	if (digits.len == 0 || digits.len > 3 ||
		(digits.len > 1 && digits.p[0] == '0'))
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		if (!ps_is_digit((unsigned char)digits.p[i]))
			return false;
		n = 10 * n + (unsigned)(digits.p[i] - '0');
	}
	*out = n;
	return n <= most;
}

/* Digits at the end with a slash before them: where the slash stands. */
static size_t
slash_before_digits(struct ps_bytes b)
{
	size_t i = b.len;

	while (i > 0 && ps_is_digit((unsigned char)b.p[i - 1]))
		i--;
	return i > 0 && b.p[i - 1] == '/' ? i - 1 : PS_NOT_FOUND;
}

/*
 * dual-cidr-length, taken off the end: a domain-spec may hold slashes too, but
 * cannot end in a slash and digits.
 */
static bool
take_prefixes(struct ps_bytes *arg, struct ps_spf_term *t)
{
	size_t at = slash_before_digits(*arg);

	t->prefix4 = 32;
	t->prefix6 = 128;
	if (at == PS_NOT_FOUND)
		return true;
	if (at > 0 && arg->p[at - 1] == '/') {
		if (!read_prefix(ps_bytes_from(*arg, at + 1), 128, &t->prefix6))
			return false;
		arg->len = at - 1;
		at = slash_before_digits(*arg);
		if (at == PS_NOT_FOUND)
			return true;
	}
	if (!read_prefix(ps_bytes_from(*arg, at + 1), 32, &t->prefix4))
		return false;
	arg->len = at;
	return true;
}

/* inet_pton() takes leading zeros in no part of an IPv4 address. */
static bool
read_network(int family, struct ps_bytes arg, unsigned char addr[16],
	unsigned *prefix)
{
	size_t slash = ps_bytes_chr(arg, '/');
	unsigned most = family == AF_INET ? 32 : 128;
	char text[INET6_ADDRSTRLEN];

	*prefix = most;
	if (slash != PS_NOT_FOUND) {
		if (!read_prefix(ps_bytes_from(arg, slash + 1), most, prefix))
			return false;
		arg.len = slash;
	}
	if (arg.len == 0 || arg.len >= sizeof(text) ||
		memchr(arg.p, '\0', arg.len) != NULL)
		return false;
	memcpy(text, arg.p, arg.len);
	text[arg.len] = '\0';
	return inet_pton(family, text, addr) == 1;
}

/* arg: what follows the name, with its ":" or "/". */
static const char *
read_argument(struct ps_bytes arg, struct ps_spf_term *t)
{
	bool has_colon = arg.len > 0 && arg.p[0] == ':';

	switch (t->kind) {
	case PS_SPF_ALL:
		return arg.len == 0 ? NULL : "\"all\" takes nothing";
	case PS_SPF_IP4:
	case PS_SPF_IP6:
		return has_colon && read_network(t->kind == PS_SPF_IP4
							 ? AF_INET
							 : AF_INET6,
					    ps_bytes_from(arg, 1), t->addr,
					    t->kind == PS_SPF_IP4 ? &t->prefix4
								  : &t->prefix6)
			       ? NULL
			       : "no network";
	case PS_SPF_A:
	case PS_SPF_MX:
		if (!take_prefixes(&arg, t))
			return bad_prefix;
		break;
	default:
		break;
	}
	if (arg.len == 0 && t->kind != PS_SPF_INCLUDE &&
		t->kind != PS_SPF_EXISTS)
		return NULL;
	t->spec = ps_bytes_from(arg, 1);
	return has_colon && is_domain_spec(t->spec) ? NULL : bad_domain;
}

static const char *
read_mechanism(struct ps_bytes text, struct ps_spf_term *t)
{
	static const char sign[] = "+-~?";
	static const enum ps_auth_result result[] = {
		PS_AUTH_PASS, PS_AUTH_FAIL, PS_AUTH_SOFTFAIL, PS_AUTH_NEUTRAL};
	const char *at = memchr(sign, text.p[0], 4);
	size_t n = 0;

	t->qualifier = PS_AUTH_PASS;
	if (at != NULL) {
		t->qualifier = result[at - sign];
		text = ps_bytes_from(text, 1);
	}
	while (n < text.len && text.p[n] != ':' && text.p[n] != '/')
		n++;
	for (size_t i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++)
		if (ps_bytes_ieq(ps_bytes_head(text, n),
			    ps_bytes_of(mechanisms[i].name))) {
			t->kind = mechanisms[i].kind;
			return read_argument(ps_bytes_from(text, n), t);
		}
	return "no such mechanism";
}

/* Where the "=" of a modifier stands: behind a name, nothing between. */
static size_t
modifier_sign(struct ps_bytes text)
{
	size_t n = 0;

	if (!ps_is_alpha((unsigned char)text.p[0]))
		return PS_NOT_FOUND;
	while (n < text.len && (is_alphanum(text.p[n]) || text.p[n] == '-' ||
				       text.p[n] == '_' || text.p[n] == '.'))
		n++;
	return n < text.len && text.p[n] == '=' ? n : PS_NOT_FOUND;
}

static const char *
read_modifier(struct ps_bytes text, size_t sign, struct ps_spf_term *t)
{
	struct ps_bytes name = ps_bytes_head(text, sign);
	bool unused;

	t->spec = ps_bytes_from(text, sign + 1);
	t->kind = PS_SPF_OTHER;
	if (ps_bytes_ieq(name, PS_LIT("redirect")))
		t->kind = PS_SPF_REDIRECT;
	if (ps_bytes_ieq(name, PS_LIT("exp")))
		t->kind = PS_SPF_EXP;
	if (t->kind == PS_SPF_OTHER)
		return ps_spf_macro_check(t->spec, PS_SPF_UNKNOWN, &unused)
			       ? NULL
			       : "no macro-string";
	return is_domain_spec(t->spec) ? NULL : bad_domain;
}

bool
ps_spf_parse_term(
	struct ps_bytes *rest, struct ps_spf_term *out, const char **why)
{
	size_t n = 0, sign;

	*out = (struct ps_spf_term){.kind = PS_SPF_OTHER};
	*why = NULL;
	while (rest->len > 0 && rest->p[0] == ' ')
		*rest = ps_bytes_from(*rest, 1);
	if (rest->len == 0)
		return false;
	while (n < rest->len && rest->p[n] != ' ')
		n++;
	out->text = ps_bytes_head(*rest, n);
	*rest = ps_bytes_from(*rest, n);
	sign = modifier_sign(out->text);
	*why = sign == PS_NOT_FOUND ? read_mechanism(out->text, out)
				    : read_modifier(out->text, sign, out);
	return *why == NULL;
}

/* redirect and exp: at most one of each (6). */
static bool
keep_modifier(const struct ps_spf_term *t, struct ps_spf_record *out)
{
	struct ps_bytes *at;

	if (t->kind != PS_SPF_REDIRECT && t->kind != PS_SPF_EXP)
		return true;
	at = t->kind == PS_SPF_EXP ? &out->exp : &out->redirect;
	if (at->len > 0)
		return false;
	*at = t->spec;
	return true;
}

bool
ps_spf_parse(struct ps_arena *a, struct ps_bytes txt, struct ps_spf_record *out,
	const char **why)
{
	struct ps_bytes rest = ps_bytes_from(txt, 6);
	struct ps_spf_term t;

	*out = (struct ps_spf_record){.terms = rest};
	while (ps_spf_parse_term(&rest, &t, why)) {
		if (!keep_modifier(&t, out)) {
			*why = "a second one";
			break;
		}
	}
	if (*why == NULL)
		return true;
	*why = ps_arena_printf(
		a, "syntax: \"%s\": %s", ps_str_printable(a, t.text, 60), *why);
	return false;
}
