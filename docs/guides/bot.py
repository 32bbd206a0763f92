#!/usr/bin/env python3
"""A small calling bot: it creates calls and prints the outcome of each. Standard library only.

    python3 bot.py http://127.0.0.1:8080/v1.0 create-call.json ...

Each file contains the body of a create request. The bot replaces the `callbackUri` with its own address. It shows the simplest correct form of
what every bot must do:

* It identifies each call by a token in the path of its callback address.
* It does not rely on the order in which notifications arrive.
* If it receives nothing for a while, it sends a GET for the call.
* It never repeats a create request.

It does not know in which order the states occurred. Use an engine for that.
"""

import argparse
import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# A late notification must not move a call back to an earlier state.
ORDER = ["incoming", "establishing", "ringing", "established", "hold", "transferring", "transferAccepted",
         "redirecting", "terminating", "terminated"]


class Call:
    """One call."""

    def __init__(self, name):
        self.name, self.token = name, secrets.token_hex(16)
        self.id, self.states, self.news = None, set(), threading.Event()

    def hear(self, call_id, state):
        self.id = self.id or call_id
        if state:
            self.states.add(state)
        self.news.set()

    def has(self, state):
        return state in self.states


class Bot:
    def __init__(self, service, access_token):
        self.service, self.access_token, self.calls = service.rstrip("/"), access_token, {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def ask(self, method, path, body=None):
        """Sends a request. The status is None if the outcome is unknown."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": "Bearer " + self.access_token, "Content-Type": "application/json"}
        request = urllib.request.Request(self.service + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                return response.status, json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")
        except OSError:
            return None, None

    def play(self, call, body, patience, talk):
        """Creates a call, hangs up after a while unless it ends first, and returns a problem or None."""
        self.calls[call.token] = call
        body["callbackUri"] = "http://127.0.0.1:%d/callback/%s" % (self.server.server_port, call.token)
        status, reply = self.ask("POST", "/communications/calls", body)
        if status == 201:
            call.hear(reply["id"], None)
        elif status is not None:
            return "refused with status %d: %s" % (status, reply)
        # Without a response the call may exist nevertheless. Its token identifies it.
        silent, established_at = 0, None
        while not call.has("terminated"):
            is_news = call.news.wait(patience)
            call.news.clear()
            silent = 0 if is_news else silent + 1
            if call.id is None:
                if silent > 10:
                    return "no notification was received: the request was lost"
                continue
            if call.has("established"):
                established_at = established_at or time.monotonic()
                if time.monotonic() - established_at > talk:
                    self.ask("DELETE", "/communications/calls/" + call.id)
            if not is_news:
                status, reply = self.ask("GET", "/communications/calls/" + call.id)
                if status == 404:
                    call.hear(call.id, "terminated")
                elif status == 200:
                    call.states.add(reply["state"])
        return None


def handler(bot):
    class Webhook(BaseHTTPRequestHandler):
        # A real bot verifies the token in `Authorization` first.
        def do_POST(self):
            call = bot.calls.get(self.path.rsplit("/", 1)[-1])
            try:
                posted = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
                values = posted["value"]
            except (ValueError, KeyError, TypeError):
                return self.answer(400)
            if call is None:
                return self.answer(404)
            for value in values:
                parts = value.get("resourceUrl", "").strip("/").split("/")
                if parts[:2] == ["communications", "calls"] and len(parts) == 3:
                    state = (value.get("resourceData") or {}).get("state")
                    call.hear(parts[2], "terminated" if value.get("changeType") == "deleted" else state)
            self.answer(202)

        def answer(self, status):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    return Webhook


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("service", help="base URL of the service, such as http://127.0.0.1:8080/v1.0")
    parser.add_argument("bodies", nargs="+", help="files, each with the body of a create request")
    parser.add_argument("--access-token", default="any", help="access token (the emulated service accepts any)")
    parser.add_argument("--patience", type=float, default=10, help="seconds without a notification before a GET (default: 10)")
    parser.add_argument("--talk", type=float, default=30, help="seconds before hanging up (default: 30)")
    options = parser.parse_args()
    bot = Bot(options.service, options.access_token)
    results = {}

    def play(path):
        call = Call(path)
        with open(path, encoding="utf-8") as file:
            body = json.load(file)
        results[path] = (call, bot.play(call, body, options.patience, options.talk))

    threads = [threading.Thread(target=play, args=(path,)) for path in options.bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for path in options.bodies:
        call, wrong = results.get(path, (None, "no call was created"))
        states = " > ".join(sorted(call.states, key=ORDER.index)) if call else ""
        print("%s: %s" % (path, wrong or states))
    return 1 if any(path not in results or results[path][1] for path in options.bodies) else 0


if __name__ == "__main__":
    raise SystemExit(main())
