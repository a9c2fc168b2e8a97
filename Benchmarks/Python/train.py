"""The Python peer of a whole training: the same rows by the same SQL, the same split, trees and metrics.

It does less than the other side: no intervals, no baseline, no report, no comparison of an exported model.

usage: train.py SQLITE_FILE SQL_FILE MODEL_FILE
"""

import time

marks = [("", time.perf_counter())]


def mark(name):
    marks.append((name, time.perf_counter()))


import json
import sys

import pandas
import sqlalchemy
import xgboost
from sklearn import metrics
from sklearn.model_selection import train_test_split

mark("importing")
engine = sqlalchemy.create_engine("sqlite:///" + sys.argv[1])
with engine.connect() as connection:
    rows = pandas.read_sql(sqlalchemy.text(open(sys.argv[2]).read()), connection)
label = rows.iloc[:, 1].astype(int)
features = rows.iloc[:, 2:].astype("float32")
features.columns = ["visits", "score", "isActive", "age", "visitScore", "purchases", "spent", "large"]
x, x_holdout, y, y_holdout = train_test_split(features, label, test_size=0.2, stratify=label, random_state=0)
x, x_validation, y, y_validation = train_test_split(x, y, test_size=0.1875, stratify=y, random_state=0)

mark("reading")
model = xgboost.XGBClassifier(n_estimators=200, max_depth=6, learning_rate=0.1, tree_method="hist", eval_metric="logloss")
model.fit(x, y, eval_set=[(x_validation, y_validation)], verbose=False)
mark("growing")
scores = model.predict_proba(x_holdout)[:, 1]
answers = scores >= 0.5
measured = {
    "accuracy": metrics.accuracy_score(y_holdout, answers), "f1": metrics.f1_score(y_holdout, answers),
    "rocAUC": metrics.roc_auc_score(y_holdout, scores), "prAUC": metrics.average_precision_score(y_holdout, scores),
    "logLoss": metrics.log_loss(y_holdout, scores), "brier": metrics.brier_score_loss(y_holdout, scores),
}
model.save_model(sys.argv[3])
mark("measuring")
used = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024
seconds = {name: end - start for (_, start), (name, end) in zip(marks, marks[1:])}
print(json.dumps({"rocAUC": measured["rocAUC"], "megabytes": used, "seconds": seconds}))
