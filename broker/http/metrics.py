"""Prometheus metrics, and the loopback listener that serves nothing else."""

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """What the broker counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "wicketgate_http_requests",
            "Requests by method, route and status.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "wicketgate_http_request_seconds", "Time to answer.", ("route",), registry=self.registry
        )
        self.connections = Gauge("wicketgate_connections", "Open HTTPS connections.", registry=self.registry)
        self.connections_refused = Gauge(
            "wicketgate_connections_refused_total", "Connections over a limit before login.", registry=self.registry
        )
        self.agents = Gauge("wicketgate_agents_connected", "Agents with a live control link.", registry=self.registry)
        self.sessions = Gauge(
            "wicketgate_sessions_open", "Sessions that are open on this node.", registry=self.registry
        )
        self.streams = Gauge("wicketgate_streams_open", "Streams that are open on this node.", registry=self.registry)
        self.event_sockets = Gauge(
            "wicketgate_event_sockets_open", "Pages that hear live events from this node.", registry=self.registry
        )
        self.session_ends = Counter(
            "wicketgate_session_ends", "Sessions by the code they ended with.", ("code",), registry=self.registry
        )
        self.stream_ends = Counter(
            "wicketgate_stream_ends",
            "Streams by who ended them, and the broker's own code.",
            ("ended_by", "code"),
            registry=self.registry,
        )
        self.operations = Counter(
            "wicketgate_operations",
            "Operations seen by guards.",
            ("protocol", "tier", "verdict"),
            registry=self.registry,
        )
        self.bytes = Counter("wicketgate_payload_bytes", "Payload carried.", ("direction",), registry=self.registry)
        self.stream_open_seconds = Histogram(
            "wicketgate_stream_open_seconds", "From the request to the first byte's way.", registry=self.registry
        )

    @web.middleware
    async def measure(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Count and time a request by its route (never by its path, which holds ids)."""
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else "(none)"
        with self.request_seconds.labels(route).time():
            response = await handler(request)
        self.requests.labels(request.method, route, response.status).inc()
        return response

    def render(self) -> bytes:
        """The exposition text."""
        return generate_latest(self.registry)


class MetricsListener:
    """Plain HTTP on loopback: ``/metrics`` and nothing else."""

    def __init__(self, metrics: Metrics) -> None:
        app = web.Application()
        app.router.add_get("/metrics", self._serve)
        self._metrics = metrics
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self, host: str, port: int) -> int:
        """Listen and return the port."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close the listener."""
        await self._runner.cleanup()

    async def _serve(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._metrics.render(), headers={"Content-Type": CONTENT_TYPE})
