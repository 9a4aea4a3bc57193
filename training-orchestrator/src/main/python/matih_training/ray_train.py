"""Ray Train: starts the workers of a job, is what an algorithm finds inside one, and returns the trained model."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pyarrow import fs

from matih_training import algorithms
from matih_training.algorithm import Scorer
from matih_training.failure import FailureCode, JobFailure
from matih_training.progress import Progress
from matih_training.specification import JobSpecification
from matih_training.storage import Folder
from matih_training.worker import TrainingPlan, raise_reported_failure

# Ray Train reads these when it is imported; what an operator has set stays.
_RAY_TRAIN_SETTINGS = {
    # Each checkpoint waits for the controller's next look at the workers: 2 seconds by default.
    "RAY_TRAIN_HEALTH_CHECK_INTERVAL_S": "0.25",
    # Workers of a busy machine take longer than Ray's minute to start.
    "RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S": "120",
    # One more process per job, of use only where nodes announce that they go away.
    "RAY_TRAIN_ENABLE_PREEMPTION_WATCHER": "0",
}
_PLACEMENT_TRIES = 3  # after the first one


def connect() -> None:
    """Joins the cluster that the job was submitted to, never one of its own."""
    for name, value in _RAY_TRAIN_SETTINGS.items():
        os.environ.setdefault(name, value)
    import ray  # noqa: PLC0415  (environment first)

    ray.init(address="auto", ignore_reinit_error=True, log_to_driver=True)


class RayCheckpoint:
    """A checkpoint of Ray Train."""

    def __init__(self, checkpoint: Any) -> None:
        self.checkpoint = checkpoint

    def read(self, name: str) -> bytes | None:
        try:
            with self.checkpoint.filesystem.open_input_file(f"{self.checkpoint.path}/{name}") as file:
                content: bytes = file.read()
                return content
        except FileNotFoundError:
            return None


class RayWorker:
    """This process as Ray Train sees it."""

    def __init__(self, plan: TrainingPlan) -> None:
        import ray.train  # noqa: PLC0415

        context = ray.train.get_context()
        self.rank: int = context.get_world_rank()
        self.count: int = context.get_world_size()
        self._resume_uri = plan.resume_uri

    def checkpoint(self) -> RayCheckpoint | None:
        """The newest checkpoint of this attempt, else the one of the earlier attempt, else None."""
        import ray.train  # noqa: PLC0415

        own = ray.train.get_checkpoint()
        if own is not None:
            return RayCheckpoint(own)
        if self._resume_uri is None:
            return None
        filesystem, path = fs.FileSystem.from_uri(self._resume_uri)
        return RayCheckpoint(ray.train.Checkpoint(path, filesystem=filesystem))

    def sum(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        from xgboost import collective  # noqa: PLC0415

        total: npt.NDArray[np.float64] = collective.allreduce(values, collective.Op.SUM)
        return total

    def report(self, metrics: Mapping[str, Any], folder: Path | None) -> None:
        import ray.train  # noqa: PLC0415

        checkpoint = ray.train.Checkpoint.from_directory(str(folder)) if folder is not None else None
        ray.train.report(dict(metrics), checkpoint=checkpoint)

    def watcher(self, plan: TrainingPlan) -> Progress:
        return Progress(Folder(plan.output_uri), warnings=plan.warnings)


def run_worker(config: dict[str, Any]) -> None:
    """What Ray Train runs in each worker."""
    plan: TrainingPlan = config["plan"]
    algorithms.get(plan.algorithm).train(RayWorker(plan), plan)


def fit(specification: JobSpecification, plan: TrainingPlan, name: str) -> Scorer:
    """Runs the workers to the end; their checkpoints are in the folder `name` of the job's output."""
    # These imports take seconds; the driver is connected and the data is written by now.
    import ray.train  # noqa: PLC0415
    from ray.train.v2.api.data_parallel_trainer import DataParallelTrainer  # noqa: PLC0415
    from ray.train.xgboost import XGBoostConfig  # noqa: PLC0415

    resources = specification.resources
    per_worker = {"CPU": resources.cpus_per_worker}
    if resources.gpus_per_worker:
        per_worker["GPU"] = resources.gpus_per_worker
    if resources.memory_bytes_per_worker:
        per_worker["memory"] = float(resources.memory_bytes_per_worker)
    trainer = DataParallelTrainer(
        run_worker,
        train_loop_config={"plan": plan},
        # Starts the collective of `RayWorker.sum`, whatever the algorithm.
        backend_config=XGBoostConfig(),
        scaling_config=ray.train.ScalingConfig(
            num_workers=resources.num_workers,
            use_gpu=resources.gpus_per_worker > 0,
            resources_per_worker=per_worker,
        ),
        run_config=ray.train.RunConfig(
            name=name,
            storage_path=specification.output_uri,
            failure_config=ray.train.FailureConfig(
                max_failures=specification.max_failures, controller_failure_limit=_PLACEMENT_TRIES
            ),
            checkpoint_config=ray.train.CheckpointConfig(num_to_keep=specification.checkpoints.keep),
        ),
    )
    try:
        result = _fit(trainer)
    except ray.train.ControllerError as error:
        print(f"Ray Train could not place or control the workers: {error}", flush=True)
        raise JobFailure(
            FailureCode.INSUFFICIENT_RESOURCES, f"the cluster did not start {resources.num_workers} workers of {per_worker}"
        ) from error
    except ray.train.TrainingFailedError as error:
        print(f"the workers failed: {error}", flush=True)
        raise _unwrapped(error) from error
    raise_reported_failure(result.metrics)
    if result.checkpoint is None:
        raise JobFailure(FailureCode.TRAINING_FAILED, "the workers ended without a model")
    return algorithms.get(plan.algorithm).finish(RayCheckpoint(result.checkpoint).read, resources.num_workers)


def _fit(trainer: Any) -> Any:
    """Trains to the end; a failure because the cluster is shutting down is `cluster_lost`, not a failure of the code."""
    import ray  # noqa: PLC0415  (environment first)

    try:
        return trainer.fit()
    except Exception as error:
        # Ray Train binds its controller to this node: it cannot be placed when the node takes no more, shortly before it is gone.
        if isinstance(error, ray.exceptions.ActorUnschedulableError) or _node_is_gone():
            print(f"the cluster is shutting down: {error}", flush=True)
            raise JobFailure(FailureCode.CLUSTER_LOST, "the cluster gave up the node of the job") from error
        raise


def _node_is_gone() -> bool:
    """Whether the cluster has given up the node of this process, as when its head is replaced."""
    import ray  # noqa: PLC0415  (environment first)

    try:
        own = ray.get_runtime_context().get_node_id()
        return not any(node["NodeID"] == own and node["Alive"] for node in ray.nodes())
    except Exception as error:  # noqa: BLE001  (a cluster that does not answer counts as gone)
        print(f"the cluster does not answer: {error}", flush=True)
        return True


def _unwrapped(error: Exception) -> JobFailure:
    """A `JobFailure` of a worker stays what it is; of others only the class is reported: texts may hold row values."""
    causes = getattr(error, "worker_failures", {}).values()
    for cause in causes:
        inner = getattr(cause, "_base_exc", None) or getattr(cause, "cause", None) or cause
        if isinstance(inner, JobFailure):
            return inner
    names = sorted({type(getattr(cause, "_base_exc", None) or cause).__name__ for cause in causes}) or [type(error).__name__]
    return JobFailure(FailureCode.TRAINING_FAILED, f"the workers failed: {', '.join(names)}; the job's log has the details")
