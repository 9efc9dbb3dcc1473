/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Signers against the secret home: what could not sign is said before mail is
 * deferred for it.
 */
#include "check.h"

static const struct ps_secret_info *
find(const struct ps_secret_info *info, size_t n, const char *fpr)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(info[i].fpr, fpr) == 0)
			return &info[i];
	return NULL;
}

static void
check_one(const struct ps_check *c, const struct ps_signer_setting *s,
	const struct ps_secret_info *info)
{
	const char *where = ps_check_where(c, s->where);

	if (info == NULL)
		ps_findings_add(c->out, PS_FINDING_ERROR, where,
			"signer \"%s\": there is no secret key %s in %s",
			s->name, s->fpr, c->policy->secret_home)
			->todo = ps_arena_printf(c->arena,
			"as the crypto user: gpg --homedir %s --import FILE",
			c->policy->secret_home);
	else if (!info->can_sign)
		ps_findings_add(c->out, PS_FINDING_ERROR, where,
			"signer \"%s\": the key %s cannot sign: it is expired, "
			"revoked, or has no signing key",
			s->name, s->fpr)
			->todo = "extend it, or name another key";
}

void
ps_check_signers(const struct ps_check *c, const struct ps_engine *engine)
{
	const struct ps_policy *p = c->policy;
	struct ps_secret_info *info = NULL;
	const char *why = NULL;
	size_t n = 0;

	if (p->secret_home == NULL || p->n_signer == 0)
		return;
	if (engine->secrets(engine->self, c->arena, c->wait, &info, &n, &why) !=
		PS_OK) {
		ps_findings_add(c->out, PS_FINDING_ERROR, p->secret_home,
			"the secret keys cannot be listed: %s", why);
		return;
	}
	for (size_t i = 0; i < p->n_signer; i++)
		check_one(c, &p->signer[i], find(info, n, p->signer[i].fpr));
}
