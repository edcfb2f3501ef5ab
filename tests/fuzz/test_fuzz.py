"""Loaders under inputs that once went wrong, under a few hundred changes of sound ones, and for a minute under Atheris."""

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from basin.refusal import LONGEST, Refusal
from tests.fuzz import campaign
from tests.fuzz.seeds import packed, unpacked
from tests.fuzz.targets import TARGETS, Target

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*/*"))
EACH = pytest.mark.parametrize("name", TARGETS)


@EACH
def test_a_sound_input_is_accepted(name):
    assert TARGETS[name](TARGETS[name].seeds()[0])


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_once_went_wrong(path):
    TARGETS[path.parent.name](path.read_bytes())


@EACH
@settings(derandomize=True, deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_changed_inputs(name, seed):
    random = Random(seed)
    TARGETS[name](TARGETS[name].mutate(random.choice(TARGETS[name].seeds()), random))


# The instrument itself


def faulty(error):
    def load(content):
        if content:
            raise error

    return Target(load, (Refusal,), lambda: [b""], (), lambda content, random: content)


@pytest.mark.parametrize("error", [KeyError("x"), MemoryError(), ValueError("a plain one"), Refusal("")])
def test_what_is_no_refusal_in_one_line_is_reported(error):
    assert faulty(error)(b"")
    with pytest.raises(AssertionError if isinstance(error, Refusal) else type(error)):
        faulty(error)(b"x")


def test_a_refusal_is_accepted():
    assert not faulty(Refusal("no"))(b"x")


@pytest.mark.parametrize("text", ["a\nb", "a\u2028b", "\x1b[0m", "\udc80", "x" * 10**6, "\n" * 10**6])
def test_a_refusal_is_always_one_readable_line(text):
    said = str(Refusal(f"begins {text} ends"))
    assert said.isprintable() and len(said) <= LONGEST
    assert said.startswith("begins ") and (said.endswith(" ends") or len(text) > LONGEST)


def test_stores_are_packed_and_unpacked(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "0.0").write_bytes(b"\x00\n\xff")
    (tmp_path / ".zattrs").write_bytes(b"{}")
    assert unpacked(packed(tmp_path)) == {".zattrs": b"{}", "a/0.0": b"\x00\n\xff"}


CRASHING = """
import ctypes, dataclasses, sys
from pathlib import Path
from tests.fuzz import campaign, targets
def load(content):
    if content.startswith(b"motives.care=") and len(content) > 25:
        {what}
targets.TARGETS["axis"] = dataclasses.replace(targets.TARGETS["axis"], load=load)
print(campaign.run("axis", 20, Path(sys.argv[1])))
"""


@pytest.mark.parametrize("what", ["ctypes.string_at(0)", "raise KeyError(1)"])
def test_a_crash_is_reported_and_its_input_kept(what, tmp_path):
    """In native code too, of which no Python sees anything."""
    pytest.importorskip("atheris", reason="needs Atheris, on Linux and x86-64: pip install atheris")
    command = [sys.executable, "-c", CRASHING.format(what=what), str(tmp_path)]
    said = subprocess.run(command, cwd=campaign.ROOT, capture_output=True, text=True, timeout=300).stdout
    (kept,) = tmp_path.glob("crash-*")
    assert kept.read_bytes().startswith(b"motives.care=") and f"CRASH: {kept}" in said


def test_sixty_seconds(tmp_path):
    """All loaders in turn, as `python -m tests.fuzz` does. What reaches new code is found by chance, from a fixed seed, in as
    many inputs as the machine has time for: an input that fails is no accident, wherever it is found."""
    pytest.importorskip("atheris", reason="needs Atheris, on Linux and x86-64: pip install atheris")
    command = [sys.executable, "-m", "tests.fuzz", "--seconds", "60", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=campaign.ROOT, capture_output=True, text=True, timeout=900)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[0] for line in lines] == [name for name in TARGETS if name not in campaign.ASIDE]
    assert all(line.endswith("no crash") for line in lines)
