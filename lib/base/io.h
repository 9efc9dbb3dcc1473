/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * write(2) until everything is written.
 */
#ifndef PS_BASE_IO_H
#define PS_BASE_IO_H

#include "base/bytes.h"

/* False with errno set when the descriptor takes no more. */
bool ps_io_write_all(int fd, struct ps_bytes octets);

#endif
