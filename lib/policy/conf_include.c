/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Files of a configuration: those that are included, and reading one.  An
 * include only takes note of names; they are read in turn after the file that
 * names them, so that none stands inside another's sections.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "policy/conf.h"

#define FILES_MAX 10000

static void
add_file(struct ps_conf *c, const char *name, struct ps_origin where)
{
	for (size_t i = 0; i < c->n_file; i++) {
		if (strcmp(c->file[i].name, name) != 0)
			continue;
		ps_conf_error(c, where, "%s is read already%s%s", name,
			c->file[i].asked.file == NULL ? "" : "; included at ",
			c->file[i].asked.file == NULL
				? ""
				: ps_conf_place(c, c->file[i].asked));
		return;
	}
	if (c->n_file == FILES_MAX) {
		ps_conf_error(c, where, "more than %d files", FILES_MAX);
		return;
	}
	PS_GROW(c->scratch, c->file, c->n_file);
	c->file[c->n_file++] = (struct ps_conf_file){
		.name = ps_arena_strdup(c->policy->arena, name),
		.asked = where,
	};
}

static bool
is_glob(const char *pattern)
{
	return strpbrk(pattern, "*?[") != NULL;
}

/* A directory that is not there holds nothing; others must be readable. */
static int
is_trouble(const char *path, int error)
{
	(void)path;
	return error != ENOENT && error != ENOTDIR;
}

void
ps_conf_include(struct ps_conf *c, const char *pattern, struct ps_origin where)
{
	const char *path = pattern;
	glob_t found = {0};
	int r;

	if (c->dir == NULL) {
		ps_conf_error(c, where,
			"include needs a configuration in a file of its own");
		return;
	}
	if (*pattern == '\0') {
		ps_conf_error(c, where, "include needs a name");
		return;
	}
	if (*pattern != '/')
		path = ps_arena_printf(c->scratch, "%s%s", c->dir, pattern);
	if (!is_glob(path)) { /* a missing one is said when it is read */
		add_file(c, path, where);
		return;
	}
	/* sorted by octets in the C locale; no match is fine */
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): one load at a time */
	r = glob(path, 0, is_trouble, &found);
	if (r != 0 && r != GLOB_NOMATCH)
		ps_conf_error(c, where, "cannot list %s", path);
	for (size_t i = 0; r == 0 && i < found.gl_pathc; i++)
		add_file(c, found.gl_pathv[i], where);
	globfree(&found);
}

static const char *
slurp(int fd, struct ps_buf *out)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return strerrordesc_np(errno);
	if (!S_ISREG(st.st_mode))
		return "not a file";
	for (;;) {
		char block[16384];
		ssize_t n = read(fd, block, sizeof(block));

		if (n < 0)
			return strerrordesc_np(errno);
		if (n == 0)
			return out->full ? "larger than 8 MB" : NULL;
		ps_buf_put(out, ps_bytes(block, (size_t)n));
	}
}

void
ps_conf_load_file(struct ps_conf *c, size_t i)
{
	const struct ps_conf_file f = c->file[i];
	struct ps_origin where = f.asked;
	struct ps_buf text;
	const char *why;
	int fd;

	if (where.file == NULL)
		where.file = f.name;
	ps_buf_init(&text, PS_CONF_FILE_MAX);
	fd = open(f.name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	why = fd < 0 ? strerrordesc_np(errno) : slurp(fd, &text);
	if (why != NULL)
		ps_conf_error(c, where, "cannot read %s: %s", f.name, why);
	else
		ps_conf_parse(c, f.name, ps_buf_bytes(&text));
	if (fd >= 0)
		close(fd);
	ps_buf_free(&text);
}
