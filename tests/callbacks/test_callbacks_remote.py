"""RemoteMonitor: what arrives at a server of this machine, and what happens where there is none."""

import http.server
import json
import threading
import urllib.parse

import numpy as np
import pytest

from onionskin.base.errors import ArgumentError
from onionskin.callbacks import RemoteMonitor


@pytest.fixture
def server():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            received.append((self.path, dict(self.headers), body))
            self.send_response(self.server.status)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    received = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.received, server.status = received, 200
    server.root = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


LOGS = {"loss": np.float32(0.5), "f1": np.array([0.25, 0.5]), "accuracy": 0.75}


def test_a_form_by_default(server):
    RemoteMonitor(server.root).on_epoch_end(3, LOGS)
    ((path, headers, body),) = server.received
    assert path == "/publish/epoch/end/" and headers["Content-Type"] == "application/x-www-form-urlencoded"
    fields = urllib.parse.parse_qs(body)
    assert list(fields) == ["data"]
    assert json.loads(fields["data"][0]) == {"epoch": 3, "loss": 0.5, "f1": [0.25, 0.5], "accuracy": 0.75}


def test_json_with_headers(server):
    RemoteMonitor(server.root, "/in", headers={"X-Token": "a"}, send_as_json=True).on_epoch_end(0)
    ((path, headers, body),) = server.received
    assert (path, headers["X-Token"], headers["Content-Type"]) == ("/in", "a", "application/json")
    assert json.loads(body) == {"epoch": 0}


def test_what_the_server_makes_of_it_is_its_own_affair(server):
    server.status = 500
    RemoteMonitor(server.root).on_epoch_end(0, LOGS)
    assert len(server.received) == 1


def test_no_server(server):
    root = server.root
    server.shutdown()
    server.server_close()
    with pytest.warns(UserWarning) as caught:
        RemoteMonitor(root).on_epoch_end(0, LOGS)
    assert str(caught[0].message).startswith(f"RemoteMonitor: the server {root} cannot be reached: <urlopen error ")
    with pytest.raises(ArgumentError) as caught:
        RemoteMonitor("file:///etc")
    assert str(caught.value) == (
        "RemoteMonitor: root is no address of a web server.\n  expected: http://… or https://…\n  given:    'file:///etc'"
    )
