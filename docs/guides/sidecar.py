#!/usr/bin/env python3
"""A bot that uses `callctl serve`. It answers every incoming call, creates one call per file, and hangs up each created call once that call
is established. Standard library only.

    python3 sidecar.py http://127.0.0.1:8081 create-call.json ...
"""

import json
import os
import sys
import urllib.error
import urllib.request

SIDECAR, FILES = sys.argv[1], sys.argv[2:]
HEADERS = {"Content-Type": "application/json", "Authorization": f"Bearer {os.environ.get('CALLCTL_API_TOKEN', '')}"}
ANSWER = {"mediaConfig": {"@odata.type": "#microsoft.graph.serviceHostedMediaConfig"}, "acceptedModalities": ["audio"]}


def ask(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(SIDECAR + path, data, HEADERS, method=method)) as response:
        return json.loads(response.read() or "null")


def command(method, path, body=None):
    """Sends a command to a call. The call may have ended, which is only printed."""
    try:
        ask(method, path, body)
    except urllib.error.HTTPError as error:
        print(f"{method} {path}: {error.read().decode()}", file=sys.stderr, flush=True)


def events():
    """Yields each call after each change. The first events contain the present states."""
    with urllib.request.urlopen(urllib.request.Request(SIDECAR + "/v1/events", headers=HEADERS)) as lines:
        for line in lines:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])


mine = {ask("POST", "/v1/calls", json.load(open(file)))["id"] for file in FILES}
answered, hung_up, over = set(), set(), set()
for call in events():
    id, state = call["id"], call["state"]
    if state == "incoming" and id not in answered:
        answered.add(id)
        command("POST", f"/v1/calls/{id}/answer", ANSWER)
    if state == "established" and id in mine and id not in hung_up:
        hung_up.add(id)
        command("DELETE", f"/v1/calls/{id}")
    # With alternatives, the end is only likely: a single 404 says so, and the sidecar probes.
    if state == "terminated" and not call["alternatives"] and id not in over:
        over.add(id)
        print(id, " ".join(step["state"] for step in call["timeline"]), flush=True)
        if FILES and mine <= over:
            break
