# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# Copies that leave by SMTP, and what is remembered of them.
ps_unit(wire USES ps_mail)
ps_unit(received USES ps_mail)
ps_unit(failpoint SOURCES ${CMAKE_SOURCE_DIR}/lib/base/failpoint.c USES ps_base)
ps_unit(smtp_reply USES ps_relay)
ps_unit(relay_parts USES ps_relay Threads::Threads)
ps_fuzz(smtp_reply USES ps_relay)
add_library(relay_world STATIC lib/relay_world.c lib/smtp_server.c)
target_link_libraries(relay_world PUBLIC ps_relay PkgConfig::CMOCKA
	Threads::Threads)
ps_unit(smtp_client USES relay_world)
ps_unit(smtp_client_data USES relay_world)
add_library(ledger_world STATIC lib/ledger_world.c)
target_link_libraries(ledger_world PUBLIC ps_store PkgConfig::CMOCKA
	Threads::Threads)
ps_unit(digest USES ps_store)
ps_unit(ledger USES ledger_world)
ps_unit(ledger_faults USES ledger_world)
add_executable(relay_send wire/relay_send.c)
target_link_libraries(relay_send PRIVATE ps_relay ps_store Threads::Threads)
ps_script(mta/relay FILE e2e/relay.py LABEL mta TIMEOUT 180)
ps_script(mta/split FILE e2e/split.py ARGS postfix LABEL mta TIMEOUT 240)
ps_script(mta/split-sendmail FILE e2e/split.py ARGS sendmail LABEL mta
	TIMEOUT 300)
