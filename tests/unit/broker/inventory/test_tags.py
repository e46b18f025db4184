"""Tag lists: read strictly, replaced as a whole, found by unit first."""

import asyncio

import pytest

from broker.http.errors import NotFoundError
from broker.http.paging import PageQuery
from broker.inventory.errors import BadInventoryError
from broker.inventory.tags import ANY_UNIT, MAX_TAGS, Tag, TagBook, TagKey, read_tags, tag_of, tags_of
from client.errors import placed
from tests.unit.broker.inventory.conftest import Plant
from tests.unit.broker.inventory.fakes import ADMIN, VENDOR

HEAD = "protocol,table,address,unit,name,engineering_unit,scale\n"


def faults(text: str) -> list[str]:
    with pytest.raises(BadInventoryError) as caught:
        read_tags(text)
    problems = caught.value.fields["problems"]
    assert isinstance(problems, list)
    return [placed(problem) for problem in problems]


def test_a_list_is_read_with_what_may_be_left_out() -> None:
    tags = read_tags("\ufeff" + HEAD + 'modbus,holding,100,1,Pump speed,rpm,0.1\r\ns7,db1,4-7,,"Level, tank 1",m,\n')
    assert [(tag.name, tag.unit, tag.scale, tag.engineering_unit) for tag in tags] == [
        ("Pump speed", 1, 0.1, "rpm"), ("Level, tank 1", None, 1.0, "m"),
    ]  # fmt: skip
    (short,) = read_tags("name,protocol,table,address\nStart,modbus,coils,3\n")
    assert short.key == TagKey("modbus", ANY_UNIT, "coils", "3")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("nonsense,holding,100,1,A,,", "line 2: the protocol 'nonsense' is not known; known: bacnet, "),
        ("modbus,db1,100,1,A,,", "line 2: modbus has no table 'db1'"),
        ("modbus,holding,100,one,A,,", "line 2: unit: this must be a whole number, not 'one'"),
        ("modbus,holding,100,1,,,", "line 2: name: the field 'name' is missing"),
        ("modbus,holding,100,1,A,,0", "line 2: scale: a scale is a number other than 0"),
        ("modbus,holding,100,1,A,,inf", "line 2: scale: a scale is a number other than 0"),
        ("modbus,holding,100,1,A,,1,more", "line 2: it has more cells than there are columns"),
        ("modbus,holding,100,1,A,,\nmodbus,holding,100,1,B,,", "line 3: holding 100 stands in it twice"),
        ("modbus,holding,100,1,\"A\nB\",,", "line 3: name: control characters are not allowed"),
        ("modbus,holding,100,1,\"A", "line 2: not readable as CSV: unexpected end of data"),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_line(line: str, fault: str) -> None:
    assert any(found.startswith(fault) for found in faults(HEAD + line + "\n")), faults(HEAD + line + "\n")


def test_columns_that_are_missing_or_not_known_are_named() -> None:
    unknown, missing = faults("protocol,table,adress,name\n")
    assert unknown.startswith("line 1: unknown column 'adress' (columns: protocol, table, address,")
    assert missing.startswith("line 1: no column 'address'")
    assert faults("")


def test_a_list_has_its_bound() -> None:
    lines = "".join(f"modbus,holding,{at % 65536},{at // 65536},T{at},,\n" for at in range(MAX_TAGS + 1))
    assert faults(HEAD + lines) == [f"more than {MAX_TAGS} tags"]


def test_the_tag_of_the_unit_comes_before_that_of_any() -> None:
    own, other = Tag("own", "", 1.0), Tag("any", "", 1.0)
    tags = {TagKey("modbus", 1, "holding", "5"): own, TagKey("modbus", ANY_UNIT, "holding", "5"): other}
    assert tag_of(tags, "modbus", 1, "holding", "5") is own
    assert tag_of(tags, "modbus", 2, "holding", "5") is other
    assert tag_of(tags, "s7", None, "holding", "5") is None


@pytest.fixture
def book(plant: Plant) -> TagBook:
    return plant.tags


async def test_a_list_takes_the_place_of_the_one_before_and_is_on_record(plant: Plant, book: TagBook) -> None:
    await plant.site()
    asset = await plant.asset()
    await book.replace(ADMIN, asset.id, read_tags(HEAD + "modbus,holding,1,,Old,,\nmodbus,holding,2,,Older,,\n"))
    assert await book.replace(ADMIN, asset.path, read_tags(HEAD + "modbus,holding,1,3,New,rpm,0.5\n")) == (1, 0, 2, 1)
    async with plant.database.reading() as view:
        found = await tags_of(view, [asset.id])
    assert found == {asset.id: {TagKey("modbus", 3, "holding", "1"): Tag("New", "rpm", 0.5)}}
    first, second = await plant.audited("tags.imported")
    assert (first.details["count"], second.details["count"]) == (2, 1)
    assert [second.details[name] for name in ("added", "changed", "removed")] == [1, 0, 2]
    assert first.details["digest"] != second.details["digest"]
    with pytest.raises(NotFoundError):
        await book.replace(ADMIN, "north/nothing", [])


async def test_a_list_is_shown_page_by_page_to_who_may_know_of_the_asset(plant: Plant, book: TagBook) -> None:
    await plant.site()
    asset = await plant.asset()
    lines = "".join(f"modbus,holding,{at},,Tag {at},,\n" for at in range(3))
    await book.replace(ADMIN, asset.id, read_tags(HEAD + lines))
    rows, cursor = await book.page(ADMIN, asset.id, PageQuery(limit=2))
    rest, end = await book.page(ADMIN, asset.id, PageQuery(limit=2, cursor=cursor))
    assert ([row.name for row in (*rows, *rest)], end) == (["Tag 0", "Tag 1", "Tag 2"], None)
    with pytest.raises(NotFoundError):
        await book.page(VENDOR, asset.id, PageQuery())
    plant.visibility.names = {asset.path}
    assert (await book.page(VENDOR, asset.id, PageQuery()))[0]


async def test_with_its_asset_a_list_is_gone(plant: Plant, book: TagBook) -> None:
    await plant.site()
    asset = await plant.asset()
    await book.replace(ADMIN, asset.id, read_tags(HEAD + "modbus,holding,1,,A,,\n"))
    await plant.assets.delete(ADMIN, asset.id)
    async with plant.database.reading() as view:
        assert await tags_of(view, [asset.id]) == {asset.id: {}}


async def test_a_rehearsal_counts_what_a_list_would_do(plant: Plant, book: TagBook) -> None:
    await plant.site()
    asset = await plant.asset()
    await book.replace(ADMIN, asset.id, read_tags(HEAD + "modbus,holding,1,,A,,\nmodbus,holding,2,,B,,\n"))
    wanted = read_tags(HEAD + "modbus,holding,2,,B,rpm,\nmodbus,holding,3,,C,,\nmodbus,holding,4,,D,,\n")
    assert await book.replace(ADMIN, asset.id, wanted, dry_run=True) == (2, 1, 1, 3)
    assert len((await book.page(ADMIN, asset.id, PageQuery()))[0]) == 2
    with pytest.raises(NotFoundError):
        await book.replace(VENDOR, asset.id, wanted, dry_run=True)
    assert len(await plant.audited("tags.imported")) == 1


async def test_two_imports_at_once_each_tell_what_they_did(plant: Plant, book: TagBook) -> None:
    await plant.site()
    asset = await plant.asset()
    tags = read_tags(HEAD + "modbus,holding,1,,A,,\n")
    deltas = await asyncio.gather(*(book.replace(ADMIN, asset.id, tags) for _ in range(2)))
    assert sorted(delta.added for delta in deltas) == [0, 1]
