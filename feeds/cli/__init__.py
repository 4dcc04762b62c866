"""The command line: arguments in, exit code out.

Exit codes: 0 all went well; 1 something failed and is named; 2 the command or the configuration is wrong;
3 the service cannot start or its database cannot be opened.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module

import click

from feeds.errors import ConfigErrors, PolyfeedError, StartError, StoreError

EXIT_CODES = "Exit codes: 0 well, 1 something failed and is named, 2 wrong command or configuration, 3 cannot start."

# name -> where it is; loaded when asked for, so that `polyfeed serve` never imports what only a poll needs
COMMANDS: Mapping[str, str] = {
    "serve": "feeds.cli.serve:serve",
    "web": "feeds.cli.serve:web",
    "schedule": "feeds.cli.roles:schedule",
    "worker": "feeds.cli.roles:worker",
    "init": "feeds.cli.configuration:init",
    "add": "feeds.cli.add:add",
    "check": "feeds.cli.configuration:check",
    "schema": "feeds.cli.configuration:schema",
    "preview": "feeds.cli.preview:preview_command",
    "suggest": "feeds.cli.suggest:suggest",
    "sample": "feeds.cli.sample:sample",
    "poll": "feeds.cli.sources:poll",
    "sources": "feeds.cli.sources:sources",
    "feeds": "feeds.cli.publish:feeds",
    "concepts": "feeds.cli.concepts:concepts",
    "export": "feeds.cli.publish:export",
    "search": "feeds.cli.search:search",
    "copy": "feeds.cli.moving:copy",
    "backup": "feeds.cli.moving:backup",
    "restore": "feeds.cli.moving:restore",
    "extract": "feeds.cli.reading:extract",
    "newsroom": "feeds.cli.newsroom:newsroom",
    "alert": "feeds.cli.roles:alert",
    "hub": "feeds.cli.hub:hub",
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=_Lazy, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="polyfeed", prog_name="polyfeed")
def cli() -> None:
    """Turns news sites in any language into RSS, Atom and JSON feeds.

    \b
    polyfeed serve --newsroom     try it, with a sample newsroom to poll
    polyfeed add URL              find what can be polled at a site, and add it
    polyfeed init mynews          a commented configuration to start from
    polyfeed serve                poll the sources of config/sources/ and serve their feeds

    \b
    On several machines, with database_url and redis_url set:
    polyfeed web                  serve the feeds; as many as you like
    polyfeed schedule             say what is polled when; a second one stands by
    polyfeed worker               poll; as many as you like

    Every setting is also a variable: --port is POLYFEED_PORT.
    """  # noqa: D301 - \b tells click to keep the lines


def main(arguments: list[str] | None = None) -> None:
    """Runs a command and exits; what Polyfeed raises on purpose becomes one line on standard error."""
    try:
        code = cli.main(arguments, prog_name="polyfeed", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)  # as a shell reports Ctrl-C
    except ConfigErrors as error:
        _complain(str(error))
        sys.exit(2)
    except (StartError, StoreError) as error:
        _complain(str(error))
        sys.exit(3)
    except PolyfeedError as error:
        _complain(str(error))
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _complain(text: str) -> None:
    for line in text.splitlines():
        click.echo(f"polyfeed: {line}", err=True)
