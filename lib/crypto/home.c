/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * GnuPG homes and what stands in their gpg.conf.  gpg reads the system's
 * /etc/gnupg/gpg.conf first and then ours, and GPGME cannot tell it not to:
 * what such a file could turn on to our harm is turned off again here.
 */
#include "crypto/home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 8

/* no-random-seed-file: a gpg that loses the race for that file's lock sleeps
 * 250 ms.  trust-model always and no-auto-check-trustdb: validity is ours to
 * judge, and a stale trustdb costs 1 ms for every key. */
static const char common_conf[] = "batch\n"
				  "quiet\n"
				  "no-greeting\n"
				  "lock-never\n"
				  "no-random-seed-file\n"
				  "no-auto-check-trustdb\n"
				  "trust-model always\n"
				  "no-auto-key-locate\n"
				  "no-auto-key-retrieve\n"
				  "disable-dirmngr\n"
				  "no-autostart\n"
				  "no-armor\n";
static const char sealing_conf[] =
	"no-keyring\n"
	"no-encrypt-to\n"
	"no-throw-keyids\n"
	"personal-cipher-preferences AES256 AES192 AES\n"
	"personal-digest-preferences SHA512 SHA384 SHA256\n";
/* Other people's certifications are of no use to us and can be many.  No
 * export-clean: it leaves out expired subkeys, and then "expired" would become
 * "has none".  A keyring that the system's gpg.conf names must not be the one
 * that gpg writes to; gpg 2.2 heeds primary-keyring for the old format only,
 * and does not make it. */
static const char reading_conf[] =
	"no-default-keyring\n"
	"primary-keyring gnupg-ring:" PS_HOME_KEYRING "\n"
	"import-options self-sigs-only,import-clean\n";

static bool
write_file(int dir_fd, const char *name, const char *const text[], uid_t uid,
	gid_t gid)
{
	int fd = openat(
		dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good = fd >= 0;

	for (; good && *text != NULL; text++)
		good = write(fd, *text, strlen(*text)) ==
		       (ssize_t)strlen(*text);
	if (good && uid != (uid_t)-1)
		good = fchown(fd, uid, gid) == 0;
	if (fd >= 0 && close(fd) != 0)
		good = false;
	return good;
}

static bool
furnish(const char *path, bool reading, uid_t uid, gid_t gid)
{
	const char *const conf[] = {
		common_conf, reading ? reading_conf : sealing_conf, NULL};
	const char *const nothing[] = {NULL};
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool good;

	if (fd < 0)
		return false;
	good = write_file(fd, "gpg.conf", conf, uid, gid);
	if (good && reading)
		good = write_file(fd, PS_HOME_KEYRING, nothing, uid, gid);
	if (good && uid != (uid_t)-1)
		good = fchown(fd, uid, gid) == 0;
	close(fd);
	return good;
}

enum ps_status
ps_home_make(const char *dir, uid_t uid, gid_t gid, char path[PS_HOME_PATH_MAX],
	const char **why)
{
	if (dir == NULL)
		dir = getenv("TMPDIR");
	if (dir == NULL || *dir != '/')
		dir = "/tmp";
	if (snprintf(path, PS_HOME_PATH_MAX, "%s/postseal-XXXXXX", dir) >=
			PS_HOME_PATH_MAX ||
		mkdtemp(path) == NULL) {
		*why = "cannot make the private gpg home in the run directory";
		return PS_EPERM;
	}
	if (furnish(path, false, uid, gid))
		return PS_OK;
	ps_home_remove(path);
	*why = "cannot write the gpg.conf of the private gpg home";
	return PS_EPERM;
}

static bool
reading_path(const char *home, pid_t pid, char path[PS_HOME_PATH_MAX])
{
	return snprintf(path, PS_HOME_PATH_MAX, "%s/read-%ld", home,
		       (long)pid) < PS_HOME_PATH_MAX;
}

enum ps_status
ps_home_make_reading(const char *home, pid_t pid, char path[PS_HOME_PATH_MAX],
	const char **why)
{
	ps_home_remove_reading(home, pid);
	if (reading_path(home, pid, path) && mkdir(path, 0700) == 0 &&
		furnish(path, true, (uid_t)-1, (gid_t)-1))
		return PS_OK;
	*why = "cannot make a gpg home for reading certificates";
	return PS_ETEMP;
}

/* Names are taken relative to an open directory, so that a link put in their
 * place meanwhile leads nowhere. */
static void
remove_at(int dir_fd, const char *name, int depth)
{
	struct dirent *entry;
	DIR *dir;
	int fd;

	if (unlinkat(dir_fd, name, 0) == 0 || errno == ENOENT || depth == 0)
		return;
	fd = openat(
		dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	dir = fdopendir(fd);
	if (dir == NULL) {
		close(fd);
		return;
	}
	/* One thread only: the spawner and the worker have no other. */
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 &&
			strcmp(entry->d_name, "..") != 0)
			remove_at(dirfd(dir), entry->d_name, depth - 1);
	}
	closedir(dir);
	unlinkat(dir_fd, name, AT_REMOVEDIR);
}

void
ps_home_remove(const char *path)
{
	remove_at(AT_FDCWD, path, DEPTH_MAX);
}

void
ps_home_remove_reading(const char *home, pid_t pid)
{
	char path[PS_HOME_PATH_MAX];

	if (reading_path(home, pid, path))
		ps_home_remove(path);
}
