# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# Run by "cmake --install": what depends on the prefix of that moment.  DESTDIR
# is put in front by file(INSTALL).

# A program under /usr has its configuration in /etc; one that is installed
# somewhere to be tried keeps everything there.
if(CMAKE_INSTALL_PREFIX MATCHES "^/usr(/local)?/?$")
	set(sysconf /etc)
else()
	set(sysconf ${CMAKE_INSTALL_PREFIX}/etc)
endif()

set(SBINDIR ${CMAKE_INSTALL_PREFIX}/${sbin})
set(CONFIG ${sysconf}/postseal/postseal.conf)
configure_file(${from}/postseal.service.in ${made}/postseal.service @ONLY)
file(INSTALL DESTINATION ${CMAKE_INSTALL_PREFIX}/lib/systemd/system
	TYPE FILE FILES ${made}/postseal.service)

# An administrator's configuration is never replaced; the sample of this
# version always lies beside the other examples.
file(INSTALL DESTINATION ${CMAKE_INSTALL_PREFIX}/share/postseal
	TYPE FILE FILES ${from}/postseal.conf)
if(NOT EXISTS "$ENV{DESTDIR}${CONFIG}")
	file(INSTALL DESTINATION ${sysconf}/postseal TYPE FILE
		FILES ${from}/postseal.conf)
endif()
