# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# Tests from outside: the MTA's half of the milter protocol, loads, real MTAs.

add_library(milter_client STATIC lib/milter_client.c lib/milter_message.c
	lib/milter_packet.c)
target_include_directories(milter_client PUBLIC lib)
target_link_libraries(milter_client PUBLIC ps_flags ps_base)
ps_unit(milter_client USES milter_client)
add_executable(wire wire/wire.c)
target_link_libraries(wire PRIVATE milter_client Threads::Threads)

add_executable(null_filter perf/null_filter.c ${CMAKE_SOURCE_DIR}/milter/kick.c)
target_include_directories(null_filter PRIVATE ${CMAKE_SOURCE_DIR}/milter)
target_link_libraries(null_filter PRIVATE ps_flags PkgConfig::MILTER
	Threads::Threads)
add_executable(milter_load perf/milter_load.c perf/corpus.c perf/tree.c)
target_link_libraries(milter_load PRIVATE milter_client Threads::Threads)
add_executable(reaper perf/reaper.c)
target_link_libraries(reaper PRIVATE ps_flags)

ps_script(layers FILE 00-layers.t LABEL pure)
ps_script(pool FILE perf/pool.sh ARGS --check LABEL wire TIMEOUT 180 ALONE)
ps_script(awkward FILE wire/awkward.py LABEL wire TIMEOUT 300)
ps_script(parallel FILE wire/parallel.py LABEL wire TIMEOUT 180)
ps_script(mta/null FILE e2e/null.sh LABEL mta TIMEOUT 120)
ps_script(mta/sealed FILE e2e/sealed.sh LABEL mta TIMEOUT 180)
ps_script(mta/sealed-sendmail FILE e2e/sealed-sendmail.sh LABEL mta TIMEOUT 300)
ps_script(mta/kill FILE e2e/kill.sh LABEL mta TIMEOUT 180)
ps_script(mta/reentry FILE e2e/reentry.py LABEL mta TIMEOUT 180)
ps_script(mta/reentry-sendmail FILE e2e/reentry_sendmail.py LABEL mta
	TIMEOUT 300)
ps_script(mta/null-sendmail FILE e2e/null-sendmail.sh LABEL mta TIMEOUT 240)
ps_script(mta/shape FILE e2e/shape.py ARGS postfix LABEL mta TIMEOUT 300)
ps_script(mta/signed FILE e2e/openpgp_sign.py ARGS postfix LABEL mta
	TIMEOUT 400)
ps_script(mta/signed-sendmail FILE e2e/openpgp_sign.py ARGS sendmail LABEL mta
	TIMEOUT 400)
ps_script(mta/shape-sendmail FILE e2e/shape.py ARGS sendmail LABEL mta TIMEOUT 300)
ps_script(mta/verified FILE e2e/verified.py ARGS postfix LABEL mta TIMEOUT 300)
ps_script(mta/verified-sendmail FILE e2e/verified.py ARGS sendmail LABEL mta
	TIMEOUT 300)
ps_script(faults FILE ../contrib/campaign/faults ARGS --runs 28 LABEL wire
	TIMEOUT 300 ALONE)
ps_script(split-faults FILE ../contrib/campaign/split-faults LABEL wire
	TIMEOUT 300 ALONE)
ps_script(fidelity FILE wire/fidelity.py LABEL wire TIMEOUT 600)
ps_script(mta/fidelity FILE wire/fidelity.py ARGS postfix LABEL mta TIMEOUT 300)

add_executable(bare_gpgme perf/bare_gpgme.c)
target_link_libraries(bare_gpgme PRIVATE ps_flags PkgConfig::GPGME)
add_executable(mkcerts perf/mkcerts.c)
target_link_libraries(mkcerts PRIVATE ps_flags PkgConfig::CRYPTO)
add_executable(signed_mail perf/signed_mail.c)
target_link_libraries(signed_mail PRIVATE ps_base PkgConfig::CRYPTO)
add_executable(synthetic_dns perf/synthetic_dns.c)
target_link_libraries(synthetic_dns PRIVATE ps_flags)
