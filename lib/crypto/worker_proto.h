/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What pool, spawner and worker say to one another: fixed structs over
 * SOCK_SEQPACKET, octets by file descriptor.  All three are one program, so
 * that no versions can differ; but neither side trusts the other's numbers.
 */
#ifndef PS_CRYPTO_WORKER_PROTO_H
#define PS_CRYPTO_WORKER_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "crypto/engine.h"

#define PS_WORKER_FD	 3   /* the worker's socket */
#define PS_WORKER_FD_MAX 3   /* descriptors in one packet */
#define PS_WORKER_MAX	 256 /* processes of one spawner */

/* Octets and certificates of one job of reading: gpg's import is quadratic. */
#define PS_WORKER_READ_MAX ((uint64_t)32 << 20)
#define PS_WORKER_READ_N   200
#define PS_WORKER_DKIM_MAX ((uint64_t)4096) /* octets of digests */

/* Pool to spawner; START carries the worker's end of a new socket pair.  There
 * is no answer: a worker that cannot be started is a socket that closes. */
enum ps_spawn_op { PS_SPAWN_START = 1, PS_SPAWN_KILL = 2 };
struct ps_spawn_request {
	uint64_t id; /* chosen by the pool, never used twice */
	uint32_t op;
	uint32_t pad;
};

/*
 * Pool to worker.  Descriptors, in this order: input, output, and the body
 * when body_apart.  The input holds n_path paths of absolute file names, each
 * with its NUL (paths_len octets in all), then head_len octets, then body_len
 * octets unless body_apart.
 */
enum ps_worker_op {
	PS_WORKER_ENCRYPT = 1,
	PS_WORKER_READ = 2,
	PS_WORKER_DKIM = 3, /* the paths are keys, the head holds digests */
	/* Head and body, detached, by fpr.  Output: struct ps_worker_made, then
	 * the signature. */
	PS_WORKER_SIGN = 4,
	/* The head holds signature packets up to split, then certificates; the
	 * body what is signed.  Without a body the signature holds that too.
	 * Output: struct ps_worker_signatures, then the octets inside. */
	PS_WORKER_VERIFY = 5,
	PS_WORKER_OPEN = 6,    /* the head is a sealed message */
	PS_WORKER_SECRETS = 7, /* output: struct ps_worker_secret, each */
};
struct ps_worker_request {
	uint64_t serial;
	uint64_t paths_len, head_len, body_len;
	uint64_t out_max; /* octets that the output may get */
	uint32_t op;
	uint32_t n_path;
	uint32_t body_apart;
	char fpr[44];	/* of the key to sign with; "" for none */
	uint64_t split; /* of the head, where it has two parts */
};

enum ps_worker_fault {
	PS_FAULT_NONE,
	PS_FAULT_NO_ENGINE, /* gpg cannot be executed, or is no gpg */
	PS_FAULT_DIED,	    /* gpg was killed or ended too early */
	PS_FAULT_FAILED,    /* gpg says that it failed */
	PS_FAULT_RECIPIENT, /* gpg refuses a certificate file */
	PS_FAULT_CERT_FILE, /* a certificate file cannot be read */
	PS_FAULT_INPUT,	    /* the clear octets cannot be read */
	PS_FAULT_OUTPUT,    /* the output cannot be written */
	PS_FAULT_TOO_LARGE, /* more output than out_max */
	PS_FAULT_HOME,	    /* no home to read certificates in */
	PS_FAULT_DKIM_KEY,  /* a DKIM key cannot be read, or used */
	PS_FAULT_DKIM_SIGN, /* a DKIM key does not sign */
	PS_FAULT_NO_HOME,   /* no home with secret keys is configured */
	PS_FAULT_NO_SECRET, /* no such secret key, or it cannot sign */
	PS_FAULT_AGENT,	    /* agent, card or passphrase */
	PS_FAULT_NOT_OURS,  /* sealed to nobody whose key we have */
	PS_FAULT_DAMAGED,   /* not whole, or without integrity protection */
	PS_FAULT_BOMB,	    /* more comes out than may */
	PS_FAULT_N
};

#define PS_WORKER_DETAIL 160
struct ps_worker_reply {
	uint64_t serial;
	uint64_t out_len;
	uint32_t fault;
	uint32_t clean; /* the worker is as good as new in spite of it */
	char detail[PS_WORKER_DETAIL]; /* for the log, NUL-terminated */
};

/* The output of PS_WORKER_DKIM: for each key this, and len octets. */
struct ps_worker_dkim {
	uint32_t alg; /* enum ps_dkim_alg */
	uint32_t len;
};

struct ps_worker_made {
	uint32_t n_key_id, pad;
	uint64_t key_id[PS_SIGNATURE_KEYS];
};

#define PS_WORKER_SIGNATURES 16
struct ps_worker_signatures {
	uint32_t n, pad;
	struct ps_signature_info info[PS_WORKER_SIGNATURES];
};
struct ps_worker_secret {
	char fpr[40];
	uint32_t can_sign, can_open;
};

/* Is a fault the message's own, and not trouble that may pass? */
enum ps_status ps_worker_fault_status(uint32_t fault);
/* What people read; a literal. */
const char *ps_worker_fault_text(uint32_t fault);

/* One packet, at most PS_WORKER_FD_MAX descriptors, never blocks. */
bool ps_worker_send(
	int sock, const void *packet, size_t len, const int *fd, size_t n_fd);
/*
 * One packet; length, or 0 at the end, or -1 with errno.  Descriptors come
 * with FD_CLOEXEC; more than n_fd_max are closed by the kernel.
 */
ssize_t ps_worker_receive(int sock, void *packet, size_t len, int flags,
	int *fd, size_t n_fd_max, size_t *n_fd);

bool ps_worker_read_all(int fd, char *p, size_t len, uint64_t offset);

#endif
