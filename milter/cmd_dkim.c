/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal dkim": keys that sign mail, and the records that tell the world of
 * them.  Needs no daemon, and asks no name server.
 */
#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd.h"
#include "dkim/dkim_record.h"
#include "dns/dns_name.h"
#include "policy/dkim_keys.h"

static const char usage[] =
	"usage: postseal dkim key DOMAIN SELECTOR [--ed25519 | --both] "
	"[-d DIRECTORY] [-c FILE]\n"
	"       postseal dkim record DOMAIN SELECTOR [-d DIRECTORY] [-c FILE]"
	"\n";

struct order {
	struct ps_arena *a;
	const char *directory, *domain, *selector;
	bool ed25519, both;
	long uid, gid; /* who is to read the key; -1: who makes it */
};

static int
failed(const char *what, const char *why, int code)
{
	fprintf(stderr, "postseal: %s: %s\n", what, why);
	return code;
}

static const char *
path_of(const struct order *o, const char *selector)
{
	return ps_arena_printf(
		o->a, "%s/%s/%s.pem", o->directory, o->domain, selector);
}

static int
print_record(const struct order *o, const char *selector)
{
	const char *path = path_of(o, selector), *why = "";
	struct ps_dkim_secret *key;
	struct ps_buf out;

	if (ps_dkim_secret_read(path, &key, &why) != PS_OK)
		return failed(path, why, EX_NOINPUT);
	if (ps_dkim_secret_bits(key) < PS_DKIM_SIGN_BITS_GOOD &&
		ps_dkim_secret_alg(key) == PS_DKIM_RSA_SHA256)
		fprintf(stderr,
			"postseal: %s: warning: %u bits are few, RFC 8301 "
			"asks for 2048\n",
			path, ps_dkim_secret_bits(key));
	ps_buf_init(&out, 65536);
	ps_dkim_record_zone(&out, selector, o->domain,
		ps_dkim_record_text(o->a, ps_dkim_secret_alg(key),
			ps_dkim_secret_public(o->a, key)));
	fwrite(out.p, 1, out.len, stdout);
	ps_buf_free(&out);
	ps_dkim_secret_free(key);
	return EX_OK;
}

static int
make_one(const struct order *o, const char *selector, enum ps_dkim_alg alg)
{
	const struct ps_dkim_make how = {.path = path_of(o, selector),
		.alg = alg,
		.mode = 0600,
		.uid = o->uid,
		.gid = o->gid};
	const char *why = "";

	if (ps_dkim_secret_make(&how, &why) != PS_OK)
		return failed(how.path, why, EX_CANTCREAT);
	fprintf(stderr, "postseal: %s is made\n", how.path);
	return print_record(o, selector);
}

/* Names are no secret: only the files are closed. */
static bool
make_folder(const char *path)
{
	return mkdir(path, 0755) == 0 || errno == EEXIST;
}

static int
make_keys(const struct order *o)
{
	const char *folder =
		ps_arena_printf(o->a, "%s/%s", o->directory, o->domain);
	int code;

	if (!make_folder(o->directory) || !make_folder(folder))
		return failed(
			folder, "the folder cannot be made", EX_CANTCREAT);
	if (!o->both)
		return make_one(o, o->selector,
			o->ed25519 ? PS_DKIM_ED25519_SHA256
				   : PS_DKIM_RSA_SHA256);
	code = make_one(o, o->selector, PS_DKIM_RSA_SHA256);
	if (code != EX_OK)
		return code;
	return make_one(o, ps_arena_printf(o->a, "%s-ed", o->selector),
		PS_DKIM_ED25519_SHA256);
}

/* The crypto workers' user reads keys; without one, the daemon's. */
static int
give_to(struct order *o, const struct ps_policy *p)
{
	const char *name = p->crypto_user != NULL ? p->crypto_user : p->user;
	const struct passwd *user;

	if (name == NULL || geteuid() != 0)
		return EX_OK;
	/* one thread */
	user = getpwnam(name); /* NOLINT(concurrency-mt-unsafe) */
	if (user == NULL)
		return failed(name, "there is no such user to give a key to",
			EX_NOUSER);
	o->uid = (long)user->pw_uid;
	o->gid = (long)user->pw_gid;
	return EX_OK;
}

static int
use_policy(struct order *o, const char *file)
{
	struct ps_problems problems = {0};
	struct ps_policy *p;
	int code;

	/* with -d and without a configuration: somewhere else */
	if (o->directory != NULL && access(file, F_OK) != 0)
		return EX_OK;
	p = ps_policy_load(file, o->a, &problems);
	if (p == NULL)
		return failed(file,
			problems.n_problem > 0 ? problems.problem[0].text
					       : "it cannot be read",
			EX_CONFIG);
	if (o->directory == NULL)
		o->directory = ps_arena_strdup(o->a, p->dkim_dir);
	code = give_to(o, p);
	ps_policy_free(p);
	return code;
}

/* The names as they stand in signatures: an IDN as its A-labels. */
static int
check_names(struct order *o, const char *domain, const char *selector)
{
	struct ps_bytes name;
	struct ps_section s = {.kind = PS_SECTION_DOMAIN};
	struct ps_dkim_ref ref;
	const char *wrong = "";

	if (!ps_dns_name_border(o->a, ps_bytes_of(domain), &name, &wrong))
		return failed(domain, wrong, EX_USAGE);
	o->domain = s.name = ps_arena_cstr(o->a, name);
	wrong = strpbrk(selector, "@:") != NULL
			? "needs a selector alone"
			: ps_dkim_keys_parse(o->a, selector, &s, "/", &ref);
	if (wrong != NULL)
		return failed(selector, wrong, EX_USAGE);
	o->selector = ps_arena_cstr(o->a, ref.selector);
	return EX_OK;
}

static bool
read_options(int argc, char **argv, struct order *o, const char **file)
{
	static const struct option options[] = {
		{"ed25519", no_argument, NULL, 'e'},
		{"both", no_argument, NULL, 'b'},
		{"directory", required_argument, NULL, 'd'},
		{"config", required_argument, NULL, 'c'}, {NULL, 0, NULL, 0}};
	int c;

	/* one thread */
	while ((c = getopt_long(argc, argv, "c:d:", options, /* NOLINT */
			NULL)) != -1) {
		if (c == 'e')
			o->ed25519 = true;
		else if (c == 'b')
			o->both = true;
		else if (c == 'd')
			o->directory = optarg;
		else if (c == 'c')
			*file = optarg;
		else
			return false;
	}
	return argc - optind == 3;
}

static int
run(struct order *o, const char *verb, const char *file, char **name)
{
	int code = check_names(o, name[0], name[1]);

	if (code == EX_OK)
		code = use_policy(o, file);
	if (code != EX_OK)
		return code;
	return strcmp(verb, "key") == 0 ? make_keys(o)
					: print_record(o, o->selector);
}

int
ps_cmd_dkim(int argc, char **argv)
{
	struct order o = {.uid = -1, .gid = -1};
	const char *file = PS_CONFIG_FILE, *verb;
	int code;

	if (!read_options(argc, argv, &o, &file)) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	verb = argv[optind];
	if (strcmp(verb, "key") != 0 && strcmp(verb, "record") != 0) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	o.a = ps_arena_new(PS_ARENA_PLAIN);
	code = run(&o, verb, file, argv + optind + 1);
	ps_arena_free(o.a);
	return code;
}
