"""BACnet/IP devices on loopback (bacpypes3): a controller with points, and a workstation that asks it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bacpypes3.apdu import (
    DeviceCommunicationControlRequest,
    ErrorRejectAbortNack,
    ReinitializeDeviceRequest,
    ReinitializeDeviceRequestReinitializedStateOfDevice,
    SimpleAckPDU,
    WritePropertyMultipleError,
    WritePropertyMultipleRequest,
)
from bacpypes3.app import Application
from bacpypes3.basetypes import PropertyValue, WriteAccessSpecification
from bacpypes3.local.analog import AnalogInputObject, AnalogOutputObject, AnalogValueObject
from bacpypes3.local.device import DeviceObject
from bacpypes3.local.networkport import NetworkPortObject
from bacpypes3.pdu import Address
from bacpypes3.primitivedata import Null, ObjectIdentifier, Real

from deploy.demo.ports import free_port

PATIENCE_SECONDS = 20.0
POINT = {"statusFlags": [0, 0, 0, 0], "eventState": "normal", "outOfService": False, "units": "degreesCelsius"}


def _application(instance: int, port: int, *objects: Any) -> Application:
    device = DeviceObject(objectIdentifier=("device", instance), objectName=f"device-{instance}", vendorIdentifier=999)
    link = NetworkPortObject(
        f"127.0.0.1/32:{port}", objectIdentifier=("network-port", 1), objectName=f"port-{instance}"
    )
    return Application.from_object_list([device, link, *objects])


class Controller:
    """Two set-points, an input and a commandable output; ``restarts`` and ``silenced`` tell what reached it."""

    def __init__(self) -> None:
        self.port = free_port(socket.SOCK_DGRAM)
        self.restarts: list[object] = []
        self.silenced: list[object] = []
        self.points = {
            f"analog-value,{n}": AnalogValueObject(
                objectIdentifier=("analog-value", n), objectName=f"set-point-{n}", presentValue=20.0, **POINT
            )
            for n in (1, 2)
        }
        self.points["analog-input,1"] = AnalogInputObject(
            objectIdentifier=("analog-input", 1), objectName="room", presentValue=21.5, **POINT
        )
        self.points["analog-output,1"] = AnalogOutputObject(
            objectIdentifier=("analog-output", 1), objectName="valve", presentValue=0.0, relinquishDefault=5.0, **POINT
        )
        self.application = _application(7, self.port, *self.points.values())
        self.application.do_ReinitializeDeviceRequest = self._restart
        self.application.do_DeviceCommunicationControlRequest = self._silence

    def value(self, point: str) -> float:
        """What a point holds."""
        return float(self.points[point].presentValue)

    def count_who_is(self) -> list[object]:
        """Keep every Who-Is that is heard from now on in the list that is returned."""
        heard: list[object] = []

        async def hear(request: Any) -> None:
            heard.append(request)

        self.application.do_WhoIsRequest = hear
        return heard

    async def _restart(self, request: Any) -> None:
        self.restarts.append(request.reinitializedStateOfDevice)
        await self._accept(request)

    async def _silence(self, request: Any) -> None:
        self.silenced.append(request.enableDisable)
        await self._accept(request)

    async def _accept(self, request: Any) -> None:
        await self.application.response(SimpleAckPDU(context=request))


class Workstation:
    """Asks the device at one port; what it refuses is returned as text."""

    def __init__(self, device_port: int) -> None:
        self.application = _application(8, free_port(socket.SOCK_DGRAM))
        self.device = Address(f"127.0.0.1:{device_port}")

    async def read(self, point: str, prop: str = "present-value") -> Any:
        return await self._asked(self.application.read_property(self.device, ObjectIdentifier(point), prop))

    async def read_many(self, *wanted: object) -> Any:
        return await self._asked(self.application.read_property_multiple(self.device, list(wanted)))

    async def write(self, point: str, value: float | None, prop: str = "present-value", priority: int = 8) -> Any:
        given = Null(()) if value is None else Real(value)
        wish = self.application.write_property(self.device, ObjectIdentifier(point), prop, given, priority=priority)
        return await self._asked(wish)

    async def write_many(self, **values: float) -> Any:
        """Write present values of set-points, named ``av1`` and so on, in one request."""
        given = [
            WriteAccessSpecification(
                objectIdentifier=ObjectIdentifier(f"analog-value,{name[2:]}"),
                listOfProperties=[PropertyValue(propertyIdentifier="present-value", value=Real(value))],
            )
            for name, value in values.items()
        ]
        request = WritePropertyMultipleRequest(listOfWriteAccessSpecs=given, destination=self.device)
        return await self._asked(self.application.request(request))

    async def restart(self) -> Any:
        request = ReinitializeDeviceRequest(
            reinitializedStateOfDevice=ReinitializeDeviceRequestReinitializedStateOfDevice("warmstart"),
            destination=self.device,
        )
        return await self._asked(self.application.request(request))

    async def silence(self) -> Any:
        request = DeviceCommunicationControlRequest(enableDisable="disable", destination=self.device)
        return await self._asked(self.application.request(request))

    async def who_is(self) -> list[Any]:
        """Ask who is there; return when the first has answered."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return list(await self.application.who_is(7, 7, address=self.device, timeout=PATIENCE_SECONDS))

    async def _asked(self, asking: Any) -> Any:
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                answer = await asking
            except WritePropertyMultipleError as refusal:
                return f"{refusal.errorType.errorClass}: {refusal.errorType.errorCode}"
            except ErrorRejectAbortNack as refusal:
                return str(refusal)
        return None if isinstance(answer, SimpleAckPDU) else answer


@asynccontextmanager
async def controller() -> AsyncIterator[Controller]:
    """A controller that serves."""
    made = Controller()
    try:
        yield made
    finally:
        await _closed(made.application)


@asynccontextmanager
async def workstation(device_port: int) -> AsyncIterator[Workstation]:
    """A workstation that asks the device at ``device_port``."""
    made = Workstation(device_port)
    try:
        yield made
    finally:
        await _closed(made.application)


async def _closed(application: Application) -> None:
    """Close, and let transports that are being closed have their last callbacks."""
    application.close()
    for _ in range(5):
        await asyncio.sleep(0)
