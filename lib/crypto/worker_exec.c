/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Start one crypto worker.  Runs in the spawner, which has one thread only.
 */
#include "crypto/worker_exec.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/worker_proto.h"

/* Nets under the pool's deadlines and ceilings, not in their place. */
#define CPU_S	    600
#define FILE_OCTETS ((rlim_t)4 << 30)
#define N_FILES	    256

static bool
drop_privileges(const struct ps_worker_exec *how)
{
	if (how->user == NULL)
		return true;
	return initgroups(how->user, how->gid) == 0 &&
	       setresgid(how->gid, how->gid, how->gid) == 0 &&
	       setresuid(how->uid, how->uid, how->uid) == 0;
}

static bool
limit(void)
{
	const struct rlimit core = {0, 0}, cpu = {CPU_S, CPU_S},
			    file = {FILE_OCTETS, FILE_OCTETS},
			    open = {N_FILES, N_FILES};
	struct rlimit now;

	if (setrlimit(RLIMIT_CORE, &core) != 0)
		return false;
	/* Never above what the administrator set. */
	if (getrlimit(RLIMIT_CPU, &now) == 0 && now.rlim_max > CPU_S)
		setrlimit(RLIMIT_CPU, &cpu);
	if (getrlimit(RLIMIT_FSIZE, &now) == 0 && now.rlim_max > FILE_OCTETS)
		setrlimit(RLIMIT_FSIZE, &file);
	if (getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_max > N_FILES)
		setrlimit(RLIMIT_NOFILE, &open);
	return true;
}

/* Only standard error, for what a sanitizer or the loader has to say, and the
 * socket stay open. */
static bool
arrange_descriptors(int sock)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
		dup2(null, STDOUT_FILENO) < 0)
		return false;
	if (fcntl(STDERR_FILENO, F_GETFD) < 0 && dup2(null, STDERR_FILENO) < 0)
		return false;
	if (sock == PS_WORKER_FD ? fcntl(sock, F_SETFD, 0) < 0
				 : dup2(sock, PS_WORKER_FD) < 0)
		return false;
	return close_range(PS_WORKER_FD + 1, ~0U, 0) == 0;
}

/* SIGTERM must not be blocked: it says that the spawner died. */
static void
default_signals(void)
{
	static const int ours[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1,
		SIGUSR2, SIGPIPE, SIGALRM};
	sigset_t none;

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		signal(ours[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void
become(const struct ps_worker_exec *how, int sock, pid_t spawner)
{
	/* execve() takes unqualified strings and leaves them alone. */
	char *argv[] = {strdup("postseal"), strdup("crypto-worker"),
		strdup(how->gpg), strdup(how->home),
		how->secret_home == NULL ? NULL : strdup(how->secret_home),
		how->passphrase_file == NULL ? NULL
					     : strdup(how->passphrase_file),
		NULL};
	char *envp[] = {strdup("LC_ALL=C"), strdup("PATH=/usr/bin:/bin"), NULL};

	setpgid(0, 0);
	default_signals();
	umask(077);
	/* The signal of a dead parent is forgotten when the user changes. */
	if (limit() && drop_privileges(how) &&
		prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == spawner &&
		arrange_descriptors(sock))
		execve(how->program, argv, envp);
	_exit(127);
}

enum ps_status
ps_worker_exec_check(const struct ps_worker_exec *how, const char **why)
{
	static const char *const problem[] = {NULL,
		"the user of the crypto workers cannot be taken on",
		"the crypto workers cannot enter the run directory",
		"the crypto workers cannot run this program",
		"the crypto workers cannot use the home of secret keys "
		"(keys.secret-home)",
		"the crypto workers cannot read the passphrase file "
		"(keys.passphrase-file)"};
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (!drop_privileges(how))
			_exit(1);
		if (access(how->home, R_OK | W_OK | X_OK) != 0)
			_exit(2);
		if (access(how->program, X_OK) != 0)
			_exit(3);
		if (how->secret_home != NULL &&
			access(how->secret_home, R_OK | W_OK | X_OK) != 0)
			_exit(4);
		_exit(how->passphrase_file != NULL &&
					access(how->passphrase_file, R_OK) != 0
				? 5
				: 0);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return PS_OK;
	*why = pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) <= 5
		       ? problem[WEXITSTATUS(status)]
		       : "cannot fork";
	return PS_EPERM;
}

pid_t
ps_worker_exec_start(const struct ps_worker_exec *how, int sock)
{
	pid_t spawner = getpid(), pid = fork();

	if (pid == 0)
		become(how, sock, spawner);
	/* In both processes: whoever comes first, it is so before a kill. */
	if (pid > 0)
		setpgid(pid, pid);
	return pid;
}
