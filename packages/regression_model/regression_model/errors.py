"""Every error that the model package raises on purpose.

::

    RegressionModelError
    ├── ConfigError              the configuration file can't be used
    ├── DataError                a table can't be used
    │   ├── DataNotFoundError    no table where one was looked for
    │   └── DownloadError        a download failed, or is not what was pinned
    ├── InputDataError           the input of a prediction can't be read as rows
    ├── TrainingError            data and config are sound, but training can't go on
    ├── WorkerError              a process that works for this one could not be started or prepared
    ├── SearchError              a search or a sweep can't go on, or what it wrote can't be used
    ├── ArtifactError            a saved model can't be used
    │   ├── ArtifactNotFoundError
    │   ├── ArtifactIntegrityError   its bytes are not those that were saved
    │   ├── ArtifactVersionError     it was made by another scikit-learn
    │   ├── ArtifactSignatureError   nobody who is trusted has signed it
    │   ├── SigningKeyError          a key to sign with, or to check signatures with, can't be used
    │   └── ArtifactWriteError       it could not be written
    ├── NotCompiledError         a fitted pipeline has no compiled form
    │   ├── NotLowerableError        a step of it can't be said in compiled operations
    │   └── CompiledMismatchError    the compiled form does not predict the same
    ├── ExplanationError         a model's predictions can't be explained
    ├── TrackingError            the server that is to be told of a run takes none
    └── MissingExtraError        an optional dependency is not installed

They know nothing of exit codes or HTTP: the command line and the API translate them.
A row that fails validation is no exception: its errors are part of the answer.
"""

from __future__ import annotations


class RegressionModelError(Exception):
    """Base of all errors that this package raises on purpose."""


class ConfigError(RegressionModelError):
    """The configuration can't be used.

    Parameters
    ----------
    message : str
        What was expected, what was found and what to do.
    file : str, optional
        The configuration file.
    line : int, optional
        Line of the file, counted from 1.
    key : str, optional
        Dotted path of the key, such as ``model.alpha``.
    """

    def __init__(
        self, message: str, *, file: str | None = None, line: int | None = None, key: str | None = None
    ) -> None:
        self.message = message
        self.file = file
        self.line = line
        self.key = key
        super().__init__(message)

    def __str__(self) -> str:
        """Put the place before the message, as compilers do: ``config.yml:12: model.alpha: ...``."""
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return ": ".join(part for part in (place, self.key, self.message) if part)


class DataError(RegressionModelError):
    """A table can't be used: columns are missing, cells can't be read, the target is unusable."""


class DataNotFoundError(DataError):
    """No table was found in any of the places where one was looked for."""


class DownloadError(DataError):
    """A table could not be downloaded, or what came is not what the config pins."""


class InputDataError(RegressionModelError):
    """The input of a prediction can't be read as rows at all."""


class TrainingError(RegressionModelError):
    """Training can't go on although data and config are sound by themselves."""


class WorkerError(RegressionModelError):
    """A process that works for this one could not be started or prepared."""


class SearchError(RegressionModelError):
    """A search or a sweep can't go on, or what one has written can't be used."""


class ArtifactError(RegressionModelError):
    """A saved model can't be used."""


class ArtifactNotFoundError(ArtifactError):
    """There is no saved model in the place that was named."""


class ArtifactIntegrityError(ArtifactError):
    """The bytes of a saved model, or its predictions, are not those that were recorded."""


class ArtifactVersionError(ArtifactError):
    """A saved model was made by a version of scikit-learn that this one can't stand in for."""


class ArtifactSignatureError(ArtifactError):
    """A saved model is not signed by anybody who is trusted, or was changed after it was signed."""


class SigningKeyError(ArtifactError):
    """A key to sign models with, or the file of keys that are trusted, can't be used."""


class ArtifactWriteError(ArtifactError):
    """A model could not be saved; the one saved before is untouched."""


class NotCompiledError(RegressionModelError):
    """A fitted pipeline has no compiled form; it predicts all the same, only slower.

    Parameters
    ----------
    step : str
        Name of the pipeline's step that is the reason.
    message : str
        What is the matter with it.
    """

    def __init__(self, step: str, message: str) -> None:
        self.step = step
        super().__init__(f"{step}: {message}")


class NotLowerableError(NotCompiledError):
    """A step of a fitted pipeline can't be said in the operations of the compiled form."""


class CompiledMismatchError(NotCompiledError):
    """The compiled form of a pipeline does not predict what the pipeline predicts."""


class ExplanationError(RegressionModelError):
    """The predictions of a model can't be explained, although it predicts."""


class TrackingError(RegressionModelError):
    """The server that is to be told of a run takes none."""


class MissingExtraError(RegressionModelError):
    """An optional dependency is needed and not installed.

    Parameters
    ----------
    what : str
        What needs it, in the user's words.
    extra : str
        The extra of this package that brings it.
    """

    def __init__(self, what: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{what} needs an optional dependency: pip install 'regression-model[{extra}]'")
