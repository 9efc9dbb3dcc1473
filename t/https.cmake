# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# Documents and certificates over HTTPS.

ps_unit(https_address USES ps_https)
ps_unit(wkd USES ps_discovery)
