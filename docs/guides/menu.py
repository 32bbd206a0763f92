"""Plays a menu, collects digits, transfers the call and hangs up: python3 menu.py SIDECAR REFERENCE USER_ID AGENT_ID
Kill it, or the sidecar, at any time and start it again with the same reference: it continues where it was."""
import json, os, sys, time, urllib.error, urllib.request
SIDECAR, REFERENCE, USER, AGENT = sys.argv[1:5]
HEADERS = {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ.get("CALLCTL_API_TOKEN", "")}

def ask(method, path, body=None):
    """Asks until the sidecar answers. None: there is no such thing, or the call has ended."""
    while True:
        try:
            data = None if body is None else json.dumps(body).encode()
            request = urllib.request.Request(f"{SIDECAR}/v1/calls{path}", data, HEADERS, method=method)
            return json.loads(urllib.request.urlopen(request, timeout=90).read() or "null")
        except urllib.error.HTTPError as error:
            if error.code in (404, 409, 410): return None
            if not (problem := json.load(error))["retry"]: sys.exit(problem["detail"])
        except (OSError, ValueError): pass  # the sidecar restarts
        time.sleep(0.5)

def step(name, operation, body):
    """Starts an operation once, and returns what became of it. After a restart, its client context finds it again."""
    while not (known := ask("GET", f"/{call}/operations/{name}?wait=60s")) or known["outcome"] in (None, "notStarted"):
        if ask("GET", f"/{call}")["hasEnded"]: return "callEnded"
        if not known or known["outcome"]: ask("POST", f"/{call}/{operation}?wait=60s", {**body, "clientContext": name})
    return known["outcome"]

def until(condition, seconds):
    while not (condition(shown := ask("GET", f"/{call}")) or shown["hasEnded"] or (seconds := seconds - 0.2) < 0): time.sleep(0.2)
    return shown

create = {"reference": REFERENCE, "targets": [{"identity": {"user": {"id": USER}}}], "requestedModalities": ["audio"],
          "mediaConfig": {"@odata.type": "#microsoft.graph.serviceHostedMediaConfig"}}
while not (call := ask("POST", "", create).get("id")): time.sleep(0.5)  # 202: the call may exist, so ask for it again
until(lambda shown: shown["state"] == "established", 60)
print("tones", step("tones", "subscribeToTone", {}), flush=True)
print("menu", step("menu", "playPrompt", {"prompts": [{"mediaInfo": {"uri": "https://cdn.contoso.com/menu.wav"}}]}), flush=True)
print("keys", *[key["tone"] for key in until(lambda shown: "pound" in str(shown["tones"]), 15)["tones"]], flush=True)
print("transfer", step("transfer", "transfer", {"transferTarget": {"identity": {"user": {"id": AGENT}}}}), flush=True)
while not ask("GET", f"/{call}")["hasEnded"]: ask("DELETE", f"/{call}?wait=30s")
print("ended", flush=True)
