"""A collector of OpenTelemetry that keeps what it is sent."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

Facts = dict[str, str | int | float]


class Collected:
    """What has come, whole and as spans."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.bodies: list[bytes] = []

    @property
    def batches(self) -> list[ResourceSpans]:
        sent = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [batch for request in sent for batch in request.resource_spans]

    @property
    def spans(self) -> list[Span]:
        return [span for it in self.batches for scope in it.scope_spans for span in scope.spans]

    def until(self, name: str, seconds: float = 60) -> Span:
        """The first span of this name, which may still be on its way."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for span in self.spans:
                if span.name == name:
                    return span
            time.sleep(0.1)
        raise AssertionError(f"{name} is not among {sorted({span.name for span in self.spans})}")


def facts_of(span: Span) -> Facts:
    return {
        fact.key: getattr(fact.value, fact.value.WhichOneof("value")) for fact in span.attributes
    }


@contextmanager
def collecting() -> Iterator[Collected]:
    class Keep(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            collected.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Keep) as server:
        collected = Collected(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield collected
        server.shutdown()
        thread.join()
