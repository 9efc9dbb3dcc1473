# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# The resolver and what is built on it.

ps_unit(dns_name USES ps_dns)

ps_unit(dns_zone USES ps_dns)
ps_unit(dns_cache USES ps_dns Threads::Threads)
ps_wire(dns SOURCES lib/dns_server.c USES ps_dns)
ps_fuzz(zone USES ps_dns)
