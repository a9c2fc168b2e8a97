"""The Python peer of `where` and `orderBy` by a prediction: SQLAlchemy reads all rows, pandas holds them, ONNX Runtime scores them.

usage: prediction_peers.py REPETITIONS MODEL_FILE SQL SQLITE_FILE [POSTGRES_SOCKET_FOLDER DATABASE POSTGRES_SQL]

The SQL gives the key and the model's columns. Prints one JSON line for each database: {"name": …, "items": …, "seconds": […]}; the first
line of standard error names the best keys, so that the answers can be compared.
"""

import json
import sys
import time

import numpy
import onnxruntime
import pandas
import sqlalchemy

REPETITIONS, MODEL, SQL, SQLITE = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
options = onnxruntime.SessionOptions()
session = onnxruntime.InferenceSession(MODEL, options)


def top(engine, sql):
    with engine.connect() as connection:
        frame = pandas.read_sql(sqlalchemy.text(sql), connection)
    features = frame.drop(columns=["id"]).to_numpy(dtype=numpy.float32)
    scores = numpy.asarray(session.run(["probabilities"], {"X": features})[0])[:, 1]
    frame["probability"] = scores
    chosen = frame[frame["probability"] > 0.5]
    best = chosen.sort_values(["probability", "id"], ascending=[False, True]).head(20)
    return len(frame), best["id"].tolist()


engines = [("sqlite", sqlalchemy.create_engine(f"sqlite:///{SQLITE}"), SQL)]
if len(sys.argv) > 5:
    url = f"postgresql+psycopg://postgres@/{sys.argv[6]}?host={sys.argv[5]}"
    engines.append(("postgres", sqlalchemy.create_engine(url), sys.argv[7]))
for name, engine, sql in engines:
    seconds, rows, keys = [], 0, []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        rows, keys = top(engine, sql)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"name": f"{name}, top 20: Python", "items": rows, "seconds": seconds, "keys": keys}), flush=True)
