/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * A verdict in the words of IANA's registry "Email Authentication Methods";
 * x-tls has no registered ones.  Each statement's last property is the one most
 * likely to be quoted, since some readers lose what follows a quoted string.
 * Comments are for whoever looks into a complaint at night: why, how many
 * look-ups, which key, and whether DNSSEC proves it.
 */
#include <assert.h>
#include <time.h>

#include "auth/verify.h"

#define OTHERS 10 /* statements that are not of DKIM signatures */

struct say {
	struct ps_arena *a;
	struct ps_authres_item *item;
	size_t n;
};

static struct ps_authres_item *
add(struct say *s, const char *method, enum ps_auth_result result)
{
	struct ps_authres_item *item = &s->item[s->n++];

	item->method = method;
	item->result = result;
	return item;
}

static void
prop(struct ps_authres_item *item, const char *type, const char *name,
	struct ps_bytes value)
{
	if (value.len == 0)
		return;
	assert(item->n_prop < PS_AUTHRES_MAX_PROPS);
	item->prop[item->n_prop++] =
		(struct ps_authres_prop){type, name, value};
}

static void
note(struct say *s, const char *text)
{
	struct ps_authres_item *item = &s->item[s->n - 1];

	if (text == NULL || *text == '\0')
		return;
	item->comment = item->comment == NULL ? text
					      : ps_arena_printf(s->a, "%s, %s",
							item->comment, text);
}

static void
note_secure(struct say *s, bool secure)
{
	if (secure)
		note(s, "dnssec");
}

/* What the result says already needs no reason. */
static void
note_why(struct say *s, enum ps_auth_result result, const char *why)
{
	if (result != PS_AUTH_PASS)
		note(s, why);
}

static void
say_auth(struct say *s, const struct ps_client *c, bool with_login)
{
	struct ps_authres_item *item = add(s, "auth", c->auth);

	if (c->auth != PS_AUTH_PASS)
		return;
	note(s, ps_arena_cstr(s->a, c->mechanism));
	if (with_login)
		prop(item, "smtp", "auth", c->login);
}

static void
say_tls(struct say *s, const struct ps_client *c, bool with_login)
{
	static const char *const cert[] = {
		[PS_CLIENT_CERT_UNVERIFIED] = "client certificate not trusted",
		[PS_CLIENT_CERT_UNKNOWN] = "client certificate not judged",
		[PS_CLIENT_CERT_VERIFIED] = "client certificate verified",
	};
	struct ps_authres_item *item = add(s, "x-tls", c->tls);

	if (c->tls != PS_AUTH_PASS)
		return;
	prop(item, "smtp", "version", c->tls_version);
	prop(item, "smtp", "cipher", c->cipher);
	prop(item, "smtp", "bits", c->cipher_bits);
	if (c->cert == PS_CLIENT_CERT_NONE)
		return;
	note(s, cert[c->cert]);
	/* It names the client as a login does. */
	if (with_login && c->cert == PS_CLIENT_CERT_VERIFIED)
		prop(item, "smtp", "cert-subject", c->cert_subject);
}

static void
say_iprev(struct say *s, const struct ps_iprev_result *r, struct ps_bytes ip)
{
	struct ps_authres_item *item = add(s, "iprev", r->result);

	note(s, ps_arena_cstr(s->a, r->name));
	note_why(s, r->result, r->why);
	note_secure(s, r->secure);
	prop(item, "policy", "iprev", ip);
}

static void
say_spf(struct say *s, const struct ps_spf_result *r, const char *name,
	struct ps_bytes value)
{
	struct ps_authres_item *item = add(s, "spf", r->result);

	note(s, r->why);
	if (r->n_term > 0)
		note(s, ps_arena_printf(s->a, "%zu of %d look-ups", r->n_term,
				PS_SPF_MAX_TERM));
	if (r->n_void > 0)
		note(s, ps_arena_printf(s->a, "%zu of %d void", r->n_void,
				PS_SPF_MAX_VOID));
	note_secure(s, r->secure);
	prop(item, "smtp", name, value);
}

struct ps_bytes
ps_verify_mailbox(struct ps_arena *a, const struct ps_addr *addr)
{
	size_t at = addr->local.len;
	char *p;

	if (addr->domain.len == 0)
		return addr->full;
	p = ps_arena_alloc(a, at + 1 + addr->domain.len);
	if (at > 0)
		memcpy(p, addr->local.p, at);
	p[at] = '@';
	memcpy(p + at + 1, addr->domain.p, addr->domain.len);
	return ps_bytes(p, at + 1 + addr->domain.len);
}

struct ps_bytes
ps_verify_mail_from(
	struct ps_arena *a, const struct ps_txn *t, const struct ps_verdict *v)
{
	struct ps_bytes judged = v->mail_from.domain;

	if (v->null_sender)
		return judged.len == 0
			       ? judged
			       : ps_bytes_of(ps_arena_printf(
					 a, "postmaster@%.*s", PS_FMT(judged)));
	if (judged.len == 0 || ps_bytes_ieq(t->mail_from.domain, judged))
		return ps_verify_mailbox(a, &t->mail_from);
	return judged;
}

static void
say_both_spf(struct say *s, const struct ps_txn *t, const struct ps_verdict *v)
{
	say_spf(s, &v->helo, "helo",
		v->helo.domain.len > 0 ? v->helo.domain : t->session->helo);
	say_spf(s, &v->mail_from, "mailfrom", ps_verify_mail_from(s->a, t, v));
}

static void
say_signature(struct say *s, const struct ps_dkim_signature *d)
{
	struct ps_authres_item *item = add(s, "dkim", d->result);

	note_why(s, d->result, d->why);
	if (d->bits > 0)
		note(s, ps_arena_printf(s->a, "%u-bit key", d->bits));
	if (d->testing)
		note(s, "t=y");
	note_secure(s, d->secure);
	prop(item, "header", "d", d->domain);
	prop(item, "header", "i", d->identity);
	prop(item, "header", "s", d->selector);
	prop(item, "header", "a", d->algorithm);
	prop(item, "header", "b", d->b);
}

static void
say_dkim(struct say *s, const struct ps_dkim_result *r)
{
	if (r->n_signature == 0) {
		add(s, "dkim", PS_AUTH_NONE);
		note(s, "not signed");
	}
	for (size_t i = 0; i < r->n_signature; i++)
		say_signature(s, &r->signature[i]);
	if (r->n_ignored > 0)
		note(s, ps_arena_printf(
				s->a, "%zu more not looked at", r->n_ignored));
}

static void
say_arc(struct say *s, const struct ps_verdict *v, struct ps_bytes ip)
{
	const struct ps_arc_result *r = &v->arc;
	struct ps_authres_item *item = add(s, "arc", r->result);
	const char *oldest;

	if (r->result == PS_AUTH_NONE)
		return;
	note_why(s, r->result, r->why);
	if (r->n_set > 0)
		note(s, ps_arena_printf(s->a, "i=%zu", r->n_set));
	if (v->sealer.len > 0)
		note(s, ps_arena_printf(s->a, "%s sealer %.*s",
				v->sealer_saw_pass ? "seen passing by trusted"
						   : "trusted",
				PS_FMT(v->sealer)));
	note_secure(s, r->secure);
	if (r->result == PS_AUTH_PASS) {
		oldest = ps_arena_printf(s->a, "%zu", r->oldest_pass);
		prop(item, "header", "oldest-pass", ps_bytes_of(oldest));
	}
	prop(item, "smtp", "remote-ip", ip);
}

static const char *
policy_name(enum ps_dmarc_policy p)
{
	return p == PS_DMARC_POLICY_REJECT	 ? "reject"
	       : p == PS_DMARC_POLICY_QUARANTINE ? "quarantine"
						 : "none";
}

static void
say_dmarc(struct say *s, const struct ps_dmarc_result *r)
{
	struct ps_authres_item *item = add(s, "dmarc", r->result);

	if (r->record.len > 0 && r->which != NULL) {
		note(s, ps_arena_printf(s->a, "%s=%s%s", r->which,
				policy_name(r->published),
				r->testing ? " t=y" : ""));
		if (r->policy_domain.len > 0 &&
			!ps_bytes_eq(r->policy_domain, r->from_domain))
			note(s, ps_arena_printf(s->a, "of %.*s",
					PS_FMT(r->policy_domain)));
	}
	note_why(s, r->result, r->why);
	if (r->result == PS_AUTH_PASS && (r->by_dkim || r->by_spf))
		note(s, ps_arena_printf(s->a, "by %s%s%s",
				r->by_dkim ? "dkim" : "",
				r->by_dkim && r->by_spf ? " and " : "",
				r->by_spf ? "spf" : ""));
	if (r->from == PS_DMARC_FROM_MANY)
		note(s, "the strictest of several From domains");
	note(s, r->differs);
	note_secure(s, r->secure);
	prop(item, "header", "from", r->from_domain);
	if (r->record.len > 0)
		prop(item, "policy", "dmarc",
			ps_bytes_of(policy_name(r->policy)));
}

static void
say_vbr(struct say *s, const struct ps_vbr_result *r)
{
	struct ps_authres_item *item = add(s, "vbr", r->result);

	note_why(s, r->result, r->why);
	if (r->result == PS_AUTH_PASS)
		note(s, ps_arena_printf(s->a, "mc=%.*s", PS_FMT(r->content)));
	note_secure(s, r->secure);
	prop(item, "header", "md", r->domain);
	prop(item, "header", "mv", r->certifier);
}

/* RFC 3339 5.6 */
static struct ps_bytes
date_time(struct ps_arena *a, int64_t s)
{
	time_t t = (time_t)s;
	char text[32] = "";
	struct tm tm;

	if (s <= 0 || gmtime_r(&t, &tm) == NULL ||
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return (struct ps_bytes){0};
	return ps_bytes_of(ps_arena_strdup(a, text));
}

/* Of what is not signed nothing is said: nearly all mail is not. */
static void
say_openpgp(struct say *s, const struct ps_verdict *v)
{
	const struct ps_openpgp_result *r = &v->openpgp;
	struct ps_authres_item *item;

	if (r->scope == PS_SCOPE_NONE)
		return;
	item = add(s, "x-openpgp", r->result);
	note(s, r->shape);
	if (r->sealed)
		note(s, "sealed");
	if (r->fpr[0] == '\0' && r->key_id != 0)
		note(s, ps_arena_printf(s->a, "key %016llX",
				(unsigned long long)r->key_id));
	if (r->reason != NULL && *r->reason != '\0')
		item->reason = r->reason;
	prop(item, "x-openpgp", "fpr", ps_bytes_of(r->fpr));
	prop(item, "x-openpgp", "signed", date_time(s->a, r->created_s));
	prop(item, "x-openpgp", "scope",
		ps_bytes_of(ps_signed_scope_name(r->scope)));
	if (r->result == PS_AUTH_PASS && v->author.n_addr == 1)
		prop(item, "header", "from",
			ps_verify_mailbox(s->a, &v->author.addr[0]));
}

struct ps_authres_item *
ps_verify_say(struct ps_arena *a, const struct ps_txn *t,
	const struct ps_verdict *v, bool with_login, size_t *n)
{
	struct say s = {.a = a,
		.item = ps_arena_array(
			a, v->dkim.n_signature + OTHERS, sizeof(*s.item))};
	struct ps_bytes ip = ps_client_ip(a, &t->session->client);

	say_auth(&s, &v->client, with_login);
	say_tls(&s, &v->client, with_login);
	if ((v->methods & PS_METHOD_IPREV) != 0)
		say_iprev(&s, &v->iprev, ip);
	if ((v->methods & PS_METHOD_SPF) != 0)
		say_both_spf(&s, t, v);
	if ((v->methods & PS_METHOD_DKIM) != 0)
		say_dkim(&s, &v->dkim);
	if ((v->methods & PS_METHOD_ARC) != 0)
		say_arc(&s, v, ip);
	if ((v->methods & PS_METHOD_DMARC) != 0)
		say_dmarc(&s, &v->dmarc);
	if ((v->methods & PS_METHOD_VBR) != 0)
		say_vbr(&s, &v->vbr);
	if ((v->methods & PS_METHOD_OPENPGP) != 0)
		say_openpgp(&s, v);
	*n = s.n;
	return s.item;
}
