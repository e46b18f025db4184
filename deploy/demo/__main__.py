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
    """Who is who, and what to paste."""
    folder = plant.folder
    codes = {person.name: await person.app.code() for person in plant.people.values()}
    lines = [
        "",
        "A broker, an agent, a pump-house PLC (Modbus/TCP) and an SSH host are running on this machine.",
        "",
        f"  {'user':12}{'role':10}{'password':29}code now",
        *(f"  {p.name:12}{p.roles[0]:10}{p.password:29}{codes[p.name]}" for p in plant.people.values()),
        "",
        "Each code works once. Fresh ones:",
        f"  {sys.executable} -m deploy.demo.codes",
        "",
        f"In a browser: {plant.pages}",
        "",
        "In one terminal, as the vendor's engineer:",
        f"  export WICKET_URL={plant.url} WICKET_CA={plant.ca} PATH={Path(sys.executable).parent}:$PATH",
        f"  export WICKET_HOME={folder}/homes/engineer WICKET_USER=engineer",
        "  wicket login",
        "  wicket ls",
        f"  wicket request {SITE}/pump-plc/modbus --reason 'pump trips' --ticket CHG-20417 --duration 2h --wait",
        "",
        "In two others, as the plant (WICKET_USER=operator-1, then operator-2, each with a WICKET_HOME of its own):",
        "  wicket login && wicket requests --waiting",
        "  wicket approve REQUEST",
        "",
        "Then the engineer works with a native tool, and tries one thing too much:",
        f"  wicket connect {SITE}/pump-plc/modbus -- mbpoll -1 -0 -a 1 -t 3 -r 0 -c 3 -p {{port}} {{host}}",
        f"  wicket connect {SITE}/pump-plc/modbus -- mbpoll -1 -0 -a 1 -t 4 -r 100 -p {{port}} {{host}} 650",
        f"  wicket connect {SITE}/pump-plc/modbus -- mbpoll -1 -0 -a 1 -t 4 -r 100 -p {{port}} {{host}} 950",
        "",
        "And the auditor (WICKET_USER=auditor):",
        "  wicket recordings list && wicket recordings show RECORDING && wicket recordings verify RECORDING",
        "",
        f"For scripts, all of this is in {folder}/demo.json. Logs are in {folder}/*.log. Ctrl-C ends the demo.",
    ]
    return "\n".join(lines)


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
