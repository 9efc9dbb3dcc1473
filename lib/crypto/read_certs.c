/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Batches of certificates for a worker, and its answer read with suspicion.
 */
#include "crypto/read_certs.h"

#include <stdlib.h>

#include "openpgp/cert_wire.h"
#include "crypto/worker_proto.h"

/* Of one certificate: user ids, what is more is not in the result; and keys,
 * what is more is refused. */
#define UID_MAX 4096
#define KEY_MAX 1024

static int
by_fingerprint(const void *a, const void *b)
{
	const struct ps_cert_slice *x = a, *y = b;
	int order = strcmp(x->fpr, y->fpr);

	if (order != 0)
		return order;
	return x->octets.p < y->octets.p ? -1 : x->octets.p > y->octets.p;
}

size_t
ps_read_certs_order(struct ps_cert_slice *slice, size_t n)
{
	size_t n_left = 0;

	for (size_t i = 0; i < n; i++) {
		if (slice[i].fpr[0] != '\0')
			slice[n_left++] = slice[i];
	}
	if (n_left > 0)
		qsort(slice, n_left, sizeof(*slice), by_fingerprint);
	return n_left;
}

struct ps_bytes
ps_read_certs_batch(struct ps_arena *a, const struct ps_cert_slice *slice,
	size_t n, size_t *at)
{
	size_t first = *at, len = 0;
	char *p;

	for (; *at < n; (*at)++) {
		bool same = *at > first &&
			    strcmp(slice[*at].fpr, slice[*at - 1].fpr) == 0;

		if (!same && *at > first &&
			(*at - first >= PS_WORKER_READ_N ||
				len + slice[*at].octets.len >
					PS_WORKER_READ_MAX))
			break;
		len += slice[*at].octets.len;
	}
	p = ps_arena_alloc(a, len + 1);
	for (size_t i = first, end = 0; i < *at; i++) {
		memcpy(p + end, slice[i].octets.p, slice[i].octets.len);
		end += slice[i].octets.len;
	}
	return ps_bytes(p, len);
}

/* Takes a struct off the front; false when there are too few octets. */
static bool
take(struct ps_bytes *from, void *to, size_t len)
{
	if (from->len < len)
		return false;
	memcpy(to, from->p, len);
	*from = ps_bytes_from(*from, len);
	return true;
}

static bool
take_fpr(const char in[40], char out[41])
{
	for (size_t i = 0; i < 40; i++) {
		if (!ps_is_digit(in[i]) && (in[i] < 'A' || in[i] > 'F'))
			return false;
	}
	memcpy(out, in, 40);
	out[40] = '\0';
	return true;
}

static bool
take_subkey(struct ps_bytes *rest, struct ps_subkey_info *out)
{
	struct ps_cert_wire_key k;

	if (!take(rest, &k, sizeof(k)) || !take_fpr(k.fpr, out->fpr))
		return false;
	out->created_s = k.created_s;
	out->expires_s = k.expires_s;
	out->revoked = (k.flags & PS_CERT_WIRE_REVOKED) != 0;
	out->invalid = (k.flags & PS_CERT_WIRE_INVALID) != 0;
	out->can_encrypt = (k.flags & PS_CERT_WIRE_ENCRYPTS) != 0;
	return true;
}

/* A text that is no packet of the certificate is not in the result: gpg shows
 * a NUL in a user id as three characters. */
static bool
take_uid(struct ps_arena *a, struct ps_bytes *rest, struct ps_cert_info *cert)
{
	struct ps_cert_wire_uid u;
	struct ps_bytes text;

	if (!take(rest, &u, sizeof(u)) || u.len > rest->len)
		return false;
	text = ps_bytes_head(*rest, u.len);
	*rest = ps_bytes_from(*rest, u.len);
	if (cert->n_uid == UID_MAX || !ps_cert_has_uid(cert->cleaned, text))
		return true;
	cert->uid[cert->n_uid++] =
		(struct ps_uid_info){.text = ps_arena_copy(a, text),
			.revoked = (u.flags & PS_CERT_WIRE_REVOKED) != 0,
			.invalid = (u.flags & PS_CERT_WIRE_INVALID) != 0};
	return true;
}

/* The first of this fingerprint, or NULL. */
static const struct ps_cert_slice *
find(const struct ps_cert_slice *slice, size_t n, const char *fpr)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(slice[mid].fpr, fpr) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && strcmp(slice[low].fpr, fpr) == 0 ? &slice[low] : NULL;
}

static bool
holds(const struct ps_cert_fprs *set, const char *fpr)
{
	for (size_t i = 0; i < set->n; i++) {
		if (strcmp(set->fpr[i], fpr) == 0)
			return true;
	}
	return false;
}

/* No key in it that its copies in the batch, from "first", do not have. */
static bool
adds_no_key(struct ps_arena *a, struct ps_read_certs_given given,
	const struct ps_cert_slice *first, const struct ps_cert_info *cert)
{
	const struct ps_cert_slice *s = first, *end = given.slice + given.n;
	struct ps_cert_fprs had = {NULL, 0}, has = {NULL, 0};

	for (; s < end && strcmp(s->fpr, cert->fpr) == 0; s++)
		ps_cert_add_fprs(a, s->octets, &had);
	ps_cert_add_fprs(a, cert->cleaned, &has);
	if (has.n > KEY_MAX || cert->n_subkey > KEY_MAX)
		return false;
	for (size_t i = 0; i < has.n; i++) {
		if (!holds(&had, has.fpr[i]))
			return false;
	}
	for (size_t i = 0; i < cert->n_subkey; i++) {
		if (!holds(&has, cert->subkey[i].fpr))
			return false;
	}
	return true;
}

/* Counts are checked against the octets that are left before memory is taken
 * for them. */
static bool
take_cert(struct ps_arena *a, struct ps_bytes *rest,
	const struct ps_cert_slice *slice, size_t n_slice,
	struct ps_cert_info *out)
{
	const struct ps_cert_slice *mine;
	struct ps_cert_wire_key k;

	if (!take(rest, &k, sizeof(k)) || !take_fpr(k.fpr, out->fpr) ||
		k.n_subkey < 1 || k.n_subkey > rest->len / sizeof(k) ||
		k.n_uid > rest->len / sizeof(struct ps_cert_wire_uid))
		return false;
	mine = find(slice, n_slice, out->fpr);
	if (mine == NULL)
		return false;
	out->cleaned = mine->octets;
	out->created_s = k.created_s;
	out->expires_s = k.expires_s;
	out->revoked = (k.flags & PS_CERT_WIRE_REVOKED) != 0;
	out->invalid = (k.flags & PS_CERT_WIRE_INVALID) != 0;
	out->n_subkey = k.n_subkey;
	out->subkey = ps_arena_array(a, k.n_subkey, sizeof(*out->subkey));
	out->uid = ps_arena_array(a, k.n_uid, sizeof(*out->uid));
	for (size_t i = 0; i < k.n_subkey; i++) {
		if (!take_subkey(rest, &out->subkey[i]))
			return false;
	}
	for (size_t i = 0; i < k.n_uid; i++) {
		if (!take_uid(a, rest, out))
			return false;
	}
	return strcmp(out->subkey[0].fpr, out->fpr) == 0;
}

static bool
parse(struct ps_arena *a, struct ps_bytes answer,
	struct ps_read_certs_given given, struct ps_cert_info **out, size_t *n)
{
	struct ps_cert_wire_head head;
	struct ps_bytes records, exported;
	struct ps_cert_slice *slice;
	const struct ps_cert_slice *first;
	size_t n_slice;

	if (!take(&answer, &head, sizeof(head)) ||
		head.magic != PS_CERT_WIRE_MAGIC ||
		head.records_len > answer.len ||
		head.export_len != answer.len - head.records_len)
		return false;
	records = ps_bytes_head(answer, head.records_len);
	exported = ps_bytes_from(answer, head.records_len);
	slice = ps_cert_split(a, ps_arena_copy(a, exported), &n_slice);
	n_slice = ps_read_certs_order(slice, n_slice);
	for (uint32_t i = 0; i < head.n_cert; i++) {
		struct ps_cert_info cert = {.n_subkey = 0};

		if (!take_cert(a, &records, slice, n_slice, &cert))
			return false;
		first = find(given.slice, given.n, cert.fpr);
		if (first == NULL)
			continue;
		if (!adds_no_key(a, given, first, &cert))
			return false;
		PS_GROW(a, *out, *n);
		(*out)[(*n)++] = cert;
	}
	return records.len == 0;
}

enum ps_status
ps_read_certs_parse(struct ps_arena *a, struct ps_bytes answer,
	struct ps_read_certs_given given, struct ps_cert_info **out, size_t *n,
	const char **why)
{
	if (parse(a, answer, given, out, n))
		return PS_OK;
	*why = ps_worker_fault_text(PS_FAULT_N);
	return PS_ETEMP;
}
