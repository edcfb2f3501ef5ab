"""One target under Atheris, in a process of its own: a crash of native code ends that process only."""

from __future__ import annotations

import atexit
import hashlib
import io
import multiprocessing
import os
import re
import sys
from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
LONGEST = 20  # seconds for one input, on a machine that does much else
MEMORY = 2048  # MB of the process
SIZE = 60_000  # bytes of an input
AS_IT_IS = ("basin.engine", "basin.systems")  # compiled by Numba, which knows only Python's own bytecode

# Only where they are asked for. HDF5 hangs over some files that are as long as they say and whose checksums hold.
ASIDE = ("netcdf",)


@dataclass(frozen=True)
class Outcome:
    """What came of a target. covered: edges of the code reached by the seeds, and at the end. crash: the file of an input that
    went wrong, or, where there is none, what happened; empty where nothing did."""

    target: str
    executions: int
    covered: tuple[int, int]
    crash: str

    def __str__(self) -> str:
        before, after = self.covered
        return f"{self.target:16} {self.executions:>9,} inputs, coverage {before:,} + {after - before:,}; " + (
            f"CRASH: {self.crash}" if self.crash else "no crash"
        )


def instrumented() -> None:
    """Import the loaders so that Atheris sees which of their code an input reaches. Raises ImportError without Atheris."""
    import atheris

    files = [path for name in AS_IT_IS for path in (ROOT / Path(*name.split("."))).rglob("*.py")]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in files]
    with redirect_stderr(io.StringIO()), atheris.instrument_imports(include=["basin", "tomllib", "csv"], exclude=names):
        import tests.fuzz.targets  # noqa: F401


def run(name: str, seconds: int, folder: Path, seed: int = 1) -> Outcome:
    """Fuzz a target, `instrumented` having been called. folder: for what it learns, its log, and inputs that go wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log.txt"
    before = set(folder.glob("*-*"))
    process = multiprocessing.get_context("fork").Process(target=_fuzz, args=(name, seconds, folder, log, seed))
    process.start()
    process.join()
    said = log.read_text(errors="replace") if log.is_file() else ""
    cover = [int(number) for number in re.findall(r"\bcov: (\d+)", said)] or [0]
    seeded = re.findall(r"INITED cov: (\d+)", said)
    executions = re.findall(r"^#(\d+)", said, re.MULTILINE)[-1:] or [0]
    executions = re.findall(r"number_of_executed_units:\s*(\d+)", said)[-1:] or executions
    crash = ", ".join(map(str, sorted(set(folder.glob("*-*")) - before)))
    if process.exitcode and not crash:
        crash = f"exit code {process.exitcode}; see {log}"
    return Outcome(name, int(executions[0]), (int(seeded[0]) if seeded else cover[0], cover[-1]), crash)


def _fuzz(name: str, seconds: int, folder: Path, log: Path, seed: int) -> None:
    """What the process does; libFuzzer ends it."""
    import atheris

    from tests.fuzz.targets import TARGETS, clean

    target = TARGETS[name]
    with log.open("w") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    corpus, words = folder / "corpus", folder / "words.txt"
    corpus.mkdir(exist_ok=True)
    for at, content in enumerate([*target.seeds(), *regressions(name)]):
        (corpus / f"seed{at}").write_bytes(content)
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in dict.fromkeys(target.words)))
    arguments = [
        sys.argv[0], str(corpus), f"-artifact_prefix={folder}/", f"-dict={words}", f"-max_total_time={seconds}",
        f"-seed={seed}",
        f"-timeout={LONGEST}", f"-rss_limit_mb={MEMORY}", f"-max_len={SIZE}", "-len_control=0", "-detect_leaks=0",
        f"-report_slow_units={LONGEST}",
        "-print_final_stats=1", "-print_pcs=0", "-verbosity=1",
    ]  # fmt: skip
    atexit.register(clean)

    def one(content: bytes) -> None:
        try:
            target(content)
        except BaseException:  # libFuzzer keeps the inputs of signals, of much time and of much memory, not these
            (folder / f"crash-{hashlib.sha256(content).hexdigest()[:16]}").write_bytes(content)
            raise

    atheris.Setup(arguments, one, custom_mutator=_mutator(target.mutate))
    atheris.Fuzz()


def _mutator(mutate: Callable[[bytes, Random], bytes]) -> Callable[..., bytes]:
    """By turns the format's own changes and libFuzzer's."""
    import atheris

    def changed(content: bytes, most: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.6:
            found = mutate(content, random)
            if 0 < len(found) <= most:
                return found
        return atheris.Mutate(content, most)

    return changed


def _escaped(word: str) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 and byte not in b'\\"' else f"\\x{byte:02x}" for byte in word.encode())


def regressions(name: str) -> list[bytes]:
    """Inputs that once went wrong."""
    return [path.read_bytes() for path in sorted((Path(__file__).parent / "corpus" / name).glob("*"))]
