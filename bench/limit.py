"""The limit: a Flask route that returns a fixed document, on the same server. Documents come from LIMIT_FOLDER."""

import os
from pathlib import Path

from flask import Flask, Response

DOCUMENTS = {path.stem: path.read_bytes() for path in Path(os.environ["LIMIT_FOLDER"]).iterdir()}
app = Flask(__name__)


@app.get("/api/<namespace>/<name>")
def show(namespace, name):
    return Response(DOCUMENTS[name], mimetype="application/vnd.api+json")
