"""GSM 03.38: the octets of a text as SMPP's default coding brings them, one for each letter."""

# 3GPP TS 23.038, 6.2.1, in the order of its codes; the escape leads to the second table.
ESCAPE = 0x1B
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
SPACES = b"\t\n\r"


def is_gsm(octets: bytes) -> bool:
    """Whether these are GSM 03.38 for certain: one of them is no letter of ASCII, and all have
    seven bits. Most letters are the same in both."""
    return max(octets, default=0x80) < 0x80 and any(
        each < 0x20 and each not in SPACES for each in octets
    )


def decoded(octets: bytes) -> str:
    """The text; a code that the second table lacks stands for that of the first one."""
    found, escaped = [], False
    for each in octets:
        if each == ESCAPE and not escaped:
            escaped = True
            continue
        found.append(EXTENSION.get(each, BASIC[each]) if escaped else BASIC[each])
        escaped = False
    return "".join(found)
