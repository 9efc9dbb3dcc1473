# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# ARC, and what its code shares with DKIM's.

ps_unit(tagval USES ps_mail)
ps_unit(canon USES ps_auth)
add_executable(arc_cases suites/arc_cases.c)
target_link_libraries(arc_cases PRIVATE ps_flags ps_auth)
ps_script(suites/arc FILE suites/arc.py LABEL pure)
ps_unit(arc USES ps_auth)
ps_unit(arc_chain USES ps_auth PkgConfig::CRYPTO)
ps_fuzz(arc USES ps_auth)
ps_script(suites/forgery FILE suites/forgery.py LABEL wire TIMEOUT 600)
