"""Tasks of a sweep on dask.distributed: processes of this machine, or a cluster whose scheduler is running.

Workers write into the store themselves, so they must see it under the same path; only what failed travels back. A worker
that dies takes its task with it, and the scheduler gives it to another.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from basin.analysis.extras import needed
from basin.sweep.errors import SweepError
from basin.sweep.workers import Workers

PATIENCE = 30  # seconds to wait for a scheduler, and for a first worker


@contextmanager
def workers(scheduler: str | None, local_cluster: int | None) -> Iterator[Workers]:
    """The workers of a cluster. Raises SweepError where there is none, MissingError without dask.distributed."""
    needed("distributed", "a cluster", "cluster")
    from distributed import Client, LocalCluster

    _quiet()
    if scheduler is None:
        cluster = LocalCluster(
            n_workers=local_cluster, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1",
            preload=[__name__],
        )  # fmt: skip
        with cluster, Client(cluster) as client:
            yield _executor(client)
        return
    with ExitStack() as stack:
        try:
            client = stack.enter_context(Client(scheduler, timeout=PATIENCE))
            client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, ValueError, TimeoutError) as error:
            why = " ".join(str(error).split())
            raise SweepError(f"{scheduler}: no scheduler with workers answers there ({why})") from None
        yield _executor(client)


def dask_setup(_: Any) -> None:
    """Called in every worker of this machine: Ctrl-C reaches them too, and is for their master to act on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _quiet()


def _quiet() -> None:
    """What matters of it is said in one line."""
    for name in ("distributed", "distributed.client", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _executor(client: Any) -> Workers:
    executor = client.get_executor(pure=False, retries=1)

    def check() -> None:
        if client.status != "running":
            raise SweepError(f"{client.scheduler.address}: the scheduler is gone; the same command goes on from what is kept")

    # a task that was sent may have begun, and is then waited for
    return Workers(executor.submit, _Count(client), withdraw=lambda _: False, check=check)


class _Count:
    """How many threads the workers have. They come and go; the scheduler is asked again once a second."""

    def __init__(self, client: Any) -> None:
        self.client, self.asked, self.count = client, -float("inf"), 1

    def __call__(self) -> int:
        if time.monotonic() - self.asked > 1 and self.client.status == "running":
            self.asked, self.count = time.monotonic(), max(1, sum(self.client.nthreads().values()))
        return self.count
