/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The private GnuPG homes: one a spawner for sealing, without any keyring, and
 * short-lived ones inside it for reading certificates.
 */
#ifndef PS_CRYPTO_HOME_H
#define PS_CRYPTO_HOME_H

#include <stddef.h>
#include <sys/types.h>

#include "base/status.h"

#define PS_HOME_PATH_MAX 1024
#define PS_HOME_KEYRING	 "pubring.gpg" /* of a home for reading */

/*
 * Make DIR/postseal-XXXXXX (0700) with its gpg.conf, owned by uid and gid
 * unless uid is (uid_t)-1.  PS_EPERM when the directory cannot be made.
 */
enum ps_status ps_home_make(const char *dir, uid_t uid, gid_t gid,
	char path[PS_HOME_PATH_MAX], const char **why);

/*
 * A fresh home inside home, with a keyring, for the worker process pid; one
 * that an earlier process of that number left behind goes first.
 */
enum ps_status ps_home_make_reading(const char *home, pid_t pid,
	char path[PS_HOME_PATH_MAX], const char **why);

/* With everything in it; follows no link. */
void ps_home_remove(const char *path);
void ps_home_remove_reading(const char *home, pid_t pid);

#endif
