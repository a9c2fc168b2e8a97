"""A prediction service as it is usually built: FastAPI on uvicorn, one process, scikit-learn's or XGBoost's model as ONNX Runtime runs it.

usage: service_peer.py MODEL_FILE

Prints the port that it listens on, and ends when its standard input does. `POST /predict` takes the features as a JSON array and answers
with the probability.
"""

import os
import socket
import sys
import threading

import numpy
import onnxruntime
import uvicorn
from fastapi import FastAPI

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], options)
app = FastAPI()


@app.post("/predict")
def predict(features: list[float]) -> dict[str, float]:
    row = numpy.asarray([features], dtype=numpy.float32)
    return {"probability": float(session.run(["probabilities"], {"X": row})[0][0][1])}


def end_with_parent():
    sys.stdin.read()
    os._exit(0)


# Of this protocol asyncio sends small answers at once.
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listener.bind(("127.0.0.1", 0))
listener.listen(16)
print(listener.getsockname()[1], flush=True)
threading.Thread(target=end_with_parent, daemon=True).start()
uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False)).run(sockets=[listener])
