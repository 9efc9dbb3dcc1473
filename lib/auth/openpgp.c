/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * From a signature to what may be said of its author.  The engine says whether
 * the octets are right; everything else that "signed by" could mean is decided
 * here, and user ids are never matched but as whole addresses.
 */
#include "auth/openpgp.h"

#include "openpgp/key_strength.h"

struct question {
	const struct ps_openpgp_verifier *v;
	const struct ps_signed *found;
	const struct ps_addr *from; /* NULL: there is no one author */
	struct ps_signer *signer;
	size_t n_signer;
	struct ps_signature_info *info;
	size_t n_info;
};

static void
say(struct ps_openpgp_result *out, enum ps_auth_result result,
	const char *reason)
{
	out->result = result;
	out->reason = reason;
}

/* The From address, when there is exactly one. */
static const struct ps_addr *
only_author(const struct ps_dmarc_author *author)
{
	return author->from == PS_DMARC_FROM_ONE && author->n_addr == 1
		       ? &author->addr[0]
		       : NULL;
}

static const struct ps_signer *
signer_of(const struct question *q, const struct ps_signature_info *info)
{
	for (size_t i = 0; i < q->n_signer; i++)
		if (strcmp(q->signer[i].fpr, info->fpr) == 0)
			return &q->signer[i];
	return NULL;
}

static bool
is_bound(const struct question *q, const struct ps_signature_info *info)
{
	const struct ps_signer *s = signer_of(q, info);
	const char *const *fpr;
	size_t n = 0;

	if (s == NULL || q->from == NULL)
		return false;
	fpr = q->v->bound.of(q->v->bound.self, q->from, &n);
	if (n == 0)
		return s->speaks_for;
	for (size_t i = 0; i < n; i++)
		if (strcmp(fpr[i], info->fpr) == 0)
			return true;
	return false;
}

/* RFC 9580 9.5: SHA2-256, -384, -512, SHA3-256 and -512. */
static bool
is_strong_digest(int hash)
{
	return (hash >= 8 && hash <= 10) || hash == 12 || hash == 14;
}

static const char *
weakness(const struct question *q, const struct ps_signature_info *info)
{
	const struct ps_signer *s = signer_of(q, info);

	if (!is_strong_digest(info->hash))
		return "weak-digest";
	if (s == NULL)
		return "unknown-key";
	return ps_key_strength(s->octets, info->signing_fpr) <
			       q->v->min_rsa_bits
		       ? "weak-key"
		       : NULL;
}

/* A signature that is not good says so before anything else does. */
static bool
is_good(const struct ps_signature_info *info, struct ps_openpgp_result *out)
{
	static const struct {
		enum ps_auth_result result;
		const char *reason;
	} of[] = {
		[PS_SIGNATURE_BAD] = {PS_AUTH_FAIL, "bad-signature"},
		[PS_SIGNATURE_EXPIRED] = {PS_AUTH_POLICY, "signature-expired"},
		[PS_SIGNATURE_KEY_EXPIRED] = {PS_AUTH_POLICY, "key-expired"},
		[PS_SIGNATURE_KEY_REVOKED] = {PS_AUTH_POLICY, "key-revoked"},
		[PS_SIGNATURE_NO_KEY] = {PS_AUTH_NEUTRAL, "unknown-key"},
		[PS_SIGNATURE_WEAK] = {PS_AUTH_POLICY, "weak"},
		[PS_SIGNATURE_ERROR] = {PS_AUTH_PERMERROR, "unreadable"},
	};

	if (info->state == PS_SIGNATURE_GOOD)
		return true;
	say(out, of[info->state].result, of[info->state].reason);
	return false;
}

/* Does the signed part itself name another author (RFC 9788 section 4.4)? */
static bool
inner_from_differs(struct ps_arena *a, const struct question *q)
{
	struct ps_addr_list list;
	const char *why;

	if (!q->found->has_inner_from)
		return false;
	return ps_addr_list(a, q->found->inner_from, 4, &list, &why) != PS_OK ||
	       list.broken || list.n_addr != 1 ||
	       !ps_addr_eq(&list.addr[0], q->from, q->v->fold_local);
}

static void
fill(struct ps_openpgp_result *out, const struct ps_signature_info *info)
{
	out->state = info->state;
	memcpy(out->fpr, info->fpr, sizeof(out->fpr));
	out->key_id = info->key_id;
	out->created_s = info->created_s;
	out->hash = info->hash;
}

/* All are good: which speaks, and for whom? */
static void
judge_good(struct ps_arena *a, const struct question *q,
	struct ps_openpgp_result *out)
{
	const struct ps_signature_info *by = NULL;
	const char *weak;

	for (size_t i = 0; i < q->n_info && by == NULL; i++)
		if (is_bound(q, &q->info[i]))
			by = &q->info[i];
	fill(out, by == NULL ? &q->info[0] : by);
	weak = weakness(q, by == NULL ? &q->info[0] : by);
	if (weak != NULL)
		say(out, PS_AUTH_POLICY, weak);
	else if (q->found->scope != PS_SCOPE_WHOLE)
		say(out, PS_AUTH_POLICY, "not-whole");
	else if (q->from == NULL)
		say(out, PS_AUTH_POLICY, "no-single-author");
	else if (by == NULL)
		say(out, PS_AUTH_POLICY, "not-the-author");
	else if (inner_from_differs(a, q))
		say(out, PS_AUTH_POLICY, "inner-from-differs");
	else {
		say(out, PS_AUTH_PASS, "");
		out->author = q->from->full;
	}
}

static void
judge(struct ps_arena *a, const struct question *q,
	struct ps_openpgp_result *out)
{
	if (q->n_info == 0) {
		say(out, PS_AUTH_PERMERROR, "unreadable");
		return;
	}
	for (size_t i = 0; i < q->n_info; i++) {
		if (is_good(&q->info[i], out))
			continue;
		fill(out, &q->info[i]);
		return;
	}
	judge_good(a, q, out);
}

/* The certificates that the packets name, one behind another. */
static struct ps_bytes
all_certs(struct ps_arena *a, const struct question *q)
{
	struct ps_bytes all;
	struct ps_buf b;

	ps_buf_init(&b, SIZE_MAX / 4);
	for (size_t i = 0; i < q->n_signer; i++)
		ps_buf_put(&b, q->signer[i].octets);
	all = ps_arena_copy(a, ps_buf_bytes(&b));
	ps_buf_free(&b);
	return all;
}

static bool
find_signers(struct ps_arena *a, const struct ps_signature_claim *claim,
	size_t n, struct question *q, struct ps_openpgp_result *out)
{
	uint64_t key_id[PS_SIGNATURES_MAX];
	const struct ps_openpgp_verifier *v = q->v;
	struct ps_signer_query query = {
		.key_id = key_id,
		.addr = q->from,
		.fold_local = v->fold_local,
		.now_s = v->now_s,
		.wait = v->wait,
	};
	struct ps_key_rules rules;
	const char *why = NULL;

	if (q->from != NULL && v->rules.of != NULL) {
		v->rules.of(v->rules.self, a, q->from, &rules);
		query.rules = &rules;
	}
	for (size_t i = 0; i < n; i++)
		if (claim[i].key_id != 0)
			key_id[query.n_key_id++] = claim[i].key_id;
	out->key_id = claim[0].key_id;
	out->created_s = claim[0].created_s;
	out->hash = claim[0].hash;
	if (v->certs->signers(v->certs->self, a, &query, &q->signer,
		    &q->n_signer, &why) != PS_OK)
		say(out, PS_AUTH_TEMPERROR, "key-trouble");
	else if (q->n_signer == 0) {
		out->state = PS_SIGNATURE_NO_KEY;
		say(out, PS_AUTH_NEUTRAL, "unknown-key");
	} else
		return true;
	return false;
}

/* What cannot be read now cannot be read tomorrow either. */
static void
say_trouble(struct ps_openpgp_result *out, enum ps_status s)
{
	if (s == PS_EPERM || s == PS_ELIMIT)
		say(out, PS_AUTH_PERMERROR, "unreadable");
	else
		say(out, PS_AUTH_TEMPERROR, "engine-trouble");
}

static void
ask_engine(struct ps_arena *a, const struct ps_verify_job *job,
	struct ps_spool *clear, struct question *q,
	struct ps_openpgp_result *out)
{
	const struct ps_engine *engine = q->v->engine;
	const char *why = NULL;
	enum ps_status s = engine->verify(engine->self, a, job, q->v->wait,
		clear, &q->info, &q->n_info, &why);

	if (s == PS_OK)
		judge(a, q, out);
	else
		say_trouble(out, s);
}

void
ps_openpgp_verify(struct ps_arena *a, const struct ps_message *m,
	const struct ps_dmarc_author *author,
	const struct ps_openpgp_verifier *v, struct ps_openpgp_result *out)
{
	struct ps_signature_claim claim[PS_SIGNATURES_MAX];
	struct ps_signed found;
	struct question q = {
		.v = v, .found = &found, .from = only_author(author)};
	struct ps_verify_job job;
	const char *why = NULL;
	enum ps_status s;
	size_t n = 0;

	*out = (struct ps_openpgp_result){
		.reason = "", .shape = "", .state = PS_SIGNATURE_ERROR};
	ps_signed_scan(a, m, v->limits, &found);
	out->scope = found.scope;
	out->shape = found.shape;
	if (found.scope == PS_SCOPE_NONE)
		return;
	if (found.scope == PS_SCOPE_BROKEN || found.signature.len == 0) {
		say(out, PS_AUTH_PERMERROR, "built-wrongly");
		return;
	}
	s = ps_signature_claims(found.signature, claim, &n, &why);
	if (s != PS_OK) {
		say(out, s == PS_ELIMIT ? PS_AUTH_POLICY : PS_AUTH_PERMERROR,
			s == PS_ELIMIT ? "too-many-signatures" : "unreadable");
		return;
	}
	if (!find_signers(a, claim, n, &q, out))
		return;
	job = (struct ps_verify_job){
		.octets = found.octets,
		.signature = found.signature,
		.certs = all_certs(a, &q),
	};
	ask_engine(a, &job, NULL, &q, out);
}

static bool
find_by_info(
	struct ps_arena *a, struct question *q, struct ps_openpgp_result *out)
{
	struct ps_signature_claim claim[PS_SIGNATURES_MAX] = {{0}};
	size_t n = q->n_info;

	if (n > PS_SIGNATURES_MAX) {
		say(out, PS_AUTH_POLICY, "too-many-signatures");
		return false;
	}
	for (size_t i = 0; i < n; i++)
		claim[i] = (struct ps_signature_claim){
			.key_id = q->info[i].key_id,
			.created_s = q->info[i].created_s,
			.hash = q->info[i].hash,
		};
	return find_signers(a, claim, n, q, out);
}

/*
 * Who signed stands inside, perhaps compressed: the engine is asked without
 * any certificate first, and tells the key ids.
 */
enum ps_status
ps_openpgp_verify_opened(struct ps_arena *a, struct ps_bytes packets,
	const struct ps_dmarc_author *author,
	const struct ps_openpgp_verifier *v, struct ps_spool *clear,
	struct ps_openpgp_result *out, const char **why)
{
	struct ps_signed found = {
		.scope = PS_SCOPE_WHOLE, .shape = "pgp-sealed"};
	struct question q = {
		.v = v, .found = &found, .from = only_author(author)};
	struct ps_verify_job job = {
		.signature = packets, .max = v->limits->max_message};
	struct ps_bytes inside;
	enum ps_status s;

	*out = (struct ps_openpgp_result){.reason = "",
		.shape = "",
		.state = PS_SIGNATURE_ERROR,
		.sealed = true};
	s = v->engine->verify(v->engine->self, a, &job, v->wait, clear, &q.info,
		&q.n_info, why);
	if (s == PS_OK)
		s = ps_spool_view(clear, &inside, why);
	if (s != PS_OK || q.n_info == 0)
		return s;
	out->scope = found.scope;
	out->shape = found.shape;
	ps_signed_inner_from(a, inside, v->limits, &found);
	if (!find_by_info(a, &q, out))
		return PS_OK;
	job.certs = all_certs(a, &q);
	ask_engine(a, &job, NULL, &q, out);
	return PS_OK;
}
