"""What the environment says about proxies."""

import pytest

from core import proxy


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("https://discord.com/api", "http://proxy:1"),
        ("http://discord.com/api", None),
        ("https://cdn.discordapp.com/x", None),
        ("https://127.0.0.1:8/api", None),
        ("https://localhost:8/api", None),
        ("https://[::1]:8/api", None),
    ],
)
def test_only_what_the_environment_names_and_never_this_machine(url: str, used: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://proxy:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "cdn.discordapp.com")
    proxy._proxy.cache_clear()
    try:
        assert proxy.proxy_for(url) == used
    finally:
        proxy._proxy.cache_clear()
