"""A sweep on a cluster with a queue (SLURM or PBS): this script asks for jobs, gives them tasks, and ends them.

    python sims/clusters/on_queue.py slurm sims/takeoff.toml --out /shared/takeoff.zarr --jobs 50
    python sims/clusters/on_queue.py pbs sims/takeoff.toml --show          # the script of a job, to read first

Run it where jobs are submitted, from a folder that the jobs see under the same path; so must be the store. A job that the
queue ends costs the tasks that it had begun; if this script is ended, the same command goes on. Needs `pip install
"basin[cluster]"`. What a site calls its queue, its account and its memory is in JOB below.
"""

from __future__ import annotations

import argparse

from dask_jobqueue import PBSCluster, SLURMCluster

import basin

CORES = 8
JOB = dict(
    cores=CORES, processes=CORES,  # one thread each: a task is one thread's work
    memory="16GB",
    walltime="02:00:00",
    worker_extra_args=["--lifetime", "115m", "--lifetime-stagger", "4m"],  # workers leave before the queue ends them
    job_script_prologue=["export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1"],
    log_directory="logs",
)  # fmt: skip
QUEUES = {
    "slurm": lambda: SLURMCluster(queue="normal", account=None, job_extra_directives=["--requeue"], **JOB),
    "pbs": lambda: PBSCluster(queue="normal", account=None, resource_spec=f"select=1:ncpus={CORES}:mem=16GB", **JOB),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("queue", choices=QUEUES)
    parser.add_argument("sweep")
    parser.add_argument("--out", default="sweep.zarr")
    parser.add_argument("--jobs", type=int, default=10)
    parser.add_argument("--show", action="store_true", help="print the script of a job, and ask for none")
    asked = parser.parse_args()
    sweep = basin.sweep.read(asked.sweep)
    with QUEUES[asked.queue]() as cluster:
        if asked.show:
            print(cluster.job_script())
            return
        cluster.scale(jobs=asked.jobs)
        cluster.wait_for_workers(1)  # however long the queue is; the others may come later
        report = basin.sweep.run(sweep, asked.out, scheduler=cluster.scheduler_address)
    print(f"{report.done} of {report.points} points in {report.store}, {report.failed} failed")


if __name__ == "__main__":
    main()
