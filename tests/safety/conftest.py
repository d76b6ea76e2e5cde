"""Stories need the whole product."""

from tests.e2e.conftest import empty_house

__all__ = ["empty_house"]
