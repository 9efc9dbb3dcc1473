# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# ARC, and what its code shares with DKIM's.

ps_unit(canon USES ps_auth)
