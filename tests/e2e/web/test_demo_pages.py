"""What `make demo` prints leads a newcomer in: the link, the accounts, the line to paste."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from deploy.demo.plant import SITE
from deploy.demo.programs import run_once
from tests.e2e.plant import patience
from tests.e2e.web.browser import signed_in

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

ROOT = Path(__file__).parents[3]
START_SECONDS = 240.0


def account(printed: list[str], name: str) -> tuple[str, str]:
    """The password and the code of somebody, as they stand in the list."""
    _, _, *password, code = next(line.split() for line in printed if line.split()[:1] == [name])
    return " ".join(password), code


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[list[str]]:
    """Run the demo in a folder as Ctrl-C would end it; what it printed, line by line."""
    starter = f"import os, runpy; os.chdir({str(folder)!r}); runpy.run_module('deploy.demo', run_name='__main__')"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", starter, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert process.stdout is not None
    try:
        lines: list[str] = []
        async with asyncio.timeout(START_SECONDS):
            while not lines or "Ctrl-C ends the demo" not in lines[-1]:
                line = await process.stdout.readline()
                assert line, "\n".join(lines)
                lines.append(line.decode().rstrip())
        yield lines
    finally:
        # It stops what it has started.
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(START_SECONDS):
            ended = await process.wait()
    assert ended == 0


async def test_a_newcomer_is_led_in_by_what_the_demo_prints(browser: Browser, tmp_path: Path) -> None:
    async with demo(tmp_path) as printed, patience(120):
        (link,) = [line.strip() for line in printed if line.strip().startswith("http")]
        assert link.startswith("http://localhost:")
        password, code = account(printed, "engineer")
        page = await browser.new_page()
        await page.goto(link)
        await page.get_by_label("User name").fill("engineer")
        await page.get_by_label("Password", exact=True).fill(password)
        await page.get_by_label("Code", exact=True).fill(code)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await signed_in(page)
        await expect(page.get_by_text(f"{SITE}/pump-plc").first).to_be_visible()
        await expect(page.get_by_role("link", name="Ask for access").first).to_be_visible()
        await page.close()

        exports = next(line.strip() for line in printed if line.strip().startswith("export WICKET_URL"))
        password, code = account(printed, "operator-1")
        ended, told, errors = await run_once(
            [
                "bash",
                "-c",
                f"{exports}; wicket login --user operator-1 --otp {code} --password-stdin && wicket requests",
            ],
            environment={"WICKET_HOME": str(tmp_path / ".demo" / "terminal")},
            stdin=password.encode(),
        )
        assert ended == 0, told + errors
    assert list(tmp_path.iterdir()) == []
