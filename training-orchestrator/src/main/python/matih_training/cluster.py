"""Starts the workers on Ray Train and brings the trained model back."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from matih_training.failure import FailureCode, JobFailure
from matih_training.native_model import BOOSTER_FILE
from matih_training.specification import JobSpecification

if TYPE_CHECKING:
    from matih_training.training import TrainingPlan

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


def train(specification: JobSpecification, plan: "TrainingPlan") -> Any:
    """Runs the workers to the end and answers the booster or the forest."""
    # These imports take seconds; the driver is connected and the data is written by now.
    import ray.train  # noqa: PLC0415
    from ray.train.v2.api.data_parallel_trainer import DataParallelTrainer  # noqa: PLC0415
    from ray.train.xgboost import XGBoostConfig  # noqa: PLC0415

    from matih_training import training  # noqa: PLC0415

    worker, finish = _algorithm(specification)
    resources = specification.resources
    per_worker = {"CPU": resources.cpus_per_worker}
    if resources.gpus_per_worker:
        per_worker["GPU"] = resources.gpus_per_worker
    if resources.memory_bytes_per_worker:
        per_worker["memory"] = float(resources.memory_bytes_per_worker)
    trainer = DataParallelTrainer(
        worker,
        train_loop_config={"plan": plan},
        # XGBoost's collective also adds up the votes of a forest's workers.
        backend_config=XGBoostConfig(),
        scaling_config=ray.train.ScalingConfig(
            num_workers=resources.num_workers,
            use_gpu=resources.gpus_per_worker > 0,
            resources_per_worker=per_worker,
        ),
        run_config=ray.train.RunConfig(
            name=training.CHECKPOINTS,
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
    training.raise_reported_failure(result.metrics)
    if result.checkpoint is None:
        raise JobFailure(FailureCode.TRAINING_FAILED, "the workers ended without a model")
    checkpoint = result.checkpoint
    return finish(lambda name: training.read_checkpoint(checkpoint, name), resources.num_workers)


def _fit(trainer: Any) -> Any:
    """Trains to the end; whatever comes of a cluster that is going is told as that and not as a failure of the code."""
    import ray  # noqa: PLC0415  (environment first)

    try:
        return trainer.fit()
    except Exception as error:
        # Ray Train binds its controller to this node: it cannot be placed when the node takes no more, shortly before it is gone.
        if isinstance(error, ray.exceptions.ActorUnschedulableError) or _node_is_gone():
            print(f"the cluster is going: {error}", flush=True)
            raise JobFailure(FailureCode.CLUSTER_LOST, "the cluster gave up the node of the job") from error
        raise


def _node_is_gone() -> bool:
    """Whether the cluster has given up the node of this process, as when its head is replaced: no verdict on the code."""
    import ray  # noqa: PLC0415  (environment first)

    try:
        own = ray.get_runtime_context().get_node_id()
        return not any(node["NodeID"] == own and node["Alive"] for node in ray.nodes())
    except Exception as error:  # noqa: BLE001  (whoever cannot say who is alive is not)
        print(f"the cluster does not answer: {error}", flush=True)
        return True


def _algorithm(
    specification: JobSpecification,
) -> tuple[Callable[[dict[str, Any]], None], Callable[[Callable[[str], bytes | None], int], Any]]:
    if specification.algorithm == "xgboost":
        from matih_training import xgboost_training  # noqa: PLC0415

        def booster(read: Callable[[str], bytes | None], _: int) -> Any:
            return xgboost_training.finished_booster(_present(read(BOOSTER_FILE)))

        return xgboost_training.train_worker, booster
    import pickle  # noqa: PLC0415

    from matih_training import forest_training  # noqa: PLC0415

    def forest(read: Callable[[str], bytes | None], workers: int) -> Any:
        parts = [read(forest_training.forest_file(rank)) for rank in range(workers)]
        return forest_training.merge([pickle.loads(part) for part in parts if part is not None])  # noqa: S301

    return forest_training.train_worker, forest


def _present(content: bytes | None) -> bytes:
    if content is None:
        raise JobFailure(FailureCode.TRAINING_FAILED, "the last checkpoint holds no model")
    return content


def _unwrapped(error: Exception) -> JobFailure:
    """A `JobFailure` of a worker stays what it is; anything else is told by its class, since texts may hold row values."""
    causes = getattr(error, "worker_failures", {}).values()
    for cause in causes:
        inner = getattr(cause, "_base_exc", None) or getattr(cause, "cause", None) or cause
        if isinstance(inner, JobFailure):
            return inner
    names = sorted({type(getattr(cause, "_base_exc", None) or cause).__name__ for cause in causes}) or [type(error).__name__]
    return JobFailure(FailureCode.TRAINING_FAILED, f"the workers failed: {', '.join(names)}; the job's log has the details")
