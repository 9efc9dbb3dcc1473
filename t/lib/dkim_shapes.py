# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the postseal authors
"""A hundred messages of every shape that a signature has to survive: octets as
a client sends them behind DATA.  Knows nothing of signatures."""
FROM = b"From: A <a@example.org>\r\n"
DATED = FROM + b"Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n"
WHOLE = DATED + b"Message-ID: <1@example.org>\r\nTo: b@clear.example\r\n"
MIME = (b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: 8bit\r\n")
PARTS = (b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n"
         b" boundary=\"=_b\"\r\n")

HEADERS = {
    "From alone": FROM,
    "no Message-ID": DATED + b"Subject: x\r\n",
    "plain": WHOLE + b"Subject: lunch\r\n",
    "folded": WHOLE + b"Subject: one\r\n two\r\n\tthree  four \r\n",
    "8-bit": WHOLE + "Subject: Grüße an alle\r\n".encode() + MIME,
    "twice": WHOLE + b"Subject: one\r\nSubject: two\r\nX-A: 1\r\nX-A: 2\r\n",
    "empty fields": WHOLE + b"Subject:\r\nKeywords: \r\n",
    "no blank": b"From:a@example.org\r\nSubject:x\r\nTo:b@clear.example\r\n",
    "lists": WHOLE + b"List-Id: <l.example.org>\r\nList-Unsubscribe: "
                     b"<https://example.org/u>\r\nList-Unsubscribe-Post: "
                     b"List-Unsubscribe=One-Click\r\nSubject: n\r\n",
    "signed before": b"DKIM-Signature: v=1; a=rsa-sha256; d=other.example; "
                     b"s=x;\r\n\th=from; bh=AAAA; b=BBBB\r\n" + WHOLE,
    "several To": DATED + b"To: b@clear.example, C <c@clear.example>,\r\n"
                          b"\t\"D, E\" <d@clear.example>\r\nSubject: x\r\n",
    "long subject": WHOLE + b"Subject: " + b"word " * 100 + b"end\r\n",
}
BODIES = {
    "nothing": b"",
    "one line": b"hello\r\n",
    "no line end": b"no line end",
    "empty lines at the end": b"text\r\n\r\n\r\n\r\n",
    "only empty lines": b"\r\n\r\n",
    "blanks": b"  a  b\t\tc \r\n \r\n\t\r\nend  \r\n",
    "dots": b".\r\n..\r\n.a\r\n.From here\r\nFrom there\r\n.\r\n",
    "8-bit": "Größe: 5 €\r\n日本語\r\n".encode() + b"\xff\xfe\x80\r\n",
    "many lines": b"0123456789 the quick brown fox\r\n" * 3000,
}
PLAIN = WHOLE + b"Subject: lunch\r\n"


def messages():
    """(name, octets) a hundred times."""
    out = [("a line of 5000", PLAIN + b"\r\nbefore\r\n" + b"word " * 1000 +
            b"\r\nafter\r\n"),
           ("an 8-bit line of 3000 in parts", WHOLE + PARTS + b"\r\n--=_b\r\n"
            b"Content-Type: text/plain; charset=utf-8\r\n\r\n" +
            "ä".encode() * 1500 + b"\r\n--=_b--\r\n")]
    out += [("%s / %s" % (h, b), HEADERS[h] + b"\r\n" + BODIES[b])
           for h in HEADERS for b in BODIES
            if b != "many lines" and (h, b) not in
            (("plain", "one line"), ("folded", "one line"))]
    out.append(("plain / many lines", PLAIN + b"\r\n" + BODIES["many lines"]))
    out.append(("parts", WHOLE + PARTS + b"\r\nprologue\r\n--=_b\r\n\r\none"
                b"\r\n--=_b\r\nContent-Type: text/html\r\n\r\n<p>two\r\n"
                b"--=_b--\r\nepilogue\r\n"))
    out.append(("a line of 998", PLAIN + b"\r\n" + b"x" * 988 + b"\r\n"))
    out.append(("header only", PLAIN))
    return out[:100]
