/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Packets with descriptors, and what each fault is called.
 */
#include "crypto/worker_proto.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const char *
ps_worker_fault_text(uint32_t fault)
{
	static const char *const text[PS_FAULT_N] = {
		[PS_FAULT_NONE] = "no fault",
		[PS_FAULT_NO_ENGINE] = "gpg cannot be run",
		[PS_FAULT_DIED] = "gpg ended before its work was done",
		[PS_FAULT_FAILED] = "gpg failed",
		[PS_FAULT_RECIPIENT] = "gpg refuses a certificate",
		[PS_FAULT_CERT_FILE] = "a certificate file cannot be read",
		[PS_FAULT_INPUT] = "the message cannot be read for sealing",
		[PS_FAULT_OUTPUT] = "the sealed message cannot be written",
		[PS_FAULT_TOO_LARGE] = "gpg wrote more than a seal can be",
		[PS_FAULT_HOME] = "no gpg home to read certificates in",
		[PS_FAULT_DKIM_KEY] = "a DKIM key cannot be used",
		[PS_FAULT_DKIM_SIGN] = "DKIM signing failed",
		[PS_FAULT_NO_HOME] = "no home with secret keys is configured",
		[PS_FAULT_NO_SECRET] = "there is no such secret key to sign "
				       "with",
		[PS_FAULT_AGENT] = "agent, card or passphrase of a secret key "
				   "fail",
		[PS_FAULT_NOT_OURS] = "it is sealed to no key of ours",
		[PS_FAULT_DAMAGED] = "it is damaged, or its integrity is not "
				     "protected",
		[PS_FAULT_BOMB] = "more comes out of it than may",
	};

	return fault < PS_FAULT_N ? text[fault]
				  : "the crypto worker talks nonsense";
}

enum ps_status
ps_worker_fault_status(uint32_t fault)
{
	switch (fault) {
	case PS_FAULT_NONE:
		return PS_OK;
	case PS_FAULT_NOT_OURS:
	case PS_FAULT_DAMAGED:
		return PS_EPERM;
	case PS_FAULT_BOMB:
		return PS_ELIMIT;
	default:
		return PS_ETEMP;
	}
}

union control {
	struct cmsghdr align;
	char octets[CMSG_SPACE(PS_WORKER_FD_MAX * sizeof(int))];
};

bool
ps_worker_send(
	int sock, const void *packet, size_t len, const int *fd, size_t n_fd)
{
	union control control;
	char copy[512];
	struct iovec iov = {.iov_base = copy, .iov_len = len};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n;

	assert(len <= sizeof(copy) && n_fd <= PS_WORKER_FD_MAX);
	memcpy(copy, packet, len);
	if (n_fd > 0) {
		struct cmsghdr *c;

		memset(&control, 0, sizeof(control));
		msg.msg_control = control.octets;
		msg.msg_controllen = CMSG_SPACE(n_fd * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n_fd * sizeof(int));
		memcpy(CMSG_DATA(c), fd, n_fd * sizeof(int));
	}
	do
		n = sendmsg(sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)len;
}

ssize_t
ps_worker_receive(int sock, void *packet, size_t len, int flags, int *fd,
	size_t n_fd_max, size_t *n_fd)
{
	union control control;
	struct iovec iov = {.iov_base = packet, .iov_len = len};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *c;
	ssize_t n;

	assert(n_fd_max <= PS_WORKER_FD_MAX);
	*n_fd = 0;
	if (n_fd_max > 0) {
		memset(&control, 0, sizeof(control));
		msg.msg_control = control.octets;
		msg.msg_controllen = CMSG_LEN(n_fd_max * sizeof(int));
	}
	do
		n = recvmsg(sock, &msg, flags | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return n;
	for (c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		*n_fd = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fd, CMSG_DATA(c), *n_fd * sizeof(int));
	}
	return n;
}

bool
ps_worker_read_all(int fd, char *p, size_t len, uint64_t offset)
{
	while (len > 0) {
		ssize_t n = pread(fd, p, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return true;
}
