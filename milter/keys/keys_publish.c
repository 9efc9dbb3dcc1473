/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys publish DIR": the Web Key Directory of our domains.  Whoever
 * calls writes it, for a web server's directory is seldom the daemon's; what
 * is to be written is made by a child that becomes the daemon's user and hands
 * it over by a pipe.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keys.h"
#include "keys_ours.h"
#include "keys_tree.h"

#define PATH_MOST   4096
#define OCTETS_MOST ((uint32_t)64 << 20)

/* In front of each path and its octets. */
struct head {
	uint32_t path_len, octets_len;
};

static bool
send_tree(int fd, const struct ps_publish_tree *tree)
{
	FILE *to = fdopen(fd, "w");
	bool good = to != NULL;

	for (size_t i = 0; good && i < tree->n_file; i++) {
		const struct ps_publish_file *f = &tree->file[i];
		const struct head head = {
			(uint32_t)strlen(f->path), (uint32_t)f->octets.len};

		good = fwrite(&head, sizeof(head), 1, to) == 1 &&
		       fwrite(f->path, head.path_len, 1, to) == 1 &&
		       (head.octets_len == 0 ||
			       fwrite(f->octets.p, head.octets_len, 1, to) ==
				       1);
	}
	if (to != NULL)
		good = fclose(to) == 0 && good;
	return good;
}

static bool
receive_file(struct ps_arena *a, FILE *from, struct ps_publish_file *out)
{
	struct head head;
	char *path, *octets;

	if (fread(&head, sizeof(head), 1, from) != 1 ||
		head.path_len > PATH_MOST || head.octets_len > OCTETS_MOST)
		return false;
	path = ps_arena_alloc(a, (size_t)head.path_len + 1);
	octets = ps_arena_alloc(a, (size_t)head.octets_len + 1);
	*out = (struct ps_publish_file){
		.path = path, .octets = {octets, head.octets_len}};
	return fread(path, 1, head.path_len, from) == head.path_len &&
	       fread(octets, 1, head.octets_len, from) == head.octets_len;
}

static void
receive_tree(struct ps_arena *a, int fd, struct ps_keys_tree *tree)
{
	struct ps_publish_file *file = NULL, one;
	FILE *from = fdopen(fd, "r");

	while (from != NULL && receive_file(a, from, &one)) {
		PS_GROW(a, file, tree->n_file);
		file[tree->n_file++] = one;
	}
	if (from != NULL)
		fclose(from);
	tree->file = file;
}

/* The child says what went wrong by itself. */
static int
status_of(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return EX_OSERR;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
}

static int
write_tree(struct ps_keys *k, const struct ps_keys_tree *tree)
{
	struct ps_keys_tree_done done;
	const char *why = NULL;
	enum ps_status s = ps_keys_tree_write(k->a, tree, &done, &why);

	if (s != PS_OK)
		return ps_keys_fail(s == PS_EPERM ? EX_CANTCREAT : EX_IOERR,
			"publish", why);
	printf("%zu files, %zu of them written, %zu removed\n", tree->n_file,
		done.n_written, done.n_removed);
	return EX_OK;
}

static bool
prepare(struct ps_keys *k, int *status)
{
	struct ps_keys_tree tree = {.dir = k->argv[0], .direct = k->direct};
	int *to = ps_arena_alloc(k->a, sizeof(*to)), fd[2];
	pid_t child;

	*status = EX_OSERR;
	if (pipe2(fd, O_CLOEXEC) != 0)
		return false;
	child = fork();
	if (child < 0)
		return false;
	if (child == 0) {
		close(fd[0]);
		*to = fd[1];
		k->prepared = to;
		return true;
	}
	close(fd[1]);
	receive_tree(k->a, fd[0], &tree);
	*status = status_of(child);
	if (*status == EX_OK)
		*status = write_tree(k, &tree);
	return false;
}

static int
publish(struct ps_keys *k)
{
	const int *to = k->prepared;
	struct ps_publish_tree tree;
	struct ps_keys_ours ours;
	const char *why = NULL;
	enum ps_status s = ps_keys_ours(k, NULL, &ours, &why);

	if (s != PS_OK)
		return ps_keys_fail(ps_keys_exit(s), "publish", why);
	if (ours.n_domain == 0)
		return ps_keys_fail(EX_CONFIG, "publish",
			"the configuration has no section \"domain\"");
	ps_publish_wkd(k->a, ours.key, ours.n_key,
		(const char *const *)ours.domain, ours.n_domain, k->direct,
		&tree);
	ps_keys_ours_complain(k, &ours);
	return send_tree(*to, &tree) ? EX_OK : EX_OSERR;
}

const struct ps_keys_action ps_keys_publish = {
	.name = "publish",
	.usage = "[--direct] DIRECTORY",
	.options = "D",
	.min = 1,
	.max = 1,
	.prepare = prepare,
	.run = publish,
};
