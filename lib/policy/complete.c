/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Addresses as the MTA will complete them, and the other names under which a
 * recipient's key may stand.  A spelling must not escape a rule.
 */
#include "policy/decide.h"

static struct ps_addr
make(struct ps_arena *a, struct ps_bytes local, struct ps_bytes domain)
{
	char *folded;

	if (domain.len > 1 && domain.p[domain.len - 1] == '.')
		domain.len--;
	folded = ps_arena_cstr(a, domain);
	for (size_t i = 0; i < domain.len; i++)
		folded[i] = (char)ps_lower(folded[i]);
	return (struct ps_addr){
		.local = local,
		.domain = ps_bytes(folded, domain.len),
		.full = ps_bytes_of(
			ps_arena_printf(a, "%.*s@%s", PS_FMT(local), folded)),
	};
}

static size_t
last(struct ps_bytes b, char c)
{
	for (size_t i = b.len; i > 0; i--)
		if (b.p[i - 1] == c)
			return i - 1;
	return PS_NOT_FOUND;
}

/*
 * Postfix (allow_percent_hack, swap_bangpath, both on by default) reads
 * "bob%example.org" and "example.org!bob" as bob@example.org where no domain
 * follows, and appends its own domain to what then still has none.
 */
struct ps_addr
ps_policy_complete(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_addr *addr)
{
	struct ps_bytes l = addr->local;
	size_t bang = ps_bytes_chr(l, '!'), percent = last(l, '%');

	if (addr->domain.len > 0 || l.len == 0)
		return *addr;
	if (bang != PS_NOT_FOUND && bang > 0 && bang + 1 < l.len)
		return make(
			a, ps_bytes_from(l, bang + 1), ps_bytes_head(l, bang));
	if (percent != PS_NOT_FOUND && percent > 0 && percent + 1 < l.len)
		return make(a, ps_bytes_head(l, percent),
			ps_bytes_from(l, percent + 1));
	if (p->local_domain == NULL)
		return *addr;
	return make(a, l, ps_bytes_of(p->local_domain));
}

bool
ps_policy_strip(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_addr *addr, struct ps_addr *out)
{
	struct ps_bytes l = addr->local;

	for (size_t i = 1; i < l.len; i++) {
		if (l.p[i] == '\0' ||
			strchr(p->recipient_delimiter, l.p[i]) == NULL)
			continue;
		*out = make(a, ps_bytes_head(l, i), addr->domain);
		return true;
	}
	return false;
}

static const struct ps_addr *
alias_of(const struct ps_policy *p, const struct ps_addr *addr)
{
	for (size_t i = 0; i < p->n_alias; i++)
		if (ps_addr_eq(&p->alias[i].from, addr, !p->local_part_case))
			return &p->alias[i].to;
	return NULL;
}

struct ps_addr *
ps_key_addresses(struct ps_arena *a, const struct ps_policy *p,
	const struct ps_addr *rcpt, size_t *n_out)
{
	struct ps_addr *all = ps_arena_array(a, 3, sizeof(*all));
	const struct ps_addr *alias;
	size_t n = 0;

	all[n++] = ps_policy_complete(a, p, rcpt);
	if (ps_policy_strip(a, p, &all[0], &all[1]))
		n++;
	alias = alias_of(p, &all[0]);
	if (alias == NULL && n > 1)
		alias = alias_of(p, &all[1]);
	if (alias != NULL)
		all[n++] = *alias;
	*n_out = n;
	return all;
}
