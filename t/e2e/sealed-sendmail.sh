#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
#
# The same as sealed.sh, through Sendmail.
exec "$(dirname "$0")/sealed.sh" sendmail
