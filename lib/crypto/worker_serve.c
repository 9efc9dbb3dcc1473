/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The crypto worker: what runs as "postseal crypto-worker".  Takes one request
 * at a time from the pool's socket and answers it.  Parses no mail.
 */
#include "crypto/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/engine_gpgme.h"
#include "crypto/gpgme_secret.h"
#include "crypto/gpgme_verify.h"

#define PATHS_MAX ((uint64_t)8 << 20)
/* How often a running operation is looked at, and after how many looks in a
 * row that find gpg dead GPGME is given up (it spins then, for ever). */
#define WATCH_US  200000
#define WATCH_MAX 4

static struct ps_worker_reply watched; /* what is sent in that case */
static volatile sig_atomic_t n_dead;

/*
 * The spawner is gone (PR_SET_PDEATHSIG): nobody is left to end our gpg, so
 * that the whole process group goes with us.
 */
static void
end_group(int sig)
{
	(void)sig;
	kill(0, SIGKILL);
}

static void
watch(int sig)
{
	siginfo_t info;
	int was = errno;

	(void)sig;
	info.si_pid = 0;
	if (waitid(P_PGID, (id_t)getpgrp(), &info,
		    WEXITED | WNOHANG | WNOWAIT) == 0 &&
		info.si_pid != 0) {
		if (++n_dead >= WATCH_MAX) {
			send(PS_WORKER_FD, &watched, sizeof(watched),
				MSG_NOSIGNAL);
			_exit(1);
		}
	} else
		n_dead = 0;
	errno = was;
}

static void
set_watch(bool on)
{
	const struct timeval tick = {0, WATCH_US}, off = {0, 0};
	struct itimerval timer = {on ? tick : off, on ? tick : off};

	n_dead = 0;
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void
settle(void)
{
	struct sigaction end = {.sa_handler = end_group};
	struct sigaction tick = {.sa_handler = watch, .sa_flags = SA_RESTART};

	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGALRM, &tick, NULL);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
#ifndef __SANITIZE_ADDRESS__ /* its leak check wants to trace itself */
	prctl(PR_SET_DUMPABLE, 0);
#endif
}

/* n names, each absolute, no line ends, nothing left over. */
static bool
paths_are_good(const char *p, uint64_t len, uint32_t n)
{
	for (; n > 0; n--) {
		const char *end = len == 0 ? NULL : memchr(p, '\0', len);

		if (end == NULL || *p != '/' || strchr(p, '\n') != NULL)
			return false;
		len -= (uint64_t)(end - p) + 1;
		p = end + 1;
	}
	return len == 0;
}

static bool
holds(int fd, uint64_t len)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_size >= 0 &&
	       (uint64_t)st.st_size >= len;
}

static bool
request_is_good(const struct ps_worker_request *r, const int *fd, size_t n_fd)
{
	const uint64_t most = UINT64_MAX / 8;
	uint64_t input;

	if (n_fd != (r->body_apart != 0 ? 3u : 2u) ||
		r->paths_len > PATHS_MAX || r->head_len > most ||
		r->body_len > most ||
		memchr(r->fpr, '\0', sizeof(r->fpr)) == NULL)
		return false;
	input = r->paths_len + r->head_len;
	if (r->body_apart == 0)
		input += r->body_len;
	return holds(fd[0], input) &&
	       (r->body_apart == 0 || holds(fd[2], r->body_len));
}

/* What a worker can do. */
static const struct operation {
	void (*perform)(
		const struct ps_worker_task *, struct ps_worker_outcome *);
	uint64_t head_max;
	bool with_gpg;
	bool with_paths;
} operations[] = {
	[PS_WORKER_ENCRYPT] = {ps_gpgme_encrypt, UINT64_MAX, true, true},
	[PS_WORKER_READ] = {ps_gpgme_read, PS_WORKER_READ_MAX, true, false},
	[PS_WORKER_DKIM] = {ps_worker_task_dkim, PS_WORKER_DKIM_MAX, false,
		true},
	[PS_WORKER_SIGN] = {ps_gpgme_sign, UINT64_MAX, true, false},
	[PS_WORKER_VERIFY] = {ps_gpgme_verify, UINT64_MAX, true, false},
	[PS_WORKER_OPEN] = {ps_gpgme_open, UINT64_MAX, true, false},
	[PS_WORKER_SECRETS] = {ps_gpgme_secrets, 0, true, false},
};

static const struct operation *
find_operation(const struct ps_worker_request *r)
{
	const struct operation *op;

	if (r->op >= sizeof(operations) / sizeof(operations[0]))
		return NULL;
	op = &operations[r->op];
	if (op->perform == NULL || r->head_len > op->head_max ||
		(r->n_path > 0) != op->with_paths)
		return NULL;
	return op;
}

static void
perform(struct ps_worker_task *task, enum ps_worker_fault broken,
	struct ps_worker_outcome *out)
{
	const struct ps_worker_request *r = task->request;
	const struct operation *op = find_operation(r);
	char *paths = malloc(r->paths_len + 1);

	*out = (struct ps_worker_outcome){.fault = PS_FAULT_OUTPUT};
	/* A worker that died may have begun this very output. */
	if (ftruncate(task->output_fd, 0) != 0 ||
		lseek(task->output_fd, 0, SEEK_SET) != 0)
		goto done;
	out->fault = PS_FAULT_INPUT;
	if (op == NULL || paths == NULL ||
		!ps_worker_read_all(task->input_fd, paths, r->paths_len, 0) ||
		!paths_are_good(paths, r->paths_len, r->n_path))
		goto done;
	out->fault = broken;
	task->paths = paths;
	if (!op->with_gpg || broken == PS_FAULT_NONE)
		op->perform(task, out);
done:
	free(paths);
}

static bool
serve(const struct ps_worker_place *place, enum ps_worker_fault broken)
{
	struct ps_worker_request r;
	struct ps_worker_reply reply = {0};
	struct ps_worker_outcome out;
	int fd[PS_WORKER_FD_MAX];
	size_t n_fd;
	ssize_t n = ps_worker_receive(
		PS_WORKER_FD, &r, sizeof(r), 0, fd, PS_WORKER_FD_MAX, &n_fd);
	struct ps_worker_task task = {.request = &r,
		.gpg = place->gpg,
		.home = place->home,
		.secret_home = place->secret_home,
		.passphrase_file = place->passphrase_file,
		.body_fd = -1};

	if (n != (ssize_t)sizeof(r) || !request_is_good(&r, fd, n_fd))
		return false; /* the end, or nonsense: ours ends with us */
	task.input_fd = fd[0];
	task.output_fd = fd[1];
	if (r.body_apart != 0)
		task.body_fd = fd[2];
	watched = (struct ps_worker_reply){
		.serial = r.serial, .fault = PS_FAULT_DIED};
	set_watch(true);
	perform(&task, broken, &out);
	set_watch(false);
	for (size_t i = 0; i < n_fd; i++)
		close(fd[i]);
	reply.serial = r.serial;
	reply.fault = out.fault;
	reply.clean = out.clean;
	reply.out_len = out.out_len;
	memcpy(reply.detail, out.detail, sizeof(reply.detail));
	return ps_worker_send(PS_WORKER_FD, &reply, sizeof(reply), NULL, 0);
}

int
ps_worker_main(const struct ps_worker_place *place)
{
	enum ps_worker_fault broken;

	settle();
	broken = ps_gpgme_start(place->gpg, place->home);
	while (serve(place, broken))
		continue;
	return 0;
}
