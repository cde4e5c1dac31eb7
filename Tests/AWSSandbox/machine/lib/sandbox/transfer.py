"""An object of the sandbox's S3 on its way to or from a machine: METHOD URL UPLOAD OUTPUT FAIL, as curl was called."""
import shutil
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

method, url, upload, output, fail = sys.argv[1:]
parts = urlsplit(url)
connection = HTTPConnection(parts.hostname, parts.port, timeout=600)
with open(upload or "/dev/null", "rb") as body:
    size = body.seek(0, 2)
    body.seek(0)
    headers = {"Content-Length": str(size)} if upload else {}
    connection.request(method, f"{parts.path}?{parts.query}", body if upload else None, headers)
    reply = connection.getresponse()
    if fail == "yes" and reply.status >= 400:
        print(f"curl: (22) The requested URL returned error: {reply.status}", file=sys.stderr)
        sys.exit(22)
    if output:
        with open(output, "wb") as target:
            shutil.copyfileobj(reply, target)
    else:
        shutil.copyfileobj(reply, sys.stdout.buffer)
