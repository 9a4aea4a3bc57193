"""What the fuzzed tenant has, so that made-up requests meet things that exist."""

import random
from typing import Any

from .door import Door

World = dict[str, dict[str, str]]


def make(door: Door) -> World:
    """One thing of each kind, and spares that may be deleted; by the start of the path, then by parameter."""
    rows = table()
    stored = door.send("PUT", "/training/datasets/world", data=rows, headers={"Content-Type": "text/csv"}).json()
    experiment, spare = (door.post("/experiments", {"name": name})["id"] for name in ("world", "spare"))
    run = door.post(f"/experiments/{experiment}/runs", {"name": "first", "params": {"depth": "3"}})["run_id"]
    here = f"/experiments/{experiment}/runs/{run}"
    door.post(f"{here}/log", {"metrics": [{"key": "auc", "value": 0.7, "step": step} for step in range(3)]})
    door.send("PUT", f"{here}/artifacts/notes.txt", (204,), data=b"a note", headers={"Content-Type": "application/octet-stream"})
    for model in ("world", "spare"):
        door.post("/models", {"name": model, "task": "classification"})
    job = door.post("/training/submit", training(experiment, stored["source"]))["job_id"]
    webhook = door.post("/webhooks", {"name": "world", "url": "https://hooks.example.invalid/world"})["id"]
    materialization = features(door, stored["uri"])
    ended = door.wait(f"/training/jobs/{job}", lambda seen: seen["status"] in ("succeeded", "failed", "cancelled"))
    if ended["status"] != "succeeded":
        raise AssertionError(f"the training of the world's model ended as {ended}")
    version = "/models/world/versions/1"
    door.wait(version, lambda seen: seen["validation"] == "done")
    staged = door.post("/models/world/promote", {"version": 1, "target_stage": "staging", "reason": "for the fuzzer"})
    deployed = door.post("/models/world/deploy", {"version": 1, "engine": "onnx", "traffic": {"strategy": "none"}})
    door.wait(f"/deployments/{deployed['id']}", lambda seen: seen["status"] == "ready")
    return {
        "/experiments": {"id": experiment, "run_id": run, "key": "auc", "path": "notes.txt", "spare": spare},
        "/training/jobs": {"id": job},
        "/training/datasets": {"name": "world", "digest": stored["digest"]},
        "/models": {
            "id": "world",
            "spare": "spare",
            "version": "1",
            "transition": staged["id"],
            "evidence": first(door, f"{version}/evidence"),
            "validation": first(door, f"{version}/validations"),
        },
        "/webhooks": {"webhook": webhook},
        "/features/entities": {"entity": "shop"},
        "/features/sources": {"source": "world"},
        "/features/services": {"service": "world"},
        "/features/materializations": {"id": materialization},
        "/features/{": {"view": "shop_daily"},
        "/deployments": {"id": deployed["id"]},
        "body": {"model_id": "world", "run_id": run, "experiment_id": experiment},
    }


def table() -> bytes:
    random.seed(7)
    lines = ["at,shop,sales,open,late"]
    for day in range(240):
        sales = random.gauss(10, 3)
        shop = random.choice(["north", "south"])
        lines.append(f"2026-01-{day % 28 + 1:02}T00:00:00Z,{shop},{sales:.2f},{day % 2},{int(sales > 10)}")
    return ("\n".join(lines) + "\n").encode()


def training(experiment: str, source: str) -> dict[str, Any]:
    return {
        "name": "world",
        "experiment_id": experiment,
        "algorithm": "random_forest",
        "task": "classification",
        "dataset": {"source": source},
        "target_column": "late",
        "resources": {"num_workers": 1, "cpus_per_worker": 1},
        "register": {"model_id": "world"},
    }


def features(door: Door, uri: str) -> str:
    """Declares a view and carries it online; the id of the materialization."""
    door.put("/features/entities/shop", {"join_key": "shop", "type": "string"})
    door.put("/features/sources/world", {"uri": uri, "timestamp_column": "at"})
    view = {"source": "world", "entities": ["shop"], "features": [{"name": "sales", "type": "double"}]}
    door.put("/features/shop_daily", view)
    door.put("/features/services/world", {"features": ["shop_daily:sales"]})
    door.wait(
        "/features/shop_daily", lambda seen: any(c["type"] == "Applied" and c["status"] == "true" for c in seen["conditions"])
    )
    job = door.post("/features/materialize", {"views": ["shop_daily"]})["id"]
    door.wait(f"/features/materializations/{job}", lambda seen: seen["status"] in ("succeeded", "failed"))
    return str(job)


def first(door: Door, path: str) -> str:
    return str(door.get(path)["items"][0]["id"])
