"""The model as one ONNX graph, by the converter of its library."""

import copy
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import onnx

from matih_training.failure import FailureCode, JobFailure, shown
from matih_training.onnx_model import ML_OPSET, OPSET
from matih_training.preparation import onnx_source
from matih_training.preparation.graph import ConvertedModel
from matih_training.preparation.native import NativeModel, kind_name
from matih_training.preparation.source import InputColumn, unsupported

_OPSETS = {"": OPSET, "ai.onnx.ml": ML_OPSET}


def conversions(model: NativeModel, columns: Sequence[InputColumn]) -> Iterator[ConvertedModel]:
    """Graphs that may be the model, the likeliest first; which one is, its answers show.

    @raises JobFailure: when there is none, with what stands in the way
    """
    estimator = model.estimator
    if isinstance(estimator, onnx.ModelProto):
        yield onnx_source.converted(estimator, columns)
        return
    while hasattr(estimator, "best_estimator_"):
        estimator = estimator.best_estimator_
    library = type(estimator).__module__.split(".")[0]
    if library in ("xgboost", "lightgbm"):
        texts = [column.name for column in columns if column.kind == "string"]
        if texts:
            raise unsupported(
                f"{library} reads {shown(texts[0])} as a category of pandas, which has no conversion; encode texts in a"
                " scikit-learn pipeline before the model"
            )
        yield _boosted(library, estimator, columns)
        return
    estimator = _convertible(estimator)
    yield _sklearn(estimator, columns, as_numbers=True)
    if any(column.kind in ("long", "boolean") for column in columns):
        yield _sklearn(estimator, columns, as_numbers=False)


def _boosted(library: str, estimator: Any, columns: Sequence[InputColumn]) -> ConvertedModel:
    from onnxmltools.convert import convert_lightgbm, convert_xgboost  # noqa: PLC0415  (seconds)
    from onnxmltools.convert.common.data_types import FloatTensorType  # noqa: PLC0415

    types = [("X", FloatTensorType([None, len(columns)]))]
    with _converting(estimator):
        if library == "xgboost":
            document = convert_xgboost(_unnamed(estimator), initial_types=types, target_opset=OPSET)
        else:
            _require_plain_lightgbm(estimator)
            document = convert_lightgbm(estimator, initial_types=types, target_opset=OPSET, zipmap=False)
    return ConvertedModel(document, [[column.name for column in columns]])


def _unnamed(estimator: Any) -> Any:
    """The converter knows columns by number only."""
    plain = copy.deepcopy(estimator)
    booster = plain.get_booster() if hasattr(plain, "get_booster") else plain
    booster.feature_names = None
    if any(kind == "c" for kind in booster.feature_types or ()):
        raise unsupported("XGBoost's own categories have no conversion; encode texts in a scikit-learn pipeline before the model")
    booster.feature_types = None
    return plain


def _require_plain_lightgbm(estimator: Any) -> None:
    booster = getattr(estimator, "booster_", estimator)
    if booster.pandas_categorical:
        raise unsupported("LightGBM's own categories of pandas have no conversion; encode texts in a pipeline before the model")
    if str(booster.params.get("zero_as_missing", "")).lower() in ("true", "1", "+"):
        raise unsupported("LightGBM's zero_as_missing has no conversion; mark missing numbers as NaN instead of 0")


def _sklearn(estimator: Any, columns: Sequence[InputColumn], *, as_numbers: bool) -> ConvertedModel:
    """`as_numbers`: whole numbers and truth values go in as 32-bit numbers, as in all of a version's graphs; otherwise as
    what they are, which an encoder of categories may need."""
    from skl2onnx import convert_sklearn  # noqa: PLC0415  (seconds)
    from skl2onnx.common.data_types import (  # noqa: PLC0415
        BooleanTensorType,
        FloatTensorType,
        Int64TensorType,
        StringTensorType,
    )

    _register_boosted()
    kinds = {"string": StringTensorType, "long": Int64TensorType, "boolean": BooleanTensorType}
    if as_numbers:
        kinds = {"string": StringTensorType}
    types = [kinds.get(column.kind, FloatTensorType) for column in columns]
    if len(set(types)) == 1 and not _names_columns(estimator):
        inputs = [("X", types[0]([None, len(columns)]))]
        names = [[column.name for column in columns]]
    else:
        inputs = [(column.name, kind([None, 1])) for column, kind in zip(columns, types, strict=True)]
        names = [[column.name] for column in columns]
    options = {id(estimator): {"zipmap": False}} if hasattr(estimator, "predict_proba") else None
    with _converting(estimator):
        document = convert_sklearn(estimator, "model", inputs, target_opset=_OPSETS, options=options)
    # The converter gives inputs other names and keeps their order.
    if len(document.graph.input) != len(names):
        raise JobFailure(FailureCode.NOT_CONVERTIBLE, f"the conversion of {kind_name(estimator)} left out columns that it reads")
    return ConvertedModel(document, names)


def _names_columns(estimator: Any) -> bool:
    """Whether something in it chooses columns."""
    steps = [step for _, step in getattr(estimator, "steps", ())]
    inner = [*steps, *(getattr(estimator, name) for name in ("estimator", "base_estimator") if hasattr(estimator, name))]
    return hasattr(estimator, "transformers_") or any(_names_columns(step) for step in inner)


def _convertible(estimator: Any) -> Any:
    """The same estimator, a copy, without what the converters stumble over and no answer depends on."""
    plain = copy.deepcopy(estimator)
    for part in _parts(plain):
        library = type(part).__module__.split(".")[0]
        if library == "xgboost":
            booster = part.get_booster()
            booster.feature_names = None
            booster.feature_types = None
        elif library == "lightgbm":
            _require_plain_lightgbm(part)
        elif type(part).__name__ == "SimpleImputer" and part.statistics_.dtype == object:
            # A missing text is an empty one in every request.
            part.missing_values = ""
        elif hasattr(part, "flatten_transform"):
            part.flatten_transform = False
    return plain


def _register_boosted() -> None:
    """Tells scikit-learn's converter how to convert the models of other libraries inside a pipeline."""
    import lightgbm  # noqa: PLC0415
    import xgboost  # noqa: PLC0415
    from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm  # noqa: PLC0415
    from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost  # noqa: PLC0415
    from skl2onnx import update_registered_converter  # noqa: PLC0415
    from skl2onnx.common.shape_calculator import (  # noqa: PLC0415
        calculate_linear_classifier_output_shapes,
        calculate_linear_regressor_output_shapes,
    )

    classifier, regressor = calculate_linear_classifier_output_shapes, calculate_linear_regressor_output_shapes
    options = {"nocl": [True, False], "zipmap": [True, False, "columns"]}
    for kind, alias, convert in (
        (xgboost.XGBClassifier, "XGBoostXGBClassifier", convert_xgboost),
        (xgboost.XGBRFClassifier, "XGBoostXGBRFClassifier", convert_xgboost),
        (lightgbm.LGBMClassifier, "LightGbmLGBMClassifier", convert_lightgbm),
    ):
        update_registered_converter(kind, alias, classifier, convert, options=options)
    for kind, alias, convert in (
        (xgboost.XGBRegressor, "XGBoostXGBRegressor", convert_xgboost),
        (xgboost.XGBRFRegressor, "XGBoostXGBRFRegressor", convert_xgboost),
        (lightgbm.LGBMRegressor, "LightGbmLGBMRegressor", convert_lightgbm),
    ):
        update_registered_converter(kind, alias, regressor, convert)


class _converting:  # noqa: N801  (a statement, not a thing)
    """Says what stood in the way when a converter gives up."""

    def __init__(self, estimator: Any) -> None:
        self._estimator = estimator
        self._warnings = warnings.catch_warnings()

    def __enter__(self) -> None:
        self._warnings.__enter__()
        warnings.simplefilter("ignore")

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self._warnings.__exit__(kind, error, trace)
        if error is not None and isinstance(error, Exception) and not isinstance(error, JobFailure):
            raise JobFailure(FailureCode.NOT_CONVERTIBLE, _reason(self._estimator, error)) from error


def _reason(estimator: Any, error: Exception) -> str:
    text = " ".join(str(error).split())
    culprit = next((part for part in _parts(estimator) if _is_named(part, text)), estimator)
    return (
        f"{kind_name(culprit)} has no conversion to ONNX, which the engine onnx serves"
        f" ({text.split('. ')[0].rstrip('.')[:160]}); replace it by a step of scikit-learn that has one, or do its work"
        " before the model"
    )


def _is_named(part: object, text: str) -> bool:
    name = type(part).__name__
    return f"'{name}'" in text or f".{name}'" in text or text.startswith(name) or f" {name} " in text


def _parts(estimator: Any) -> list[Any]:
    """All estimators inside, the innermost first."""
    inner: list[Any] = [step for _, step in getattr(estimator, "steps", ())]
    inner += [entry[1] for entry in getattr(estimator, "transformers_", ()) if hasattr(entry[1], "fit")]
    inner += [entry[1] for entry in getattr(estimator, "transformer_list", ())]
    return [part for step in inner for part in _parts(step)] + [estimator]
