/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Names of status codes, for logs.
 */
#include "base/status.h"

const char *
ps_status_name(enum ps_status s)
{
	switch (s) {
	case PS_OK:
		return "ok";
	case PS_ETEMP:
		return "temporary";
	case PS_EPERM:
		return "permanent";
	case PS_ELIMIT:
		return "limit";
	case PS_ESTOP:
		return "stopping";
	case PS_ELATE:
		return "deadline";
	case PS_EBUSY:
		return "busy";
	case PS_ELOOP:
		return "loop";
	case PS_ENORELAY:
		return "no relay";
	case PS_EHOPS:
		return "hops";
	case PS_ESIGN:
		return "no signature";
	case PS_EUNSIGNABLE:
		return "unsignable";
	}
	return "unknown";
}
