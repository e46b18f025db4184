"""Whether services fit the asset that they belong to, and what the broker understands."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from broker.inventory.errors import BadInventoryError
from broker.inventory.faults import wrong
from broker.inventory.models import ServiceSpec


@dataclass(frozen=True, slots=True)
class Misfit:
    """A fault in one field of a service, which is the asset's ``number``-th from 0."""

    number: int
    service: str
    field: str
    message: str
    hint: str

    @property
    def place(self) -> tuple[str, int, str]:
        """Where in its asset the fault stands."""
        return "services", self.number, self.field

    def error(self) -> BadInventoryError:
        """Return it as a refusal."""
        where = {"in": "body", "path": ".".join(map(str, self.place)), "message": self.message, "hint": self.hint}
        return BadInventoryError(f"services.{self.service}: {self.message}", hint=self.hint, fields={"errors": [where]})


def misfits(
    units: frozenset[int] | None, services: Sequence[ServiceSpec], protocols: Collection[str]
) -> Iterator[Misfit]:
    """Find services of an unknown protocol, and such as lie outside the asset's fence."""
    for number, service in enumerate(services):
        if service.protocol not in protocols:
            message = wrong("protocol_unknown", protocol=service.protocol)
            known = wrong("known_protocols", protocols=", ".join(sorted(protocols)))
            yield Misfit(number, service.name, "protocol", message, known)
        if units is not None and service.units is not None and not service.units <= units:
            yield Misfit(number, service.name, "units", wrong("units_outside"), wrong("units_fence"))
