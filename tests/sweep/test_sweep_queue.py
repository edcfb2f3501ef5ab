"""Clusters with a queue: the jobs that would be asked for, and a sweep on jobs of this machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from basin import sweep
from tests.sweep.small import compute, same, small

pytest.importorskip("dask_jobqueue", reason="needs dask-jobqueue: pip install dask-jobqueue")
SIMS = Path(__file__).resolve().parents[2] / "sims"


@pytest.mark.parametrize(("queue", "lines"), [
    ("slurm", ["#SBATCH -p normal", "#SBATCH --cpus-per-task=8", "#SBATCH -t 02:00:00", "#SBATCH --requeue"]),
    ("pbs", ["#PBS -q normal", "#PBS -l select=1:ncpus=8:mem=16GB", "#PBS -l walltime=02:00:00"]),
])  # fmt: skip
def test_the_script_of_a_job(queue, lines, tmp_path):
    call = [sys.executable, str(SIMS / "clusters" / "on_queue.py"), queue, str(SIMS / "takeoff.toml"), "--show"]
    script = subprocess.run(call, capture_output=True, text=True, check=True, cwd=tmp_path).stdout.splitlines()
    assert script[0].startswith("#!") and set(lines) <= set(script)
    (worker,) = [line for line in script if "dask_worker" in line]
    assert " --nthreads 1 " in worker and " --nworkers 8 " in worker and " --lifetime 115m" in worker
    assert any("OMP_NUM_THREADS=1" in line for line in script)


def test_a_sweep_on_jobs(tmp_path):
    """The same classes, with a queue that runs each job here and now."""
    from dask_jobqueue.local import LocalCluster

    store = tmp_path / "x.zarr"
    with LocalCluster(
        cores=1, processes=1, memory="1GB", interface="lo", log_directory=str(tmp_path / "logs"), local_directory=str(tmp_path)
    ) as cluster:
        cluster.scale(jobs=1)
        cluster.wait_for_workers(1, timeout=60)
        report = sweep.run(small(), store, scheduler=cluster.scheduler_address, points_per_task=20)
    assert report.done == 84
    same(store, compute(tmp_path, threads=1))
