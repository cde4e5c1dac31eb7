"""A request to a program of a machine: METHOD URL OUTPUT FAIL FORMAT SECONDS SILENT/SHOW, as curl was called."""
import sys
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

method, url, output, fail, form, limit, talk = sys.argv[1:]


def end(code: int, text: str, status: str = "000") -> None:
    if text and talk != "yes/no":
        print(f"curl: ({code}) {text}", file=sys.stderr)
    print(form.replace("%{http_code}", status).replace("\\n", "\n"), end="")
    sys.exit(code)


parts = urlsplit(url)
connection = HTTPConnection(parts.hostname, parts.port, timeout=float(limit))
try:
    connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""))
    reply = connection.getresponse()
    body = reply.read()
except TimeoutError:
    end(28, f"Operation timed out after {limit}000 milliseconds with 0 bytes received")
except (OSError, HTTPException):
    end(52, "Empty reply from server")
if fail == "yes" and reply.status >= 400:
    end(22, f"The requested URL returned error: {reply.status}", str(reply.status))
if output:
    with open(output, "wb") as target:
        target.write(body)
else:
    sys.stdout.buffer.write(body)
    sys.stdout.flush()
end(0, "", str(reply.status))
