"""Text that every database can keep, checked once where it comes in."""


def is_storable(value: str) -> bool:
    """Tell whether a database can keep the text: PostgreSQL takes no NUL, UTF-8 no lone surrogate."""
    return "\x00" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
