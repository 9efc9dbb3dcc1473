/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The only user of jansson.  What came from outside is made printable first:
 * JSON knows no octets that are not UTF-8.
 */
#include "verify_json.h"

#include <stdlib.h>

#include <jansson.h>

#include "base/str.h"

#define SHOWN_MAX 2000

/* jansson escapes what is ASCII, and takes nothing that is not UTF-8. */
static json_t *
text(struct ps_bytes b)
{
	struct ps_buf out;
	json_t *made;

	if (b.len == 0)
		return json_null();
	ps_buf_init(&out, 4 * SHOWN_MAX);
	for (size_t i = 0; i < b.len && i < SHOWN_MAX; i++) {
		if (b.p[i] >= ' ' && b.p[i] <= '~')
			ps_buf_putc(&out, b.p[i]);
		else
			ps_str_put_escaped(&out, ps_bytes(b.p + i, 1));
	}
	made = json_stringn(out.p, out.len);
	ps_buf_free(&out);
	return made;
}

static json_t *
word(const char *s)
{
	return text(ps_bytes_of(s));
}

static json_t *
put(json_t *list, const char *method, enum ps_auth_result result,
	const char *why, struct ps_bytes identity, bool secure)
{
	json_t *one = json_object();

	json_object_set_new(one, "method", json_string(method));
	json_object_set_new(
		one, "result", json_string(ps_auth_result_name(result)));
	json_object_set_new(one, "reason", word(why));
	json_object_set_new(one, "identity", text(identity));
	json_object_set_new(one, "dnssec", json_boolean(secure));
	json_array_append_new(list, one);
	return one;
}

static void
put_spf(json_t *list, const struct ps_verdict *v)
{
	const struct {
		const char *scope;
		const struct ps_spf_result *r;
	} both[] = {{"helo", &v->helo}, {"mailfrom", &v->mail_from}};

	for (size_t i = 0; i < 2; i++) {
		const struct ps_spf_result *r = both[i].r;
		json_t *one = put(
			list, "spf", r->result, r->why, r->domain, r->secure);

		json_object_set_new(one, "scope", json_string(both[i].scope));
		json_object_set_new(one, "explanation", text(r->explanation));
		json_object_set_new(one, "lookup_terms",
			json_integer((json_int_t)r->n_term));
		json_object_set_new(one, "void_lookups",
			json_integer((json_int_t)r->n_void));
	}
}

static void
put_dkim(json_t *list, const struct ps_verdict *v)
{
	for (size_t i = 0; i < v->dkim.n_signature; i++) {
		const struct ps_dkim_signature *s = &v->dkim.signature[i];
		json_t *one = put(
			list, "dkim", s->result, s->why, s->domain, s->secure);

		json_object_set_new(one, "agent", text(s->identity));
		json_object_set_new(one, "selector", text(s->selector));
		json_object_set_new(one, "algorithm", text(s->algorithm));
		json_object_set_new(one, "key_bits", json_integer(s->bits));
		json_object_set_new(one, "testing", json_boolean(s->testing));
	}
	if (v->dkim.n_signature == 0)
		put(list, "dkim", PS_AUTH_NONE, NULL, PS_LIT(""), false);
}

static void
put_arc(json_t *list, const struct ps_verdict *v)
{
	const struct ps_arc_result *r = &v->arc;
	struct ps_bytes newest = {0};
	json_t *one;

	if (r->result == PS_AUTH_PASS && r->n_set > 0)
		newest = r->set[r->n_set - 1].domain;
	one = put(list, "arc", r->result, r->why, newest, r->secure);
	json_object_set_new(one, "sets", json_integer((json_int_t)r->n_set));
	json_object_set_new(
		one, "oldest_pass", json_integer((json_int_t)r->oldest_pass));
	json_object_set_new(one, "trusted_sealer", text(v->sealer));
	json_object_set_new(
		one, "sealer_saw_pass", json_boolean(v->sealer_saw_pass));
}

static void
put_dmarc(json_t *list, const struct ps_verdict *v)
{
	static const char *const asks[] = {"none", "quarantine", "reject"};
	const struct ps_dmarc_result *r = &v->dmarc;
	json_t *one = put(
		list, "dmarc", r->result, r->why, r->from_domain, r->secure);

	json_object_set_new(one, "policy", json_string(asks[r->policy]));
	json_object_set_new(one, "published", json_string(asks[r->published]));
	json_object_set_new(one, "which", word(r->which));
	json_object_set_new(one, "testing", json_boolean(r->testing));
	json_object_set_new(one, "policy_domain", text(r->policy_domain));
	json_object_set_new(one, "organizational_domain", text(r->org_domain));
	json_object_set_new(one, "record", text(r->record));
	json_object_set_new(one, "aligned", text(r->aligned));
	json_object_set_new(one, "aligned_dkim", json_boolean(r->by_dkim));
	json_object_set_new(one, "aligned_spf", json_boolean(r->by_spf));
	json_object_set_new(one, "list_differs", word(r->differs));
	json_object_set_new(one, "library_mismatch", word(r->mismatch));
}

static void
put_tls(json_t *list, const struct ps_verdict *v)
{
	const struct ps_client *c = &v->client;
	json_t *one = put(list, "x-tls", c->tls, NULL, c->cert_subject, false);

	json_object_set_new(one, "version", text(c->tls_version));
	json_object_set_new(one, "cipher", text(c->cipher));
	json_object_set_new(one, "bits", text(c->cipher_bits));
	json_object_set_new(one, "issuer", text(c->cert_issuer));
	json_object_set_new(one, "verified",
		json_boolean(c->cert == PS_CLIENT_CERT_VERIFIED));
}

static void
put_openpgp(json_t *list, const struct ps_verdict *v)
{
	const struct ps_openpgp_result *r = &v->openpgp;
	json_t *one =
		put(list, "x-openpgp", r->result, r->reason, r->author, false);

	json_object_set_new(
		one, "scope", json_string(ps_signed_scope_name(r->scope)));
	json_object_set_new(one, "shape", word(r->shape));
	json_object_set_new(one, "fingerprint", word(r->fpr));
	json_object_set_new(one, "signed", json_integer(r->created_s));
	json_object_set_new(one, "hash", json_integer(r->hash));
	json_object_set_new(one, "signature",
		r->scope == PS_SCOPE_NONE
			? json_null()
			: json_string(ps_signature_state_name(r->state)));
}

static json_t *
methods(const struct ps_verdict *v)
{
	json_t *list = json_array();

	put(list, "auth", v->client.auth, NULL, v->client.login, false);
	put_tls(list, v);
	if ((v->methods & PS_METHOD_IPREV) != 0)
		put(list, "iprev", v->iprev.result, v->iprev.why, v->iprev.name,
			v->iprev.secure);
	if ((v->methods & PS_METHOD_SPF) != 0)
		put_spf(list, v);
	if ((v->methods & PS_METHOD_DKIM) != 0)
		put_dkim(list, v);
	if ((v->methods & PS_METHOD_ARC) != 0)
		put_arc(list, v);
	if ((v->methods & PS_METHOD_DMARC) != 0)
		put_dmarc(list, v);
	if ((v->methods & PS_METHOD_VBR) != 0)
		put(list, "vbr", v->vbr.result, v->vbr.why, v->vbr.domain,
			v->vbr.secure);
	if ((v->methods & PS_METHOD_OPENPGP) != 0)
		put_openpgp(list, v);
	return list;
}

static json_t *
reply(const struct ps_verify_answer *answer)
{
	json_t *one = json_object();

	json_object_set_new(one, "action", json_string(answer->action));
	json_object_set_new(one, "code", word(answer->code));
	json_object_set_new(one, "enhanced", word(answer->xcode));
	json_object_set_new(one, "text", word(answer->text));
	json_object_set_new(one, "reason", word(answer->reason));
	json_object_set_new(one, "rule", word(answer->rule));
	json_object_set_new(one, "override", word(answer->override));
	return one;
}

char *
ps_verify_json(struct ps_arena *a, const char *authserv_id,
	const struct ps_verdict *v, const struct ps_verify_answer *answer)
{
	json_t *all = json_object();
	char *made, *out = NULL;

	json_object_set_new(all, "authserv_id", word(authserv_id));
	json_object_set_new(all, "authentication_results",
		text(ps_bytes_trim(answer->authres)));
	json_object_set_new(
		all, "trusted_client", json_boolean(v->trusted_client));
	json_object_set_new(all, "methods", methods(v));
	json_object_set_new(all, "reply", reply(answer));
	json_object_set_new(
		all, "dns_queries", json_integer((json_int_t)v->n_query));
	made = json_dumps(all, JSON_COMPACT | JSON_PRESERVE_ORDER);
	if (made != NULL)
		out = ps_arena_strdup(a, made);
	free(made);
	json_decref(all);
	return out;
}
