"""Characters that outside text may hold and nothing of ours may show: they turn writing, obey, or hide."""

HOSTILE = [
    *"\x00\x07\x08\t\n\r\x1b\x7f",  # C0
    *"\u0080\u0085\u009b\u009d",  # C1
    *"\u061c\u200e\u200f",  # marks of direction
    *"\u202a\u202b\u202c\u202d\u202e",
    *"\u2066\u2067\u2068\u2069",
    *"\u2028\u2029",  # ends of lines
    *"\u00ad\u200b\u200c\u200d\u2060\ufeff\u034f\u115f\u1160\u3164\uffa0\u180e\u2800",  # of no width, or blank
    *"\U000e0001\U000e0041\U000e007f\U000e0100",  # tags and selectors that hide a text
    *"\ud800\udcff\udfff",  # half of a pair: an octet of a file's name that is no text
    *"\ufff9\uffff\ue000",  # no characters, or nobody's
]
WRITABLE = [char for char in HOSTILE if not 0xD800 <= ord(char) <= 0xDFFF]  # what UTF-8 can carry
MIXED = "".join(f"{chr(97 + number % 26)}{char}" for number, char in enumerate(WRITABLE))
