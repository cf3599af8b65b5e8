"""The root of the commands: takes the global options in any place, and turns errors into exit codes."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

from regression_model.cli.failures import reporting_failures

_GLOBAL = ("debug", "verbose", "quiet", "log_file")


class CommandGroup(TyperGroup):
    """A group whose global options may also stand behind the command: ``regression-model train --debug``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer's own class is private
        """Move the global options to the front, then parse."""
        return super().parse_args(ctx, move_to_front(args, *self._global_options()))

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own class is private
        """Run the command; whatever it raises becomes a message and an exit code."""
        with reporting_failures(ctx):
            return super().invoke(ctx)

    def _global_options(self) -> tuple[set[str], set[str]]:
        flags, valued = set[str](), set[str]()
        for parameter in self.params:
            if parameter.name in _GLOBAL:
                (flags if getattr(parameter, "is_flag", False) else valued).update(parameter.opts)
        return flags, valued


def move_to_front(arguments: list[str], flags: set[str], valued: set[str]) -> list[str]:
    """Move options to the front of the arguments, up to a ``--``.

    Parameters
    ----------
    arguments : list of str
    flags : set of str
        Options without a value.
    valued : set of str
        Options with one, as the next argument or behind ``=``.

    Examples
    --------
    >>> move_to_front(["train", "--log-file", "x.log", "--debug"], {"--debug"}, {"--log-file"})
    ['--log-file', 'x.log', '--debug', 'train']
    """
    front, rest = list[str](), list[str]()
    waiting = list(arguments)
    while waiting:
        argument = waiting.pop(0)
        if argument == "--":
            return [*front, *rest, argument, *waiting]
        if argument in flags or argument.split("=")[0] in valued:
            front.append(argument)
            if argument in valued and waiting:
                front.append(waiting.pop(0))
        else:
            rest.append(argument)
    return front + rest
