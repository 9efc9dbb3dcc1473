# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# Copies that leave by SMTP, and what is remembered of them.
ps_unit(wire USES ps_mail)
ps_unit(received USES ps_mail)
ps_unit(failpoint SOURCES ${CMAKE_SOURCE_DIR}/lib/base/failpoint.c USES ps_base)
ps_unit(smtp_reply USES ps_relay)
ps_fuzz(smtp_reply USES ps_relay)
add_library(relay_world STATIC lib/relay_world.c lib/smtp_server.c)
target_link_libraries(relay_world PUBLIC ps_relay PkgConfig::CMOCKA
	Threads::Threads)
ps_unit(smtp_client USES relay_world)
ps_unit(smtp_client_data USES relay_world)
