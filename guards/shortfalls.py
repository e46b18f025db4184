"""Why a look at a device is not all that the device could have told: each text of that is made from this table.

As with ``guards/reasons.py``, the record holds the English text, and pages know it again by its template.
"""

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "unreadable": "the device's answer could not be read: {problem}",
        "too_much": "a look is at most {requests} requests and {facts} facts",
        "no_device": "no device can be called {route}",
        "some_devices": "only {count} of {all} devices were looked at",
        "no_instance": "the device does not say which instance it is",
        "other_messages": "other messages than the answer came",
        "no_properties": "the device does not let properties be read",
        "busy_or_refuses": "the device is busy or refuses ({kind} {code})",
        "no_outstation": "no outstation is known: DNP3 needs a fence of units",
        "some_outstations": "only {count} of {all} outstations were looked at",
        "tells_more": "outstation {unit} tells more than {most} fragments of itself",
        "said_other": "outstation {unit} said other things than it was asked",
        "no_session": "the device opened no session",
        "some_routes": "only {count} of {all} routes were looked at",
        "busy": "the device is busy (general status 2)",
        "no_node_address": "the PLC gave no node address",
        "frame_refused": "the PLC refused the frame (error {code})",
        "no_unit": "no unit can be called {route}",
        "some_units": "only {count} of {all} units were looked at",
        "no_such_answer": "what came is no answer to what was asked",
        "unit_out_of_reach": "the unit is busy or out of reach (end code {code})",
        "no_unit_known": "no unit is known: a serial line needs a fence of units",
        "device_out_of_reach": "unit {unit} is busy or out of reach (exception {code})",
        "no_rack": "no rack and slot of the fence can be called",
        "cpu_refused": "the CPU refused the connection",
        "cpu_not_agreed": "the CPU refused to agree on a connection",
        "cpu_out_of_reach": "the CPU is busy or out of reach (error {code})",
        "no_station": "no station can be called {route}",
        "some_stations": "only {count} of {all} stations were looked at",
        "no_3e": "what came is no binary 3E answer",
        "cut_short": "the station's answer is cut short",
        "station_out_of_reach": "the station is busy or out of reach (end code {code})",
        "not_in_time": "it was not done within {seconds} s",
        "no_answer": "the device did not answer within {seconds} s",
        "connection_ended": "the connection ended: {problem}",
        "device_closed": "the connection ended: the device closed it",
        "nothing_to_compare": "there is no look to compare it to",
        "told_nothing": "the device told nothing of itself",
        "nobody_connected": "nobody connected to the device",
        "iec104": (
            "IEC 60870-5-104 has no request for what a station is, and starting data transfer would take events "
            "from the control centre that they are meant for"
        ),
        "server_ended": "the server ended the connection ({status}: {words})",
        "service_failed": "the server did not do it ({service}: {status})",
        "needs_security": "the device demands security, and nothing but channels without it are spoken with devices",
        "needs_name": "the server lets nobody in without a user's name",
        "not_understood": "the server's answer could not be understood: {problem}",
        "server_said_other": "the server said other things than it was asked",
        "protocol": "devices are not looked at in the protocol {protocol}",
    }
)
"""Each text; what stands in braces is put in."""


def short(key: str, /, **values: object) -> str:
    """Return the text ``key`` with these values. Raises ``KeyError`` where the text or a value of it is missing."""
    return ENGLISH[key].format_map(values)
