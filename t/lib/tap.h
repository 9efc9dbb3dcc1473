/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * What every cmocka test includes, in the order that cmocka wants.
 */
#ifndef PS_T_TAP_H
#define PS_T_TAP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

/* main() of a test program: TAP output, one group. */
#define PS_TESTS(group, tests)                                                 \
	int main(void)                                                         \
	{                                                                      \
		cmocka_set_message_output(CM_OUTPUT_TAP);                      \
		return cmocka_run_group_tests_name(group, tests, NULL, NULL);  \
	}

#define assert_bytes(b, text)                                                  \
	do {                                                                   \
		assert_int_equal((b).len, strlen(text));                       \
		assert_memory_equal(                                           \
			(b).p == NULL ? "" : (b).p, text, strlen(text));       \
	} while (0)

#endif
