# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# The resolver and what is built on it.

ps_unit(dns_name USES ps_dns)
ps_unit(dns_zone USES ps_dns)
ps_unit(dns_cache USES ps_dns Threads::Threads)
ps_wire(dns SOURCES lib/dns_server.c USES ps_dns)
ps_wire(dns_signed SOURCES lib/dns_server.c USES ps_dns)
ps_wire(dns_faults SOURCES lib/dns_server.c USES ps_dns)
ps_script(dns_trouble FILE wire/dns_trouble.py LABEL wire TIMEOUT 180)
ps_fuzz(zone USES ps_dns)

ps_unit(spf USES ps_auth)
ps_unit(spf_limits USES ps_auth)
ps_fuzz(spf USES ps_auth)
add_executable(spf_cases suites/spf_cases.c)
target_include_directories(spf_cases PRIVATE lib)
target_link_libraries(spf_cases PRIVATE ps_flags ps_auth)
ps_script(suites/spf FILE suites/spf.py ARGS zone LABEL pure)
ps_script(suites/spf-resolver FILE suites/spf.py ARGS resolver LABEL wire)

add_executable(dmarc_cases suites/dmarc_cases.c)
target_include_directories(dmarc_cases PRIVATE lib)
target_link_libraries(dmarc_cases PRIVATE ps_flags ps_auth)
ps_script(suites/dmarcbis FILE suites/dmarcbis.py LABEL pure)
ps_unit(orgdom USES ps_dns)
ps_unit(dmarc_record USES ps_auth)
ps_unit(dmarc_author USES ps_auth)
ps_unit(dmarc USES ps_auth Threads::Threads)
ps_unit(dmarc_queries USES ps_auth)
ps_fuzz(dmarc USES ps_auth)
ps_fuzz(dmarc_from USES ps_auth)
add_executable(opendmarc_naive suites/opendmarc_naive.c)
target_include_directories(opendmarc_naive PRIVATE lib)
target_link_libraries(opendmarc_naive PRIVATE ps_flags ps_base
	postseal_opendmarc)
ps_script(suites/dmarc FILE suites/dmarc_table.py LABEL wire)
