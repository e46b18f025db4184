"""``make demo``: start the plant, say who is who and what to paste, run until Ctrl-C, leave nothing behind."""

import argparse
import asyncio
import contextlib
import shutil
import signal
import sys
from pathlib import Path

from deploy.demo import story
from deploy.demo.plant import SITE, DemoPlant

FOLDER = Path(".demo")


async def introduction(plant: DemoPlant) -> str:
    """The link, who is who, and a story to click through."""
    folder = plant.folder
    codes = {person.name: await person.app.code() for person in plant.people.values()}
    lines = [
        "",
        f"  {plant.pages}",
        "",
        "A broker, an agent, a pump-house PLC (Modbus/TCP) and an SSH host are running on this machine.",
        "",
        f"  {'user':12}{'role':10}{'password':29}code now",
        *(f"  {p.name:12}{p.roles[0]:10}{p.password:29}{codes[p.name]}" for p in plant.people.values()),
        "",
        "Each code works once. Fresh ones:",
        f"  {sys.executable} -m deploy.demo.codes",
        "",
        "The story, in three browsers, or one and its private windows (each login needs its own):",
        "",
        f'  1. Sign in as engineer, who is the pump vendor\'s. "Ask for access" to {SITE}/pump-plc: tick Operate,',
        "     give a reason and the ticket CHG-20417. The page says whose yes it needs.",
        '  2. In a private window, sign in as operator-1. The home page shows the request: "Decide", read it, approve.',
        "  3. In a third browser, the same as operator-2, of IT security. The engineer's page now shows a command:",
        *(f"       {line}" for line in _engineer_terminal(plant)),
        '  4. Run it in a terminal. It keeps reading the level. As operator-1, open "Sessions" and the session:',
        "     each operation stands there as it happens. In a second terminal, exports as before, write too much:",
        f"       wicket connect {SITE}/pump-plc/modbus -- mbpoll -1 -0 -a 1 -t 4 -r 100 -p {{port}} {{host}} 950",
        "     The tool is refused inside Modbus (650 would pass); the PLC never sees it, and operator-1 does.",
        "  5. As operator-1, cut the session with a reason. The engineer's tool stops and says why.",
        '  6. Sign in as auditor. "Recordings": replay it, and under "Proof" let your browser prove that it is whole.',
        "",
        "All of it works from the command line too: docs/wicket.md, or `make demo ONCE=1` to see it told by itself.",
        "",
        f"For scripts, all of this is in {folder}/demo.json. Logs are in {folder}/*.log. Ctrl-C ends the demo.",
    ]
    return "\n".join(lines)


def _engineer_terminal(plant: DemoPlant) -> list[str]:
    """What the engineer pastes into a terminal once: where the broker is, a login, a tool that reads for ever."""
    return [
        f"export WICKET_URL={plant.url} WICKET_CA={plant.ca} PATH={Path(sys.executable).parent}:$PATH",
        f"export WICKET_HOME={plant.folder}/homes/engineer WICKET_USER=engineer",
        "wicket login",
        f"wicket connect {SITE}/pump-plc/modbus -- mbpoll -0 -a 1 -t 3 -r 0 -c 3 -p {{port}} {{host}}",
    ]


async def hold(folder: Path) -> int:
    """Run the plant until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    print("Starting broker, agent, PLC and SSH host ...", flush=True)
    async with DemoPlant(folder) as plant:
        print(await introduction(plant), flush=True)
        await stop.wait()
        print("\nStopping ...", flush=True)
    return 0


def main() -> None:
    """Parse the command line and run; the folder is removed at the end."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="tell the whole story by itself and end")
    parser.add_argument("--keep", action="store_true", help="keep the folder .demo")
    options = parser.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)
    try:
        code = story.run(FOLDER) if options.once else asyncio.run(hold(FOLDER))
    finally:
        if not options.keep:
            with contextlib.suppress(OSError):
                shutil.rmtree(FOLDER)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
