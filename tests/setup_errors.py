"""Why tests could not even begin, each reason once: a plant that does not start turns all of a worker's tests red."""

from collections import Counter
from collections.abc import Iterable

import pytest

LAST_LINES = 8


def reasons(reports: Iterable[pytest.TestReport | pytest.CollectReport]) -> list[tuple[str, int]]:
    """The last lines of each distinct error of a set-up and how often it came, the most frequent first."""
    return Counter(_reason(report) for report in reports if report.when == "setup").most_common()


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    lines = report.longreprtext.splitlines()
    told = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
    return "\n".join([line for line in told or lines if line.strip()][-LAST_LINES:])
