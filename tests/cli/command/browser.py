"""A headless Chromium that opens pages of the test's own: by its DevTools protocol over two pipes, without other programs."""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 120.0  # seconds: the first start on a slow machine


def find():
    """The program, or None. $VEIL_BROWSER names one."""
    named = os.environ.get("VEIL_BROWSER")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """`with Browser(find()) as browser: page = browser.open(...)`"""

    def __init__(self, program):
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        out_of_it, into_us = os.pipe()
        out_of_us, into_it = os.pipe()
        words = [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                 "--disable-background-networking", "--no-first-run", "--remote-debugging-pipe",
                 f"--user-data-dir={self._folder.name}", "about:blank"]
        self._process = subprocess.Popen(  # the protocol's pipes are those that it has as 3 and 4
            ["sh", "-c", f'exec 3<&{out_of_us} 4>&{into_us}; exec "$@"', "sh", *words], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(out_of_us, into_us))
        os.close(out_of_us)
        os.close(into_us)
        self._in, self._out = os.fdopen(out_of_it, "rb", buffering=0), os.fdopen(into_it, "wb", buffering=0)
        self._number, self._rest, self.events = 0, b"", []

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self._out.close()
        self._process.kill()
        self._process.wait()
        self._in.close()
        self._folder.cleanup()

    def _message(self):
        while b"\0" not in self._rest:
            part = self._in.read(1 << 16)
            if not part:
                raise RuntimeError("the browser ended")
            self._rest += part
        text, self._rest = self._rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, session=None, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        self._out.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, path, width, height=900, dark=False, mobile=False):
        """A page that has been loaded in a window of this size."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        page = Page(self, self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        for domain in ("Page", "Runtime", "Log"):
            page.call(f"{domain}.enable")
        page.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)
        page.scheme("dark" if dark else "light")
        page.load(pathlib.Path(path).resolve().as_uri())
        return page


class Page:
    def __init__(self, browser, session):
        self._browser, self._session = browser, session

    def call(self, method, **parameters):
        return self._browser.call(method, self._session, **parameters)

    def scheme(self, name):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def load(self, address):
        self.call("Page.navigate", url=address)
        end = time.monotonic() + PATIENCE
        while self.value("document.readyState + location.href") != "complete" + address:
            if time.monotonic() > end:
                raise RuntimeError(f"{address} does not load")
            time.sleep(0.05)

    def value(self, expression):
        """What an expression of JavaScript is, as Python has it. The page's own policy does not hold here."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def complaints(self):
        """What the console says of errors, exceptions and refusals."""
        texts = []
        for event in self._browser.events:
            if event.get("sessionId") != self._session:
                continue
            if event["method"] == "Log.entryAdded" and event["params"]["entry"]["level"] in ("error", "warning"):
                texts.append(event["params"]["entry"]["text"])
            if event["method"] in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
                texts.append(json.dumps(event["params"]))
        return texts

    def screenshot(self, file):
        """The whole page, from its top to its end."""
        image = self.call("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        pathlib.Path(file).write_bytes(base64.b64decode(image["data"]))

    def pdf(self, file):
        pathlib.Path(file).write_bytes(base64.b64decode(self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)["data"]))
