# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# Documents and certificates over HTTPS.

ps_unit(https_address USES ps_https)
ps_unit(wkd USES ps_discovery)
add_executable(https_probe wire/https_probe.c)
target_link_libraries(https_probe PRIVATE ps_flags ps_discovery Threads::Threads)
ps_script(https FILE wire/https.py LABEL wire)
