# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# Copies that leave by SMTP, and what is remembered of them.
ps_unit(wire USES ps_mail)
ps_unit(received USES ps_mail)
ps_unit(failpoint SOURCES ${CMAKE_SOURCE_DIR}/lib/base/failpoint.c USES ps_base)
