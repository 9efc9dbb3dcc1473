/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Settings to the adapters of splitting.
 */
#include "splitting.h"

#define DAY_S ((int64_t)24 * 3600)

bool
ps_splitting_open(struct ps_splitting *s, const struct ps_policy *p,
	struct ps_arena *a, const struct ps_clock *clock, const char **why)
{
	const struct ps_smtp_settings relay = {
		.to = p->relay_to,
		.hello = p->authserv_id,
		.login_file = p->relay_login_file,
		.at_once = p->relay_connections,
	};
	const struct ps_ledger_settings ledger = {
		.path = p->ledger,
		.clock = clock,
		/* the last try may come a little later */
		.queue_life_s = p->queue_life_s + DAY_S,
	};

	if (p->relay_to == NULL)
		return true;
	if (ps_smtp_client_new(a, &relay, &s->client, why) != PS_OK)
		return false;
	s->relay = ps_smtp_client_relay(s->client);
	s->db = ps_ledger_db_new(&ledger);
	if (s->db == NULL) {
		*why = "out of memory";
		return false;
	}
	s->ledger = ps_ledger_db_adapter(s->db);
	return true;
}

void
ps_splitting_close(struct ps_splitting *s)
{
	ps_splitting_flush(s);
	ps_smtp_client_free(s->client);
	ps_ledger_db_free(s->db);
	s->client = NULL;
	s->db = NULL;
}

void
ps_splitting_wire(const struct ps_splitting *s, struct ps_env *env)
{
	if (s->client == NULL)
		return;
	env->relay = &s->relay;
	env->relay_address = ps_smtp_client_address(s->client);
	env->ledger = &s->ledger;
}

void
ps_splitting_count(struct ps_splitting *s, const int64_t add[PS_ACCOUNT_N])
{
	for (size_t i = 0; i < PS_ACCOUNT_N; i++)
		if (add[i] != 0)
			atomic_fetch_add(&s->account[i], add[i]);
}

void
ps_splitting_flush(struct ps_splitting *s)
{
	int64_t add[PS_ACCOUNT_N];
	bool any = false;

	if (s->db == NULL)
		return;
	for (size_t i = 0; i < PS_ACCOUNT_N; i++) {
		add[i] = atomic_exchange(&s->account[i], 0);
		any = any || add[i] != 0;
	}
	if (any)
		s->ledger.count(s->ledger.self, add);
}
