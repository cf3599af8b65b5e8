"""What a preprocessing step is.

A step is one entry of the list ``preprocessing`` in the configuration: its kind, the columns that it works on,
and its own parameters. It says what a reader of the file needs to know and nothing else; `Step.build` makes
the scikit-learn transformer that does the work. Each kind lives in a file of its own in this folder, and is found
there without being listed anywhere: adding a kind is adding a file.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator

from regression_model.build_context import BuildContext
from regression_model.frozen import Frozen

Kind = Literal["number", "category", "boolean", "datetime", "series"]
"""What a column holds while it goes through the steps. Integers are numbers here."""


def _as_list(value: Any) -> Any:  # noqa: ANN401 - raw value from the file
    """Let ``columns: LotArea`` stand for a list of one."""
    return [value] if isinstance(value, str) else value


Columns = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
"""Names of columns, or of a kind (``number``, ``category``, ``boolean``, ``datetime``, ``series``), or ``all``."""


CodeUse = Literal["keeps", "makes", "rewrites"]
"""What a step does to codes of categories."""


class Step(Frozen, ABC):
    """One preprocessing step, as the configuration declares it.

    Subclasses set the field ``step`` to a ``Literal`` with their kind's name (it is what the file says), add their
    parameters as fields, and describe themselves by the class variables below.

    Attributes
    ----------
    step : str
        Name of the kind.
    columns : tuple of str
        What the step works on: names, or selectors. A selector means the columns of that kind *at this point* of
        the pipeline. Empty means the default selector of the kind.
    """

    step: str
    columns: Columns = ()

    accepts: ClassVar[tuple[Kind, ...]] = ("number",)
    """Kinds of column that the step can work on. Booleans are held as 0.0 and 1.0: a step that takes numbers
    takes booleans where it lists them."""

    default_columns: ClassVar[tuple[str, ...]] = ()
    """Selector used when the file names no columns; empty means that the file has to name them."""

    fills_missing: ClassVar[bool] = False
    """Whether the columns hold no missing values afterwards: such features may be null in a request."""

    values_above: ClassVar[float | None] = None
    """Bound that values have to be greater than, because others have no result (a logarithm): such rows are refused
    by validation."""

    learns_columns: ClassVar[bool] = False
    """Whether the columns that come out are known only after fitting (one-hot, selection). The steps behind it can
    then only work on ``all`` columns."""

    codes: ClassVar[CodeUse] = "keeps"
    """Whether the step makes codes of categories, which some families split by as such; or leaves those that arrive in
    the columns that it works on as they are; or puts other numbers in their place."""

    @property
    def extra(self) -> str | None:
        """Extra of this package that installs what the step computes with, or None if it is always there."""
        return None

    @property
    def learns_from_target(self) -> bool:
        """Whether fitting looks at the target: then a stack's folds have to fit the step, too."""
        return False

    @abstractmethod
    def build(self, columns: Sequence[str], context: BuildContext) -> Any:  # noqa: ANN401 - scikit-learn has no type
        """Make the transformer.

        Parameters
        ----------
        columns : sequence of str
            The columns, resolved from the selectors, in the order of the frame. For steps behind one that
            learns its columns, ``("all",)`` stands for all that arrive.
        context : BuildContext

        Returns
        -------
        transformer
            Unfitted; takes a DataFrame and returns a DataFrame.
        """

    def keeps_small_values(self) -> bool:
        """Say whether what is at or below a bound before the step still is behind it, whatever the bound.

        True of imputation and indicators, which leave the values that are there as they are, and of a cap on large
        values. Then `values_above` of a later step holds for the values that are sent, too.
        """
        return self.fills_missing

    def columns_after(self, columns: Sequence[str], before: Mapping[str, Kind]) -> dict[str, Kind]:
        """Say which columns, of which kind, there are behind the step.

        Parameters
        ----------
        columns : sequence of str
            The columns that the step works on.
        before : mapping of str to kind
            All columns that arrive, in order.

        Returns
        -------
        dict of str to kind
            In order. Meaningless where ``learns_columns`` is true.
        """
        del columns
        return dict(before)

    def columns_read(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Name every column that the step needs, for steps that need more than those they work on."""
        return tuple(columns)

    def sources(self, output: str, columns: Sequence[str]) -> tuple[str, ...]:
        """Name the arriving columns that one outgoing column is computed from.

        Parameters
        ----------
        output : str
            An outgoing column. Columns that merely pass through are not asked for.
        columns : sequence of str
            The columns that the step works on.

        Returns
        -------
        tuple of str
            By default the column of the same name, or, for one that is new, all columns of the step.
        """
        return (output,) if output in columns else tuple(columns)
