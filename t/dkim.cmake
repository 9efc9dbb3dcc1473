# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# DKIM: keys, signatures, tables.

ps_unit(dkim_key USES ps_auth PkgConfig::CRYPTO)
