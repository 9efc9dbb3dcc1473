# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# What is said of a sender, and by whom: A-R fields, the client, reverse DNS.

ps_unit(authres USES ps_auth)
ps_unit(authres_claims USES ps_auth)
ps_unit(client USES ps_auth)
ps_unit(iprev USES ps_auth)
ps_unit(received_spf USES ps_auth)
ps_unit(vbr USES ps_auth)
ps_unit(verify_say USES ps_auth)
ps_unit(verify_relay USES ps_auth)
ps_fuzz(gpg_status USES ps_crypto)
ps_unit(verify_ahead USES ps_auth)
add_executable(authres_cases suites/authres_cases.c)
target_link_libraries(authres_cases PRIVATE ps_flags ps_auth)
ps_script(suites/authres FILE suites/authres_judge.py LABEL pure)
ps_fuzz(authres USES ps_auth)
add_executable(spoof_judge suites/spoof_judge.c)
target_include_directories(spoof_judge PRIVATE ${CMAKE_SOURCE_DIR}/t/lib)
target_compile_definitions(spoof_judge PRIVATE
	PS_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(spoof_judge PRIVATE ps_flags ps_auth ps_keys
	Threads::Threads)
ps_script(suites/spoof FILE suites/spoof.py LABEL wire TIMEOUT 300)
ps_script(suites/thunderbird FILE suites/thunderbird.py LABEL wire TIMEOUT 120)
ps_script(signed FILE wire/signed.py LABEL wire TIMEOUT 120)
