/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * The subcommands.  Each takes its own argument vector (argv[0] is its name)
 * and returns the process's exit status (sysexits.h).
 */
#ifndef PS_MILTER_CMD_H
#define PS_MILTER_CMD_H

#define PS_CONFIG_FILE "/etc/postseal/postseal.conf"

int ps_cmd_serve(int argc, char **argv);
int ps_cmd_reload(int argc, char **argv);
int ps_cmd_keys(int argc, char **argv);
int ps_cmd_check(int argc, char **argv);
int ps_cmd_explain(int argc, char **argv);
int ps_cmd_verify(int argc, char **argv);
int ps_cmd_seal(int argc, char **argv);
int ps_cmd_postfix_config(int argc, char **argv);
int ps_cmd_sendmail_config(int argc, char **argv);
int ps_cmd_dkim(int argc, char **argv);
int ps_cmd_queue(int argc, char **argv);
int ps_cmd_stats(int argc, char **argv);
int ps_cmd_crypto_worker(int argc, char **argv);

#endif
