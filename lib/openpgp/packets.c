/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Packet framing and the two proofs that rest on it.  Reads lengths and
 * versions only; knows no key, no cipher and no armor.
 */
#include "openpgp/packets.h"

enum parse { PARSE_OK, PARSE_MORE, PARSE_BAD };

struct head {
	int tag;
	size_t len;  /* of the header itself */
	size_t body; /* of the body, or of its first chunk */
	bool partial;
};

/* A length of the new format (RFC 9580 4.2.1); adds its octets to h->len. */
static enum parse
read_new_length(const unsigned char *p, size_t n, struct head *h)
{
	h->partial = false;
	if (n < 1)
		return PARSE_MORE;
	if (p[0] < 192) {
		h->len += 1;
		h->body = p[0];
	} else if (p[0] < 224) {
		if (n < 2)
			return PARSE_MORE;
		h->len += 2;
		h->body = ((size_t)p[0] - 192) * 256 + p[1] + 192;
	} else if (p[0] < 255) {
		h->len += 1;
		h->body = (size_t)1 << (p[0] & 0x1f);
		h->partial = true;
	} else {
		if (n < 5)
			return PARSE_MORE;
		h->len += 5;
		h->body = (size_t)p[1] << 24 | (size_t)p[2] << 16 |
			  (size_t)p[3] << 8 | p[4];
	}
	return PARSE_OK;
}

/* The old format (RFC 9580 4.2.2), big-endian in 1, 2 or 4 octets. */
static enum parse
read_old_length(const unsigned char *p, size_t n, struct head *h)
{
	size_t octets = (size_t)1 << (p[0] & 3);

	h->tag = (p[0] >> 2) & 0x0f;
	h->partial = false;
	if (octets == 8)
		return PARSE_BAD; /* indeterminate: no end to prove */
	if (n < 1 + octets)
		return PARSE_MORE;
	h->len = 1 + octets;
	h->body = 0;
	for (size_t i = 1; i <= octets; i++)
		h->body = h->body << 8 | p[i];
	return h->tag == 0 ? PARSE_BAD : PARSE_OK;
}

static bool
may_be_partial(const struct head *h)
{
	switch (h->tag) {
	case PS_TAG_COMPRESSED:
	case PS_TAG_SED:
	case PS_TAG_LITERAL:
	case PS_TAG_SEIPD:
	case PS_TAG_AEAD:
		return h->body >= 512; /* the first chunk, RFC 9580 4.2.1.4 */
	default:
		return false;
	}
}

static enum parse
read_head(const unsigned char *p, size_t n, struct head *h)
{
	enum parse r;

	if (n < 1)
		return PARSE_MORE;
	if ((p[0] & 0x80) == 0)
		return PARSE_BAD;
	if ((p[0] & 0x40) == 0)
		return read_old_length(p, n, h);
	h->tag = p[0] & 0x3f;
	h->len = 1;
	r = read_new_length(p + 1, n - 1, h);
	if (r != PARSE_OK)
		return r;
	if (h->tag == 0 || (h->partial && !may_be_partial(h)))
		return PARSE_BAD;
	return PARSE_OK;
}

static const unsigned char *
octets(struct ps_bytes b)
{
	return (const unsigned char *)b.p;
}

static enum ps_status
cut_off(const char **why)
{
	*why = "an OpenPGP packet is cut off";
	return PS_EPERM;
}

/* The chunks behind the first one, up to the one that is not partial. */
static enum ps_status
skip_chunks(struct ps_bytes *rest, const char **why)
{
	struct head h = {.partial = true};

	while (h.partial) {
		h.len = 0;
		if (read_new_length(octets(*rest), rest->len, &h) != PARSE_OK ||
			h.body > rest->len - h.len)
			return cut_off(why);
		*rest = ps_bytes_from(*rest, h.len + h.body);
	}
	return PS_OK;
}

enum ps_status
ps_packets_next(struct ps_bytes *rest, struct ps_packet *out, bool *got,
	const char **why)
{
	struct ps_bytes after;
	struct head h;
	enum parse r;

	*got = false;
	if (rest->len == 0)
		return PS_OK;
	r = read_head(octets(*rest), rest->len, &h);
	if (r == PARSE_BAD) {
		*why = "these octets are no OpenPGP packet";
		return PS_EPERM;
	}
	if (r == PARSE_MORE || h.body > rest->len - h.len)
		return cut_off(why);
	after = ps_bytes_from(*rest, h.len + h.body);
	if (h.partial && skip_chunks(&after, why) != PS_OK)
		return PS_EPERM;
	out->tag = h.tag;
	out->partial = h.partial;
	out->raw = ps_bytes_head(*rest, rest->len - after.len);
	out->body = ps_bytes_head(ps_bytes_from(*rest, h.len), h.body);
	*rest = after;
	*got = true;
	return PS_OK;
}

/*
 * What a sealed message may be made of: the versions that exist and the
 * fewest octets such a body has (RFC 9580 5.1, 5.3, 5.13; version 2 PKESK and
 * version 5 SKESK and the AEAD packet are in use without being in it).
 */
static bool
is_part_of_a_seal(int tag, int version, size_t len)
{
	static const struct {
		int tag, version;
		size_t least;
	} known[] = {
		{PS_TAG_PKESK, 2, 12}, /* key id, algorithm, an MPI */
		{PS_TAG_PKESK, 3, 12},
		{PS_TAG_PKESK, 6, 4},  /* no fingerprint: hidden */
		{PS_TAG_SKESK, 4, 4},  /* simple S2K */
		{PS_TAG_SKESK, 5, 36}, /* S2K, nonce, authentication tag */
		{PS_TAG_SKESK, 6, 36},
		{PS_TAG_SEIPD, 1, 33}, /* prefix of a block, two, and an MDC */
		{PS_TAG_SEIPD, 2, 68}, /* salt, and the tags of two chunks */
		{PS_TAG_AEAD, 1, 51},
		{PS_TAG_MARKER, 'P', 3},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].tag == tag && known[i].version == version)
			return len >= known[i].least;
	return false;
}

static bool
is_marker(struct ps_bytes body)
{
	return ps_bytes_eq(body, PS_LIT("PGP")); /* RFC 9580 5.8 */
}

/* Which keys were met already, as bits. */
struct met {
	uint64_t bit[PS_PACKETS_MAX_KEYS / 64];
	size_t n; /* of the n planned ones */
};

static uint64_t
key_id_of(struct ps_bytes pkesk)
{
	const unsigned char *p = octets(pkesk) + 1;
	uint64_t id = 0;

	for (size_t i = 0; i < 8; i++)
		id = id << 8 | p[i];
	return id;
}

/*
 * Linear in the keys, and called at most once a planned key, since the second
 * PKESK for a key already ends the check.
 */
static enum ps_status
meet(struct met *met, struct ps_bytes pkesk, const uint64_t *key_id, size_t n,
	const char **why)
{
	uint64_t id = key_id_of(pkesk);
	bool planned = false;

	for (size_t i = 0; i < n; i++) {
		uint64_t bit = (uint64_t)1 << (i % 64);

		if (key_id[i] != id)
			continue;
		planned = true;
		if (met->bit[i / 64] & bit) {
			*why = "sealed twice to the same key";
			return PS_EPERM;
		}
		met->bit[i / 64] |= bit;
		met->n++;
	}
	if (planned)
		return PS_OK;
	*why = "sealed to a key that was not planned";
	return PS_EPERM;
}

/* One packet before the data; *data is set when it is the data. */
static enum ps_status
check_packet(const struct ps_packet *p, struct met *met, const uint64_t *key_id,
	size_t n, bool *data, const char **why)
{
	int version = p->body.len > 0 ? octets(p->body)[0] : -1;

	*data = p->tag == PS_TAG_SEIPD || p->tag == PS_TAG_AEAD;
	if (p->tag == PS_TAG_MARKER && is_marker(p->body))
		return PS_OK;
	if (p->tag == PS_TAG_PKESK && version == 3 &&
		is_part_of_a_seal(p->tag, version, p->body.len))
		return meet(met, p->body, key_id, n, why);
	if (*data && version == 1 &&
		is_part_of_a_seal(p->tag, version, p->body.len))
		return PS_OK;
	*why = "not the packets of a sealed message";
	return PS_EPERM;
}

enum ps_status
ps_packets_check(struct ps_bytes sealed, const uint64_t *key_id, size_t n,
	const char **why)
{
	struct met met = {.n = 0};
	struct ps_packet p;
	bool got, data = false;

	if (n > PS_PACKETS_MAX_KEYS) {
		*why = "too many keys for one message";
		return PS_ELIMIT;
	}
	while (!data) {
		if (ps_packets_next(&sealed, &p, &got, why) != PS_OK)
			return PS_EPERM;
		if (!got) {
			*why = "a sealed message without encrypted data";
			return PS_EPERM;
		}
		if (check_packet(&p, &met, key_id, n, &data, why) != PS_OK)
			return PS_EPERM;
	}
	if (met.n != n || n == 0) {
		*why = "not sealed to every planned key";
		return PS_EPERM;
	}
	if (sealed.len != 0) {
		*why = "octets behind the encrypted data";
		return PS_EPERM;
	}
	return PS_OK;
}

void
ps_packets_walk_init(struct ps_packets_walk *w)
{
	*w = (struct ps_packets_walk){.tag = 0};
}

/* The body's first octets are there: may this packet stand here? */
static void
judge_packet(struct ps_packets_walk *w)
{
	int version = w->n_first > 0 ? w->first[0] : -1;

	if (!is_part_of_a_seal(w->tag, version, w->len)) {
		w->bad = true;
	} else if (w->tag == PS_TAG_MARKER) {
		struct ps_bytes body = {(const char *)w->first, w->n_first};

		w->bad |= !is_marker(body);
	} else if (w->tag == PS_TAG_PKESK || w->tag == PS_TAG_SKESK) {
		w->has_session_key = true;
	} else {
		w->bad |= !w->has_session_key;
		w->has_data = true;
	}
}

/* Start a packet or the next chunk of one, once its header is whole. */
static void
take_head_octet(struct ps_packets_walk *w, unsigned char c)
{
	struct head h = {.len = 0};
	bool chunk = w->partial;
	enum parse r;

	w->head[w->n_head++] = c;
	r = chunk ? read_new_length(w->head, w->n_head, &h)
		  : read_head(w->head, w->n_head, &h);
	if (r == PARSE_MORE)
		return;
	if (r == PARSE_BAD || (w->has_data && !chunk)) {
		w->bad = true;
		return;
	}
	w->n_head = 0;
	w->left = h.body;
	w->partial = h.partial;
	if (!chunk) {
		w->tag = h.tag;
		w->len = h.body;
		w->n_first = 0;
		if (h.body == 0)
			w->bad = true; /* no version: no part of a seal */
	}
	w->in_body = w->left > 0;
}

static void
take_body(struct ps_packets_walk *w, struct ps_bytes *piece)
{
	size_t n = piece->len < w->left ? piece->len : w->left;
	size_t want = w->len < sizeof(w->first) ? w->len : sizeof(w->first);

	for (size_t i = 0; i < n && w->n_first < want; i++) {
		w->first[w->n_first++] = (unsigned char)piece->p[i];
		if (w->n_first == want)
			judge_packet(w);
	}
	*piece = ps_bytes_from(*piece, n);
	w->left -= n;
	w->in_body = w->left > 0;
}

void
ps_packets_walk_feed(struct ps_packets_walk *w, struct ps_bytes piece)
{
	while (piece.len > 0 && !w->bad) {
		if (w->in_body) {
			take_body(w, &piece);
			continue;
		}
		take_head_octet(w, (unsigned char)piece.p[0]);
		piece = ps_bytes_from(piece, 1);
	}
}

bool
ps_packets_walk_sealed(const struct ps_packets_walk *w)
{
	return !w->bad && w->has_data && !w->in_body && !w->partial &&
	       w->n_head == 0;
}

bool
ps_packets_is_sealed(struct ps_bytes binary)
{
	struct ps_packets_walk w;

	ps_packets_walk_init(&w);
	ps_packets_walk_feed(&w, binary);
	return ps_packets_walk_sealed(&w);
}
