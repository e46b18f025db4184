"""What is written as YAML reads back the same, whatever the texts are."""

from hypothesis import given
from hypothesis import strategies as st

from broker.inventory.document import read_inventory, write_inventory
from broker.inventory.facts import SiteFacts
from broker.inventory.models import AssetSpec
from tunnel.ids import SiteId

LINES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
LABELS = LINES.map(str.strip).filter(lambda text: text and not text[0].isspace() and not text[-1].isspace())
SLUGS = st.sampled_from(["no", "on", "null", "true", "1", "1e3", "007", "a-b", "plc-1"])


@given(banner=LINES, display=LINES, labels=st.dictionaries(SLUGS, LABELS, max_size=4), name=SLUGS)
def test_any_text_survives_writing_and_reading(banner: str, display: str, labels: dict[str, str], name: str) -> None:
    asset = AssetSpec(name=name, display_name=display, labels=labels)
    site = SiteFacts(SiteId("sit_1"), name, display or name, "UTC", banner)
    content, _ = read_inventory(write_inventory([(site, [asset])]))
    [entry] = content.sites
    assert (entry.name, entry.banner, entry.display_name or entry.name) == (name, banner, site.display_name)
    assert entry.assets[0].labels == labels
    assert entry.assets[0].display_name in {display, ""}
