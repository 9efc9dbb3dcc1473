/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What sealing costs at the least with GPGME: a small process, engine set once,
 * a certificate file as recipient, a home without keyring, locks, trust and
 * seed file, memfds in and out, binary, no compression.  Nothing is proven,
 * wrapped or armored.  With the fingerprint of a key of this home it signs too.
 * The baseline of t/perf/table and openpgp; knows nothing of postseal.
 */
#include <errno.h>
#include <fcntl.h>
#include <gpgme.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* Ours and that of every child waited for. */
static double
cpu_s(void)
{
	struct rusage own, dead;

	getrusage(RUSAGE_SELF, &own);
	getrusage(RUSAGE_CHILDREN, &dead);
	return seconds(own.ru_utime) + seconds(own.ru_stime) +
	       seconds(dead.ru_utime) + seconds(dead.ru_stime);
}

static double
wall_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* GPGME forks twice: gpg itself becomes ours by adoption.  An agent that it
 * started has left our process group. */
static void
reap(void)
{
	while (waitpid(0, NULL, 0) > 0 || errno == EINTR)
		continue;
}

/* The agent ends, so that its CPU is counted by who waits for us. */
static void
end_rest(void)
{
	FILE *f = fopen("/proc/thread-self/children", "re");
	long pid;

	while (f != NULL && fscanf(f, "%ld", &pid) == 1)
		kill((pid_t)pid, SIGTERM);
	if (f != NULL)
		fclose(f);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		continue;
}

static int
message(size_t size)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				      "opqrstuvwxyz0123456789+/";
	int fd = memfd_create("clear", MFD_CLOEXEC);
	char *p = malloc(size + 1);
	unsigned x = 1;

	if (fd < 0 || p == NULL)
		exit(71);
	for (size_t i = 0; i < size; i++) {
		x = x * 1664525 + 1013904223;
		p[i] = i % 78 == 76   ? '\r'
		       : i % 78 == 77 ? '\n'
				      : letters[x >> 26];
	}
	if (write(fd, p, size) != (ssize_t)size)
		exit(71);
	free(p);
	return fd;
}

static gpgme_error_t
seal(gpgme_ctx_t ctx, int in_fd, const char *recipients, off_t *len)
{
	int out_fd = memfd_create("sealed", MFD_CLOEXEC);
	gpgme_data_t in = NULL, out = NULL;
	gpgme_error_t err;

	lseek(in_fd, 0, SEEK_SET);
	err = gpgme_data_new_from_fd(&in, in_fd);
	if (err == 0)
		err = gpgme_data_new_from_fd(&out, out_fd);
	if (err == 0)
		err = (gpgme_signers_count(ctx) > 0 ? gpgme_op_encrypt_sign_ext
						    : gpgme_op_encrypt_ext)(ctx,
			NULL, recipients,
			GPGME_ENCRYPT_ALWAYS_TRUST | GPGME_ENCRYPT_NO_COMPRESS,
			in, out);
	*len = lseek(out_fd, 0, SEEK_END);
	gpgme_data_release(in);
	gpgme_data_release(out);
	close(out_fd);
	reap();
	return err;
}

static gpgme_ctx_t
start(const char *home)
{
	gpgme_ctx_t ctx = NULL;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	gpgme_set_global_flag("disable-gpgconf", "1");
	gpgme_check_version(NULL);
	if (gpgme_set_engine_info(
		    GPGME_PROTOCOL_OpenPGP, "/usr/bin/gpg", home) != 0 ||
		gpgme_new(&ctx) != 0)
		exit(70);
	gpgme_set_armor(ctx, 0);
	reap();
	return ctx;
}

static gpgme_error_t
say_passphrase(
	void *hook, const char *hint, const char *info, int was_bad, int fd)
{
	const char *line = hook;

	(void)hint;
	(void)info;
	return was_bad == 0 && gpgme_io_writen(fd, line, strlen(line)) == 0
		       ? 0
		       : gpgme_error(GPG_ERR_BAD_PASSPHRASE);
}

/* line: the passphrase with its newline, or NULL. */
static void
sign_by(gpgme_ctx_t ctx, const char *fpr, char *line)
{
	gpgme_key_t key;

	if (line != NULL) {
		gpgme_set_pinentry_mode(ctx, GPGME_PINENTRY_MODE_LOOPBACK);
		gpgme_set_passphrase_cb(ctx, say_passphrase, line);
	}
	if (gpgme_get_key(ctx, fpr, &key, 1) != 0 ||
		gpgme_signers_add(ctx, key) != 0)
		exit(65);
	gpgme_key_unref(key);
	reap();
}

int
main(int argc, char **argv)
{
	char recipients[4096], passphrase[256];
	double cpu, wall;
	gpgme_ctx_t ctx;
	off_t len = 0;
	int fd, n;

	if (argc < 5 || argc > 7) {
		fprintf(stderr,
			"usage: %s GNUPGHOME CERTIFICATE COUNT SIZE"
			" [FPR [PASSPHRASE]]\n",
			argv[0]);
		return 64;
	}
	snprintf(recipients, sizeof(recipients), "--file\n%s", argv[2]);
	n = atoi(argv[3]);
	fd = message((size_t)atol(argv[4]));
	ctx = start(argv[1]);
	snprintf(passphrase, sizeof(passphrase), "%s\n",
		argc > 6 ? argv[6] : "");
	if (argc > 5)
		sign_by(ctx, argv[5], argc > 6 ? passphrase : NULL);
	cpu = cpu_s();
	wall = wall_s();
	for (int i = 0; i < n; i++) {
		gpgme_error_t err = seal(ctx, fd, recipients, &len);

		if (err != 0 || len < atol(argv[4])) {
			fprintf(stderr, "%s, %ld octets\n", gpgme_strerror(err),
				(long)len);
			return 1;
		}
	}
	printf("messages=%d cpu_ms_each=%.3f wall_ms_each=%.3f octets=%ld\n", n,
		(cpu_s() - cpu) * 1e3 / n, (wall_s() - wall) * 1e3 / n,
		(long)len);
	gpgme_release(ctx);
	end_rest();
	return 0;
}
