"""The BACnet/IP guard: forwards what the rules allow, answers the rest as the device would, and says what it saw."""

from guards.arming import Armed
from guards.bacnet.from_asset import FromAsset
from guards.bacnet.from_user import FromUser
from guards.bacnet.limits import Limits
from guards.bacnet.state import State
from guards.datagram_guard import DatagramGuard
from guards.effects import Effect
from policies.rules import Rules


class _Talk:
    """Both directions of one stream, which share what is open."""

    __slots__ = ("dialogue", "end", "from_asset", "from_user")

    def __init__(self, state: State, limits: Limits) -> None:
        self.dialogue = state.dialogue
        self.end = state.end
        self.from_user = FromUser(state, limits).take
        self.from_asset = FromAsset(state).take


class BacnetGuard(DatagramGuard):
    """The inspector of one stream to port 47808; sans I/O, on the caller's clock."""

    __slots__ = ("_state",)

    def __init__(self, rules: Rules, *, device_timeout_seconds: float = 30.0, armed: Armed | None = None) -> None:
        """Compile ``rules``; a device that is silent for ``device_timeout_seconds`` is answered for."""
        limits = Limits(rules)
        self._state = State(rules, device_timeout_seconds, armed, needs_values=limits.needs_values)
        super().__init__(_Talk(self._state, limits))

    def good_bye(self, now_monotonic: float) -> list[Effect]:  # noqa: ARG002 - the interface of all guards
        """Take back what the tool subscribed to."""
        return self._state.good_bye()
