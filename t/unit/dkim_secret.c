/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Key files: which are taken, which are refused and why; records of keys.
 */
#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dkim/dkim_record.h"

static char dir[] = "/tmp/dkim-secret-XXXXXX";

static const char *
at(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static int
set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL;
}

static int
tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

static void
make(const char *name, enum ps_dkim_alg alg)
{
	const struct ps_dkim_make how = {at(name), alg, 0600, -1, -1};
	const char *why = "";

	if (ps_dkim_secret_make(&how, &why) != PS_OK)
		fail_msg("%s", why);
}

static void
write_file(const char *name, const char *text, mode_t mode)
{
	FILE *f = fopen(at(name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	chmod(at(name), mode);
}

static void
openssl(const char *verb, const char *arguments, const char *name)
{
	char command[512];

	snprintf(command, sizeof(command),
		"openssl %s -out %s/%s %s 2>/dev/null && chmod 600 %s/%s", verb,
		dir, name, arguments, dir, name);
	assert_int_equal(system(command), 0);
}

/* NULL when it is taken. */
static const char *
refused(const char *name)
{
	struct ps_dkim_secret *key = NULL;
	const char *why = NULL;

	if (ps_dkim_secret_read(at(name), &key, &why) == PS_OK)
		ps_dkim_secret_free(key);
	return why;
}

static void
a_new_key_has_its_mode_is_whole_and_replaces_nothing(void **state)
{
	const struct ps_dkim_make again = {
		at("new.pem"), PS_DKIM_ED25519_SHA256, 0640, -1, -1};
	struct ps_dkim_secret *key;
	const char *why = "";
	struct stat st;

	(void)state;
	assert_int_equal(ps_dkim_secret_make(&again, &why), PS_OK);
	assert_int_equal(ps_dkim_secret_make(&again, &why), PS_EPERM);
	assert_string_equal(why, "there is such a file already");
	assert_int_equal(stat(at("new.pem"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(ps_dkim_secret_read(at("new.pem"), &key, &why), PS_OK);
	assert_int_equal(ps_dkim_secret_alg(key), PS_DKIM_ED25519_SHA256);
	ps_dkim_secret_free(key);
	make("rsa.pem", PS_DKIM_RSA_SHA256);
	assert_int_equal(ps_dkim_secret_read(at("rsa.pem"), &key, &why), PS_OK);
	assert_int_equal(ps_dkim_secret_bits(key), 2048);
	ps_dkim_secret_free(key);
}

static void
a_file_that_others_may_read_or_that_holds_no_key_is_refused(void **state)
{
	(void)state;
	make("open.pem", PS_DKIM_ED25519_SHA256);
	chmod(at("open.pem"), 0644);
	assert_non_null(strstr(refused("open.pem"), "mode 0600 or 0640"));
	chmod(at("open.pem"), 0660);
	assert_non_null(strstr(refused("open.pem"), "mode 0600 or 0640"));
	chmod(at("open.pem"), 0440);
	assert_null(refused("open.pem"));
	assert_string_equal(refused("none.pem"), "there is no such key file");
	assert_string_equal(refused("."), "the key is no file");
	write_file("empty.pem", "", 0600);
	write_file("text.pem", "no key\n", 0600);
	write_file("cut.pem", "-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n", 0600);
	assert_non_null(strstr(refused("empty.pem"), "no PEM key"));
	assert_non_null(strstr(refused("text.pem"), "no PEM key"));
	assert_non_null(strstr(refused("cut.pem"), "no PEM key"));
}

static void
a_key_that_is_no_good_for_dkim_is_refused(void **state)
{
	(void)state;
	openssl("genrsa", "1024", "small.pem");
	openssl("genrsa", "512", "tiny.pem");
	openssl("genrsa", "-traditional 1024", "old.pem");
	openssl("genpkey", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
		"ec.pem");
	openssl("genrsa", "-aes128 -passout pass:x 1024", "locked.pem");
	assert_null(refused("small.pem"));
	assert_null(refused("old.pem"));
	assert_non_null(strstr(refused("tiny.pem"), "less than 1024 bits"));
	assert_non_null(strstr(refused("ec.pem"), "neither RSA nor Ed25519"));
	assert_non_null(strstr(refused("locked.pem"), "passphrase"));
}

static void
a_key_is_read_again_when_its_file_changes_and_gone_when_it_goes(void **state)
{
	struct ps_dkim_secrets *s = ps_dkim_secrets_new();
	const struct ps_dkim_secret *first, *second;
	const char *why = "";

	(void)state;
	make("kept.pem", PS_DKIM_ED25519_SHA256);
	assert_int_equal(
		ps_dkim_secrets_get(s, at("kept.pem"), &first, &why), PS_OK);
	assert_int_equal(
		ps_dkim_secrets_get(s, at("kept.pem"), &second, &why), PS_OK);
	assert_ptr_equal(first, second);
	unlink(at("kept.pem"));
	assert_int_equal(ps_dkim_secrets_get(s, at("kept.pem"), &second, &why),
		PS_ETEMP);
	make("kept.pem", PS_DKIM_RSA_SHA256);
	assert_int_equal(
		ps_dkim_secrets_get(s, at("kept.pem"), &second, &why), PS_OK);
	assert_int_equal(ps_dkim_secret_alg(second), PS_DKIM_RSA_SHA256);
	chmod(at("kept.pem"), 0666);
	assert_int_equal(ps_dkim_secrets_get(s, at("kept.pem"), &second, &why),
		PS_ETEMP);
	ps_dkim_secrets_free(s);
}

static void
a_record_stands_in_strings_of_255_octets(void **state)
{
	char text[700], line[1024];
	struct ps_buf out;

	(void)state;
	memset(text, 'x', sizeof(text));
	ps_buf_init(&out, 4096);
	ps_dkim_record_zone(&out, "s1", "example.org", ps_bytes(text, 255));
	snprintf(line, sizeof(line),
		"s1._domainkey.example.org. IN TXT \"%.255s\"\n", text);
	assert_bytes(ps_buf_bytes(&out), line);
	out.len = 0;
	ps_dkim_record_zone(&out, "s1", "example.org", ps_bytes(text, 600));
	snprintf(line, sizeof(line),
		"s1._domainkey.example.org. IN TXT (\n"
		"\t\"%.255s\"\n\t\"%.255s\"\n\t\"%.90s\"\n)\n",
		text, text, text);
	assert_bytes(ps_buf_bytes(&out), line);
	ps_buf_free(&out);
}

static const struct {
	const char *record, *says;
} published[] = {
	{"v=DKIM1; k=ed25519; p=AAECAw==", NULL},
	{"k=ed25519; p=AAEC Aw==;", NULL},
	{"v=DKIM1; k=ed25519; p=AAECAw==; t=s", NULL},
	{"v=DKIM1; k=ed25519; t=y; p=AAECAw==", "t=y"},
	{"v=DKIM1; k=ed25519; p=AAECBA==", "another key"},
	{"v=DKIM1; k=ed25519; p=", "revokes"},
	{"v=DKIM1; p=AAECAw==", "another type"},
	{"v=DKIM1; k=ed25519", "no key"},
	{"k=ed25519; v=DKIM1; p=AAECAw==", "v=DKIM1"},
	{"v=DKIM2; k=ed25519; p=AAECAw==", "v=DKIM1"},
	{"", "no tag list"},
	{"hello", "no tag list"},
};

static void
a_published_record_is_held_against_the_key(void **state)
{
	struct ps_arena *a = ps_arena_new(PS_ARENA_PLAIN);

	(void)state;
	for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++) {
		const char *says = ps_dkim_record_differs(a,
			ps_bytes_of(published[i].record),
			PS_DKIM_ED25519_SHA256, ps_bytes("\0\1\2\3", 4));

		if ((says == NULL) != (published[i].says == NULL) ||
			(says != NULL &&
				strstr(says, published[i].says) == NULL))
			fail_msg("%s: %s", published[i].record,
				says == NULL ? "taken" : says);
	}
	ps_arena_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_new_key_has_its_mode_is_whole_and_replaces_nothing),
	cmocka_unit_test(
		a_file_that_others_may_read_or_that_holds_no_key_is_refused),
	cmocka_unit_test(a_key_that_is_no_good_for_dkim_is_refused),
	cmocka_unit_test(
		a_key_is_read_again_when_its_file_changes_and_gone_when_it_goes),
	cmocka_unit_test(a_record_stands_in_strings_of_255_octets),
	cmocka_unit_test(a_published_record_is_held_against_the_key),
};

int
main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name(
		"dkim_secret", tests, set_up, tear_down);
}
