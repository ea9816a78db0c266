"""Draws QR codes as PNG."""

import struct
import zlib

import zxingcpp

_MODULE_PIXELS = 6
_GREY, _BITS = 0, 1


def qr_png(payload: str) -> bytes:
    """The PNG of a payload at error level M, as EPC069-12 asks, with the quiet zone that cameras need."""
    # As bytes: the payload says of itself that it is UTF-8, and what is given as text may be written in Latin-1.
    # A fixed mask: trying all eight costs five times as much and cameras read any of them.
    code = zxingcpp.create_barcode(payload.encode(), zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=0)
    image = code.to_image()
    return _png(bytes(memoryview(image)), image.shape[0])  # type: ignore[arg-type] # a buffer, unknown to its stub


def _png(modules: bytes, size: int) -> bytes:
    """A square of black (0) and white (255) modules, each some pixels wide and high, with a bit for each pixel."""
    pixels = size * _MODULE_PIXELS
    whole_bytes = -(-pixels // 8)
    bits = modules.replace(b"\x00", b"0" * _MODULE_PIXELS).replace(b"\xff", b"1" * _MODULE_PIXELS)
    rows = (int(bits[start : start + pixels], 2) for start in range(0, len(bits), pixels))
    packed = ((row << 8 * whole_bytes - pixels).to_bytes(whole_bytes, "big") for row in rows)
    lines = b"".join((b"\x00" + line) * _MODULE_PIXELS for line in packed)
    head = struct.pack(">IIBBBBB", pixels, pixels, _BITS, _GREY, 0, 0, 0)
    chunks = (b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
