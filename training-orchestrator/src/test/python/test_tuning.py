"""The parts of a search that need no cluster: the space, the proposals, the ledger, the leaderboard, early stopping, folds."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_job import prepared

from conftest import TrackingServer
from matih_training import algorithms, job
from matih_training.failure import FailureCode, JobFailure
from matih_training.fields import Fields
from matih_training.metrics import LARGER_IS_BETTER, metrics_of, names_of
from matih_training.shards import read_whole
from matih_training.storage import Folder
from matih_training.tuning import leaderboard
from matih_training.tuning.early_stopping import ITERATION, OBJECTIVE, Asha, Median, Never, _Remembered, replay
from matih_training.tuning.folds import assign, write_folds
from matih_training.tuning.leaderboard import Leaderboard, entries, importance
from matih_training.tuning.request import Tuning, read_tuning
from matih_training.tuning.search import SEARCHES
from matih_training.tuning.space import read_space, require_allowed
from matih_training.tuning.trial import Ledger, Trial, TrialStatus, best_of, ranked
from matih_training.tuning.usage import Usage

Document = dict[str, Any]

SPACE: Document = {
    "max_depth": {"type": "randint", "lower": 2, "upper": 6},
    "learning_rate": {"type": "loguniform", "lower": 0.001, "upper": 0.3},
    "subsample": {"type": "quniform", "lower": 0.5, "upper": 1, "q": 0.1},
    "gamma": {"type": "uniform", "lower": 0.0, "upper": 2.0},
    "grow_policy": {"type": "choice", "values": ["depthwise", "lossguide"]},
    "num_boost_round": {"type": "quniform", "lower": 50, "upper": 200, "q": 50},
}
ASKED: Document = {
    "search": "random",
    "metric": "auc",
    "max_trials": 8,
    "max_concurrent_trials": 2,
    "seed": 7,
    "parameter_space": {"max_depth": SPACE["max_depth"]},
    "uri": "/sweep",
}


def read(**changes: Any) -> Tuning:
    return read_tuning(Fields(ASKED | changes, "tuning"))


def trial(number: int, status: TrialStatus = TrialStatus.SUCCEEDED, value: float | None = None, **more: Any) -> Trial:
    start = Trial(number, {"max_depth": 2 + number % 4}, f"run-{number}", "parent", f"/trials/{number}")
    return replace(start, status=status, value=value, **more)


def test_every_draw_is_a_value_that_the_algorithm_takes() -> None:
    space = read_space(SPACE, "space")
    parameters = algorithms.entry("xgboost").parameters
    require_allowed(space, algorithms.entry("xgboost"))
    generator = np.random.default_rng(1)
    for name, distribution in space.items():
        drawn = [distribution.draw(generator) for _ in range(300)]
        assert all(parameters[name].allows(value) for value in drawn), name
        points = distribution.points()
        if points is not None:
            assert set(drawn) == set(points)


def test_the_values_are_those_of_ray_tune() -> None:
    space = read_space(SPACE, "space")

    assert space["max_depth"].points() == [2, 3, 4, 5]
    assert space["subsample"].points() == [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    assert space["num_boost_round"].points() == [50, 100, 150, 200]
    assert space["grow_policy"].points() == ["depthwise", "lossguide"]
    assert space["gamma"].points() is None
    tiny = read_space({"gamma": {"type": "quniform", "lower": 1e-14, "upper": 3e-14, "q": 1e-14}}, "space")
    assert tiny["gamma"].points() == [1e-14, 2e-14, 3e-14]
    drawn = [space["learning_rate"].draw(np.random.default_rng(number)) for number in range(400)]
    # As many below the geometric middle as above it.
    assert 150 < sum(value < math.sqrt(0.001 * 0.3) for value in drawn) < 250


@pytest.mark.parametrize(
    "space",
    [
        {},
        {"max_depth": {"type": "normal"}},
        {"max_depth": {"type": "randint", "lower": 3, "upper": 3}},
        {"max_depth": {"type": "randint", "lower": 3}},
        {"max_depth": {"type": "randint", "lower": "a", "upper": 3}},
        {"max_depth": {"type": "choice", "values": []}},
        {"max_depth": {"type": "choice", "values": [1], "lower": 1}},
        {"gamma": {"type": "loguniform", "lower": 0, "upper": 3}},
        {"gamma": {"type": "quniform", "lower": 0, "upper": 1, "q": 0.3}},
    ],
)
def test_refuses_what_is_no_space(space: Document) -> None:
    with pytest.raises(JobFailure) as caught:
        read(parameter_space=space)

    assert caught.value.code == FailureCode.INVALID_SPECIFICATION


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tuning": ASKED | {"parameter_space": {"depth": SPACE["max_depth"]}}}, "invalid_hyperparameters"),
        (
            {"tuning": ASKED | {"parameter_space": {"max_depth": {"type": "randint", "lower": 2, "upper": 40}}}},
            "invalid_hyperparameters",
        ),
        ({"tuning": ASKED, "hyperparameters": {"max_depth": 3}}, "invalid_specification"),
        ({"tuning": ASKED, "resources": {"num_workers": 2}}, "invalid_specification"),
        ({"tuning": ASKED | {"search": "grid", "parameter_space": {"gamma": SPACE["gamma"]}}}, "invalid_specification"),
        ({"tuning": ASKED | {"scheduler": {"type": "hyperband"}}}, "invalid_specification"),
        # Only the rows tell that there are two classes, or more.
        ({"tuning": ASKED | {"metric": "f1_macro"}}, "invalid_specification"),
        ({"tuning": ASKED, "target_column": "verdict"}, "invalid_specification"),
        (
            {
                "tuning": ASKED | {"metric": "logloss", "parameter_space": {"scale_pos_weight": SPACE["max_depth"]}},
                "target_column": "verdict",
            },
            "invalid_hyperparameters",
        ),
        ({"tuning": ASKED | {"folds": 400}}, "too_few_rows"),
    ],
)
def test_a_job_says_what_is_wrong_with_its_search(
    specification_document: Document, tracking_server: TrackingServer, tmp_path: Path, change: Document, code: str
) -> None:
    document = specification_document | change

    assert job.run({"MATIH_JOB": json.dumps(document), "MLFLOW_TRACKING_URI": tracking_server.uri}) == 1
    assert json.loads((tmp_path / "out/failure.json").read_text())["code"] == code


def proposals(search: str, seed: int, count: int = 12, value: Callable[[Any], float] | None = None) -> list[Document]:
    space = read_space({name: SPACE[name] for name in ("max_depth", "gamma")}, "space")
    chosen = SEARCHES[search](space, seed, count, True)
    trials: list[Trial] = []
    for number in range(count):
        parameters = chosen.propose(number, trials)
        assert parameters is not None
        found = -((parameters["gamma"] - 1.3) ** 2) if value is None else value(parameters)
        trials.append(replace(trial(number, value=found), parameters=parameters))
    return [dict(one.parameters) for one in trials]


@pytest.mark.parametrize("search", ["random", "bayesian"])
def test_a_seed_gives_the_same_proposals(search: str) -> None:
    assert proposals(search, 7) == proposals(search, 7)
    assert proposals(search, 7) != proposals(search, 8)


@pytest.mark.parametrize("search", ["random", "bayesian"])
def test_a_proposal_needs_no_memory(search: str) -> None:
    space = read_space({name: SPACE[name] for name in ("max_depth", "gamma")}, "space")
    known = [replace(trial(number, value=-number), parameters=one) for number, one in enumerate(proposals(search, 7))]

    again = SEARCHES[search](space, 7, 12, True).propose(8, known[:8])

    once_more = SEARCHES[search](space, 7, 12, True)
    once_more.propose(3, known[:3])
    assert once_more.propose(8, known[:8]) == again


def test_the_estimator_comes_closer_than_chance() -> None:
    def missed(search: str) -> float:
        last = [abs(one["gamma"] - 1.3) for seed in range(5) for one in proposals(search, seed, 30)[10:]]
        return float(np.mean(last))

    assert missed("bayesian") < 0.8 * missed("random")


def test_the_estimator_takes_every_kind_of_trial_and_value() -> None:
    space = read_space(SPACE, "space")
    search = SEARCHES["bayesian"](space, 1, 20, False)
    trials: list[Trial] = []
    states = list(TrialStatus)
    for number in range(20):
        parameters = search.propose(number, trials)
        assert parameters is not None
        status = states[number % len(states)]
        value = 0.1 * number if status in (TrialStatus.SUCCEEDED, TrialStatus.STOPPED) else None
        trials.append(replace(trial(number, status, value), parameters=parameters, iteration=3))
        assert all(algorithms.entry("xgboost").parameters[name].allows(one) for name, one in parameters.items())


def test_a_grid_tries_every_point_once() -> None:
    grid = SEARCHES["grid"](
        read_space({"max_depth": {"type": "choice", "values": [2, 4]}, "grow_policy": SPACE["grow_policy"]}, "space"), 1, 4, True
    )

    assert [grid.propose(number, []) for number in range(5)] == [
        {"grow_policy": "depthwise", "max_depth": 2},
        {"grow_policy": "depthwise", "max_depth": 4},
        {"grow_policy": "lossguide", "max_depth": 2},
        {"grow_policy": "lossguide", "max_depth": 4},
        None,
    ]


def test_the_ledger_gives_back_what_it_took(tmp_path: Path) -> None:
    ledger = Ledger(Folder(str(tmp_path)))
    trials = [
        replace(trial(number, value=0.5), curve=((1, 0.4), (2, 0.5)), earlier_folders=("/a",), metrics={"auc": 0.5})
        for number in range(19)
    ]
    for one in trials:
        ledger.write(one)

    assert ledger.all() == trials
    assert Ledger(Folder(str(tmp_path / "nothing"))).all() == []


def test_iterations_that_are_done_again_count_once() -> None:
    again = trial(0).reached(1, 9, 0.1).reached(2, 9, 0.2).reached(3, 9, None).reached(2, 9, 0.25)

    assert again.curve == ((1, 0.1), (2, 0.25))
    assert (again.status, again.iteration, again.iterations, again.value) == (TrialStatus.RUNNING, 2, 9, 0.25)


def test_the_best_comes_first_and_only_a_whole_model_wins() -> None:
    trials = [
        trial(0, TrialStatus.RUNNING, 0.95),
        trial(1, value=0.7),
        trial(2, TrialStatus.FAILED),
        trial(3, value=0.9),
        trial(4, TrialStatus.STOPPED, 0.6),
        trial(5, value=0.9),
        trial(6, TrialStatus.PENDING),
    ]

    assert [one.number for one in ranked(trials, larger_is_better=True)] == [3, 5, 1, 0, 4, 2, 6]
    assert [one.number for one in ranked(trials, larger_is_better=False)] == [1, 3, 5, 4, 0, 2, 6]
    best = best_of(trials, larger_is_better=True)
    assert best is not None
    assert best.number == 3
    assert best_of(trials[:1], larger_is_better=True) is None
    assert [row["rank"] for row in entries(trials, larger_is_better=True)] == [1, 2, 3, 4, 5, None, None]


def test_the_leaderboard_shows_the_best_point_of_a_curve(tmp_path: Path) -> None:
    board = Leaderboard(Folder(str(tmp_path)), read(metric="logloss"))
    curve = ((1, 0.5), (2, 0.3), (3, 0.3), (4, 0.4))
    board.write([trial(0, value=0.4, curve=curve)], {"wall_seconds": 3.0}, at_once=True)
    board.write([], {}, at_once=False)

    row = board.earlier()["trials"][0]
    assert (row["value"], row["best_value"], row["best_iteration"]) == (0.4, 0.3, 2)
    assert board.earlier()["used"] == {"wall_seconds": 3.0}
    assert board.earlier()["mode"] == "min"


def test_the_hyperparameter_that_matters_is_important() -> None:
    tuning = read(parameter_space={"max_depth": SPACE["max_depth"], "gamma": SPACE["gamma"]})
    generator = np.random.default_rng(3)
    trials = []
    for number in range(20):
        parameters = {"max_depth": int(generator.integers(2, 6)), "gamma": float(generator.uniform(0, 2))}
        trials.append(replace(trial(number, value=parameters["max_depth"] / 6), parameters=parameters))

    found = importance(trials, tuning)

    assert found["max_depth"] > 0.8
    assert sum(found.values()) == pytest.approx(1, abs=1e-4)
    assert found == importance(trials, tuning)
    assert importance(trials[:3], tuning) == {}
    assert importance([replace(one, value=1.0) for one in trials], tuning) == {}


def test_importance_is_looked_at_when_there_is_more_to_see(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(leaderboard, "importance", lambda trials, _: seen.append(len(trials)) or {})
    board = Leaderboard(Folder(str(tmp_path)), read())
    for count in range(1, 22):
        board.write([trial(number, value=0.1 * number) for number in range(count)], {}, at_once=True)
    board.write([trial(number, value=0.1 * number) for number in range(21)], {}, at_once=True, ended="all trials have ended")

    assert seen == [1, 2, 3, 4, 5, 7, 9, 12, 15, 19, 21]


def test_asha_decides_at_its_rungs() -> None:
    rule = Asha(3, 3)

    assert [number for number in range(1, 31) if rule.due(number, 30)] == [3, 9, 27]
    assert not any(Never().due(number, 30) for number in range(31))
    assert [number for number in range(1, 6) if Asha(9, 3).due(number, 5)] == []
    assert [number for number in range(1, 11) if Median(4, 3).due(number, 10)] == [4, 5, 6, 7, 8, 9, 10]
    assert sum(Median(1, 3).due(number, 5000) for number in range(1, 5001)) == 100


@pytest.mark.parametrize("rule", [Asha(2, 2), Median(2, 2)])
def test_a_new_scheduler_knows_what_the_one_before_knew(rule: Asha | Median) -> None:
    from ray.tune.schedulers import TrialScheduler

    scheduler = rule.scheduler(10, larger_is_better=True)
    curve = tuple((number, 0.5 + number / 100) for number in range(1, 11))
    replay(scheduler, [trial(number, value=0.6, curve=curve) for number in range(4)] + [trial(9, TrialStatus.FAILED)])

    def decide(value: float) -> Any:
        one = _Remembered(f"new-{value}")
        scheduler.on_trial_add(None, one)
        return scheduler.on_trial_result(None, one, {ITERATION: 2, OBJECTIVE: value})

    assert decide(0.1) == TrialScheduler.STOP
    assert decide(0.9) == TrialScheduler.CONTINUE


def test_each_fold_has_its_share_of_each_class(specification_document: Document, tmp_path: Path) -> None:
    target = np.array([0] * 31 + [1] * 9, dtype=np.float32)
    fold_of = assign(target, ("a", "b"), 4, 1)

    assert [int(np.sum(fold_of == number)) for number in range(4)] == [10, 10, 10, 10]
    assert all(2 <= np.sum((fold_of == number) & (target == 1)) <= 3 for number in range(4))
    assert (fold_of == assign(target, ("a", "b"), 4, 1)).all()
    with pytest.raises(JobFailure) as caught:
        assign(np.array([0, 0, 0, 1, 1]), ("yes", "no"), 3, 1)
    assert "'no'" in caught.value.message

    _, parts = prepared(specification_document)
    uris = write_folds(parts, algorithms.get("xgboost"), Folder(str(tmp_path / "data")), count=3, seed=1, unit=2.0)
    judged = [read_whole(Folder(uri), "test") for uri in uris]
    assert sum(len(part) for part in judged) == len(parts.train)
    assert all(
        len(read_whole(Folder(uri), "train")) == len(parts.train) - len(part) for uri, part in zip(uris, judged, strict=True)
    )
    assert sorted(np.concatenate([part.target for part in judged]) * 2) == sorted(parts.train.target)


@pytest.mark.parametrize(
    ("used", "why"), [({"cpu_seconds": 9.0}, None), ({"cpu_seconds": 10.0}, "the budget of 10 cpu seconds is used up")]
)
def test_a_budget_counts_what_earlier_lives_used(used: Document, why: str | None) -> None:
    usage = Usage(read(budget={"cpu_seconds": 10.0}).budget, 2.0, 0.0, {"used": used})

    assert usage.exhausted() == why


def test_every_metric_has_a_direction() -> None:
    generator = np.random.default_rng(1)
    for classes in (0, 2, 3):
        target = generator.normal(size=50) if classes == 0 else np.arange(50) % classes
        scores = generator.random(50) if classes == 0 else generator.dirichlet(np.ones(classes), 50)
        assert tuple(metrics_of(target.astype(np.float32), scores, classes)) == names_of(classes)
    assert {name for classes in (0, 2, 3) for name in names_of(classes)} == LARGER_IS_BETTER.keys()
