"""Looks at pages in a headless Chromium, through its debugging pipe; nothing but Python is needed.

Reads a JSON list of looks from standard input, and writes a JSON list of what was seen:

    {"page": path, "hash": "sort=p99", "width": 360, "height": 800, "dark": true,
     "evaluate": [JavaScript…], "screenshot": path, "pdf": path}

    {"console": [text…], "values": [value…]}
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile


class Browser:
    def __init__(self, profile):
        read_end, self.requests = os.pipe()
        self.answers, write_end = os.pipe()
        # Chromium reads from descriptor 3 and writes to 4, so those two must be free to be taken.
        script = f'exec chromium "$@" 3<&{read_end} 4>&{write_end}'
        self.process = subprocess.Popen(
            ["bash", "-c", script, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--no-first-run", "--disable-extensions", "--disable-background-networking",
             f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"],
            pass_fds=(read_end, write_end), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(read_end)
        os.close(write_end)
        self.buffer = b""
        self.number = 0
        self.events = []

    def message(self):
        while b"\0" not in self.buffer:
            part = os.read(self.answers, 1 << 20)
            if not part:
                raise SystemExit("Chromium has ended")
            self.buffer += part
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, session=None, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if session:
            request["sessionId"] = session
        os.write(self.requests, json.dumps(request).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    raise SystemExit(f"{method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)

    def wait(self, method, session):
        while True:
            for event in self.events:
                if event.get("method") == method and event.get("sessionId") == session:
                    return
            self.events.append(self.message())

    def console(self, session):
        for event in self.events:
            if event.get("sessionId") != session:
                continue
            parameters = event.get("params", {})
            if event["method"] == "Runtime.exceptionThrown":
                details = parameters["exceptionDetails"]
                yield details.get("exception", {}).get("description", details["text"])
            elif event["method"] == "Log.entryAdded":
                yield parameters["entry"]["text"]
            elif event["method"] == "Runtime.consoleAPICalled":
                yield " ".join(str(argument.get("value")) for argument in parameters["args"])

    def look(self, look):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable", session)
        self.call("Emulation.setDeviceMetricsOverride", session, width=look.get("width", 1440),
                  height=look.get("height", 900), deviceScaleFactor=look.get("scale", 1), mobile=False)
        scheme = "dark" if look.get("dark") else "light"
        self.call("Emulation.setEmulatedMedia", session,
                  features=[{"name": "prefers-color-scheme", "value": scheme}])
        address = pathlib.Path(look["page"]).resolve().as_uri()
        if look.get("hash"):
            address += "#" + look["hash"]
        self.call("Page.navigate", session, url=address)
        self.wait("Page.loadEventFired", session)
        values = []
        for expression in look.get("evaluate", []):
            result = self.call("Runtime.evaluate", session, expression=expression, returnByValue=True,
                               awaitPromise=True)
            if "exceptionDetails" in result:
                raise SystemExit(f"{expression}: {result['exceptionDetails']['text']}")
            values.append(result["result"].get("value"))
        if "screenshot" in look:
            data = self.call("Page.captureScreenshot", session,
                             captureBeyondViewport=look.get("whole", True))["data"]
            pathlib.Path(look["screenshot"]).write_bytes(base64.b64decode(data))
        if "pdf" in look:
            data = self.call("Page.printToPDF", session, printBackground=True)["data"]
            pathlib.Path(look["pdf"]).write_bytes(base64.b64decode(data))
        seen = {"console": list(self.console(session)), "values": values}
        self.call("Target.closeTarget", targetId=target)
        self.events.clear()
        return seen


with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
    browser = Browser(profile)
    try:
        json.dump([browser.look(look) for look in json.load(sys.stdin)], sys.stdout)
        browser.call("Browser.close")
    finally:
        browser.process.kill()
        browser.process.wait()
