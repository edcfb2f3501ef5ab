"""Many readers at once: `python -m tests.bench.app_load [--sessions 20] [--seconds 300] [--every 5]`; for an hour: 3600.

Starts the app, opens sessions as browsers do (the same messages over a websocket, drawn by nobody, so that what is measured is
the app and not browsers), and lets each click another start every few seconds. Prints the time from a click to its
trajectories, for one session alone and for all at once, the app's memory over the time, and whether every session saw its own
map.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

import basin

ROOT = Path(__file__).parent.parent.parent
HEADLINE = re.compile(r"^## (.*) of these starts end fully aligned")
FINE = "from 64 × 64 starts"
PATIENCE = 300  # seconds for one answer
HELD = 2  # runs of the page for which browsers keep a message that they have not needed again


class Session:
    """One reader: what the page has shown, and the map that can be clicked."""

    def __init__(self, address: str, seed: int) -> None:
        self.address, self.seed = address, seed
        self.map = self.fragment = ""  # the widget, and the part of the page that a click on it runs again
        self.held: dict[str, int] = {}  # messages that a browser keeps, and at which run it last needed each
        self.headline, self.followed, self.fine, self.bytes, self.runs = "", 0, False, 0, 0

    async def open(self) -> None:
        url = f"ws://{self.address}/_stcore/stream"
        self.socket = await websockets.connect(url, max_size=None, subprotocols=["streamlit"], open_timeout=PATIENCE)
        await self.ask(BackMsg())
        await self.finished()

    async def ask(self, message: BackMsg) -> None:
        self.runs += 1
        self.held = {name: run for name, run in self.held.items() if self.runs - run <= HELD}
        message.rerun_script.query_string = f"seed={self.seed}"
        message.rerun_script.cached_message_hashes.extend(self.held)
        await self.socket.send(message.SerializeToString())

    async def finished(self) -> float:
        """Read until the page is whole; seconds until trajectories were there, or all if there were none."""
        began, followed = time.perf_counter(), None
        while True:
            message = ForwardMsg.FromString(await asyncio.wait_for(self.socket.recv(), PATIENCE))
            self.bytes += message.ByteSize()
            kind = message.WhichOneof("type")
            if message.metadata.cacheable or kind == "ref_hash":
                self.held[message.ref_hash or message.hash] = self.runs
            if kind == "delta":
                self.see(message.delta.new_element, message.delta.fragment_id)
                if followed is None and self.followed:
                    followed = time.perf_counter() - began
            if kind == "script_finished":
                return followed if followed is not None else time.perf_counter() - began

    def see(self, element, fragment: str) -> None:
        kind = element.WhichOneof("type")
        if kind == "plotly_chart" and element.plotly_chart.selection_mode:
            self.map, self.fragment = element.plotly_chart.id, fragment
        if kind == "exception":
            raise RuntimeError(f"the page shows an exception: {element.exception.message}")
        if kind == "markdown":
            found = HEADLINE.match(element.markdown.body)
            if found:
                self.headline, self.fine = found[1], FINE in element.markdown.body
            self.followed += "from this start end" in element.markdown.body

    async def click(self, chance: random.Random) -> float:
        point = {"x": chance.uniform(-1, 1), "y": chance.uniform(0.02, 0.98), "point_index": 0, "curve_number": 0}
        clicked = BackMsg()
        clicked.rerun_script.fragment_id = self.fragment
        state = clicked.rerun_script.widget_states.widgets.add()
        state.id = self.map
        state.string_value = json.dumps({"selection": {"points": [point], "point_indices": [0], "box": [], "lasso": []}})
        self.followed = 0
        await self.ask(clicked)
        return await self.finished()


async def reader(address: str, seed: int, seconds: float, every: float) -> tuple[Session, list[float]]:
    session, chance = Session(address, seed), random.Random(seed)
    await session.open()
    await asyncio.sleep(chance.uniform(0, every))
    times, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        times.append(await session.click(chance))
        await asyncio.sleep(max(0.0, every - (time.monotonic() - began)))
    await session.socket.close()
    return session, times


async def crowd(address: str, sessions: int, seconds: float, every: float) -> list[tuple[Session, list[float]]]:
    return await asyncio.gather(*(reader(address, 100 + k, seconds, every) for k in range(sessions)))


async def watched(process: subprocess.Popen, seconds: float, readers) -> tuple[list[tuple[Session, list[float]]], list[float]]:
    """What the readers return, and the memory of the app at a hundred times meanwhile, MiB."""
    sizes: list[float] = []

    async def watch() -> None:
        while process.poll() is None:
            sizes.append(memory(process))
            await asyncio.sleep(seconds / 100)

    watching = asyncio.create_task(watch())
    try:
        return await readers, sizes
    finally:
        watching.cancel()


@contextmanager
def app():
    """A running app: its address and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "streamlit", "run", "main.py", "--server.port", address.split(":")[1]]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    running = subprocess.Popen(
        [*command, "--server.address", "127.0.0.1"], cwd=ROOT / "app", env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://{address}/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.2)
        yield address, running
    finally:
        running.terminate()
        running.wait(30)


def memory(process: subprocess.Popen) -> float:
    """Of a process just now, MiB."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def own_map(session: Session) -> bool:
    """Whether what a session was shown is what its seed gives."""
    field = basin.map("near-aligned-llm", n=64, runs=4, seed=session.seed)
    return session.fine and session.headline.startswith(f"{field.attrs['aligned']:.1%} ")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--every", type=float, default=5)
    asked = parser.parse_args()
    with app() as (address, process):
        alone = asyncio.run(crowd(address, 1, min(30, asked.seconds), asked.every))
        before = memory(process)
        readers = crowd(address, asked.sessions, asked.seconds, asked.every)
        together, sizes = asyncio.run(watched(process, asked.seconds, readers))
        alive = process.poll() is None
    one, all_times = alone[0][1], [seconds for _, times in together for seconds in times]
    ratio = statistics.median(all_times) / statistics.median(one)
    worst = sorted(all_times)[int(0.95 * len(all_times))]
    mixed = sum(not own_map(session) for session, _ in together)
    print(f"alone: {len(one)} clicks, median {statistics.median(one):.2f} s")
    print(f"{asked.sessions} sessions, {asked.seconds:g} s, a click every {asked.every:g} s: {len(all_times)} clicks, "
          f"median {statistics.median(all_times):.2f} s (x{ratio:.1f}, goal 3), 95% within {worst:.2f} s")  # fmt: skip
    quarters = [statistics.median(sizes[at * len(sizes) // 4 : (at + 1) * len(sizes) // 4] or sizes) for at in range(4)]
    grows = ", ".join(f"{size:.0f}" for size in quarters)
    print(f"memory: {before:.0f} MiB with one session; then {grows} MiB, medians of the four quarters of the time; "
          f"the app is {'alive' if alive else 'dead'}")  # fmt: skip
    print(f"sessions that saw another's map: {mixed} of {asked.sessions}")
    print(f"sent to one session: {together[0][0].bytes / (1 + len(together[0][1])) / 2**20:.2f} MiB a click")
    return int(mixed > 0 or not alive or ratio > 3)


if __name__ == "__main__":
    sys.exit(main())
