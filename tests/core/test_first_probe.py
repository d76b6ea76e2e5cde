"""What is said where the probes' port cannot be had."""

import socket

import pytest

from core.first_probe import listen
from core.stops import ExpectedStop


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1:{}"), ("::1", "[::1]:{}")])
def test_a_taken_port_is_named(host: str, shown: str) -> None:
    try:
        taken = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError:
        pytest.skip("there is no such address here")
    with taken:
        port = taken.getsockname()[1]
        with pytest.raises(ExpectedStop) as stop:
            listen(host, port)
    place = shown.format(port)
    assert str(stop.value) == f"The health server cannot listen on {place} (Address already in use). Set HEALTH_HOST and HEALTH_PORT."
