"""Pictures and plots as bytes."""

import io
import json
import os

KINDS = (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"), (b"RIFF", "webp"), (b"<svg", "svg"), (b"<?xml", "svg")


def picture(name, image):
    """Bytes and file name of a path, bytes, matplotlib figure or axes, PIL image, or an array of rows of numbers 0 to 255."""
    if isinstance(image, (str, os.PathLike)):
        with open(image, "rb") as file:
            return file.read(), os.path.basename(os.fspath(image))
    if isinstance(image, (bytes, bytearray)):
        content = bytes(image)
    elif is_figure(image):
        content = figure(image)
    elif hasattr(image, "save"):
        buffer = io.BytesIO()
        image.save(buffer, format="PNG")
        content = buffer.getvalue()
    else:
        content = png(image)
    return content, name.rsplit("/", 1)[-1] + "." + extension(content)


def is_figure(thing):
    return hasattr(thing, "savefig") or hasattr(getattr(thing, "figure", None), "savefig")


def figure(thing):
    thing = thing if hasattr(thing, "savefig") else thing.figure
    buffer = io.BytesIO()
    thing.savefig(buffer, format="png", bbox_inches="tight")
    return buffer.getvalue()


def extension(content):
    for beginning, kind in KINDS:
        if content.startswith(beginning):
            return kind
    raise ValueError("these bytes are no picture: give PNG, JPEG, GIF, WebP or SVG")


def png(rows):
    """Rows of grey values, or of (red, green, blue), each 0 to 255."""
    import struct
    import zlib
    rows = [list(row) for row in rows]
    if not rows or not rows[0]:
        raise ValueError("the picture has no rows, or empty ones")
    coloured = hasattr(rows[0][0], "__len__")
    line = (lambda row: bytes(int(part) for pixel in row for part in pixel)) if coloured else (lambda row: bytes(int(value) for value in row))
    data = b"".join(b"\0" + line(row) for row in rows)

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2 if coloured else 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def plot(x, series, kind, x_label, y_label):
    """A plot as data: the run page draws it."""
    series = {str(name): [plain(value) for value in values] for name, values in (series.items() if isinstance(series, dict) else [("", series)])}
    longest = max(map(len, series.values()), default=0)
    x = list(range(longest)) if x is None else [plain(value) for value in x]
    if any(len(values) != len(x) for values in series.values()):
        raise ValueError("x and each of the series need as many values as each other")
    if kind not in ("line", "bar", "scatter"):
        raise ValueError(f"{kind!r} is no kind of plot: line, bar or scatter")
    return json.dumps({"kind": kind, "xLabel": x_label, "yLabel": y_label, "x": x, "series": series}).encode()


def plain(value):
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value if isinstance(value, (int, float, str)) or value is None else str(value)
