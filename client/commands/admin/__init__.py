"""``wicket admin``: the plant's people and things."""

import click

from client.app import Group
from client.commands.admin.agents import agents
from client.commands.admin.assets import assets
from client.commands.admin.inventory import inventory
from client.commands.admin.people import groups, organizations
from client.commands.admin.settings import settings
from client.commands.admin.sites import sites
from client.commands.admin.users import users


@click.group(cls=Group)
def admin() -> None:
    """Users, groups, organizations, sites, agents, assets, settings."""


for part in (users, groups, organizations, sites, agents, assets, inventory, settings):
    admin.add_command(part)

COMMANDS = {"admin": admin}
