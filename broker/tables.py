"""Every table of the broker, imported so that the metadata is whole (migrations, backup, tests)."""

from broker.access import tables as access
from broker.audit import tables as audit
from broker.db import idempotency
from broker.identity import tables as identity
from broker.inventory import tables as inventory
from broker.recordings import tables as recordings
from broker.sessions import tables as sessions

__all__ = ["access", "audit", "idempotency", "identity", "inventory", "recordings", "sessions"]
