/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * "postseal queue": what the ledger holds, a line a recipient.  The messages
 * themselves are in the queues of the MTAs that sent them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/str.h"
#include "cmd.h"
#include "ledger_tool.h"

#define LINE_MAX_OCTETS ((size_t)8 << 10)

static const char usage[] = "usage: postseal queue [-c FILE]\n";

static const char *
state_word(const struct ps_ledger_entry *e)
{
	if (e->known.state == PS_LEDGER_ACKNOWLEDGED)
		return "acknowledged";
	return e->known.busy ? "sending" : "intended";
}

/* The largest unit that is full: "90m" says less than "1h" does. */
static void
put_age(struct ps_buf *out, int64_t s)
{
	static const struct {
		int64_t s;
		char letter;
	} unit[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	size_t i = 0;

	if (s < 0) /* somebody has set the clock */
		s = 0;
	while (i < 3 && s < unit[i].s)
		i++;
	ps_buf_printf(out, " age=%" PRId64 "%c", s / unit[i].s, unit[i].letter);
}

static void
put_entry(struct ps_buf *out, const struct ps_ledger_entry *e, int64_t now_s)
{
	if (e->queue_id.len == 0)
		ps_buf_puts(out, "NOQUEUE");
	ps_str_put_escaped(out, e->queue_id);
	ps_buf_printf(out, ": state=%s", state_word(e));
	put_age(out, now_s - e->known.at_s);
	ps_buf_printf(out, " group=%zu to=<", e->group + 1);
	ps_str_put_escaped(out, e->rcpt);
	ps_buf_puts(out, "> from=<");
	ps_str_put_escaped(out, e->sender);
	ps_buf_printf(out, "> done=%s", e->done ? "yes" : "no");
	if (e->known.reply != NULL) {
		ps_buf_puts(out, " reply=");
		ps_str_put_value(out, ps_bytes_of(e->known.reply));
	}
	ps_buf_putc(out, '\n');
}

static int
print(struct ps_ledger_tool *t)
{
	struct ps_ledger_entry *entry = NULL;
	int64_t now_s = ps_now_s(ps_clock_system());
	const char *why = NULL;
	struct ps_buf line;
	size_t n = 0;

	if (t->db != NULL && t->ledger.list(t->ledger.self, t->arena, &entry,
				     &n, &why) != PS_OK)
		return ps_ledger_tool_failed(why);
	for (size_t i = 0; i < n; i++) {
		ps_buf_init(&line, LINE_MAX_OCTETS);
		put_entry(&line, &entry[i], now_s);
		fwrite(line.p, 1, line.len, stdout);
		ps_buf_free(&line);
	}
	if (n == 0)
		puts("nothing is remembered");
	return EX_OK;
}

int
ps_cmd_queue(int argc, char **argv)
{
	struct ps_ledger_tool t;
	int code;

	if (!ps_ledger_tool_open(&t, argc, argv, usage, &code))
		return code;
	code = print(&t);
	ps_ledger_tool_close(&t);
	return code;
}
