"""The routes of the policy store."""

from broker.access.explain_models import PolicyExplainOut
from broker.access.explaining import PolicyExplainer
from broker.access.policy_models import (
    AssetAccessList,
    PolicyApplyIn,
    PolicyApplyOut,
    PolicyCheckOut,
    PolicyExplainIn,
    PolicyList,
    PolicyOut,
    PolicySchema,
    PolicyTestIn,
    PolicyTestOut,
    PolicyTextIn,
    PolicyVersionQuery,
    ReachList,
    ReachQuery,
)
from broker.access.reach import AssetReach
from broker.access.store import PolicyStore
from broker.http.principal import Permission
from broker.http.routes import Call, Needs, Route
from policies.schema import json_schema

READ = Needs(Permission.POLICIES_READ, Permission.POLICIES_MANAGE)
MANAGE = Needs(Permission.POLICIES_MANAGE)
MAX_BODY_BYTES = 640 * 1024
"""Room for two texts of 256 KiB as JSON."""


class PolicyRoutes:
    """Handlers of the policy store."""

    def __init__(self, store: PolicyStore, explainer: PolicyExplainer, reach: AssetReach) -> None:
        self._store = store
        self._explainer = explainer
        self._reach = reach
        self._schema = PolicySchema(json_schema())

    async def schema(self, _: Call) -> PolicySchema:
        """The JSON Schema of a document."""
        return self._schema

    async def access(self, call: Call) -> AssetAccessList:
        """Who may reach an asset."""
        return AssetAccessList.of(await self._reach.of(call.path("asset")))

    async def reach(self, call: Call) -> ReachList:
        """Who may reach each of some assets."""
        asked = dict.fromkeys(call.query_as(ReachQuery).assets.split(","))
        return ReachList.of(await self._reach.of_each([*asked]))

    async def list(self, _: Call) -> PolicyList:
        """The documents that hold."""
        return PolicyList(items=[PolicyOut.of(row, with_text=False) for row in await self._store.newest()])

    async def get(self, call: Call) -> PolicyOut:
        """One version of a document."""
        version = call.query_as(PolicyVersionQuery).version
        return PolicyOut.of(await self._store.get(call.path("name"), version), with_text=True)

    async def versions(self, call: Call) -> PolicyList:
        """All versions of a document."""
        rows = await self._store.versions(call.path("name"))
        return PolicyList(items=[PolicyOut.of(row, with_text=False) for row in rows])

    async def check(self, call: Call) -> PolicyCheckOut:
        """Read a text and keep nothing."""
        return PolicyCheckOut.of(await self._store.check(call.body_as(PolicyTextIn).yaml))

    async def apply(self, call: Call) -> PolicyApplyOut:
        """Put documents in force."""
        body = call.body_as(PolicyApplyIn)
        applied = await self._store.apply(call.principal, body.yaml, body.comment, dry_run=body.dry_run)
        return PolicyApplyOut.of(applied)

    async def delete(self, call: Call) -> None:
        """Take a document out of force."""
        await self._store.delete(call.principal, call.path("name"))

    async def explain(self, call: Call) -> PolicyExplainOut:
        """Say who may reach what, and why not."""
        return PolicyExplainOut.of(await self._explainer.explain(call.body_as(PolicyExplainIn).case()))

    async def test(self, call: Call) -> PolicyTestOut:
        """Run policy tests."""
        body = call.body_as(PolicyTestIn)
        return PolicyTestOut.of(await self._explainer.test(body.yaml, body.policies))


def policy_routes(on: PolicyRoutes) -> list[Route]:
    """Return the routes of policies."""
    base = "/api/v1/policies"
    return [
        Route("GET", base, on.list, READ, "List the policies that hold", response=PolicyList),
        Route(
            "POST", f"{base}/check", on.check, READ, "Check a policy text and keep nothing",
            request=PolicyTextIn, response=PolicyCheckOut, max_body_bytes=MAX_BODY_BYTES, errors=("policy_invalid",),
        ),
        Route(
            "POST", f"{base}/apply", on.apply, MANAGE, "Put policies in force, all or none",
            request=PolicyApplyIn, response=PolicyApplyOut, max_body_bytes=MAX_BODY_BYTES,
            errors=("policy_invalid", "conflict"),
        ),
        Route(
            "POST", f"{base}/explain", on.explain, READ, "Explain who may reach what, and why not",
            request=PolicyExplainIn, response=PolicyExplainOut,
        ),
        Route(
            "POST", f"{base}/test", on.test, READ, "Run policy tests against what holds",
            request=PolicyTestIn, response=PolicyTestOut, max_body_bytes=MAX_BODY_BYTES, errors=("policy_invalid",),
        ),
        Route(
            "GET", f"{base}/schema", on.schema, READ, "The JSON Schema of a policy document, for editors",
            response=PolicySchema,
        ),
        Route(
            "GET", "/api/v1/access", on.reach, READ, "List the policies that mean each of some assets, in words",
            query=ReachQuery, response=ReachList,
        ),
        Route(
            "GET", "/api/v1/assets/{asset}/access", on.access, READ, "List the policies that mean an asset, in words",
            response=AssetAccessList,
        ),
        Route(
            "GET", f"{base}/{{name}}", on.get, READ, "Show a policy", query=PolicyVersionQuery, response=PolicyOut
        ),
        Route("GET", f"{base}/{{name}}/versions", on.versions, READ, "List a policy's versions", response=PolicyList),
        Route(
            "DELETE", f"{base}/{{name}}", on.delete, MANAGE, "Take a policy out of force; its history stays",
            status=204, errors=("conflict",),
        ),
    ]  # fmt: skip
