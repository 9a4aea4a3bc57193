"""KServe's own clients, unchanged, against a router: ask_kserve.py HTTP GRPC MODEL, as ask_triton.py.

A program of its own: both packages bring the protocol's messages, and one process cannot hold them twice. Prints the
probabilities of two rows, as each client got them.
"""

import asyncio
import json
import os
import sys
from typing import Any

import kserve
import numpy as np

ROWS = np.array([[1.5, 0.5, 3.0], [30.0, 12.25, 700.0]])


def kserve_request(model: str, raw: bool) -> Any:
    tensor = kserve.InferInput("X", [2, 3], "FP64", data=None if raw else ROWS.flatten().tolist())
    if raw:
        tensor.set_data_from_numpy(ROWS, binary_data=True)
    return kserve.InferRequest(model_name=model, infer_inputs=[tensor], parameters={"unit_id": "user-17"})


async def with_kserve(url: str, address: str, headers: dict[str, str], model: str) -> list[Any]:
    rest = kserve.InferenceRESTClient(kserve.RESTConfig(protocol="v2"))
    assert await rest.is_server_live(url, headers=headers)
    assert await rest.is_server_ready(url, headers=headers)
    assert await rest.is_model_ready(url, model, headers=headers)
    answers = [
        await rest.infer(url, kserve_request(model, raw), model_name=model, headers=dict(headers)) for raw in [False, True]
    ]
    channel = kserve.InferenceGRPCClient(address)
    metadata = list(headers.items())
    assert await channel.is_server_live(headers=metadata)
    assert await channel.is_model_ready(model, headers=metadata)
    answers += [await channel.infer(kserve_request(model, raw), headers=metadata) for raw in [False, True]]
    await channel.close()
    return [output.as_numpy().tolist() for answer in answers for output in answer.outputs if output.name == "probabilities"]


def main() -> None:
    url, address, model = sys.argv[1:]
    headers = {"authorization": "Bearer " + os.environ["MATIH_KEY"]}
    print(json.dumps({"probabilities": asyncio.run(with_kserve(url, address, headers, model))}))


if __name__ == "__main__":
    main()
