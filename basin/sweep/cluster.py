"""Tasks of a sweep on dask.distributed: processes of this machine, or a cluster whose scheduler is running.

Workers write into the store themselves, so they must see it under the same path; only what failed travels back. A worker
that dies takes its task with it, and the scheduler gives it to another.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from basin.sweep.errors import SweepError

if TYPE_CHECKING:
    from basin.sweep.running import Submit

PATIENCE = 30  # seconds to wait for a scheduler, and for a first worker


@contextmanager
def workers(scheduler: str | None, local_cluster: int | None) -> Iterator[tuple[Submit, int]]:
    """Something to submit tasks to, and how many are computed at a time. Raises SweepError where there is no cluster."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise SweepError("a cluster needs dask.distributed: pip install 'basin[cluster]'") from None
    for name in ("distributed", "distributed.worker", "distributed.nanny", "distributed.scheduler", "distributed.client",
                 "distributed.core", "distributed.comm"):  # fmt: skip
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters of it is said in one line
    if scheduler is None:
        cluster = LocalCluster(
            n_workers=local_cluster, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        )
        with cluster, Client(cluster) as client:
            yield _executor(client)
        return
    try:
        client = Client(scheduler, timeout=PATIENCE)
        client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, ValueError, TimeoutError) as error:
        raise SweepError(f"{scheduler}: no scheduler with workers answers there ({' '.join(str(error).split())})") from None
    with client:
        yield _executor(client)


def _executor(client: Any) -> tuple[Submit, int]:
    executor = client.get_executor(pure=False, retries=1)

    def submit(function: Any, *arguments: Any) -> Any:
        if client.status != "running":
            raise SweepError(f"{client.scheduler.address}: the scheduler is gone; the same command goes on from what is kept")
        return executor.submit(function, *arguments)

    return submit, max(1, sum(client.nthreads().values()))
