"""What a team writes itself to serve a model of numbers: FastAPI, onnxruntime and uvicorn, tuned.

Called with the model file and the port. A process per core, one thread of onnxruntime in each, the C parsers of
HTTP (httptools) and the C event loop (uvloop), no access log.
"""

import os
import sys

import numpy
import onnxruntime
import uvicorn
from fastapi import FastAPI, Request

app = FastAPI()
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(os.environ.setdefault("MODEL", sys.argv[1]), options, providers=["CPUExecutionProvider"])
inputs = session.get_inputs()
outputs = [output.name for output in session.get_outputs()]


def feed(rows: list[dict[str, float]]) -> dict[str, numpy.ndarray]:
    """One tensor of all columns, or one for each, as the model wants it."""
    if len(inputs) == 1:
        columns = list(rows[0])
        return {inputs[0].name: numpy.array([[row[name] for name in columns] for row in rows], dtype=numpy.float32)}
    kind = numpy.float64 if "double" in inputs[0].type else numpy.float32
    return {one.name: numpy.array([[row[one.name]] for row in rows], dtype=kind) for one in inputs}


@app.post("/predict")
async def predict(request: Request) -> dict[str, list]:
    """The labels and the probabilities of all rows."""
    label, probabilities = session.run(outputs, feed((await request.json())["instances"]))[:2]
    return {
        "predictions": label.ravel().tolist(),
        "probabilities": [list(row.values()) if isinstance(row, dict) else row.tolist() for row in probabilities],
    }


if __name__ == "__main__":
    uvicorn.run(
        "fastapi_peer:app",
        host="127.0.0.1",
        port=int(sys.argv[2]),
        http="httptools",
        loop="uvloop",
        workers=os.cpu_count(),
        access_log=False,
        log_level="warning",
    )
