"""What a request asks for, item by item: nodes, methods, and the values that are written (OPC 10000-4 1.05, 5)."""

from collections.abc import Callable
from typing import NamedTuple

from guards.effects import Value
from guards.given import Access, Touched
from guards.malformations import flaw
from guards.opcua.binary import LayoutError, Reader
from guards.opcua.methods import tier_of_method
from guards.opcua.nodes import NodeId
from guards.opcua.variants import data_value, variant
from policies.rules import Tier

EVENT_ATTRIBUTE, VALUE_ATTRIBUTE = 12, 13


class Item(NamedTuple):
    """One of the things that a request asks for.

    ``is_standard``: what it reads is numbered by the OPC Foundation, and so no part of the process. ``node`` is set
    where the item is the whole value of one node, ``number`` where what is written there is one number.
    """

    tier: Tier
    accesses: tuple[Access, ...]
    values: tuple[Value, ...] = ()
    is_standard: bool = False
    node: str = ""
    number: float | None = None


Decode = Callable[[Reader], list[Item]]
Field = Callable[[Reader], object]


def plain(*fields: Field) -> Decode:
    """Return what reads a request that names nothing: its fields, one after the other."""

    def decode(reader: Reader) -> list[Item]:
        for field in fields:
            field(reader)
        return []

    return decode


def several(field: Field) -> Field:
    """Return what reads an array of one kind of field."""
    return lambda reader: reader.array(field)


def record(*fields: Field) -> Field:
    """Return what reads a structure."""

    def read(reader: Reader) -> None:
        for field in fields:
            field(reader)

    return read


def _node(node: NodeId, values: tuple[float, ...] = ()) -> Access:
    return Access(Touched("node", name=str(node)), values)


def _reads(node: NodeId, *, whole: bool = False) -> Item:
    name = str(node)
    return Item(Tier.READ, (Access(Touched("node", name=name)),), (), node.standard is not None, name if whole else "")


def _changes(node: NodeId) -> Item:
    return Item(Tier.PROGRAM, (_node(node),))


def _read_value(reader: Reader) -> Item:
    node, attribute, span = reader.node_id(), reader.uint32(), reader.string()
    reader.qualified_name()
    item = _reads(node, whole=attribute == VALUE_ATTRIBUTE and not span)
    # The events of the server are those of the whole process.
    return item._replace(is_standard=False) if attribute == EVENT_ATTRIBUTE else item


def read(reader: Reader) -> list[Item]:
    """Read (5.11.2)."""
    reader.double()
    reader.int32()
    return reader.array(_read_value)


def read_history(reader: Reader) -> list[Item]:
    """HistoryRead (5.11.3)."""

    def one(reader: Reader) -> Item:
        node = reader.node_id()
        reader.string()
        reader.qualified_name()
        reader.blob()
        return _reads(node)._replace(is_standard=False)

    reader.extension()
    reader.int32()
    reader.boolean()
    return reader.array(one)


def write(reader: Reader) -> list[Item]:
    """Write (5.11.4): values are OPERATE; other attributes, and all of the server's own nodes, are PROGRAM."""

    def one(reader: Reader) -> Item:
        node, attribute, span = reader.node_id(), reader.uint32(), reader.string()
        given = data_value(reader).variant
        is_value = attribute == VALUE_ATTRIBUTE
        tier = Tier.OPERATE if is_value and node.standard is None else Tier.PROGRAM
        touched = (_node(node, given.numbers),)
        is_whole = is_value and not span
        return Item(tier, touched, given.values, False, str(node) if is_whole else "", given.number)

    return reader.array(one)


def update_history(reader: Reader) -> list[Item]:
    """HistoryUpdate (5.11.5): the details are structures, which all begin with a node (OPC 10000-11 1.05, 6.9)."""

    def one(reader: Reader) -> Item:
        details = reader.extension()
        if details.encoding != 1:
            raise LayoutError(flaw("update_details"))
        return _changes(Reader(details.body).node_id())

    return reader.array(one)


def call(reader: Reader) -> list[Item]:
    """Call (5.12.2): the method, and the object that it is called on: a type's method is that of all its objects."""

    def one(reader: Reader) -> Item:
        owner, method = reader.node_id(), reader.node_id()
        arguments = reader.array(variant)
        numbers = tuple(number for argument in arguments for number in argument.numbers)
        values = tuple(value for argument in arguments for value in argument.values)
        called = Access(Touched("method", name=str(method)), numbers)
        tier = tier_of_method(method)
        return Item(tier, (called, _node(owner)), values, is_standard=tier is Tier.READ)

    return reader.array(one)


def browse(reader: Reader) -> list[Item]:
    """Browse (5.9.2)."""

    def one(reader: Reader) -> Item:
        node = reader.node_id()
        reader.int32()
        reader.node_id()
        reader.boolean()
        reader.uint32()
        reader.uint32()
        return _reads(node)

    view(reader)
    reader.uint32()
    return reader.array(one)


view = record(Reader.node_id, Reader.int64, Reader.uint32)
relative_path = several(record(Reader.node_id, Reader.boolean, Reader.boolean, Reader.qualified_name))


def translate(reader: Reader) -> list[Item]:
    """TranslateBrowsePathsToNodeIds (5.9.4)."""

    def one(reader: Reader) -> Item:
        node = reader.node_id()
        relative_path(reader)
        return _reads(node)

    return reader.array(one)


def nodes(reader: Reader) -> list[Item]:
    """RegisterNodes and UnregisterNodes (5.9.5, 5.9.6)."""
    return [_reads(node) for node in reader.array(Reader.node_id)]


parameters = record(Reader.uint32, Reader.double, Reader.extension, Reader.uint32, Reader.boolean)


def watch(reader: Reader) -> list[Item]:
    """CreateMonitoredItems (5.13.2)."""

    def one(reader: Reader) -> Item:
        item = _read_value(reader)
        reader.int32()
        parameters(reader)
        return item._replace(node="")

    reader.uint32()
    reader.int32()
    return reader.array(one)


def add_nodes(reader: Reader) -> list[Item]:
    """AddNodes (5.8.2)."""

    def one(reader: Reader) -> Item:
        parent = reader.expanded_node_id()
        reader.node_id()
        reader.expanded_node_id()
        reader.qualified_name()
        reader.int32()
        reader.extension()
        reader.expanded_node_id()
        return _changes(parent)

    return reader.array(one)


def add_references(reader: Reader) -> list[Item]:
    """AddReferences (5.8.3)."""

    def one(reader: Reader) -> Item:
        source = reader.node_id()
        record(Reader.node_id, Reader.boolean, Reader.string, Reader.expanded_node_id, Reader.int32)(reader)
        return _changes(source)

    return reader.array(one)


def delete_nodes(reader: Reader) -> list[Item]:
    """DeleteNodes (5.8.4)."""

    def one(reader: Reader) -> Item:
        node = reader.node_id()
        reader.boolean()
        return _changes(node)

    return reader.array(one)


def delete_references(reader: Reader) -> list[Item]:
    """DeleteReferences (5.8.5)."""

    def one(reader: Reader) -> Item:
        source = reader.node_id()
        record(Reader.node_id, Reader.boolean, Reader.expanded_node_id, Reader.boolean)(reader)
        return _changes(source)

    return reader.array(one)
