"""Answers for one version on Triton's Python backend, which has no ONNX Runtime of its own to give."""

import json
import os

import numpy as np
import onnxruntime
import triton_python_backend_utils as triton


class TritonPythonModel:
    def initialize(self, args):
        config = json.loads(args["model_config"])
        self.output = config["output"][0]["name"]
        self.width = int(config["output"][0]["dims"][0])
        options = onnxruntime.SessionOptions()
        # Triton runs as many instances as it is told to; threads of one would only wait for those of another.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        path = os.path.join(args["model_repository"], args["model_version"], "model.onnx")
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def execute(self, requests):
        return [self.answer(request) for request in requests]

    def answer(self, request):
        try:
            inputs = {tensor.name(): self.values(tensor) for tensor in request.inputs()}
            scores = self.session.run([self.output], inputs)[0]
            scores = np.asarray(scores, dtype=np.float32).reshape(-1, self.width)
            return triton.InferenceResponse([triton.Tensor(self.output, scores)])
        except Exception as e:
            return triton.InferenceResponse([], triton.TritonError(f"the model failed: {e}"))

    @staticmethod
    def values(tensor):
        array = tensor.as_numpy()
        if array.dtype != np.object_:
            return array
        texts = [text.decode() for text in array.reshape(-1)]
        return np.array(texts, dtype=object).reshape(array.shape)
