"""The Chromium that tests drive."""

from playwright.async_api import Browser, Playwright

_PATH = "/usr/bin/chromium"
_START_MILLISECONDS = 120_000
# Chromium heeds the last list alone, so what Playwright turns off for steady pages stands here again.
_UNSTEADY = (
    "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying",
    "OptimizationHints", "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning",
)  # fmt: skip
# Two pages of its own behind the address bar of each window: a third of what it costs to open one.
_UNSEEN = ("AimEnabled", "WebUIOmniboxAimPopup", "WebUIOmniboxPopup")


async def start_chromium(programs: Playwright) -> Browser:
    """Start Debian's Chromium without a head."""
    off = ",".join(_UNSTEADY + _UNSEEN)
    return await programs.chromium.launch(
        executable_path=_PATH, args=[f"--disable-features={off}"], timeout=_START_MILLISECONDS
    )
