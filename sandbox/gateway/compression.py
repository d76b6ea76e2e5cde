"""Transport compression: one stream for the whole of a connection (https://docs.discord.com/developers/events/gateway#transport-compression)."""

import zlib
from collections.abc import Callable

# RFC 8878: the magic number, then a frame without checksum or size and with a window of 128 KiB, which is also the largest block.
_ZSTD_HEAD = b"\x28\xb5\x2f\xfd\x00\x38"
_ZSTD_BLOCK = 128 * 1024


def compressor(name: str | None) -> Callable[[str], bytes] | None:
    """What turns each text into its part of the stream called `name`; None for clients that asked for no compression."""
    makers = {"zlib-stream": _zlib_stream, "zstd-stream": _zstd_stream}
    return makers[name]() if name in makers else None


def _zlib_stream() -> Callable[[str], bytes]:
    stream = zlib.compressobj()
    return lambda text: stream.compress(text.encode()) + stream.flush(zlib.Z_SYNC_FLUSH)


def _zstd_stream() -> Callable[[str], bytes]:
    """A zstd frame of raw blocks, which any decoder reads and no library is needed to write."""
    head = [_ZSTD_HEAD]

    def feed(text: str) -> bytes:
        raw = text.encode()
        parts = [raw[start : start + _ZSTD_BLOCK] for start in range(0, len(raw), _ZSTD_BLOCK)]
        opening = head.pop() if head else b""
        return opening + b"".join((len(part) << 3).to_bytes(3, "little") + part for part in parts)

    return feed
