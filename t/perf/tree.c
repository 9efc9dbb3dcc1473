/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reads /proc: a tree's CPU is that of its living members and of every dead
 * one that a member has waited for.
 */
#include "tree.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_PROCESSES 32768

struct process {
	pid_t pid, parent;
	unsigned long dead_ticks; /* of children waited for */
	bool in_tree;
};

static bool
read_stat(pid_t pid, struct process *p)
{
	long dead_user, dead_system;
	char path[64], text[1024], *rest;
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (f == NULL)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	rest = strrchr(text, ')'); /* the name may hold anything */
	if (rest == NULL ||
		sscanf(rest,
			") %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u "
			"%ld %ld",
			&p->parent, &dead_user, &dead_system) != 3)
		return false;
	p->pid = pid;
	p->dead_ticks = (unsigned long)(dead_user + dead_system);
	return true;
}

static size_t
read_all(struct process *list)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	size_t n = 0;

	while (d != NULL && n < MAX_PROCESSES && (e = readdir(d)) != NULL) {
		pid_t pid = (pid_t)atol(e->d_name);

		list[n] = (struct process){0};
		if (pid > 0 && read_stat(pid, &list[n]))
			n++;
	}
	if (d != NULL)
		closedir(d);
	return n;
}

static void
mark_trees(struct process *list, size_t n, const pid_t *root, size_t n_root)
{
	bool more = true;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n_root; j++)
			list[i].in_tree |= list[i].pid == root[j];
	}
	while (more) {
		more = false;
		for (size_t i = 0; i < n; i++) {
			for (size_t j = 0; j < n && !list[i].in_tree; j++) {
				if (!list[j].in_tree ||
					list[j].pid != list[i].parent)
					continue;
				list[i].in_tree = more = true;
			}
		}
	}
}

/* Lines "NAME: N kB" of a file below /proc/PID. */
static void
add_memory(pid_t pid, const char *file, struct tree_cost *c)
{
	char path[64], line[256];
	size_t kb;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "RssAnon: %zu kB", &kb) == 1)
			c->anon_kb += kb;
		else if (sscanf(line, "VmRSS: %zu kB", &kb) == 1)
			c->rss_kb += kb;
		else if (sscanf(line, "Pss: %zu kB", &kb) == 1)
			c->pss_kb += kb;
	}
	if (f != NULL)
		fclose(f);
}

/* Threads that have ended are in it; /proc's own figure has steps of 10 ms. */
static double
own_cpu_s(pid_t pid)
{
	struct timespec t = {0};
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) == 0)
		clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct tree_cost
tree_cost(const pid_t *root, size_t n_root)
{
	struct process *list = calloc(MAX_PROCESSES, sizeof(*list));
	size_t n = list == NULL ? 0 : read_all(list);
	struct tree_cost c = {0};

	mark_trees(list, n, root, n_root);
	for (size_t i = 0; i < n; i++) {
		if (!list[i].in_tree)
			continue;
		c.cpu_s += own_cpu_s(list[i].pid) +
			   (double)list[i].dead_ticks /
				   (double)sysconf(_SC_CLK_TCK);
		c.n_process++;
		add_memory(list[i].pid, "status", &c);
		add_memory(list[i].pid, "smaps_rollup", &c);
	}
	free(list);
	return c;
}
