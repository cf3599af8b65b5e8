"""Models in compiled form: from the numbers that reach a model to its outputs, without the library that fitted it."""

from regression_model.compiled.models.base import Model
from regression_model.compiled.models.finishing import Finish, link_finish
from regression_model.compiled.models.linking import check_model, link_model

__all__ = ["Finish", "Model", "check_model", "link_finish", "link_model"]
