"""Who may speak to this house: pairing, tokens, rights.

For whoever adds an HTTP route or reads from a socket:

    from hive_mind.server.core.access.gate import Admin, Known

    @router.get("/api/lists")
    async def lists(who: Known) -> ...:      # 401 unless the client is paired, or on this machine
        who.client_id, who.name, who.room, who.rights.private, who.loopback

    @router.delete("/api/plugins/{name}")
    async def remove(who: Admin, name: str) -> ...:     # 403 unless it may change the house

`Known` and `Admin` are `Annotated[Identity, Depends(identity)]` and `Annotated[Identity, Depends(admin)]`.
What they refuse is answered as {"code", "message", "recoverable"}: 401 UNAUTHORISED, TOKEN_EXPIRED (renew,
then ask again) or TOKEN_REVOKED (pair again), 403 NOT_ALLOWED, 429 RATE_LIMITED. Any `HiveMindError` that a
route raises becomes such an answer (`server/core/answers.py`).

A token comes in `Authorization: Bearer …`, in the page's HttpOnly cookie, or over a WebSocket in the `token`
field of the first message (`hello`, `voice_input`, `ping`). Browsers send their cookies along by
themselves, so each request that changes something must also come from a page of ours;
`server/core/shield.py` sees to that for all routes.

A page pairs with `POST /api/pair` {"code": "123456", "name": "Téléphone de Léa"}, and is then known by two
cookies: the access token lives for minutes, and `POST /api/token` (no body) renews both. Renew when an
answer says TOKEN_EXPIRED; two tabs should not do so at once (`navigator.locks`).

| file | what it holds |
|---|---|
| `identity.py` | who somebody is, and what they may do |
| `tokens.py` | access and refresh tokens, pure |
| `register.py` | the paired clients and what waits to be paired, pure |
| `pairing.py` | codes and requests, pure |
| `desk.py` | the register at work: the clock, Redis, the limits |
| `gate.py` | the FastAPI dependencies, the WebSocket's check |
| `routes.py` | `/api/pair`, `/api/token`, `/api/clients` |

The register is one document in Redis, sealed with the house's key, and changed by compare-and-set: several
servers of one house must agree at once on which refresh token is the last one, and a file of one of them
could not tell the others. Each server keeps a copy in memory, so that a token is checked without a question
to Redis.
"""
