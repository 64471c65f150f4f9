"""The FastAPI application: the page, `/ws`, `/api`, `/health`, `/trace`, `/metrics`, and who may use them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

from fastapi import Depends, FastAPI, Request, Response, WebSocket
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from hive_mind import __version__
from hive_mind.errors import AccessError, ContextError, ProtocolError
from hive_mind.server.config import ServerConfig
from hive_mind.server.core.access.gate import admin, known
from hive_mind.server.core.access.routes import router as access_routes
from hive_mind.server.core.access.tokens import owner_key
from hive_mind.server.core.answers import answer_faults
from hive_mind.server.core.certificates import Certificates
from hive_mind.server.core.context import Context
from hive_mind.server.core.crypto import Vault, load_keys
from hive_mind.server.core.house import House
from hive_mind.server.core.house_api.routes import house_api
from hive_mind.server.core.household_time import household_time
from hive_mind.server.core.key_rotation import KeyRotation
from hive_mind.server.core.llm.engine import LanguageModel
from hive_mind.server.core.llm.factory import make_model
from hive_mind.server.core.metrics.access import may_scrape
from hive_mind.server.core.metrics.scrape import scrape
from hive_mind.server.core.metrics.tracing import Tracing
from hive_mind.server.core.plugin_house import open_plugins
from hive_mind.server.core.redis_client import connect
from hive_mind.server.core.redis_server import EmbeddedRedis
from hive_mind.server.core.settings.fixed import persona_of
from hive_mind.server.core.settings.keeper import SettingsKeeper
from hive_mind.server.core.shield import Shield
from hive_mind.server.core.speech.engines import Load, loader
from hive_mind.server.core.store import ContextStore
from hive_mind.server.core.trace_access import heard, is_forwarded, may_read, told
from hive_mind.server.core.web_pages import web_pages
from hive_mind.server.core.websocket import serve_socket
from hive_mind.server.logs import get_logger
from hive_mind.understanding.grammar import Grammar


def create_app(
    config: ServerConfig, *, house: House | None = None, certificates: Certificates | None = None
) -> FastAPI:
    """Make the application, with the house as `app.state.house`.

    Args:
        config: settings.
        house: an open one; without it, one opens and closes with the lifespan.
        certificates: where the server speaks TLS itself.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if app.state.house is not None:
            yield
            return
        async with open_house(config) as own:
            app.state.house = own
            yield

    app = FastAPI(
        title="Hive Mind",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.house = house
    tls_only = certificates is not None and config.plain == "loopback"
    app.add_middleware(Shield, allowed_origins=config.allowed_origins, tls_only=tls_only)
    answer_faults(app)
    app.include_router(access_routes)

    app.include_router(house_api([Depends(admin)]))

    @app.get("/health")
    async def health(request: Request) -> dict[str, Any]:
        """Live if it answers; readiness by component, for those who are known here."""
        return told_health(app.state.house, request)

    @app.get("/health/ready")
    async def ready(request: Request, response: Response) -> dict[str, Any]:
        """Whether to send clients here: 503 while it starts or stops; what is degraded answers."""
        health = told_health(app.state.house, request)
        response.status_code = 503 if health["status"] in ("starting", "stopping") else 200
        return health

    @app.get("/api/ca.pem")
    async def authority(request: Request) -> Response:
        """The certificate of this house's authority: public, and pinned by clients when they are paired."""
        if certificates is None or is_forwarded(request.headers):
            raise ProtocolError("This server speaks no TLS of its own.", code="NOT_FOUND")
        return Response(certificates.authority, media_type="application/x-pem-file")

    @app.get("/heard")
    async def heard_lately(request: Request) -> JSONResponse:
        """What recognisers heard lately, for `hive-mind wer`; for programs on this machine alone."""
        if not may_read(request.client.host if request.client else None, request.headers):
            return _loopback_only()
        return JSONResponse(heard(app.state.house.traces))

    @app.get("/trace/{turn_id}")
    async def trace(turn_id: str, request: Request) -> JSONResponse:
        """What happened in a turn, or in the LAST one; for programs on this machine alone."""
        if not may_read(request.client.host if request.client else None, request.headers):
            return _loopback_only()
        try:
            return JSONResponse(told(app.state.house.traces, turn_id))
        except ProtocolError as error:
            return JSONResponse({"code": error.code, "message": error.message}, status_code=404)

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        """What is measured, for Prometheus."""
        token = config.metrics_token.get_secret_value() if config.metrics_token else None
        peer = request.client.host if request.client else None
        if not may_scrape(peer, request.headers, token=token, allowed=config.metrics_allow):
            refused = "Metrics are told to this machine, and to whoever has HIVE_MIND_METRICS_TOKEN."
            return JSONResponse({"code": "METRICS_REFUSED", "message": refused}, status_code=403)
        return Response(await scrape(app.state.house), media_type=CONTENT_TYPE_LATEST)

    @app.websocket("/ws")
    async def ws(socket: WebSocket) -> None:
        await serve_socket(socket, app.state.house)

    app.include_router(web_pages())
    return app


def _loopback_only() -> JSONResponse:
    refused = "Traces are told on the server's own machine alone."
    return JSONResponse({"code": "LOOPBACK_ONLY", "message": refused}, status_code=403)


def told_health(house: House, request: Request) -> dict[str, Any]:
    """What `/health` tells somebody: strangers hear no more than whether the house is well."""
    health = describe(house)
    try:
        stranger = known(house.access, request) is None
    except AccessError:
        stranger = True
    return {name: health[name] for name in ("service", "status")} if stranger else health


def describe(house: House) -> dict[str, Any]:
    """What `/health` tells.

    `plugins` has the state, the faults, the calls and their latency of each; a plugin in trouble does not
    make the house `degraded`.

    `status` is `ready`; `starting` while the model loads; `degraded` when a component is away: then local
    commands still work.
    """
    llm = house.model.state
    context = "ready" if house.context.available else "away"
    plugins = house.plugins.host.describe()
    troubled = {"refused", "quarantined"} & {told["state"] for told in plugins.values()}
    status = "ready"
    if llm == "loading":
        status = "starting"
    elif llm != "ready" or context != "ready":
        status = "degraded"
    if house.stopping:
        status = "stopping"
    return {
        "service": "hive-mind",
        "status": status,
        "version": __version__,
        "components": {
            "commands": {"state": "ready"},
            "context": {"state": context},
            "llm": {"state": llm, "engine": house.model.capabilities.name},
            "plugins": {"state": "degraded" if troubled else "ready"},
            "speech": {"state": house.speech.state},
        },
        "plugins": plugins,
        "clients": house.connections,
    }


@asynccontextmanager
async def open_house(
    config: ServerConfig, model: LanguageModel | None = None, speech: Load | None = None
) -> AsyncIterator[House]:
    """Start everything that a house needs; stop it in reverse order.

    Args:
        config: settings.
        model: the language model, instead of the configured one.
        speech: loads the engines of speech, instead of those of this machine.

    Raises:
        ConfigError: the data folder, the key or Redis cannot be had.
    """
    log = get_logger("house")
    async with AsyncExitStack() as stack:
        given = config.key.get_secret_value() if config.key else None
        keys = load_keys(given, config.data_path / "context.key")
        revive = None
        if config.redis_url is None:
            redis = EmbeddedRedis(config.data_path)
            stack.push_async_callback(redis.stop)
            try:
                await redis.start()
            except ContextError as error:
                log.error("redis not started", reason=error.message)
            revive = redis.ensure
            url = f"unix://{redis.socket}"
        else:
            url = config.redis_url
        vault = Vault(*keys)
        password = config.redis_password.get_secret_value() if config.redis_password else None
        store = ContextStore(connect(url, password), vault, config.context_days)
        stack.push_async_callback(store.close)
        context = Context(store, revive)
        await context.start()
        if config.redis_url is not None:
            with suppress(ContextError):
                await store.advise()
        settings = SettingsKeeper(context, lambda: household_time(config))
        await settings.load()
        house = House(
            config,
            Grammar.load(robot_names=(persona_of(config, settings.values),)),
            context,
            model or make_model(config, settings.values),
            vault,
            store,
            owner_key(keys[0]),
            None if config.speech == "off" else speech or loader(config, settings.values),
            settings=settings,
            own_model=model is None,
            own_speech=speech is None,
        )
        stack.push_async_callback(house.close)
        house.keys = KeyRotation(config.data_path, given, vault, store, house.plugins)
        if len(keys) > 1:
            house.spawn(house.keys.finish())
        await house.access.start()
        house.spawn(context.run())
        house.spawn(house.access.run())
        house.spawn(house.peers.run())
        house.spawn(house.pace.run())
        house.spawn(house.memory.run())
        if config.otlp_endpoint is not None:
            tracing = Tracing(config.otlp_endpoint)
            house.news.on_over = tracing.take
            house.spawn(tracing.run())
        house.spawn(house.journal.run())
        await house.model.start()
        stack.push_async_callback(house.model.stop)
        await stack.enter_async_context(open_plugins(house))
        house.spawn(house.warm())
        if config.speech == "on":
            await house.speech.engines()
        yield house
