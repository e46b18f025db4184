"""Of which thing a topic speaks: only who may know of that thing is told. docs/api.md has the same list for people."""

from broker.cluster.topics import Topic

SUBJECTS: dict[Topic, str] = {
    "request.created": "request",
    "request.changed": "request",
    "request.decided": "request",
    "emergency.used": "request",
    "grant.created": "grant",
    "grant.activated": "grant",
    "grant.extended": "grant",
    "grant.revoked": "grant",
    "extension.requested": "extension",
    "extension.changed": "extension",
    "extension.decided": "extension",
    "review.opened": "review",
    "review.closed": "review",
    "policy.applied": "policy",
    "lock.set": "lock",
    "lock.lifted": "lock",
    "session.opened": "session",
    "session.changed": "session",
    "session.held": "session",
    "session.extended": "session",
    "session.ended": "session",
    "question.asked": "question",
    "question.answered": "question",
    "question.expired": "question",
    "question.withdrawn": "question",
    "block.set": "block",
    "block.lifted": "block",
    "drill.done": "drill",
    "recording.opened": "recording",
    "recording.closed": "recording",
    "audit.appended": "sequence",
    "site.changed": "site",
    "site.locked": "site",
    "site.unlocked": "site",
    "asset.changed": "asset",
    "agent.enrolled": "agent",
    "agent.connected": "agent",
    "agent.disconnected": "agent",
    "agent.changed": "agent",
    "agent.quarantined": "agent",
    "agent.released": "agent",
    "agent.revoked": "agent",
    "user.created": "user",
    "user.changed": "user",
    "user.disabled": "user",
    "group.created": "group",
    "group.changed": "group",
    "organization.created": "organization",
    "organization.changed": "organization",
    "login.started": "login",
    "login.changed": "login",
    "login.ended": "login",
}
"""The name, among the event's ids, of the thing that a person must be allowed to see to be told of the event."""

OTHERWISE: dict[Topic, Topic] = {
    "agent.connected": "site.changed",
    "agent.disconnected": "site.changed",
    "group.changed": "user.changed",
}
"""What the event is to those who may not see its subject: a site is online or not, one's own groups changed."""

MOVES: frozenset[Topic] = frozenset(
    {
        "policy.applied",
        "site.changed",
        "asset.changed",
        "user.changed",
        "group.changed",
        "organization.changed",
    }
)
"""After these, somebody who sees only what policies open to them may see other assets than before."""
