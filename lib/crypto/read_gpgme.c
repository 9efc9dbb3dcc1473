/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Reading certificates with GPGME, in the worker process: import into a fresh
 * home, list, export.  A certificate that gpg cannot read is left out; gpg in
 * trouble is a fault, never a certificate less.
 */
#include "crypto/engine_gpgme.h"

#include <errno.h>
#include <fcntl.h>
#include <gpgme.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "openpgp/cert_split.h"
#include "openpgp/cert_wire.h"
#include "crypto/home.h"

/* gpg writes its keyring anew for each certificate, beside the old one. */
#define ROOM_OCTETS 65536

struct reading {
	const struct ps_worker_task *job;
	gpgme_ctx_t ctx;
	char home[PS_HOME_PATH_MAX];
	struct ps_arena *a;
	char *octets; /* of the certificates that gpg is given */
	size_t *at;   /* where each begins, and where the last ends */
	size_t n;
	size_t n_imported;
	bool said_result; /* of the import under way */
	struct ps_buf records;
	uint32_t n_listed;
};

static gpgme_error_t
hear_status(void *hook, const char *keyword, const char *args)
{
	struct reading *r = hook;

	(void)args;
	if (strcmp(keyword, "IMPORT_RES") == 0)
		r->said_result = true;
	return 0;
}

/* gpg 2.2 knows version 4 only, and stops at what it does not know. */
static enum ps_worker_fault
take_input(struct reading *r)
{
	size_t len = r->job->request->head_len, n, end = 0;
	char *all = ps_arena_alloc(r->a, len + 1);
	struct ps_cert_slice *slice;

	if (!ps_worker_read_all(
		    r->job->input_fd, all, len, r->job->request->paths_len))
		return PS_FAULT_INPUT;
	slice = ps_cert_split(r->a, ps_bytes(all, len), &n);
	r->octets = ps_arena_alloc(r->a, len + 1);
	r->at = ps_arena_array(r->a, n + 1, sizeof(*r->at));
	for (size_t i = 0; i < n; i++) {
		if (slice[i].version != 4)
			continue;
		memcpy(r->octets + end, slice[i].octets.p, slice[i].octets.len);
		end += slice[i].octets.len;
		r->at[++r->n] = end;
	}
	return PS_FAULT_NONE;
}

/* Certificates [from, to).  *considered: how many gpg got to. */
static enum ps_worker_fault
import(struct reading *r, size_t from, size_t to, size_t *considered)
{
	gpgme_import_result_t result;
	gpgme_data_t data;
	int status;

	if (gpgme_data_new_from_mem(&data, r->octets + r->at[from],
		    r->at[to] - r->at[from], 0) != 0)
		return PS_FAULT_FAILED;
	gpgme_data_set_flag(data, "io-buffer-size", PS_GPGME_IO_BUFFER);
	r->said_result = false;
	gpgme_op_import(r->ctx, data); /* fails for one bad certificate too */
	gpgme_data_release(data);
	status = ps_gpgme_exit_status();
	if (ps_gpgme_died(status))
		return PS_FAULT_DIED;
	result = gpgme_op_import_result(r->ctx);
	if (!r->said_result || result == NULL || result->considered < 0 ||
		result->imported < 0)
		return PS_FAULT_FAILED;
	*considered = (size_t)result->considered;
	r->n_imported += (size_t)result->imported;
	return PS_FAULT_NONE;
}

/* Is there room to write the keyring?  A certificate that is missing because
 * the disk is full is not a certificate that cannot be read. */
static bool
has_room(const struct reading *r)
{
	char path[PS_HOME_PATH_MAX + 8];
	int fd;
	bool room;

	snprintf(path, sizeof(path), "%s/room", r->home);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	room = posix_fallocate(fd, 0, (off_t)(2 * r->at[r->n] + ROOM_OCTETS)) ==
	       0;
	close(fd);
	unlink(path);
	return room;
}

/*
 * gpg stops at a certificate whose packets it cannot parse, and drops the one
 * before it: that one is given again alone, and the rest again from there on.
 */
static enum ps_worker_fault
import_all(struct reading *r)
{
	enum ps_worker_fault fault;
	size_t considered, ignored;

	for (size_t at = 0; at < r->n; at++) {
		fault = import(r, at, r->n, &considered);
		if (fault != PS_FAULT_NONE)
			return fault;
		at += considered;
		if (at >= r->n)
			break;
		fault = import(r, at, at + 1, &ignored);
		if (fault != PS_FAULT_NONE)
			return fault;
	}
	return r->n_imported == r->n || has_room(r) ? PS_FAULT_NONE
						    : PS_FAULT_HOME;
}

static uint32_t
flags(bool revoked, bool invalid, bool encrypts)
{
	return (revoked ? PS_CERT_WIRE_REVOKED : 0u) |
	       (invalid ? PS_CERT_WIRE_INVALID : 0u) |
	       (encrypts ? PS_CERT_WIRE_ENCRYPTS : 0u);
}

static void
put(struct reading *r, const void *p, size_t len)
{
	ps_buf_put(&r->records, ps_bytes(p, len));
}

static bool
fill_key(const struct _gpgme_subkey *sub, struct ps_cert_wire_key *k)
{
	if (sub->fpr == NULL || strlen(sub->fpr) != sizeof(k->fpr))
		return false;
	memcpy(k->fpr, sub->fpr, sizeof(k->fpr));
	k->created_s = sub->timestamp;
	k->expires_s = sub->expires;
	k->flags = flags(sub->revoked, sub->invalid, sub->can_encrypt);
	return true;
}

static void
put_key(struct reading *r, gpgme_key_t key)
{
	struct ps_cert_wire_key cert = {0}, sub = {0};
	gpgme_subkey_t s;
	gpgme_user_id_t u;

	if (key->subkeys == NULL || !fill_key(key->subkeys, &cert))
		return;
	cert.flags = flags(key->revoked, key->invalid, false);
	for (s = key->subkeys; s != NULL; s = s->next)
		cert.n_subkey += fill_key(s, &sub);
	for (u = key->uids; u != NULL; u = u->next)
		cert.n_uid++;
	put(r, &cert, sizeof(cert));
	for (s = key->subkeys; s != NULL; s = s->next) {
		if (fill_key(s, &sub))
			put(r, &sub, sizeof(sub));
	}
	for (u = key->uids; u != NULL; u = u->next) {
		struct ps_cert_wire_uid uid = {
			.flags = flags(u->revoked, u->invalid, false),
			.len = (uint32_t)strlen(u->uid)};

		put(r, &uid, sizeof(uid));
		put(r, u->uid, uid.len);
	}
	r->n_listed++;
}

static enum ps_worker_fault
list(struct reading *r)
{
	gpgme_error_t err = gpgme_op_keylist_start(r->ctx, NULL, 0);
	gpgme_key_t key;
	size_t n = 0;

	while (err == 0 && (err = gpgme_op_keylist_next(r->ctx, &key)) == 0) {
		put_key(r, key);
		gpgme_key_unref(key);
		n++;
	}
	gpgme_op_keylist_end(r->ctx);
	if (ps_gpgme_exit_status() != 0 || gpgme_err_code(err) != GPG_ERR_EOF ||
		n < r->n_imported)
		return PS_FAULT_FAILED;
	return r->records.full ? PS_FAULT_TOO_LARGE : PS_FAULT_NONE;
}

static enum ps_worker_fault export(
	struct reading *r, char **out, size_t *out_len) {
	gpgme_data_t data; gpgme_error_t err;

	if (r->n_listed == 0) return PS_FAULT_NONE;
	if (gpgme_data_new(&data) != 0) return PS_FAULT_FAILED;
	gpgme_data_set_flag(data, "io-buffer-size", PS_GPGME_IO_BUFFER);
	err = gpgme_op_export(r->ctx, NULL, 0, data);
	*out = gpgme_data_release_and_get_mem(data, out_len);
	if (ps_gpgme_exit_status() != 0 || err != 0 ||
		*out == NULL) return PS_FAULT_FAILED;
	return PS_FAULT_NONE;
}

static enum ps_worker_fault
answer(struct reading *r, struct ps_bytes exported, uint64_t *out_len)
{
	const struct ps_cert_wire_head head = {.magic = PS_CERT_WIRE_MAGIC,
		.n_cert = r->n_listed,
		.records_len = r->records.len,
		.export_len = exported.len};
	int fd = r->job->output_fd;

	*out_len = sizeof(head) + head.records_len + head.export_len;
	if (*out_len > r->job->request->out_max)
		return PS_FAULT_TOO_LARGE;
	if (ps_io_write_all(fd, ps_bytes((const char *)&head, sizeof(head))) &&
		ps_io_write_all(fd, ps_buf_bytes(&r->records)) &&
		ps_io_write_all(fd, exported))
		return PS_FAULT_NONE;
	return PS_FAULT_OUTPUT;
}

static enum ps_worker_fault
open_context(struct reading *r)
{
	const char *why;
	gpgme_error_t err;

	if (ps_home_make_reading(r->job->home, getpid(), r->home, &why) !=
		PS_OK)
		return PS_FAULT_HOME;
	if (gpgme_new(&r->ctx) != 0)
		return PS_FAULT_FAILED;
	err = gpgme_ctx_set_engine_info(
		r->ctx, GPGME_PROTOCOL_OpenPGP, r->job->gpg, r->home);
	if (err != 0 || ps_gpgme_exit_status() != 0)
		return PS_FAULT_NO_ENGINE;
	gpgme_set_ctx_flag(r->ctx, "full-status", "1");
	gpgme_set_status_cb(r->ctx, hear_status, r);
	return PS_FAULT_NONE;
}

void
ps_gpgme_read(const struct ps_worker_task *job, struct ps_worker_outcome *out)
{
	struct reading r = {.job = job, .a = ps_arena_new(PS_ARENA_PLAIN)};
	char *exported = NULL;
	size_t exported_len = 0;

	*out = (struct ps_worker_outcome){.fault = PS_FAULT_NONE};
	ps_buf_init(&r.records, job->request->out_max);
	out->fault = open_context(&r);
	if (out->fault == PS_FAULT_NONE)
		out->fault = take_input(&r);
	if (out->fault == PS_FAULT_NONE)
		out->fault = import_all(&r);
	if (out->fault == PS_FAULT_NONE)
		out->fault = list(&r);
	if (out->fault == PS_FAULT_NONE)
		out->fault = export(&r, &exported, &exported_len);
	if (out->fault == PS_FAULT_NONE)
		out->fault = answer(
			&r, ps_bytes(exported, exported_len), &out->out_len);
	gpgme_free(exported);
	gpgme_release(r.ctx);
	ps_buf_free(&r.records);
	ps_arena_free(r.a);
	ps_home_remove_reading(job->home, getpid());
}
