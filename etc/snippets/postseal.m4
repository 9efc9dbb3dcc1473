dnl SPDX-License-Identifier: BSD-2-Clause
dnl SPDX-FileCopyrightText: 2026 the postseal authors
dnl For sendmail.mc: include(`/usr/share/postseal/postseal.m4')dnl, as the last
dnl filter.  F=T: mail is deferred while postseal is away; without it, or with
dnl "F=,", it would pass unsealed.  "postseal sendmail-config" prints it for your
dnl configuration, with the port that copies leave by.
INPUT_MAIL_FILTER(`postseal', `S=inet:8895@127.0.0.1, F=T, T=S:30s;R:4m;E:10m')dnl
