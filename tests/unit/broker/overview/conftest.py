"""The plant of access, for who counts what goes on in it."""

from tests.unit.broker.access.conftest import empty_plant, plant

__all__ = ["empty_plant", "plant"]
