"""The proxy that the environment names for an address, for everything that this process sends to Discord."""

import re
from functools import cache
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from loguru import logger

_SPOKEN = re.compile(r"https?://[^/?#]", re.IGNORECASE)


def proxy_for(url: str) -> str | None:
    """What HTTP_PROXY, HTTPS_PROXY and NO_PROXY (in capitals or not) say about this address; None for the direct way."""
    parts = urlsplit(url)
    return _proxy(parts.scheme, parts.netloc.rpartition("@")[2])


@cache
def _proxy(scheme: str, host: str) -> str | None:
    found = getproxies()
    named = found.get(scheme) or found.get("all")
    direct = proxy_bypass(host) or host.startswith(("localhost", "127.", "[::1]"))  # this machine is not behind any proxy
    if not named or direct:
        return None
    address = named if "://" in named else f"http://{named}"
    if not _SPOKEN.match(address):
        logger.warning("{} is reached without the proxy that the environment names: only http:// and https:// proxies are spoken", host)
        return None
    return address
