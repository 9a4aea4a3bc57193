"""Triton's own clients, unchanged, against a router: ask_triton.py HTTP GRPC MODEL VERSION.

HTTP is an address such as http://localhost:8000, GRPC one such as localhost:8007. The model is the bundle numeric-v1 of
the tests: temp, wind_speed and distance are numbers, distance may not be missing. The key is read from MATIH_KEY. Prints
what the clients saw as one JSON object; an answer that is not as it must be ends the program.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import tritonclient.grpc
import tritonclient.http
from tritonclient.utils import InferenceServerException

COLUMNS = ["temp", "wind_speed", "distance"]
ROWS = np.array([[1.5, 0.5, 3.0], [30.0, 12.25, 700.0], [np.nan, 2.0, 41.0]])


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    try:
        call()
    except InferenceServerException as e:
        return str(e.status()), str(e.message())
    raise AssertionError("was answered")


def triton(client: Any, module: Any, headers: dict[str, str], model: str, version: str) -> dict[str, Any]:
    assert client.is_server_live(headers=headers)
    assert client.is_server_ready(headers=headers)
    assert client.is_model_ready(model, headers=headers)
    assert client.is_model_ready(model, version, headers=headers)
    assert not client.is_model_ready("nobody", headers=headers)
    assert not client.is_model_ready(model, "999", headers=headers)

    def column(name: str, values: np.ndarray, datatype: str = "FP64") -> Any:
        tensor = module.InferInput(name, list(values.shape), datatype)
        tensor.set_data_from_numpy(values)
        return tensor

    def columns(rows: np.ndarray) -> list[Any]:
        return [column(name, rows[:, [i]]) for i, name in enumerate(COLUMNS)]

    def infer(inputs: list[Any], **more: Any) -> Any:
        # The client writes into the headers that it is given.
        return client.infer(more.pop("model", model), inputs, headers=dict(headers), **more)

    by_column = infer(columns(ROWS), request_id="mine", parameters={"unit_id": "user-17"})
    told = by_column.get_response()
    labels = by_column.as_numpy("prediction")
    probabilities = by_column.as_numpy("probabilities")
    assert (labels.dtype, labels.shape) == (np.int64, (3,)), labels
    assert (probabilities.dtype, probabilities.shape) == (np.float32, (3, 2)), probabilities
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)

    matrix = module.InferInput("X", [3, 3], "FP32")
    matrix.set_data_from_numpy(ROWS.astype(np.float32))
    wanted = [module.InferRequestedOutput("probabilities")]
    by_matrix = infer([matrix], outputs=wanted, model_version=version)
    assert np.allclose(by_matrix.as_numpy("probabilities"), probabilities, atol=1e-6)
    assert by_matrix.as_numpy("prediction") is None

    words = {
        "wrong name": refused(lambda: infer([*columns(ROWS), column("humidity", ROWS[:, [0]])])),
        "wrong datatype": refused(
            lambda: infer([column("temp", np.array([["hot"]], dtype=object), "BYTES"), column("distance", ROWS[:1, [2]])])
        ),
        "missing input": refused(lambda: infer(columns(ROWS)[:2])),
        "missing value": refused(lambda: infer(columns(ROWS[:, ::-1]))),
        "infinite": refused(lambda: infer(columns(np.array([[np.inf, 1.0, 1.0]])))),
        "rows differ": refused(lambda: infer([*columns(ROWS)[:2], column("distance", ROWS[:2, [2]])])),
        "wrong width": refused(lambda: infer([column("X", ROWS[:, :2])])),
        "three dimensions": refused(lambda: infer([column("X", ROWS.reshape(1, 3, 3))])),
        "too many rows": refused(lambda: infer([column("X", np.ones((2000, 3)))])),
        "twice": refused(lambda: infer([*columns(ROWS), column("temp", ROWS[:, [0]])])),
        "unknown output": refused(lambda: infer(columns(ROWS), outputs=[module.InferRequestedOutput("score")])),
        "unknown model": refused(lambda: infer(columns(ROWS), model="nobody")),
        "unknown version": refused(lambda: infer(columns(ROWS), model_version="999")),
        "no such version": refused(lambda: infer(columns(ROWS), model_version="newest")),
        "no key": refused(lambda: client.infer(model, columns(ROWS), headers={})),
    }
    return {"answer": told, "probabilities": probabilities.tolist(), "refusals": words}


def over_http(url: str, headers: dict[str, str], model: str, version: str) -> dict[str, Any]:
    module = tritonclient.http
    with module.InferenceServerClient(urlsplit(url).netloc) as client:
        seen = triton(client, module, headers, model, version)
        seen["server"] = client.get_server_metadata(headers=headers)
        seen["model"] = client.get_model_metadata(model, headers=headers)
        seen["pinned"] = client.get_model_metadata(model, version, headers=headers)
        # The same values in JSON, packed, and answered in JSON.
        for binary in [True, False]:
            for packed in [None, "gzip", "deflate"]:
                tensor = module.InferInput("X", [3, 3], "FP64")
                tensor.set_data_from_numpy(ROWS, binary_data=binary)
                outputs = [
                    module.InferRequestedOutput("prediction", binary_data=not binary),
                    module.InferRequestedOutput("probabilities", binary_data=binary),
                ]
                answer = client.infer(
                    model, [tensor], headers=dict(headers), outputs=outputs, request_compression_algorithm=packed
                )
                assert np.allclose(answer.as_numpy("probabilities"), seen["probabilities"], atol=1e-6)
                assert len(answer.as_numpy("prediction")) == 3
        return seen


def over_grpc(address: str, headers: dict[str, str], model: str, version: str) -> dict[str, Any]:
    module = tritonclient.grpc
    with module.InferenceServerClient(address) as client:
        seen = triton(client, module, headers, model, version)
        seen["server"] = client.get_server_metadata(headers=headers, as_json=True)
        seen["model"] = client.get_model_metadata(model, headers=headers, as_json=True)
        answer = seen.pop("answer")
        seen["answer"] = {
            "id": answer.id,
            "model_name": answer.model_name,
            "model_version": answer.model_version,
            "parameters": {name: value.string_param for name, value in answer.parameters.items()},
        }
        tensor = module.InferInput("X", [1, 3], "FP64")
        tensor.set_data_from_numpy(ROWS[:1])
        late = refused(lambda: client.infer(model, [tensor], headers=dict(headers), client_timeout=1e-6))
        seen["refusals"]["no time"] = late
        return seen


def main() -> None:
    url, address, model, version = sys.argv[1:]
    headers = {"authorization": "Bearer " + os.environ["MATIH_KEY"]}
    seen = {"http": over_http(url, headers, model, version), "grpc": over_grpc(address, headers, model, version)}
    assert np.allclose(seen["http"]["probabilities"], seen["grpc"]["probabilities"], atol=1e-6)
    print(json.dumps(seen, default=str))


if __name__ == "__main__":
    main()
