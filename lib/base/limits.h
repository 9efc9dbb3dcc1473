/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Every ceiling of postseal, with its default.  All are settings of the
 * section "limits" (postseal.conf(5)); parsers get them as data and check
 * before they take memory.
 */
#ifndef PS_BASE_LIMITS_H
#define PS_BASE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

struct ps_limits {
	size_t max_message;	  /* octets, header and body */
	size_t max_header;	  /* octets of all fields together */
	size_t max_header_fields; /* number of fields */
	size_t max_recipients;
	size_t max_mime_parts;
	size_t max_mime_depth;
	size_t max_address_list;  /* mailboxes read from one field */
	size_t max_received;	  /* hops; a message with more goes round */
	size_t max_keys_per_rcpt; /* certificates used for one recipient */
	size_t max_certificate;	  /* octets of one certificate file */
	size_t mta_message_size;  /* the MTA's message_size_limit, 0 for none */
	size_t memory_per_message; /* larger bodies go to the spool */
	int64_t crypto_ms;	   /* deadline of one crypto operation */
	int64_t message_ms;	   /* budget of a whole end of message */
	size_t crypto_workers;	   /* 0: as many as there are processors */
	size_t crypto_queue;	   /* messages waiting for a worker */
};

#define PS_LIMITS_DEFAULT                                                      \
	{                                                                      \
		.max_message = (size_t)50 << 20,                               \
		.max_header = (size_t)2 << 20, .max_header_fields = 10000,     \
		.max_recipients = 1000, .max_mime_parts = 10000,               \
		.max_mime_depth = 50, .max_address_list = 1000,                \
		.max_received = 50, .max_keys_per_rcpt = 4,                    \
		.max_certificate = (size_t)1 << 20,                            \
		.mta_message_size = 10240000,                                  \
		.memory_per_message = (size_t)256 << 10, .crypto_ms = 30000,   \
		.message_ms = 120000, .crypto_workers = 0,                     \
		.crypto_queue = 1000,                                          \
	}

#endif
