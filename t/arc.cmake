# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# ARC, and what its code shares with DKIM's.

ps_unit(canon USES ps_auth)
ps_unit(arc USES ps_auth)
ps_unit(arc_chain USES ps_auth PkgConfig::CRYPTO)
ps_fuzz(arc USES ps_auth)
