/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Secret keys for tests.
 */
#include "secret_world.h"

#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define GPG "/usr/bin/gpg --batch -q --homedir "

static int __attribute__((format(printf, 1, 2))) run(const char *fmt, ...)
{
	char line[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	return system(line);
}

static const struct {
	const char *name, *passphrase, *algorithm, *more;
} keys[SW_N_KEY] = {
	[SW_OPEN] = {"open", "", "future-default", ""},
	[SW_LOCKED] = {"locked", SW_PASSPHRASE, "future-default", ""},
	[SW_RSA] = {"rsa", "", "rsa2048", ""},
	[SW_EXPIRED] = {"expired", "", "future-default",
		"--faked-system-time 20200101T000000"},
	[SW_PUBLIC] = {"public", "", "future-default", ""},
};

static void
make_key(struct secret_world *s, enum sw_key k)
{
	char path[CW_PATH + 8];
	FILE *f;

	assert_int_equal(
		run(GPG "%s --pinentry-mode loopback --passphrase '%s' %s "
			"--quick-gen-key %s@example.org %s default %s "
			"2>/dev/null",
			s->home, keys[k].passphrase, keys[k].more, keys[k].name,
			keys[k].algorithm, k == SW_EXPIRED ? "1d" : "never"),
		0);
	snprintf(path, sizeof(path), "%s/fpr", s->home);
	assert_int_equal(run(GPG "%s --with-colons -k %s@example.org | "
				 "sed -n '/^fpr/{s/^fpr:*//;s/://p;q}' >%s",
				 s->home, keys[k].name, path),
		0);
	f = fopen(path, "re");
	assert_non_null(f);
	assert_int_equal(fread(s->fpr[k], 1, 40, f), 40);
	fclose(f);
}

void
sw_passphrase(const struct secret_world *s, const char *line)
{
	FILE *f = fopen(s->passphrase_file, "we");

	assert_non_null(f);
	fprintf(f, "%s\nnot this one\n", line);
	fclose(f);
}

void
sw_make(struct secret_world *s, struct crypto_world *w)
{
	snprintf(s->home, sizeof(s->home), "%s/secret", w->dir);
	snprintf(s->certs, sizeof(s->certs), "%s/signers.pgp", w->dir);
	snprintf(s->passphrase_file, sizeof(s->passphrase_file),
		"%s/passphrase", w->dir);
	assert_int_equal(mkdir(s->home, 0700), 0);
	for (int k = 0; k < SW_N_KEY; k++)
		make_key(s, (enum sw_key)k);
	assert_int_equal(run(GPG "%s --export >%s", s->home, s->certs), 0);
	assert_int_equal(run(GPG "%s --yes --delete-secret-keys %s 2>/dev/null",
				 s->home, s->fpr[SW_PUBLIC]),
		0);
	sw_passphrase(s, SW_PASSPHRASE);
	sw_kill_agent(s);
	w->secret_home = s->home;
	w->passphrase_file = s->passphrase_file;
}

void
sw_kill_agent(const struct secret_world *s)
{
	assert_int_equal(
		run("gpgconf --homedir %s --kill all 2>/dev/null", s->home), 0);
}

bool
sw_has_agent(const struct secret_world *s)
{
	return run("gpg-connect-agent --homedir %s --no-autostart /bye "
		   "2>/dev/null | grep -q . ; "
		   "gpg-connect-agent --homedir %s --no-autostart 'getinfo "
		   "pid' "
		   "/bye 2>/dev/null | grep -q '^D '",
		       s->home, s->home) == 0;
}

bool
sw_detached_is_good(const struct secret_world *s, enum sw_key key,
	const char *signature, const char *data)
{
	return run(GPG "%s --trust-model always --status-fd 1 --verify %s %s "
		       "2>/dev/null | grep -q '^.GNUPG:. VALIDSIG .*%s$'",
		       s->home, signature, data, s->fpr[key]) == 0 &&
	       run("sq verify --signer-cert %s --detached %s %s >/dev/null "
		   "2>&1",
		       s->certs, signature, data) == 0;
}

bool
sw_sealed_is_good(const struct secret_world *s, const struct crypto_world *w,
	enum sw_key key, const char *sealed, const char *data)
{
	bool good;

	assert_int_equal(
		run(GPG "%s/ann --import %s 2>/dev/null", w->keys, s->certs),
		0);
	assert_int_equal(
		run(GPG "%s/ann --export-secret-keys >%s/ann.key 2>/dev/null",
			w->keys, w->dir),
		0);
	good = run(GPG "%s/ann --trust-model always --yes -o %s.gpg "
		       "--status-fd 1 -d %s 2>/dev/null | "
		       "grep -q '^.GNUPG:. VALIDSIG .*%s$' && cmp %s.gpg %s",
		       w->keys, sealed, sealed, s->fpr[key], sealed,
		       data) == 0 &&
	       run("sq decrypt --recipient-key %s/ann.key --signer-cert %s "
		   "-o %s.sq %s 2>/dev/null && cmp %s.sq %s",
		       w->dir, s->certs, sealed, sealed, sealed, data) == 0;
	run("gpgconf --homedir %s/ann --kill all", w->keys);
	return good;
}
