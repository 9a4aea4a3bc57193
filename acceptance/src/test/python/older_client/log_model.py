"""A model as a notebook with an older MLflow client logs it; prints the id of its run."""

import json
import sys

import mlflow
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

random = np.random.default_rng(34)
frame = pd.DataFrame({"size": random.normal(80, 25, 300), "rooms": random.normal(4, 1, 300)})
dear = np.where(frame["size"] + 20 * frame["rooms"] > 160, "dear", "cheap")
model = LogisticRegression(max_iter=500).fit(frame, dear)
mlflow.set_experiment(sys.argv[1])
with mlflow.start_run() as run:
    mlflow.log_metric("accuracy", float(model.score(frame, dear)))
    mlflow.sklearn.log_model(model, name="model", input_example=frame.head(60), pip_requirements=["numpy"])
print(json.dumps({"run_id": run.info.run_id, "client": mlflow.__version__}))
