/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Writing packets by hand (RFC 9580 4.2.1), and reading them back.
 */
#include "fake_keys.h"

#include "openpgp/cert_fpr.h"
#include "openpgp/cert_raw.h"
#include "openpgp/packets.h"

static void
put_packet(struct ps_buf *out, int tag, struct ps_bytes body)
{
	ps_buf_putc(out, (char)(0xc0 | tag));
	ps_buf_putc(out, (char)0xff);
	for (int shift = 24; shift >= 0; shift -= 8)
		ps_buf_putc(out, (char)(body.len >> shift & 0xff));
	ps_buf_put(out, body);
}

static void
key_body(struct ps_buf *out, int version, unsigned seed)
{
	ps_buf_putc(out, (char)version);
	for (int shift = 24; shift >= 0; shift -= 8)
		ps_buf_putc(out, (char)(FK_CREATED >> shift & 0xff));
	if (version < 4)
		ps_buf_put(out, ps_bytes("\0\0", 2)); /* days of validity */
	ps_buf_putc(out, 1);
	/* Two numbers of 32 bits; the first has its highest bit set. */
	ps_buf_put(out, ps_bytes("\0\x20\x80", 3));
	for (int shift = 16; shift >= 0; shift -= 8)
		ps_buf_putc(out, (char)(seed >> shift & 0xff));
	ps_buf_put(out, ps_bytes("\0\x11\x01\0\x01", 5));
}

static void
put_key(struct ps_buf *out, int tag, int version, unsigned seed)
{
	struct ps_buf body;

	ps_buf_init(&body, 100);
	key_body(&body, version, seed);
	put_packet(out, tag, ps_buf_bytes(&body));
	ps_buf_free(&body);
}

/* Version 4, no subpackets, no issuer. */
static void
put_signature(struct ps_buf *out, int class)
{
	const char body[] = {
		4, (char)class, 1, 8, 0, 0, 0, 0, 0, 0, 0, 8, 1, 2, 3};

	put_packet(out, PS_TAG_SIGNATURE, ps_bytes(body, sizeof(body)));
}

void
fk_put(struct ps_buf *out, int version, unsigned seed, const char *uids,
	size_t n_subkey)
{
	struct ps_bytes rest = ps_bytes_of(uids);

	put_key(out, PS_TAG_PUBLIC_KEY, version, seed);
	while (rest.len > 0) {
		size_t at = ps_bytes_chr(rest, '|');
		struct ps_bytes uid = ps_bytes_head(rest, at);

		put_packet(out, PS_TAG_USER_ID, uid);
		put_signature(out, 0x13);
		rest = ps_bytes_from(rest, uid.len + 1);
	}
	for (size_t i = 0; i < n_subkey; i++) {
		put_key(out, PS_TAG_PUBLIC_SUBKEY, version,
			seed + 0x10000 * (unsigned)(i + 1));
		put_signature(out, 0x18);
	}
}

void
fk_fpr(int version, unsigned seed, char out[PS_FPR_SIZE])
{
	struct ps_buf body;
	int64_t created_s;

	ps_buf_init(&body, 100);
	key_body(&body, version, seed);
	ps_cert_fpr(ps_buf_bytes(&body), out, &version, &created_s);
	ps_buf_free(&body);
}

static void
add_subkey(struct ps_arena *a, struct ps_cert_info *info, struct ps_bytes body)
{
	struct ps_subkey_info *k;
	char fpr[PS_FPR_SIZE];
	int version;

	PS_GROW(a, info->subkey, info->n_subkey);
	k = &info->subkey[info->n_subkey];
	*k = (struct ps_subkey_info){.can_encrypt = info->n_subkey > 0};
	ps_cert_fpr(body, fpr, &version, &k->created_s);
	/* The second subkey is the newer one. */
	k->created_s += (int64_t)info->n_subkey++;
	memcpy(k->fpr, fpr, sizeof(k->fpr));
}

static bool
says(struct ps_bytes uid, const char *word)
{
	return ps_bytes_find(uid, ps_bytes_of(word)) != PS_NOT_FOUND;
}

static int64_t
number_behind(struct ps_bytes uid, const char *word)
{
	size_t at = ps_bytes_find(uid, ps_bytes_of(word));
	int64_t n = 0;

	if (at == PS_NOT_FOUND)
		return 0;
	for (at += strlen(word); at < uid.len && ps_is_digit(uid.p[at]); at++)
		n = 10 * n + (uid.p[at] - '0');
	return n;
}

static void
add_uid(struct ps_arena *a, struct ps_cert_info *info, struct ps_bytes uid)
{
	for (size_t i = 0; i < info->n_uid; i++) {
		if (ps_bytes_eq(info->uid[i].text, uid))
			return;
	}
	PS_GROW(a, info->uid, info->n_uid);
	info->uid[info->n_uid++] = (struct ps_uid_info){
		.text = uid, .revoked = says(uid, "[revoked]")};
	info->revoked = info->revoked || says(uid, "[keyrevoked]");
	if (says(uid, "[until "))
		info->expires_s = number_behind(uid, "[until ");
}

/* A certificate that stands there again is merged into the first. */
static struct ps_cert_info *
info_of(struct ps_arena *a, struct ps_cert_info **out, size_t *n,
	const struct ps_cert_raw *raw)
{
	struct ps_cert_info *info;

	for (size_t i = 0; i < *n; i++) {
		if (strcmp((*out)[i].fpr, raw->fpr) == 0)
			return &(*out)[i];
	}
	PS_GROW(a, *out, *n);
	info = &(*out)[(*n)++];
	*info = (struct ps_cert_info){
		.created_s = raw->created_s, .cleaned = raw->octets};
	memcpy(info->fpr, raw->fpr, sizeof(info->fpr));
	return info;
}

static void
read_one(struct ps_arena *a, struct ps_cert_info **out, size_t *n,
	const struct ps_cert_raw *raw)
{
	struct ps_cert_info *info;
	struct ps_bytes rest = raw->octets;
	struct ps_packet p;
	const char *why;
	bool got = true, first;

	if (raw->version != 4 || says(raw->octets, "[invalid]"))
		return;
	info = info_of(a, out, n, raw);
	if (raw->octets.len > info->cleaned.len)
		info->cleaned = raw->octets;
	first = info->n_subkey == 0;
	while (ps_packets_next(&rest, &p, &got, &why) == PS_OK && got) {
		if (p.tag == PS_TAG_USER_ID)
			add_uid(a, info, p.body);
		else if (first && (p.tag == PS_TAG_PUBLIC_KEY ||
					  p.tag == PS_TAG_PUBLIC_SUBKEY))
			add_subkey(a, info, p.body);
	}
}

static enum ps_status
read_certs(void *self, struct ps_arena *a, struct ps_bytes binary,
	const struct ps_wait *wait, struct ps_cert_info **out, size_t *n_out,
	const char **why)
{
	struct fk_engine *e = self;
	struct ps_cert_raws split;

	(void)wait;
	e->n_call++;
	*why = "the fake engine fails";
	if (e->fails != PS_OK)
		return e->fails;
	if (e->poison != NULL && says(binary, e->poison))
		return PS_ETEMP;
	ps_cert_raw_split(a, ps_arena_copy(a, binary), &split);
	*out = NULL;
	*n_out = 0;
	for (size_t i = 0; i < split.n_cert; i++)
		read_one(a, out, n_out, &split.cert[i]);
	return PS_OK;
}

void
fk_engine_init(struct fk_engine *e)
{
	*e = (struct fk_engine){
		.engine = {.self = e, .read_certs = read_certs}};
}
