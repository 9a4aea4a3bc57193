"""What a job concludes from what Ray says about its own node; that a real head goes is shown on a real Kubernetes node."""

from types import SimpleNamespace
from typing import Any

import pytest
import ray

from matih_training.cluster import _node_is_gone

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
