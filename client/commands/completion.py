"""``wicket completion``: the script that a shell reads to complete commands and options."""

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of SHELL.

    \b
    bash:  eval "$(wicket completion bash)"                             in ~/.bashrc
    zsh:   eval "$(wicket completion zsh)"                              in ~/.zshrc
    fish:  wicket completion fish > ~/.config/fish/completions/wicket.fish
    """
    from client.cli import cli

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"no completion for {shell}")
    # The script alone: what click prints beside it (a check of bash's version) would run bash.
    maker = found(cli, {}, "wicket", "_WICKET_COMPLETE")
    click.echo(maker.source_template % maker.source_vars())


COMMANDS = {"completion": completion}
