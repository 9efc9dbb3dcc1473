# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# What an administrator meets: subcommands, documents, installed files.

ps_unit(socket_name SOURCES ../milter/socket_name.c USES ps_base)
ps_unit(mta SOURCES ../milter/mta_judge.c ../milter/mta_services.c
	../milter/mta_postfix.c ../milter/mta_reentry.c ../milter/reentry.c
	../milter/run_program.c ../milter/findings.c
	../milter/socket_name.c USES ps_base)
ps_unit(reentry SOURCES ../milter/mta_services.c ../milter/mta_postfix.c
	../milter/mta_reentry.c ../milter/reentry.c ../milter/mta_judge.c
	../milter/run_program.c ../milter/findings.c ../milter/socket_name.c
	USES ps_base)
ps_unit(reach SOURCES ../milter/reach.c USES ps_base)
ps_unit(run_program SOURCES ../milter/run_program.c USES ps_base)
ps_unit(file_message SOURCES ../milter/file_message.c USES ps_mail)
ps_unit(check_keys SOURCES ../milter/check_keys.c ../milter/check_place.c
	../milter/findings.c ../milter/reach.c ../milter/run_program.c
	USES ps_policy)
ps_script(manual FILE 10-manual.t LABEL pure)
ps_script(install FILE 11-install.t LABEL pure)
ps_script(cli/admin FILE cli/admin.sh LABEL wire)
ps_script(cli/as-root FILE cli/as-root.sh LABEL wire)
ps_script(cli/keys FILE cli/keys.py LABEL wire TIMEOUT 300)
ps_script(cli/publish FILE cli/publish.py LABEL wire TIMEOUT 300)
ps_script(cli/queue FILE cli/queue.sh LABEL wire)
ps_script(cli/reload FILE cli/reload.sh LABEL wire)
ps_script(cli/verify FILE cli/verify.py LABEL wire)
