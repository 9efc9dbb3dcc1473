# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# DKIM: keys, signatures, tables.

ps_unit(dkim_key USES ps_auth PkgConfig::CRYPTO)
ps_unit(dkim USES ps_auth)
ps_unit(dkim_sign USES ps_auth)
ps_unit(dkim_secret USES ps_dkim)
ps_unit(dkim_keys USES ps_policy)
ps_unit(dkim_threads USES ps_auth Threads::Threads)
add_executable(dkim_cases suites/dkim_cases.c)
target_include_directories(dkim_cases PRIVATE ${CMAKE_SOURCE_DIR}/t/lib)
target_compile_definitions(dkim_cases PRIVATE
	PS_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(dkim_cases PRIVATE ps_flags ps_auth)

add_executable(auth_parts perf/auth_parts.c)
target_include_directories(auth_parts PRIVATE ${CMAKE_SOURCE_DIR}/t/lib)
target_compile_definitions(auth_parts PRIVATE
	PS_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(auth_parts PRIVATE ps_flags ps_auth Threads::Threads)
add_executable(dkim_threads perf/dkim_threads.c)
target_include_directories(dkim_threads PRIVATE ${CMAKE_SOURCE_DIR}/t/lib)
target_compile_definitions(dkim_threads PRIVATE
	PS_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(dkim_threads PRIVATE ps_flags ps_auth PkgConfig::CRYPTO
	Threads::Threads)
ps_fuzz(tagval USES ps_mail)
ps_fuzz(dkim USES ps_auth)
ps_script(suites/dkim_table FILE suites/dkim_table.py LABEL pure TIMEOUT 600)
ps_script(cli/dkim FILE cli/dkim.py LABEL wire)
ps_script(mta/dkim FILE e2e/dkim_sign.py ARGS postfix LABEL mta TIMEOUT 300)
ps_script(mta/dkim-sendmail FILE e2e/dkim_sign.py ARGS sendmail LABEL mta
	TIMEOUT 300)
ps_script(suites/dkim_rfc FILE suites/dkim_rfc.py LABEL pure)
