"""The policy store: every version that ever held, and the one compiled set that holds now."""

import asyncio
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.documents import WrittenDocument, freezes_named_by, read_stored, read_text, set_digest
from broker.access.errors import PolicyInvalidError
from broker.access.tables import PolicyRow, PolicySetRow, PolicyVersionRow
from broker.audit.log import AuditEvent, AuditLog, actor_of
from broker.cluster.bus import Bus, Event
from broker.db.engine import Database, Transaction
from broker.http.errors import ConflictError, NotFoundError, UnavailableError
from broker.http.principal import Principal
from policies.diff import diff_documents
from policies.schema import PolicySet
from tunnel.clock import Clock

EMPTY_DIGEST = set_digest(())
TAKEN_NAMES = frozenset({"schema"})
"""Below ``/api/v1/policies/`` something else stands there, so a document of this name could not be shown."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one document of an applied text; unchanged documents keep their version."""

    name: str
    kind: str
    version: int
    digest: str
    diff: tuple[str, ...]
    changed: bool


class PolicyStore:
    """Keeps policies with author, comment and difference, and hands out the set that holds.

    The set is compiled once per digest. Every reading compares the digest in the database, so that no node can judge by
    yesterday's policies because it missed an event.
    """

    def __init__(self, database: Database, clock: Clock, bus: Bus, audit: AuditLog) -> None:
        self._db = database
        self._clock = clock
        self._bus = bus
        self._audit = audit
        self._compiled: tuple[str, PolicySet] = (EMPTY_DIGEST, PolicySet())

    async def current(self, view: AsyncSession) -> PolicySet:
        """Return what holds now; raise ``UnavailableError`` if it cannot be read (nothing passes then)."""
        digest = await view.scalar(select(PolicySetRow.digest).where(PolicySetRow.id == 1))
        if digest is None:
            return PolicySet()
        if digest != self._compiled[0]:
            self._compiled = await self._compile(view)
        return self._compiled[1]

    async def check(self, text: str) -> list[WrittenDocument]:
        """Read a text against what holds, without keeping anything; raise ``PolicyInvalidError``."""
        async with self._db.reading() as view:
            return read_text(text, await self.current(view))

    async def apply(self, principal: Principal, text: str, comment: str, *, dry_run: bool = False) -> list[Applied]:
        """Put all documents of a text in force, or none; ``dry_run`` tells what would change."""
        if dry_run:
            async with self._db.reading() as view:
                return [applied for applied, _ in await self._plan(view, text)]
        try:
            async with self._db.transaction() as tx:
                return await self._apply(tx, principal, text, comment)
        except IntegrityError as error:
            raise ConflictError(
                "Somebody else applied policies at this moment.", hint="Look, and try again."
            ) from error

    async def _apply(self, tx: Transaction, principal: Principal, text: str, comment: str) -> list[Applied]:
        head = await self._lock_head(tx)
        plan = await self._plan(tx, text)
        changed = [(applied, written) for applied, written in plan if applied.changed]
        for applied, written in changed:
            await self._keep(tx, principal, applied, written, comment)
        if changed:
            await self._close(tx, head)
        for applied, _ in changed:
            details = {"name": applied.name, "kind": applied.kind, "version": applied.version, "digest": applied.digest}
            event = AuditEvent("policy.applied", actor_of(principal), applied.name, {**details, "comment": comment})
            await self._audit.append(tx, event)
            self._announce(tx, applied.name)
        return [applied for applied, _ in plan]

    async def delete(self, principal: Principal, name: str) -> None:
        """Take a document out of force; its versions stay. A freeze that a policy still names is kept."""
        async with self._db.transaction() as tx:
            head = await self._lock_head(tx)
            row = await tx.get(PolicyRow, name)
            if row is None or row.deleted_at is not None:
                raise NotFoundError
            user = freezes_named_by(await self.current(tx)).get(name) if row.kind == "Freeze" else None
            if user is not None:
                raise ConflictError(f"The policy {user} names this freeze.", hint="Change or delete that policy first.")
            row.deleted_at = self._clock.now()
            await self._close(tx, head)
            details = {"name": name, "kind": row.kind, "version": row.version, "digest": row.digest}
            await self._audit.append(tx, AuditEvent("policy.deleted", actor_of(principal), name, details))
            self._announce(tx, name)

    async def newest(self) -> list[PolicyVersionRow]:
        """Return the newest version of every document that holds, by name."""
        async with self._db.reading() as view:
            return list(await view.scalars(_newest().where(PolicyRow.deleted_at.is_(None)).order_by(PolicyRow.name)))

    async def get(self, name: str, version: int | None = None) -> PolicyVersionRow:
        """Return one version of a document, deleted or not; without a number, the newest."""
        wanted = _newest() if version is None else select(PolicyVersionRow).where(PolicyVersionRow.version == version)
        async with self._db.reading() as view:
            row = (await view.scalars(wanted.where(PolicyVersionRow.name == name))).one_or_none()
        if row is None:
            raise NotFoundError
        return row

    async def versions(self, name: str) -> list[PolicyVersionRow]:
        """Return all versions of a document, newest first."""
        query = select(PolicyVersionRow).filter_by(name=name).order_by(PolicyVersionRow.version.desc())
        async with self._db.reading() as view:
            rows = list(await view.scalars(query))
        if not rows:
            raise NotFoundError
        return rows

    async def _compile(self, view: AsyncSession) -> tuple[str, PolicySet]:
        rows = list(await view.scalars(_newest().where(PolicyRow.deleted_at.is_(None))))
        texts = [(row.kind, row.text) for row in rows]
        try:
            # Reading hundreds of documents takes longer than the event loop may stand still.
            compiled = await asyncio.to_thread(read_stored, texts)
        except PolicyInvalidError as error:
            raise UnavailableError(f"The stored policies cannot be read, so nothing passes: {error}") from error
        return set_digest((row.name, row.digest) for row in rows), compiled

    async def _plan(self, view: AsyncSession, text: str) -> list[tuple[Applied, WrittenDocument]]:
        known = await self.current(view)
        documents = await asyncio.to_thread(read_text, text, known)
        return [(await self._planned(view, written), written) for written in documents]

    async def _planned(self, view: AsyncSession, written: WrittenDocument) -> Applied:
        document = written.document
        if document.name in TAKEN_NAMES:
            raise ConflictError(f"The name {document.name} belongs to the API.", hint="Choose another name.")
        row = await view.get(PolicyRow, document.name)
        if row is None:
            whole = tuple(str(change) for change in diff_documents(None, document))
            return Applied(document.name, document.kind, 1, written.digest, whole, changed=True)
        if row.kind != document.kind and row.deleted_at is None:
            raise ConflictError(
                f"The name {document.name} belongs to a document of kind {row.kind}.", hint="Choose another name."
            )
        if row.digest == written.digest and row.deleted_at is None:
            return Applied(row.name, row.kind, row.version, row.digest, (), changed=False)
        return Applied(
            row.name, document.kind, row.version + 1, written.digest, await self._diff(view, row, written), changed=True
        )

    async def _diff(self, view: AsyncSession, row: PolicyRow, written: WrittenDocument) -> tuple[str, ...]:
        holds = (row.kind, row.name) if row.deleted_at is None else None
        known = (await self.current(view)).documents
        before = next((each for each in known if (each.kind, each.name) == holds), None)
        return tuple(str(change) for change in diff_documents(before, written.document))

    async def _keep(
        self, tx: Transaction, principal: Principal, applied: Applied, written: WrittenDocument, comment: str
    ) -> None:
        row = await tx.get(PolicyRow, applied.name)
        if row is None:
            row = PolicyRow(name=applied.name)
            tx.add(row)
        row.kind, row.version, row.digest, row.deleted_at = applied.kind, applied.version, applied.digest, None
        await tx.flush()
        tx.add(
            PolicyVersionRow(
                name=applied.name,
                version=applied.version,
                kind=applied.kind,
                digest=applied.digest,
                text=written.text,
                diff=list(applied.diff),
                comment=comment,
                author=principal.user_id,
                author_name=principal.name,
                at=self._clock.now(),
            )
        )

    async def _lock_head(self, tx: Transaction) -> PolicySetRow:
        head = await tx.get(PolicySetRow, 1, with_for_update=True)
        if head is None:
            head = PolicySetRow(id=1, digest=EMPTY_DIGEST)
            tx.add(head)
            await tx.flush()
        return head

    async def _close(self, tx: Transaction, head: PolicySetRow) -> None:
        await tx.flush()
        holding = select(PolicyRow.name, PolicyRow.digest).where(PolicyRow.deleted_at.is_(None))
        head.digest = set_digest([(name, digest) for name, digest in await tx.execute(holding)])

    def _announce(self, tx: Transaction, name: str) -> None:
        tx.on_commit(lambda: self._bus.publish(Event("policy.applied", {"policy": name})))


def _newest() -> Select[PolicyVersionRow]:
    newest = (PolicyVersionRow.name == PolicyRow.name) & (PolicyVersionRow.version == PolicyRow.version)
    return select(PolicyVersionRow).join(PolicyRow, newest)
