# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# Tests of keys from the network.

add_library(discovery_world STATIC lib/discovery_world.c lib/fake_book.c
	lib/fake_keys.c)
target_include_directories(discovery_world PUBLIC lib)
target_link_libraries(discovery_world PUBLIC ps_discovery PkgConfig::CMOCKA
	Threads::Threads)
ps_unit(signers USES discovery_world)
ps_unit(discovery USES discovery_world)
ps_unit(discovery_fetch USES discovery_world)
ps_unit(discovery_trust USES discovery_world)
ps_script(network/wkd FILE wire/discovery.py LABEL wire TIMEOUT 300)
ps_script(network/attacks FILE wire/discovery_attacks.py LABEL wire TIMEOUT 180)
ps_script(network/change FILE wire/discovery_change.py LABEL wire TIMEOUT 400)
ps_script(network/mail FILE wire/discovery_mail.py LABEL wire TIMEOUT 180)
ps_script(network/dane FILE wire/discovery_dane.py LABEL wire TIMEOUT 180)
ps_script(mta/discovered FILE e2e/discovered.py LABEL mta TIMEOUT 300)
