"""``make fuzz``: each harness in turn for some time, begun with what the guards' own tests say; ends at a finding.

Needs atheris, which is not among the project's dependencies. What was found stays in the folder, with its log.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TESTS = {
    "fins_udp": "fins", "modbus_rtu": "modbus", "slmp_udp": "slmp", "umas": "modbus",
}  # fmt: skip
"""Whose tests begin the corpus of a harness that is not called as its protocol is."""
PLAIN = "steps_of(data)"
"""In harnesses that do not wrap what is said."""


def seed(harness: Path, corpus: Path) -> None:
    """Write what a guard's own tests say to it, if they are a guard's."""
    name = harness.stem.removeprefix("fuzz_").removesuffix("_guard")
    tests = ROOT / "tests/unit/guards" / TESTS.get(name, name)
    if not tests.is_dir():
        return
    head = "1" if PLAIN in harness.read_text() else "0"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.fuzz.seeds", str(tests)]
    environment = {**os.environ, "SEEDS": str(corpus), "SEED_HEAD": head, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)


def run(harness: Path, folder: Path, seconds: int) -> bool:
    """Run one harness; tell whether it found nothing."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    seed(harness, corpus)
    command = [sys.executable, "-m", f"tests.fuzz.{harness.stem}", str(corpus), f"-max_total_time={seconds}"]
    begun = time.monotonic()
    with (folder / "log").open("wb") as log:
        code = subprocess.run(
            [*command, f"-artifact_prefix={folder}/"], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, check=False
        ).returncode
    said = "nothing found" if code == 0 else f"FOUND something (exit code {code}), see {folder}"
    print(f"{harness.stem:28} {time.monotonic() - begun:6.0f} s   {said}", flush=True)
    return code == 0


def main() -> int:
    """Run the harnesses that are named, or all; return 1 after a finding."""
    harnesses = {path.stem.removeprefix("fuzz_"): path for path in sorted(HERE.glob("fuzz_*.py"))}
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("harness", nargs="*", choices=[[], *harnesses], metavar="HARNESS", help=", ".join(harnesses))
    parser.add_argument("--seconds", type=int, default=600, help="for each; default: 600")
    parser.add_argument("--folder", type=Path, default=Path(".fuzz"), help="corpora, logs, findings; default: .fuzz")
    options = parser.parse_args()
    folder = options.folder.absolute()
    clean = [run(harnesses[name], folder / name, options.seconds) for name in options.harness or harnesses]
    return 0 if all(clean) else 1


if __name__ == "__main__":
    raise SystemExit(main())
