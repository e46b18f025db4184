"""Atheris harness: no text makes the policy loader raise, and what it takes survives its canonical form.

atheris is not among the project's dependencies. To run: ``pip install atheris`` into an environment of its own, then
``python -m tests.fuzz.fuzz_policy_loader -max_total_time=600`` from the top of the repository.
"""

import sys

import atheris

with atheris.instrument_imports():
    from policies.canonical import canonical_text
    from policies.loader import Faulty, Loaded, load
    from policies.schema import PolicySet
    from policies.testing import run_tests


def test_one_input(data: bytes) -> None:
    """Load the bytes as a policy text, and as policy tests."""
    text = data.decode("utf-8", "replace")
    run_tests(PolicySet(), text)
    match load(text):
        case Faulty(problems):
            if not problems:
                raise AssertionError("a refusal without a problem")
        case Loaded(policy_set):
            for document in policy_set.documents:
                if type(document).model_validate_json(canonical_text(document)) != document:
                    raise AssertionError("the canonical form means something else")


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
