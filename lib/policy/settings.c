/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The table of settings.  Their defaults stand in policy.c and base/limits.h.
 */
#include "policy/settings.h"

#include <string.h>

#include "policy/policy.h"

#define AT(field)    .at = offsetof(struct ps_policy, field)
#define LIST(field)  AT(field), .at_n = offsetof(struct ps_policy, n_##field)
#define LIMIT(field) .section = "limits", AT(limits.field)
#define AUTH(field)  .section = "verify", AT(auth.field)
#define KB	     ((int64_t)1 << 10)
#define MB	     ((int64_t)1 << 20)
#define GB	     ((int64_t)1 << 30)
#define SECOND	     ((int64_t)1000)
#define DAY_S	     ((int64_t)86400)

static const char *const subkeys[] = {"newest", "all", NULL};
static const char *const stripped[] = {"trouble", "insecure", NULL};
/* In the order of enum ps_dmarc_discovery. */
static const char *const discovery[] = {"walk", "psl", "both", NULL};
static const char *const log_to[] = {"stderr", "syslog", NULL};

const struct ps_setting_def ps_settings[] = {
	{NULL, "trial", PS_SET_BOOL, AT(trial)},
	{NULL, "log", PS_SET_CHOICE, .choice = log_to, AT(log_syslog)},
	{NULL, "spool-directory", PS_SET_PATH, AT(spool_dir)},
	{NULL, "recipient-delimiter", PS_SET_DELIMITER,
		AT(recipient_delimiter)},
	{NULL, "local-part-case", PS_SET_BOOL, AT(local_part_case)},
	{"listen", "milter", PS_SET_MILTER_SOCKET, AT(milter_socket)},
	{"listen", "control", PS_SET_UNIX_SOCKET, AT(control_socket)},
	{"listen", "socket-group", PS_SET_NAME, AT(socket_group)},
	{"listen", "user", PS_SET_NAME, AT(user)},
	{"listen", "crypto-user", PS_SET_NAME, AT(crypto_user)},
	{"identity", "authserv-id", PS_SET_DOMAIN, AT(authserv_id)},
	{"identity", "local-domain", PS_SET_DOMAIN, AT(local_domain)},
	{"identity", "internal-networks", PS_SET_NETWORKS, LIST(internal)},
	{"identity", "submission-daemons", PS_SET_NAMES,
		LIST(submission_daemons)},
	{"keys", "directory", PS_SET_PATH, AT(key_dir)},
	{"keys", "secret-home", PS_SET_PATH, AT(secret_home)},
	{"keys", "passphrase-file", PS_SET_PATH, AT(passphrase_file)},
	{"keys", "subkeys", PS_SET_CHOICE, .choice = subkeys, AT(all_subkeys)},
	{"keys", "gpg", PS_SET_PATH, AT(gpg)},
	{"keys", "sources", PS_SET_SOURCES, LIST(key_order)},
	{"keys", "lookup-wait", PS_SET_TIME, .zero = true, AT(lookup_wait_ms),
		.min = 1, .max = 300 * SECOND},
	{"keys", "lookup-time", PS_SET_TIME, AT(lookup_ms), .min = SECOND / 10,
		.max = 600 * SECOND},
	{"keys", "lookups", PS_SET_COUNT, AT(lookups), .min = 1, .max = 256},
	{"keys", "refresh", PS_SET_SECONDS, AT(refresh_s), .min = 1,
		.max = 365 * DAY_S},
	{"keys", "absent-for", PS_SET_SECONDS, AT(absent_s), .min = 1,
		.max = 365 * DAY_S},
	{"keys", "trouble-for", PS_SET_SECONDS, AT(trouble_s), .min = 1,
		.max = 365 * DAY_S},
	{"keys", "refresh-unused-for", PS_SET_SECONDS, AT(unused_s), .min = 1,
		.max = 3650 * DAY_S},
	{"keys", "warn-before", PS_SET_SECONDS, .zero = true, AT(warn_before_s),
		.min = 1, .max = 3650 * DAY_S},
	{"https", "ca-file", PS_SET_PATH, AT(https_ca)},
	{"https", "port", PS_SET_COUNT, AT(https_port), .min = 1, .max = 65535},
	{"https", "private-addresses", PS_SET_BOOL, AT(https_private)},
	{"verify", "resolver", PS_SET_RESOLVERS, LIST(resolver)},
	{"verify", "recursion", PS_SET_BOOL, AT(recursion)},
	{"verify", "dnssec", PS_SET_BOOL, AT(dnssec)},
	{"verify", "stripped-answers", PS_SET_CHOICE, .choice = stripped,
		AT(stripped_is_insecure)},
	{"verify", "root-key", PS_SET_PATH, AT(root_key)},
	{"verify", "trust-anchors", PS_SET_TEXTS, LIST(trust_anchor)},
	{AUTH(dns_ms), .name = "dns-time", .type = PS_SET_TIME,
		.min = SECOND / 10, .max = 300 * SECOND},
	{AUTH(query_ms), .name = "query-time", .type = PS_SET_TIME,
		.min = SECOND / 10, .max = 60 * SECOND},
	{AUTH(max_queries), .name = "max-queries", .type = PS_SET_COUNT,
		.min = 10, .max = 100000},
	{AUTH(discovery), .name = "dmarc-discovery", .type = PS_SET_ONE_OF,
		.choice = discovery},
	{"verify", "public-suffix-list", PS_SET_PATH, AT(psl)},
	{"verify", "iprev", PS_SET_BOOL, AT(iprev)},
	{"verify", "openpgp", PS_SET_BOOL, AT(openpgp)},
	{"verify", "trusted-sealers", PS_SET_DOMAINS, AT(auth.trusted_sealers),
		.at_n = offsetof(struct ps_policy, auth.n_trusted_sealers)},
	{"verify", "vbr-certifiers", PS_SET_DOMAINS, AT(auth.vbr_certifiers),
		.at_n = offsetof(struct ps_policy, auth.n_vbr_certifiers)},
	{"verify", "trusted-relays", PS_SET_NETWORKS, LIST(trusted_relay)},
	{"verify", "trusted-forwarders", PS_SET_FORWARDERS, AT(forwarder)},
	{"verify", "trusted-lists", PS_SET_HOSTS, LIST(trusted_list)},
	{"verify", "authres-out", PS_SET_BOOL, AT(authres_out)},
	{"verify", "received-spf", PS_SET_BOOL, AT(received_spf)},
	{"dkim", "directory", PS_SET_PATH, AT(dkim_dir)},
	{"dkim", "expire", PS_SET_SECONDS, .zero = true, AT(dkim_expire_s),
		.min = 3600, .max = 365 * DAY_S},
	{"relay", "to", PS_SET_MILTER_SOCKET, AT(relay_to)},
	{"relay", "login-file", PS_SET_PATH, AT(relay_login_file)},
	{"relay", "ledger", PS_SET_PATH, AT(ledger)},
	{"relay", "time", PS_SET_TIME, AT(relay_ms), .min = SECOND,
		.max = 3600 * SECOND},
	{"relay", "queue-life", PS_SET_SECONDS, AT(queue_life_s), .min = 3600,
		.max = 100 * DAY_S},
	{"relay", "connections", PS_SET_COUNT, AT(relay_connections), .min = 1,
		.max = 1000},
	{LIMIT(max_message), .name = "max-message", .type = PS_SET_SIZE,
		.min = KB, .max = 4 * GB},
	{LIMIT(max_header), .name = "max-header", .type = PS_SET_SIZE,
		.min = KB, .max = 64 * MB},
	{LIMIT(max_header_fields), .name = "max-header-fields",
		.type = PS_SET_COUNT, .min = 10, .max = 1000000},
	{LIMIT(max_recipients), .name = "max-recipients", .type = PS_SET_COUNT,
		.min = 1, .max = 100000},
	{LIMIT(max_mime_parts), .name = "max-mime-parts", .type = PS_SET_COUNT,
		.min = 1, .max = 1000000},
	{LIMIT(max_mime_depth), .name = "max-mime-depth", .type = PS_SET_COUNT,
		.min = 1, .max = 1000},
	{LIMIT(max_address_list), .name = "max-address-list",
		.type = PS_SET_COUNT, .min = 1, .max = 1000000},
	{LIMIT(max_received), .name = "max-received", .type = PS_SET_COUNT,
		.min = 5, .max = 1000},
	{LIMIT(max_keys_per_rcpt), .name = "max-keys-per-recipient",
		.type = PS_SET_COUNT, .min = 1, .max = 100},
	{LIMIT(max_certificate), .name = "max-certificate", .type = PS_SET_SIZE,
		.min = KB, .max = 64 * MB},
	{LIMIT(mta_message_size), .name = "mta-message-size",
		.type = PS_SET_SIZE, .min = KB, .zero = true},
	{LIMIT(memory_per_message), .name = "memory-per-message",
		.type = PS_SET_SIZE, .min = KB, .max = 1 * GB},
	{LIMIT(crypto_ms), .name = "crypto-time", .type = PS_SET_TIME,
		.min = SECOND / 10, .max = 600 * SECOND},
	{LIMIT(message_ms), .name = "message-time", .type = PS_SET_TIME,
		.min = SECOND / 10, .max = 3600 * SECOND},
	{LIMIT(crypto_workers), .name = "crypto-workers", .type = PS_SET_COUNT,
		.min = 1, .max = 256, .zero = true},
	{LIMIT(crypto_queue), .name = "crypto-queue", .type = PS_SET_COUNT,
		.min = 1, .max = 100000},
};
const size_t ps_n_settings = sizeof(ps_settings) / sizeof(ps_settings[0]);

const char *const ps_setting_sections[] = {"listen", "identity", "keys",
	"https", "verify", "dkim", "relay", "limits", NULL};

const char *const ps_conditions[] = {"from", "to", "login", "direction",
	"header-from", "dkim-domain", "spf-domain", "cert-subject", "iprev",
	"signed-by", NULL};

static const char *const other_sections[] = {
	"alias", "defaults", "domain", "login", "peer", "signer", NULL};

static bool
one_of(const char *name, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

bool
ps_settings_is_section(const char *name)
{
	return one_of(name, ps_setting_sections) ||
	       one_of(name, other_sections);
}
