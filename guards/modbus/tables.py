"""The four data tables of Modbus, by the words that policies use for them."""

from enum import StrEnum


class Table(StrEnum):
    """A data table (MODBUS Application Protocol V1.1b3, 4.3)."""

    COILS = "coils"
    DISCRETE = "discrete"
    HOLDING = "holding"
    INPUT = "input"
