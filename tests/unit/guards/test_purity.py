"""The guards run at the broker and at the agent alike: they need nothing but pydantic and, for OPC UA, cryptography."""

import subprocess
import sys
import sysconfig
from pathlib import Path

SITE = Path(sysconfig.get_path("purelib"))
PROGRAM = """
import sys
before = set(sys.modules)
import guards.registry
guards.registry.load_guards()
for protocol in guards.registry.decoded_protocols():
    guards.registry.make_decoder(protocol)
new = [module for name, module in sys.modules.items() if name not in before]
print(*(module.__file__ for module in new if getattr(module, "__file__", None)), sep="\\n")
"""
PYDANTIC = {"annotated_types", "pydantic", "pydantic_core", "typing_extensions.py", "typing_inspection"}


CRYPTOGRAPHY = {"cryptography"}


def test_guards_import_nothing_but_pydantic_and_cryptography() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    loaded = [Path(line) for line in done.stdout.splitlines()]
    installed = {file.relative_to(SITE).parts[0] for file in loaded if file.is_relative_to(SITE)}
    assert "pydantic" in installed
    unknown = installed - PYDANTIC - CRYPTOGRAPHY
    assert {name for name in unknown if not name.startswith("_cffi_backend")} == set()
