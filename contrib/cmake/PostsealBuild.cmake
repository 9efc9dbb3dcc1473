# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
# The one place that knows how postseal's C is compiled and linked.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
	set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()
# Assertions guard against our own bugs: they stay in every build.
foreach(type RELEASE RELWITHDEBINFO MINSIZEREL)
	string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_${type}
		"${CMAKE_C_FLAGS_${type}}")
endforeach()

option(POSTSEAL_HARDEN "Hardening flags of the release preset" OFF)
option(POSTSEAL_FUZZ "Build libFuzzer targets (clang)" OFF)
option(POSTSEAL_FAILPOINTS "Let tests kill the process at named places" OFF)
set(POSTSEAL_SANITIZE "" CACHE STRING "Value of -fsanitize=, empty for none")

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(MILTER REQUIRED IMPORTED_TARGET milter)
pkg_check_modules(GPGME REQUIRED IMPORTED_TARGET gpgme>=1.18)
pkg_check_modules(CONFUSE REQUIRED IMPORTED_TARGET libconfuse>=3.3)
pkg_check_modules(IDN2 REQUIRED IMPORTED_TARGET libidn2)
pkg_check_modules(UNBOUND REQUIRED IMPORTED_TARGET libunbound>=1.17)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto>=3.0)
pkg_check_modules(OPENDKIM REQUIRED IMPORTED_TARGET opendkim>=2.11)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(PSL REQUIRED IMPORTED_TARGET libpsl)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl>=7.85)
# libopendmarc has no pkg-config file.
find_library(OPENDMARC_LIBRARY opendmarc REQUIRED)
add_library(postseal_opendmarc INTERFACE)
target_link_libraries(postseal_opendmarc INTERFACE ${OPENDMARC_LIBRARY})

add_library(ps_flags INTERFACE)
target_compile_definitions(ps_flags INTERFACE _GNU_SOURCE
	POSTSEAL_VERSION="${PROJECT_VERSION}")
target_compile_options(ps_flags INTERFACE
	-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes
	-Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wformat=2 -Wvla
	-fno-common)
target_include_directories(ps_flags INTERFACE ${CMAKE_SOURCE_DIR}/lib)
if(POSTSEAL_SANITIZE)
	target_compile_options(ps_flags INTERFACE
		-fsanitize=${POSTSEAL_SANITIZE} -fno-omit-frame-pointer
		-fno-sanitize-recover=all)
	target_link_options(ps_flags INTERFACE -fsanitize=${POSTSEAL_SANITIZE})
endif()
if(POSTSEAL_FAILPOINTS)
	target_compile_definitions(ps_flags INTERFACE PS_FAILPOINTS)
endif()
if(POSTSEAL_FUZZ)
	target_compile_options(ps_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(POSTSEAL_HARDEN)
	target_compile_options(ps_flags INTERFACE -U_FORTIFY_SOURCE
		-D_FORTIFY_SOURCE=2 -fstack-protector-strong
		-fstack-clash-protection -fcf-protection
		-ftrivial-auto-var-init=zero)
	target_link_options(ps_flags INTERFACE
		-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
endif()

# ps_library(NAME SOURCES a.c ... USES lower-library ... FOREIGN PkgConfig::X)
# Foreign targets are PRIVATE: no other folder sees their headers.
function(ps_library name)
	cmake_parse_arguments(A "" "" "SOURCES;USES;FOREIGN" ${ARGN})
	add_library(${name} STATIC ${A_SOURCES})
	target_link_libraries(${name} PUBLIC ps_flags ${A_USES}
		PRIVATE ${A_FOREIGN})
endfunction()

# ps_unit(NAME USES library ...): t/unit/NAME.c with cmocka, TAP output.
function(ps_unit name)
	cmake_parse_arguments(A "" "" "SOURCES;USES" ${ARGN})
	add_executable(unit-${name} unit/${name}.c ${A_SOURCES})
	target_include_directories(unit-${name} PRIVATE
		${CMAKE_SOURCE_DIR}/t/lib)
	target_compile_definitions(unit-${name} PRIVATE
		PS_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
	target_link_libraries(unit-${name} PRIVATE ps_flags ${A_USES}
		PkgConfig::CMOCKA)
	add_test(NAME unit/${name} COMMAND unit-${name})
	set_tests_properties(unit/${name} PROPERTIES LABELS pure TIMEOUT 120)
endfunction()

# ps_wire(NAME SOURCES lib/helper.c ... USES library ...): t/wire/NAME.c, like
# ps_unit but with real processes beside it.
function(ps_wire name)
	cmake_parse_arguments(A "" "" "SOURCES;USES" ${ARGN})
	add_executable(wire-${name} wire/${name}.c ${A_SOURCES})
	target_include_directories(wire-${name} PRIVATE
		${CMAKE_SOURCE_DIR}/t/lib)
	target_compile_definitions(wire-${name} PRIVATE
		PS_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
	target_link_libraries(wire-${name} PRIVATE ps_flags ${A_USES}
		PkgConfig::CMOCKA Threads::Threads)
	add_test(NAME wire/${name} COMMAND wire-${name})
	set_tests_properties(wire/${name} PROPERTIES LABELS wire TIMEOUT 300)
endfunction()

# ps_fuzz(NAME USES library ...): t/fuzz/NAME.c is ten lines around one
# parser.  Built as a libFuzzer target under the fuzz preset, and otherwise as
# a program that replays its corpus, so that every run replays it.
function(ps_fuzz name)
	cmake_parse_arguments(A "" "" "USES" ${ARGN})
	if(POSTSEAL_FUZZ)
		add_executable(fuzz-${name} fuzz/${name}.c)
		target_link_options(fuzz-${name} PRIVATE -fsanitize=fuzzer)
	else()
		add_executable(fuzz-${name} fuzz/${name}.c fuzz/replay.c)
		add_test(NAME fuzz/${name} COMMAND fuzz-${name}
			${CMAKE_SOURCE_DIR}/t/fuzz/corpus/${name})
		set_tests_properties(fuzz/${name} PROPERTIES LABELS fuzz
			TIMEOUT 120)
	endif()
	target_link_libraries(fuzz-${name} PRIVATE ps_flags ${A_USES})
endfunction()

# ps_script(NAME FILE file [ARGS a ...] LABEL pure|wire|mta [TIMEOUT s] [ALONE]):
# a test that is a script of t/.  It finds programs by the build folder in its
# environment, and says "skipped" by exit code 77.  ALONE: nothing runs beside.
function(ps_script name)
	cmake_parse_arguments(A "ALONE" "FILE;LABEL;TIMEOUT" "ARGS" ${ARGN})
	if(NOT A_TIMEOUT)
		set(A_TIMEOUT 120)
	endif()
	add_test(NAME ${name} COMMAND ${CMAKE_SOURCE_DIR}/t/${A_FILE} ${A_ARGS})
	set_tests_properties(${name} PROPERTIES LABELS ${A_LABEL}
		TIMEOUT ${A_TIMEOUT} SKIP_RETURN_CODE 77
		ENVIRONMENT "POSTSEAL_BUILD=${CMAKE_BINARY_DIR};CC=${CMAKE_C_COMPILER}")
	if(A_ALONE)
		set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
	endif()
endfunction()
