"""What the environment says about proxies."""

from collections.abc import Iterator

import pytest

from core import proxy
from tests.log import logged


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    proxy._proxy.cache_clear()
    yield
    proxy._proxy.cache_clear()


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
    assert proxy.proxy_for(url) == used


@pytest.mark.parametrize(
    ("named", "used"),
    [
        ("proxy:3128", "http://proxy:3128"),
        ("http://me:geheim@proxy:3128/", "http://me:geheim@proxy:3128/"),
        ("https://[::1]:3128", "https://[::1]:3128"),
        ("socks5h://me:geheim@proxy:1080", None),
        ("http://", None),
    ],
)
def test_what_is_no_http_proxy_is_not_used_and_told(named: str, used: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", named)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with logged("WARNING") as log:
        assert [proxy.proxy_for("https://discord.com/api") for _ in range(2)] == [used, used]
    assert len(log) == (used is None) and "geheim" not in "".join(log)
