/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Armor that a mail program wrote into HTML, with markup around its lines.
 */
#ifndef PS_OPENPGP_HTML_H
#define PS_OPENPGP_HTML_H

#include "base/arena.h"

/*
 * The text of an HTML part, fit to be searched for armor and for nothing else:
 * every tag is a line end, the entities that base64 needs are decoded, empty
 * lines are gone, but for one behind the armor headers.
 */
struct ps_bytes ps_html_armor_text(struct ps_arena *a, struct ps_bytes html);

#endif
