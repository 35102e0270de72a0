"""What metrics, parameters, tags and files may be called: the server's own rule, said before anything is sent."""

MOST = 250
RULE = 'use 1 to 250 characters; a slash divides the name into parts, none of which is empty, "." or ".."; no control characters and no backslash'


def check(kind, name):
    """Raises ValueError, naming it, unless the name is one."""
    name = str(name)
    parts = name.split("/")
    if not 0 < len(name) <= MOST or any(part in ("", ".", "..") for part in parts) or "\\" in name or any(hostile(letter) for letter in name):
        raise ValueError(f"{name[:80]!r} cannot name a {kind}: {RULE}")
    return name


def hostile(letter):
    code = ord(letter)
    return code < 32 or 127 <= code < 160 or 0xD800 <= code < 0xE000 or code > 0xFFFF
