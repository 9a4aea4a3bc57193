"""Documents become Feast objects, and what cannot is refused with the reason."""

from datetime import timedelta
from typing import Any

import pytest
from feast import Entity, FeatureView, FileSource, PushSource, ValueType
from pydantic import ValidationError

from matih_feast.definitions import FEATURE_TYPES, DefinitionError, Definitions

SOURCE = {"name": "weather", "uri": "s3://datasets/acme/weather.parquet", "timestamp_column": "at"}
ENTITY = {"name": "place", "join_key": "origin", "type": "string"}
VIEW = {
    "name": "weather",
    "source": "weather",
    "entities": ["place"],
    "features": [{"name": "temp", "type": "double"}, {"name": "codes", "type": "int64_list"}],
    "ttl_seconds": 3600,
}


def build(documents: dict[str, Any]) -> list[Any]:
    """Builds with an empty registry."""
    return Definitions.model_validate(documents).build("acme", lambda _: None, lambda _: None, lambda _: None)


def only(objects: list[Any], kind: type) -> Any:  # noqa: ANN401
    """The single object of a kind."""
    [found] = [o for o in objects if isinstance(o, kind)]
    return found


def test_a_view_carries_its_key_types_so_that_nothing_is_guessed_from_data() -> None:
    view = only(build({"sources": [SOURCE], "entities": [ENTITY], "views": [VIEW]}), FeatureView)

    assert [(f.name, f.dtype.to_value_type()) for f in view.entity_columns] == [("origin", ValueType.STRING)]
    assert [(f.name, f.dtype.to_value_type()) for f in view.features] == [
        ("temp", ValueType.DOUBLE),
        ("codes", ValueType.INT64_LIST),
    ]
    assert view.ttl == timedelta(hours=1)


def test_no_store_address_gets_into_the_definitions() -> None:
    source = only(build({"sources": [SOURCE]}), FileSource)

    assert not source.s3_endpoint_override


def test_every_declared_type_is_one_of_feasts() -> None:
    features = [{"name": f"f_{kind}", "type": kind} for kind in sorted(FEATURE_TYPES)]
    view = only(
        build({"sources": [SOURCE], "entities": [ENTITY], "views": [{**VIEW, "features": features}]}),
        FeatureView,
    )

    assert {f.dtype.to_value_type().name.lower() for f in view.features} == FEATURE_TYPES


def test_a_view_with_push_takes_pushed_rows() -> None:
    view = only(
        build({"sources": [SOURCE], "entities": [ENTITY], "views": [{**VIEW, "push": True}]}), FeatureView
    )

    assert isinstance(view.stream_source, PushSource)
    assert view.stream_source.name == "weather_push"


def test_references_may_lie_in_the_registry() -> None:
    entity = Entity(name="place", join_keys=["origin"], value_type=ValueType.STRING)
    source = FileSource(name="weather", path="s3://datasets/acme/w.parquet", timestamp_field="at")

    [view] = Definitions.model_validate({"views": [VIEW]}).build(
        "acme", {"place": entity}.get, {"weather": source}.get, lambda _: None
    )

    assert view.name == "weather"


@pytest.mark.parametrize(
    ("documents", "reason"),
    [
        ({"views": [VIEW]}, "no entity place"),
        ({"entities": [ENTITY], "views": [VIEW]}, "no source weather"),
        ({"services": [{"name": "s", "features": ["weather:temp"]}]}, "no view weather"),
        ({"services": [{"name": "s", "features": ["weather"]}]}, "not of the form"),
        (
            {
                "sources": [SOURCE],
                "entities": [ENTITY],
                "views": [VIEW],
                "services": [{"name": "s", "features": ["weather:wind"]}],
            },
            "no feature wind",
        ),
        ({"sources": [SOURCE], "entities": [ENTITY], "views": [{**VIEW, "name": "v" * 60}]}, "too long"),
    ],
)
def test_what_does_not_fit_together_is_refused(documents: dict[str, Any], reason: str) -> None:
    with pytest.raises(DefinitionError, match=reason):
        build(documents)


@pytest.mark.parametrize(
    "documents",
    [
        {"on_demand_views": []},
        {"views": [{**VIEW, "udf": "gASV"}]},
        {"views": [{**VIEW, "features": []}]},
        {"views": [{**VIEW, "ttl_seconds": -1}]},
        {"views": [{**VIEW, "features": [{"name": "x", "type": "text"}]}]},
        {"views": [{**VIEW, "name": 'we"ather'}]},
        {"entities": [{**ENTITY, "type": "double"}]},
        {"sources": [{**SOURCE, "uri": "file:///etc/passwd"}]},
        {"sources": [{**SOURCE, "uri": "/etc/passwd"}]},
    ],
)
def test_what_is_not_a_document_is_refused(documents: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Definitions.model_validate(documents)
