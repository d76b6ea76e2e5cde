"""The product, for what documents say of it."""

from tests.e2e.conftest import empty_house, house

__all__ = ["empty_house", "house"]
