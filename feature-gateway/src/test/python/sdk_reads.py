"""Reads with the ordinary Feast client through the gateway and prints the answer as JSON."""

import json

import sdk_store

store = sdk_store.of_arguments()
answer = store.get_online_features(
    features=["everything:int64", "everything:string", "everything:double", "everything:int64_list"],
    entity_rows=[{"user_id": 1, "shop": "a"}, {"user_id": 2, "shop": "a"}, {"user_id": 3, "shop": "ä"}],
).to_dict()
print("ANSWER " + json.dumps(answer))
