/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal keys export": certificates as others read them.
 */
#include <stdio.h>
#include <unistd.h>

#include "keys.h"
#include "keys_place.h"
#include "openpgp/armor.h"
#include "openpgp/cert_trim.h"

#define HEAD "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n"
#define TAIL "-----END PGP PUBLIC KEY BLOCK-----\n"

/* What is exported, and for which address (NULL: by fingerprint). */
struct exporting {
	struct ps_keys *k;
	const struct ps_addr *addr;
	struct ps_buf out;
};

static bool
is_wanted(void *self, struct ps_bytes uid)
{
	const struct exporting *x = self;

	return x->addr == NULL || ps_addr_user_id_is(uid, x->addr, true);
}

/* As lines of text files, without the CR of mail. */
static void
put_armored(struct exporting *x, struct ps_bytes octets)
{
	char *text = ps_arena_alloc(x->k->a, ps_armor_size(octets.len));
	struct ps_armor_writer w;
	struct ps_bytes rest, line;
	size_t n;

	ps_armor_begin(&w, text); /* of a message: only its sum is needed */
	n = ps_armor_put(&w, octets, text);
	n += ps_armor_end(&w, text + n);
	rest = ps_bytes(text, n);
	ps_buf_puts(&x->out, HEAD);
	while (ps_bytes_line(&rest, &line) && line.p[0] != '-') {
		ps_buf_put(&x->out, ps_bytes_chomp(line));
		ps_buf_putc(&x->out, '\n');
	}
	ps_buf_puts(&x->out, TAIL);
}

static int
put(struct exporting *x, const char *fpr)
{
	struct ps_keys *k = x->k;
	struct ps_cert_trim how = ps_cert_trim_default;
	struct ps_cert_trimmed trimmed;
	struct ps_bytes octets;
	const char *why = NULL;
	enum ps_status s = ps_keys_octets(k, fpr, &octets, &why);

	if (s == PS_EPERM)
		return ps_keys_fail(PS_KEYS_NOT_FOUND, fpr, why);
	if (s == PS_OK && k->minimal) {
		how.wants_uid = is_wanted;
		how.self = x;
		s = ps_cert_trim(k->a, octets, &how, &trimmed, &why);
		octets = trimmed.octets;
	}
	if (s != PS_OK)
		return ps_keys_fail(ps_keys_exit(s), fpr, why);
	if (k->armor)
		put_armored(x, octets);
	else
		ps_buf_put(&x->out, octets);
	return EX_OK;
}

/* What mail to the address would be sealed to. */
static int
put_address(struct exporting *x, const char *text)
{
	struct ps_cert_answer answer;
	struct ps_addr addr;
	int r = EX_OK;

	if (!ps_keys_addr(x->k->a, text, &addr))
		return EX_USAGE;
	x->addr = &addr;
	ps_keys_now(x->k, &addr, &answer);
	if (answer.state != PS_CERT_FOUND)
		return ps_keys_fail(answer.state == PS_CERT_TROUBLE
					    ? EX_TEMPFAIL
					    : PS_KEYS_NOT_FOUND,
			ps_keys_shown(x->k->a, text), answer.text);
	for (size_t i = 0; r == EX_OK && i < answer.n_cert; i++)
		r = put(x, answer.cert[i].fpr);
	x->addr = NULL;
	return r;
}

static int export(struct ps_keys *k)
{
	struct exporting x = {.k = k};
	int r = EX_OK;

	if (!k->armor && isatty(STDOUT_FILENO) == 1)
		return ps_keys_fail(EX_USAGE, "export",
			"binary is not for a terminal: add --armor, or write "
			"to a file");
	ps_buf_init(&x.out, SIZE_MAX / 2);
	for (int i = 0; r == EX_OK && i < k->argc; i++) {
		const char *fpr = ps_keys_fpr(k->a, k->argv[i]);

		r = fpr != NULL ? put(&x, fpr) : put_address(&x, k->argv[i]);
	}
	if (r == EX_OK && x.out.len > 0)
		fwrite(x.out.p, x.out.len, 1, stdout);
	ps_buf_free(&x.out);
	return r;
}

const struct ps_keys_action ps_keys_export = {
	.name = "export",
	.usage = "[--armor] [--minimal] ADDRESS|FINGERPRINT...",
	.options = "am",
	.min = 1,
	.max = INT_MAX,
	.run = export,
};
