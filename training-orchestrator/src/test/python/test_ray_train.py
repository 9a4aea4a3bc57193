"""What a job concludes from what Ray says about its own node; that a real head goes is shown on a real Kubernetes node."""

from types import SimpleNamespace
from typing import Any

import pytest
import ray

from matih_training.failure import FailureCode, JobFailure
from matih_training.ray_train import _fit, _node_is_gone

OWN, OTHER = "a1", "b2"


def answers(monkeypatch: pytest.MonkeyPatch, nodes: Any) -> None:
    monkeypatch.setattr(ray, "get_runtime_context", lambda: SimpleNamespace(get_node_id=lambda: OWN))
    monkeypatch.setattr(ray, "nodes", nodes)


@pytest.mark.parametrize(
    ("nodes", "gone"),
    [
        ([{"NodeID": OWN, "Alive": True}, {"NodeID": OTHER, "Alive": False}], False),
        ([{"NodeID": OWN, "Alive": False}, {"NodeID": OTHER, "Alive": True}], True),
        ([{"NodeID": OTHER, "Alive": True}], True),
        ([], True),
    ],
)
def test_only_the_jobs_own_node_counts(monkeypatch: pytest.MonkeyPatch, nodes: list[dict[str, Any]], gone: bool) -> None:
    answers(monkeypatch, lambda: nodes)

    assert _node_is_gone() is gone


def test_a_cluster_that_does_not_answer_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    def silence() -> None:
        raise ray.exceptions.RpcError("away")

    answers(monkeypatch, silence)

    assert _node_is_gone() is True


ALIVE = [{"NodeID": OWN, "Alive": True}]


def fails_with(error: Exception) -> Any:
    def fit() -> None:
        raise error

    return SimpleNamespace(fit=fit)


def test_a_node_that_takes_no_more_is_a_loss_and_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, lambda: ALIVE)

    with pytest.raises(JobFailure) as caught:
        _fit(fails_with(ray.exceptions.ActorUnschedulableError("no place")))

    assert caught.value.code is FailureCode.CLUSTER_LOST


def test_what_fails_on_a_node_that_is_gone_is_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, list)

    with pytest.raises(JobFailure) as caught:
        _fit(fails_with(ValueError("x")))

    assert caught.value.code is FailureCode.CLUSTER_LOST


def test_what_fails_on_a_living_node_stays_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, lambda: ALIVE)

    with pytest.raises(ValueError, match="x"):
        _fit(fails_with(ValueError("x")))
