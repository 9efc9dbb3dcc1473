/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Addresses that stand alone: the path of an SMTP envelope and the user id of
 * a certificate.  Strict, since what is doubtful here would be matched against
 * policy or choose a key; what MTAs deliver all the same (a route, needless
 * quotes, a final dot) is brought to normal form.
 */
#include "mail/spec.h"

#define PATH_MAX_OCTETS 320

static bool
has_control(struct ps_bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if ((unsigned char)b.p[i] < ' ' || b.p[i] == 0x7f)
			return true;
	return false;
}

static enum ps_status
refuse(const char **why, const char *text)
{
	*why = text;
	return PS_EPERM;
}

/* One addr-spec and nothing else. */
static enum ps_status
whole(struct ps_arena *a, struct ps_bytes text, bool route, struct ps_addr *out,
	const char **why)
{
	struct ps_addr addr;
	struct ps_spec s;

	if (text.len > PATH_MAX_OCTETS)
		return refuse(why, "address too long");
	if (has_control(text))
		return refuse(why, "control octets in an address");
	if (!route && text.len > 0 && text.p[0] == '@')
		return refuse(why, "address without a local part");
	ps_spec_init(&s, a, text, true);
	if (!ps_spec_inner(&s) || s.in.broken || s.in.p != s.in.end ||
		!ps_spec_finish(&s, &addr))
		return refuse(why, "malformed address");
	*out = addr;
	return PS_OK;
}

static struct ps_bytes
strip_blanks(struct ps_bytes b)
{
	while (b.len > 0 && b.p[0] == ' ')
		b = ps_bytes_from(b, 1);
	while (b.len > 0 && b.p[b.len - 1] == ' ')
		b.len--;
	return b;
}

enum ps_status
ps_addr_path(struct ps_arena *a, struct ps_bytes path, struct ps_addr *out,
	const char **why)
{
	path = strip_blanks(path);
	if (path.len > 0 && path.p[0] == '<') {
		if (path.len < 2 || path.p[path.len - 1] != '>')
			return refuse(why, "unbalanced angle brackets");
		path = strip_blanks(ps_bytes(path.p + 1, path.len - 2));
	}
	if (path.len == 0) { /* the null reverse-path, RFC 5321 4.5.5 */
		*out = (struct ps_addr){PS_LIT(""), PS_LIT(""), PS_LIT("")};
		return PS_OK;
	}
	return whole(a, path, true, out, why);
}

/* Characters by which MTAs find a route inside a local part: quotes do not
 * hide them (Postfix: allow_percent_hack, swap_bangpath and
 * resolve_dequoted_address, all on by default; seen with 3.7.11). */
static bool
is_routed(struct ps_bytes local)
{
	return ps_bytes_chr(local, '%') != PS_NOT_FOUND ||
	       ps_bytes_chr(local, '!') != PS_NOT_FOUND ||
	       ps_bytes_chr(local, '@') != PS_NOT_FOUND;
}

enum ps_status
ps_addr_envelope(struct ps_arena *a, struct ps_bytes path,
	struct ps_bytes resolved, struct ps_addr *out, const char **why)
{
	struct ps_addr addr, meant = {0};
	enum ps_status s = ps_addr_path(a, path, &addr, why);

	if (s == PS_OK && resolved.len > 0)
		s = ps_addr_path(a, resolved, &meant, why);
	if (s != PS_OK)
		return s;
	/* The null path stays null; Sendmail's local mailer has no domain. */
	if (addr.full.len > 0 && meant.domain.len > 0 &&
		!ps_addr_eq(&addr, &meant, true))
		addr = meant; /* else the path, whose case is the sender's */
	if (addr.domain.len == 0 && is_routed(addr.local))
		return refuse(why, "routed address without a domain");
	*out = addr;
	return PS_OK;
}

void
ps_addr_sender(struct ps_arena *a, struct ps_bytes path,
	struct ps_bytes resolved, struct ps_addr *out)
{
	const char *ignored;

	if (ps_addr_envelope(a, path, resolved, out, &ignored) == PS_OK)
		return;
	if (resolved.len > 0 &&
		ps_addr_path(a, resolved, out, &ignored) == PS_OK)
		return;
	*out = (struct ps_addr){PS_LIT(""), PS_LIT(""), path};
}

enum ps_status
ps_addr_user_id(struct ps_arena *a, struct ps_bytes user_id,
	struct ps_addr *out, const char **why)
{
	struct ps_bytes id = strip_blanks(user_id);
	size_t open = ps_bytes_chr(id, '<');
	struct ps_addr addr;
	enum ps_status s;

	if (open != PS_NOT_FOUND) {
		struct ps_bytes inner = ps_bytes_from(id, open + 1);
		size_t close = ps_bytes_chr(inner, '>');

		if (close == PS_NOT_FOUND || close + 1 != inner.len ||
			ps_bytes_chr(inner, '<') != PS_NOT_FOUND)
			return refuse(why, "malformed user id");
		id = ps_bytes_head(inner, close);
	}
	s = whole(a, id, false, &addr, why);
	if (s != PS_OK)
		return s;
	if (addr.domain.len == 0)
		return refuse(why, "user id without an address");
	*out = addr;
	return PS_OK;
}

bool
ps_addr_user_id_is(
	struct ps_bytes user_id, const struct ps_addr *addr, bool fold_local)
{
	struct ps_arena *own = ps_arena_new(PS_ARENA_PLAIN);
	const char *ignored;
	struct ps_addr named;
	bool same = ps_addr_user_id(own, user_id, &named, &ignored) == PS_OK &&
		    ps_addr_eq(&named, addr, fold_local);

	ps_arena_free(own);
	return same;
}
