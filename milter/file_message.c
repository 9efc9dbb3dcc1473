/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reading a message file.  Knows no limits but the one it is given.
 */
#include "file_message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#define CHUNK ((size_t)64 << 10)

static enum ps_status
read_all(struct ps_arena *a, int fd, size_t max, struct ps_bytes *out)
{
	struct ps_buf all;
	enum ps_status s = PS_OK;

	ps_buf_init(&all, max + 1 + CHUNK);
	while (all.len <= max) {
		char part[4096];
		ssize_t n = read(fd, part, sizeof(part));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			s = PS_ETEMP;
		if (n <= 0)
			break;
		ps_buf_put(&all, ps_bytes(part, (size_t)n));
	}
	*out = ps_arena_copy(a, ps_bytes_head(ps_buf_bytes(&all), max + 1));
	ps_buf_free(&all);
	return s;
}

enum ps_status
ps_file_message_read(struct ps_arena *a, const char *file, size_t max,
	struct ps_bytes *out, const char **why)
{
	bool is_stdin = strcmp(file, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	enum ps_status s = fd < 0 ? PS_ETEMP : read_all(a, fd, max, out);

	if (s != PS_OK)
		*why = ps_arena_printf(
			a, "cannot read %s: %s", file, strerrordesc_np(errno));
	if (fd >= 0 && !is_stdin)
		close(fd);
	return s;
}

/* Each line with CRLF; a bare CR stays where it is. */
static struct ps_bytes
with_crlf(struct ps_arena *a, struct ps_bytes in)
{
	struct ps_bytes rest = in, line;
	size_t n_line = 1;
	char *out, *to;

	for (size_t i = 0; i < in.len; i++)
		n_line += in.p[i] == '\n';
	out = to = ps_arena_alloc(a, in.len + 2 * n_line);
	while (ps_bytes_line(&rest, &line)) {
		line = ps_bytes_chomp(line);
		if (line.len > 0)
			memcpy(to, line.p, line.len);
		to += line.len;
		*to++ = '\r';
		*to++ = '\n';
	}
	return ps_bytes(out, (size_t)(to - out));
}

enum ps_status
ps_file_message_parse(struct ps_arena *a, struct ps_bytes octets,
	struct ps_message *out, const char **why)
{
	struct ps_bytes line, rest = octets;

	/* "From :" is an old way to write the field (RFC 5322 4.5.2) */
	if (ps_bytes_starts(octets, PS_LIT("From ")) &&
		ps_bytes_line(&rest, &line) &&
		ps_header_line(line) != PS_HEADER_LINE_FIELD)
		octets = rest;
	*out = (struct ps_message){.body_fd = -1};
	return ps_header_parse(a, with_crlf(a, octets), SIZE_MAX, &out->header,
		&out->body, why);
}
