"""The BACnet/IP guard: forwards what the rules allow, answers the rest as the device would, and says what it saw."""

from guards.arming import Armed
from guards.bacnet.from_asset import FromAsset
from guards.bacnet.from_user import FromUser
from guards.bacnet.limits import Limits
from guards.bacnet.state import State
from guards.datagram_guard import DatagramGuard
from guards.effects import Effect
from guards.rate import RateLimit
from policies.identity import BacnetIdentity, DeviceIdentity
from policies.rules import Rules


class _Talk:
    """Both directions of one stream, which share what is open."""

    __slots__ = ("dialogue", "end", "from_asset", "from_user")

    def __init__(self, state: State, limits: Limits, identity: BacnetIdentity | None) -> None:
        self.dialogue = state.dialogue
        self.end = state.end
        self.from_user = FromUser(state, limits, identity).take
        self.from_asset = FromAsset(state).take


class BacnetGuard(DatagramGuard):
    """The inspector of one stream to port 47808; sans I/O, on the caller's clock."""

    __slots__ = ("_state",)

    def __init__(
        self, rules: Rules, *, device_timeout_seconds: float = 30.0, armed: Armed | None = None,
        identity: DeviceIdentity | None = None, interrogations: RateLimit | None = None,
    ) -> None:  # fmt: skip
        """Compile ``rules``; a device that is silent for ``device_timeout_seconds`` is answered for.

        With an ``identity``, a Who-Is is answered by the guard and does not reach the device. ``interrogations`` is how
        often the device may be asked for whatever properties an object has.
        """
        limits = Limits(rules)
        self._state = State(rules, limits, device_timeout_seconds, armed, interrogations)
        super().__init__(_Talk(self._state, limits, None if identity is None else identity.bacnet))

    def good_bye(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Take back what the tool subscribed to."""
        return self._state.good_bye()
