"""What objects are called: the standard types by their numbers (ASHRAE 135-2020, clause 21, BACnetObjectType)."""

from guards.bacnet.properties import property_name
from guards.given import Touched

MAX_INSTANCE = 0x3FFFFF
_WORDS = """
analog_input analog_output analog_value binary_input binary_output binary_value calendar command device
event_enrollment file group loop multi_state_input multi_state_output notification_class program schedule averaging
multi_state_value trend_log life_safety_point life_safety_zone accumulator pulse_converter event_log global_group
trend_log_multiple load_control structured_view access_door timer access_credential access_point access_rights
access_user access_zone credential_data_input network_security bitstring_value characterstring_value
datepattern_value date_value datetimepattern_value datetime_value integer_value large_analog_value octetstring_value
positive_integer_value timepattern_value time_value notification_forwarder alert_enrollment channel lighting_output
binary_lighting_output network_port elevator_group escalator lift staging audit_log audit_reporter
"""
_TYPES = _WORDS.split()


def table_of(kind: int) -> str:
    """Return the word for an object type; those without a standard name have their number in it."""
    return _TYPES[kind] if kind < len(_TYPES) else f"type{kind}"


def touched(identifier: int, prop: int | None = None) -> Touched:
    """Return the object of a 32-bit identifier (clause 20.2.14), and a property of it."""
    instance = identifier & MAX_INSTANCE
    name = "" if prop is None else property_name(prop)
    return Touched(table_of(identifier >> 22), instance, instance, name)
