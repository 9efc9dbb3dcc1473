/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * GPGME's data callbacks over descriptors.
 */
#include "crypto/gpgme_io.h"

#include <errno.h>
#include <unistd.h>

#include "crypto/engine_gpgme.h"

struct ps_gpgme_source
ps_gpgme_source_all(const struct ps_worker_task *task)
{
	const struct ps_worker_request *r = task->request;

	return (struct ps_gpgme_source){
		.task = task, .to = r->head_len + r->body_len};
}

static ssize_t
read_source(void *hook, void *buffer, size_t size)
{
	struct ps_gpgme_source *s = hook;
	const struct ps_worker_request *r = s->task->request;
	uint64_t at = s->from + s->at, offset = r->paths_len + at,
		 left = s->to - at;
	int fd = s->task->input_fd;
	ssize_t n;

	if (r->body_apart != 0 && at >= r->head_len) {
		fd = s->task->body_fd;
		offset = at - r->head_len;
	} else if (r->body_apart != 0 && s->to > r->head_len)
		left = r->head_len - at;
	if (left == 0)
		return 0;
	do
		n = pread(fd, buffer, size < left ? size : (size_t)left,
			(off_t)offset);
	while (n < 0 && errno == EINTR);
	if (n <= 0) { /* shorter than promised is as bad as unreadable */
		s->bad = true;
		errno = EIO;
		return -1;
	}
	s->at += (uint64_t)n;
	return n;
}

static ssize_t
write_sink(void *hook, const void *buffer, size_t size)
{
	struct ps_gpgme_sink *s = hook;
	ssize_t n;

	if (size > s->max - s->len) {
		errno = EFBIG;
		return -1;
	}
	do
		n = pwrite(s->fd, buffer, size, (off_t)(s->offset + s->len));
	while (n < 0 && errno == EINTR);
	if (n <= 0) {
		s->bad = true;
		return -1;
	}
	s->len += (uint64_t)n;
	return n;
}

static gpgme_data_t
make(struct gpgme_data_cbs *callbacks, void *hook)
{
	gpgme_data_t data;

	if (gpgme_data_new_from_cbs(&data, callbacks, hook) != 0)
		return NULL;
	gpgme_data_set_flag(data, "io-buffer-size", PS_GPGME_IO_BUFFER);
	return data;
}

gpgme_data_t
ps_gpgme_reader(struct ps_gpgme_source *s)
{
	static struct gpgme_data_cbs callbacks = {.read = read_source};

	return make(&callbacks, s);
}

gpgme_data_t
ps_gpgme_writer(struct ps_gpgme_sink *s)
{
	static struct gpgme_data_cbs callbacks = {.write = write_sink};

	return make(&callbacks, s);
}
