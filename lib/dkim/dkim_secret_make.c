/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * New keys, in files that nobody else could open before they were whole.
 */
#include <fcntl.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dkim/dkim_secret.h"

static EVP_PKEY *
generate(enum ps_dkim_alg alg)
{
	if (alg == PS_DKIM_RSA_SHA256)
		return EVP_PKEY_Q_keygen(
			NULL, NULL, "RSA", (size_t)PS_DKIM_SIGN_BITS_GOOD);
	return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

static bool
write_pem(EVP_PKEY *key, int fd)
{
	int copy = dup(fd);
	FILE *f = copy < 0 ? NULL : fdopen(copy, "w");
	bool good;

	if (f == NULL) {
		if (copy >= 0)
			close(copy);
		return false;
	}
	good = PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1;
	return fclose(f) == 0 && good;
}

/* The owner first: who must not read it cannot once the mode is there. */
static bool
hand_over(const struct ps_dkim_make *how, int fd)
{
	if ((how->uid >= 0 || how->gid >= 0) &&
		fchown(fd, how->uid < 0 ? (uid_t)-1 : (uid_t)how->uid,
			how->gid < 0 ? (gid_t)-1 : (gid_t)how->gid) != 0)
		return false;
	return fchmod(fd, (mode_t)how->mode) == 0 && fsync(fd) == 0;
}

enum ps_status
ps_dkim_secret_make(const struct ps_dkim_make *how, const char **why)
{
	EVP_PKEY *key;
	bool good;
	int fd = open(how->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0) {
		*why = errno == EEXIST ? "there is such a file already"
				       : "the file cannot be made";
		return PS_EPERM;
	}
	key = generate(how->alg);
	good = key != NULL && write_pem(key, fd) && hand_over(how, fd);
	EVP_PKEY_free(key);
	ERR_clear_error();
	close(fd);
	if (good)
		return PS_OK;
	unlink(how->path);
	*why = "the key cannot be made, or not written with its owner";
	return PS_EPERM;
}
