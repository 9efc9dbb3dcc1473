/* SPDX-License-Identifier: BSD-2-Clause */
/* SPDX-FileCopyrightText: 2026 the postseal authors */
/*
 * Verdicts made by hand, for tests of policy: no DNS, no message.
 */
#ifndef PS_T_VERDICT_WORLD_H
#define PS_T_VERDICT_WORLD_H

#include "policy/judge_sender.h"
#include "policy_world.h"

/*
 * Words apart by blanks, any of
 *   from=a@b from=absent from=ambiguous       addresses of From, several times
 *   crowded                                   and more than are judged
 *   spf=RESULT/DOMAIN  dkim=RESULT/DOMAIN     dkim several times
 *   dkimkey=RESULT/DOMAIN                     that covers Autocrypt and Date
 *   dkimtest=RESULT/DOMAIN                    by a key with t=y
 *   blindsealer=DOMAIN                        that saw no pass
 *   dmarc=RESULT/POLICY  arc=RESULT  sealer=DOMAIN  (which saw a pass)
 *   iprev=RESULT/NAME  tls=N  (TLSv1.N)  tls=old
 *   openpgp=RESULT/REASON  fpr=FINGERPRINT
 *   cert=SUBJECT  badcert=SUBJECT  relay  only=METHOD (spf, dkim, none)
 * What is not named is none, with every method asked.
 */
void verdict_make(struct world *w, const char *words, struct ps_verdict *out);
/* Rulings of all recipients and the judgement, as one line. */
const char *verdict_judge(struct world *w, const struct ps_verdict *v);
/* "550 5.7.26 dmarc-reject rule=defaults", "accept", "tag REASON rule=RULE",
 * each with " (OVERRIDE)" behind it where there is one. */
const char *verdict_text(struct world *w, const struct ps_sender_judgement *j);

#endif
