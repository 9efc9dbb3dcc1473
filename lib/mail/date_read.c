/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reading dates, with the obsolete syntax that still occurs (RFC 5322 4.3).
 */
#include "mail/date.h"

#include "mail/lex.h"

/* Decimal digits, at least min and at most max of them. */
static bool
number(struct ps_lex *l, int min, int max, int *out)
{
	int n = 0;

	*out = 0;
	for (; n < max && ps_is_digit(ps_lex_peek(l)); n++, l->p++)
		*out = 10 * *out + (*l->p - '0');
	return n >= min;
}

static bool
octet(struct ps_lex *l, char c)
{
	if (ps_lex_peek(l) != c)
		return false;
	l->p++;
	return true;
}

static struct ps_bytes
word(struct ps_lex *l)
{
	const char *from = l->p;

	while (l->p < l->end && ps_is_alpha(*l->p))
		l->p++;
	return ps_bytes(from, (size_t)(l->p - from));
}

static bool
month(struct ps_lex *l, int *out)
{
	static const char name[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	struct ps_bytes w = word(l);

	if (w.len != 3)
		return false;
	for (*out = 1; *out <= 12; (*out)++)
		if (ps_bytes_ieq(w, ps_bytes(name + 3 * (*out - 1), 3)))
			return true;
	return false;
}

/* Two digits and three: RFC 5322 4.3. */
static bool
year(struct ps_lex *l, int *out)
{
	const char *from = l->p;

	if (!number(l, 2, 4, out))
		return false;
	if (l->p - from == 2)
		*out += *out < 50 ? 2000 : 1900;
	else if (l->p - from == 3)
		*out += 1900;
	return *out >= 1970;
}

static bool
zone(struct ps_lex *l, int *minutes)
{
	bool west = ps_lex_peek(l) == '-';
	struct ps_bytes w;
	int hhmm;

	*minutes = 0;
	if (west || ps_lex_peek(l) == '+') {
		l->p++;
		if (!number(l, 4, 4, &hhmm) || hhmm % 100 > 59)
			return false;
		*minutes = hhmm / 100 * 60 + hhmm % 100;
		if (west)
			*minutes = -*minutes;
		return true;
	}
	w = word(l);
	return ps_bytes_ieq(w, PS_LIT("GMT")) ||
	       ps_bytes_ieq(w, PS_LIT("UT")) ||
	       ps_bytes_ieq(w, PS_LIT("UTC")) || ps_bytes_ieq(w, PS_LIT("Z"));
}

static int
days_of(int m, int y)
{
	static const int days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);

	return days[m - 1] + (m == 2 && leap);
}

static int64_t
days_since_1970(int y, int m, int d)
{
	int64_t days = 0;

	for (int i = 1970; i < y; i++)
		days += days_of(2, i) == 29 ? 366 : 365;
	for (int i = 1; i < m; i++)
		days += days_of(i, y);
	return days + d - 1;
}

static bool
clock_time(struct ps_lex *l, int64_t *s)
{
	int hour, minute, second = 0;

	if (!number(l, 1, 2, &hour))
		return false;
	ps_lex_cfws(l);
	if (!octet(l, ':'))
		return false;
	ps_lex_cfws(l);
	if (!number(l, 2, 2, &minute))
		return false;
	ps_lex_cfws(l);
	if (octet(l, ':')) {
		ps_lex_cfws(l);
		if (!number(l, 2, 2, &second))
			return false;
	}
	*s = (int64_t)hour * 3600 + minute * 60 + second;
	/* 60: a leap second */
	return hour < 24 && minute < 60 && second <= 60;
}

static bool
day(struct ps_lex *l, int64_t *s)
{
	int d, m, y;

	ps_lex_cfws(l);
	if (word(l).len > 0) { /* of the week; nobody believes it */
		ps_lex_cfws(l);
		if (!octet(l, ','))
			return false;
		ps_lex_cfws(l);
	}
	if (!number(l, 1, 2, &d))
		return false;
	ps_lex_cfws(l);
	if (!month(l, &m))
		return false;
	ps_lex_cfws(l);
	if (!year(l, &y) || d < 1 || d > days_of(m, y))
		return false;
	*s = days_since_1970(y, m, d) * 86400;
	return true;
}

bool
ps_date_read(struct ps_bytes value, int64_t *out)
{
	struct ps_lex l = {.p = value.p, .end = value.p + value.len};
	int64_t date_s, time_s;
	int minutes;

	if (!day(&l, &date_s))
		return false;
	ps_lex_cfws(&l);
	if (!clock_time(&l, &time_s))
		return false;
	ps_lex_cfws(&l);
	if (!zone(&l, &minutes))
		return false;
	ps_lex_cfws(&l);
	if (l.p != l.end || l.broken)
		return false;
	*out = date_s + time_s - (int64_t)minutes * 60;
	return true;
}
