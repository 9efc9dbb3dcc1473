/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Addresses.  Two grammars, one result: the path of an SMTP envelope (RFC 5321
 * 4.1.2, with the spellings that MTAs really pass on) and the mailboxes of a
 * header field (RFC 5322 3.4, with the obsolete syntax of 4.4).
 *
 * A spelling must not escape a rule: in normal form a source route is gone, a
 * quoted local part is unquoted where that is equal, the domain is folded to
 * lower case and A-labels (RFC 5890) and has no final dot.
 */
#ifndef PS_MAIL_ADDR_H
#define PS_MAIL_ADDR_H

#include "base/arena.h"
#include "base/status.h"

struct ps_addr {
	struct ps_bytes local;	/* unquoted, case as written */
	struct ps_bytes domain; /* in normal form; empty for none */
	struct ps_bytes full;	/* "local@domain" in normal form; the local part
				   quoted again where it needs to be */
};

/*
 * An envelope path: "<a@b>", "a@b", "<@relay:a@b>", "<>", "postmaster".
 * "<>" gives an address whose parts are all empty.  PS_EPERM for what is no
 * path (unbalanced, control octets, two unquoted @, comments, backslashes
 * outside quotes, a domain that cannot be one, over 320 octets).
 */
enum ps_status ps_addr_path(struct ps_arena *a, struct ps_bytes path,
	struct ps_addr *out, const char **why);

/*
 * The mailbox that the MTA means by a path: the path itself, unless the MTA
 * resolved it to another ({mail_addr}, {rcpt_addr}; empty when unknown).
 * Postfix and Sendmail deliver "bob%dest", "dest!bob", "bob%dest@ours" and
 * "\"bob@dest\"@ours" to bob@dest, and complete "bob" to bob@ours.
 *
 * PS_EPERM as above, when resolved cannot be read, and for a routed local part
 * without a domain that nothing resolves.
 */
enum ps_status ps_addr_envelope(struct ps_arena *a, struct ps_bytes path,
	struct ps_bytes resolved, struct ps_addr *out, const char **why);

/*
 * The same for a sender, who is never refused for his spelling: where the path
 * cannot be read, what the MTA made of it holds ("<(x)a@b>", which a lax
 * Postfix takes).  What cannot be read at all has the path as its full text and
 * no parts; it matches no address, and is not the null path.
 */
void ps_addr_sender(struct ps_arena *a, struct ps_bytes path,
	struct ps_bytes resolved, struct ps_addr *out);

/*
 * The value of an address-list field (From, To, Cc): comments, folding,
 * display names, quoted strings, routes, groups.  Display names are dropped.
 *
 * max          mailboxes read; more is PS_ELIMIT
 * out->group   a group ("name: a, b;") occurs
 * out->broken  a part of the list could not be read, or was read although
 *              the grammar forbids it (no domain, a final dot, "a@b <c@d>");
 *              what could be read is there
 *
 * Comments nest to 16 at most, deeper ones are "broken".  Linear in len.
 */
struct ps_addr_list {
	struct ps_addr *addr;
	size_t n_addr;
	bool group, broken;
};
enum ps_status ps_addr_list(struct ps_arena *a, struct ps_bytes value,
	size_t max, struct ps_addr_list *out, const char **why);

/* Same mailbox: domains equal, local parts equal (fold: without case). */
bool ps_addr_eq(
	const struct ps_addr *x, const struct ps_addr *y, bool fold_local);

/*
 * The addr-spec of an OpenPGP user id, "Name (comment) <a@b>" or a bare "a@b"
 * (the two forms that gpg and sq read).  Exact: the whole addr-spec, never a
 * substring; a user id with several angle brackets or with none and blanks has
 * no address.  PS_EPERM when there is none.
 */
enum ps_status ps_addr_user_id(struct ps_arena *a, struct ps_bytes user_id,
	struct ps_addr *out, const char **why);
/* Is that exactly this address (fold: local parts without case)? */
bool ps_addr_user_id_is(
	struct ps_bytes user_id, const struct ps_addr *addr, bool fold_local);

/*
 * Does a pattern of a rule match?  "*" stands for any number of octets, but
 * never for the "@"; without an "@" the pattern is a domain.  Domains match
 * without case, local parts too where fold_local says so; the local part is
 * matched unquoted.  Linear time times the number of stars at most.
 */
bool ps_addr_match(
	const char *pattern, const struct ps_addr *addr, bool fold_local);

#endif
