"""All routes of identity."""

from broker.http.routes import Route
from broker.identity.auth_routes import AccountRoutes, SignInRoutes
from broker.identity.passkey_routes import PasskeyRoutes
from broker.identity.people_routes import GroupRoutes, OrganizationRoutes, UserRoutes
from broker.identity.ports import GroupUses
from broker.identity.service import Identity


def routes(identity: Identity, uses: GroupUses) -> list[Route]:
    """Return the routes of signing in, passkeys, accounts, users, groups and organizations.

    ``uses`` is access's word on what needs a group.
    """
    return [
        *SignInRoutes(identity.setup, identity.sign_in, identity.enrolments, identity.logins).routes(),
        *AccountRoutes(identity.account, identity.logins).routes(),
        *PasskeyRoutes(
            identity.relying_parties, identity.own_passkeys, identity.passkey_sign_in, identity.passkey_step_up
        ).routes(),
        *UserRoutes(identity.users, identity.catalogue).routes(),
        *GroupRoutes(identity.groups, identity.catalogue, uses).routes(),
        *OrganizationRoutes(identity.organizations).routes(),
    ]
