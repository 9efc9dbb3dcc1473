/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The MTA's half of the milter protocol, version 6, as Postfix 3.7 speaks it:
 * for tests and load.  Written from the protocol and not from our filter, so
 * that it shares no mistake with it; knows nothing of what the filter decides.
 *
 * Calls return false when the conversation broke; m->why says how.  What a
 * filter answers, good or bad, is a value.  One thread per connection.
 */
#ifndef PS_T_MILTER_CLIENT_H
#define PS_T_MILTER_CLIENT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

/* What a filter may answer; the letters of the wire. */
enum mc_kind {
	MC_NONE = 0, /* it need not answer: negotiated */
	MC_ACCEPT = 'a',
	MC_CONTINUE = 'c',
	MC_DISCARD = 'd',
	MC_REJECT = 'r',
	MC_TEMPFAIL = 't',
	MC_REPLY = 'y', /* text has code, extended code and words */
	MC_SHUTDOWN = '4',
	MC_SKIP = 's'
};

/* Bits of the negotiated protocol word. */
#define MC_NO_BODY  0x10u
#define MC_NR_BODY  0x80000u
#define MC_LEADSPC  0x100000u
#define MC_PROTOCOL 0x1fffffu

enum mc_stage {
	MC_CONNECT,
	MC_HELO,
	MC_MAIL,
	MC_RCPT,
	MC_DATA,
	MC_EOM,
	MC_EOH,
	MC_HEADER,
	MC_BODY
};

struct mc_macro {
	const char *name; /* "i", "{auth_authen}" */
	const char *value;
};

struct mc_reply {
	enum mc_kind kind;
	enum mc_stage stage;
	char text[512];
};

/* An open connection to a filter. */
struct mc {
	int fd;
	int timeout_ms; /* of each read and write; "progress" starts it again */
	uint32_t version, actions, protocol;
	const struct mc_macro *macro; /* the caller's, {name} as on the wire */
	size_t n_macro;
	char wanted[7][512]; /* macro names by stage; as asked, or Postfix's */
	size_t collect;	     /* octets written together */
	struct ps_buf out, in;
	char why[256];
};

/* "unix:/path", "/path", "inet:port@host" or "inet:host:port". */
bool mc_open(struct mc *m, const char *where, int timeout_ms);
bool mc_negotiate(struct mc *m);
/* Says quit and closes; also after a failure. */
void mc_close(struct mc *m);

struct mc_client {
	const char *name, *ip, *helo; /* NULL: an example's */
};
/* Connect and HELO; what was answered last is in *reply. */
bool mc_hello(
	struct mc *m, const struct mc_client *client, struct mc_reply *reply);

struct mc_field {
	struct ps_bytes name;
	struct ps_bytes value; /* behind the colon, LF inside folded ones */
};

struct mc_message {
	struct mc_field *field;
	size_t n_field;
	struct ps_bytes body; /* CRLF lines */
};

/*
 * A message as Postfix reads it: lines get CRLF, the last one too, and fields
 * are cut at 60,000 octets; unless raw, then octets stay as they are.  The
 * first line that is no field ends the header.  Points into arena.
 */
struct mc_message mc_message_parse(
	struct ps_arena *a, struct ps_bytes octets, bool raw);
void mc_message_put(struct ps_buf *out, const struct mc_message *m);

struct mc_mail {
	const char *from; /* "<a@example.org>" */
	const char *const *to;
	size_t n_to;
	const char *const *mail_arg; /* "SIZE=10" */
	size_t n_mail_arg;
	const char *queue_id; /* NULL: none */
	bool is_local;	      /* queue id at MAIL already */
	const struct mc_message *message;
	/* Called between body and end of message; may be NULL. */
	void (*before_eom)(void *self);
	void *self;
};

enum mc_edit_kind {
	MC_ADD_HEADER = 'h',
	MC_INSERT_HEADER = 'i',
	MC_CHANGE_HEADER = 'm',
	MC_ADD_RCPT = '+',
	MC_ADD_RCPT_ARGS = '2',
	MC_DELETE_RCPT = '-',
	MC_CHANGE_FROM = 'e',
	MC_QUARANTINE = 'q'
};

struct mc_edit {
	enum mc_edit_kind kind;
	uint32_t index;
	struct ps_bytes name; /* or address, or reason */
	struct ps_bytes value;
};

struct mc_result {
	struct mc_reply reply; /* the one that ended the message */
	struct mc_reply *rcpt; /* one per recipient */
	size_t n_accepted;     /* recipients */
	struct mc_edit *edit;
	size_t n_edit;
	size_t n_progress;
	bool replaced; /* the body, by "body" */
	/* An edit between two pieces of a body: Postfix answers 451. */
	bool interleaved;
	struct ps_buf body; /* mc_result_free */
	int64_t eom_us, total_us;
};

/*
 * One message from MAIL to the final reply; an abort where the filter ended it
 * early.  Strings of *out live in a.
 */
bool mc_send(struct mc *m, struct ps_arena *a, const struct mc_mail *mail,
	struct mc_result *out);
void mc_result_free(struct mc_result *r);
/*
 * The same in two steps, for a chain of filters: an MTA tells each event of the
 * envelope to all of them, and then the whole message to one after the other.
 */
bool mc_envelope(struct mc *m, struct ps_arena *a, const struct mc_mail *mail,
	struct mc_result *out);
bool mc_content(struct mc *m, struct ps_arena *a, const struct mc_mail *mail,
	struct mc_result *out);
/* "250", "451 4.7.1 text", "421", ...: as an SMTP client would see it. */
const char *mc_reply_text(const struct mc_reply *r);

/*
 * What Postfix makes of the edits.  The filter does not see the field that
 * Postfix itself puts on top, so index 1 is above the first visible one.
 */
struct mc_message mc_apply(struct ps_arena *a, const struct mc_message *m,
	const struct mc_result *r, uint32_t protocol);

int64_t mc_now_us(void);

#endif
