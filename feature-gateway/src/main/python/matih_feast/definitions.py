"""The declarative documents that clients may apply, and the Feast objects they become.

There is no field for code: on-demand transformations are pickled functions and are not accepted here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

from feast import Entity, FeatureService, FeatureView, Field, FileSource, PushSource, ValueType
from feast.types import from_value_type
from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator
from pydantic import Field as Described

PROJECT_PATTERN = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
# Feast's online table is <project>_<view> and its longest index adds "_fts_idx"; PostgreSQL keeps 63 bytes.
LONGEST_TABLE = 63 - len("_fts_idx")

KEY_TYPES = frozenset({"string", "int32", "int64", "bytes", "unix_timestamp"})
_SCALARS = ("string", "bytes", "int32", "int64", "float", "double", "bool", "unix_timestamp")
FEATURE_TYPES = frozenset(_SCALARS) | {f"{scalar}_list" for scalar in _SCALARS}

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=63)]
Text = Annotated[str, StringConstraints(max_length=4096)]
Tags = dict[Annotated[str, StringConstraints(max_length=256)], Text]


class DefinitionError(ValueError):
    """The documents are well formed and still cannot be applied; the message says why."""


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    description: Text = ""
    owner: Text = ""
    tags: Tags = Described(default_factory=dict)


class SourceDocument(_Document):
    """A Parquet file or folder with its timestamp columns."""

    name: Name
    uri: Annotated[str, StringConstraints(pattern=r"^s3://[^\s?#]+$", max_length=2048)]
    timestamp_column: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    created_timestamp_column: str = ""
    field_mapping: dict[str, str] = Described(default_factory=dict)

    def build(self) -> FileSource:
        """The endpoint is left to the process, so that a definition outlives the place of its store."""
        return FileSource(
            name=self.name,
            path=self.uri,
            timestamp_field=self.timestamp_column,
            created_timestamp_column=self.created_timestamp_column,
            field_mapping=dict(self.field_mapping),
            description=self.description,
            owner=self.owner,
            tags=dict(self.tags),
        )


class EntityDocument(_Document):
    """What features are about: one join key with its type."""

    name: Name
    join_key: Name
    type: str

    @field_validator("type")
    @classmethod
    def _known_type(cls, value: str) -> str:
        if value not in KEY_TYPES:
            raise ValueError(f"a join key is one of {', '.join(sorted(KEY_TYPES))}")
        return value

    def build(self) -> Entity:
        """The Feast entity."""
        return Entity(
            name=self.name,
            join_keys=[self.join_key],
            value_type=ValueType[self.type.upper()],
            description=self.description,
            owner=self.owner,
            tags=dict(self.tags),
        )


class FeatureDocument(BaseModel):
    """One column of a view."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    type: str
    description: Text = ""
    tags: Tags = Described(default_factory=dict)

    @field_validator("type")
    @classmethod
    def _known_type(cls, value: str) -> str:
        if value not in FEATURE_TYPES:
            raise ValueError(f"a feature is one of {', '.join(sorted(FEATURE_TYPES))}")
        return value

    def build(self) -> Field:
        """The Feast field."""
        return Field(
            name=self.name,
            dtype=from_value_type(ValueType[self.type.upper()]),
            description=self.description,
            tags=dict(self.tags),
        )


class ViewDocument(_Document):
    """A group of features from one source about the same entities."""

    name: Name
    source: Name
    entities: list[Name]
    features: Annotated[list[FeatureDocument], Described(min_length=1)]
    ttl_seconds: Annotated[int, Described(ge=0, le=100 * 366 * 86400)] = 0
    online: bool = True
    push: bool = False

    def build(self, source: FileSource, entities: list[Entity]) -> FeatureView:
        """Join keys are part of the schema, so that Feast never guesses types from the data."""
        keys = [Field(name=e.join_key, dtype=from_value_type(e.value_type)) for e in entities]
        batch_or_push: Any = source
        if self.push:
            batch_or_push = PushSource(name=push_source_name(self.name), batch_source=source)
        return FeatureView(
            name=self.name,
            source=batch_or_push,
            entities=entities,
            schema=keys + [feature.build() for feature in self.features],
            ttl=timedelta(seconds=self.ttl_seconds),
            online=self.online,
            description=self.description,
            owner=self.owner,
            tags=dict(self.tags),
        )


class ServiceDocument(_Document):
    """A named list of features that a model reads together."""

    name: Name
    features: Annotated[list[str], Described(min_length=1)]

    def build(self, view_of: Callable[[str], FeatureView]) -> FeatureService:
        """References are grouped by view in their first order."""
        wanted: dict[str, list[str]] = {}
        for reference in self.features:
            view, separator, feature = reference.partition(":")
            if not separator or not view or not feature:
                raise DefinitionError(f"service {self.name}: {reference!r} is not of the form view:feature")
            wanted.setdefault(view, []).append(feature)
        projections = []
        for name, features in wanted.items():
            view_object = view_of(name)
            known = {field.name for field in view_object.features}
            missing = [feature for feature in features if feature not in known]
            if missing:
                raise DefinitionError(f"service {self.name}: view {name} has no feature {missing[0]}")
            projections.append(view_object[features])
        return FeatureService(
            name=self.name,
            features=projections,
            description=self.description,
            owner=self.owner,
            tags=dict(self.tags),
        )


class Definitions(BaseModel):
    """One apply: any mix of documents; what they refer to is in it or in the registry already."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: list[SourceDocument] = Described(default_factory=list)
    entities: list[EntityDocument] = Described(default_factory=list)
    views: list[ViewDocument] = Described(default_factory=list)
    services: list[ServiceDocument] = Described(default_factory=list)

    def build(
        self,
        project: str,
        entity_of: Callable[[str], Entity | None],
        source_of: Callable[[str], FileSource | None],
        view_of: Callable[[str], FeatureView | None],
    ) -> list[Any]:
        """The Feast objects in an order that Feast can apply; the callables look into the registry."""
        entities = {document.name: document.build() for document in self.entities}
        sources = {document.name: document.build() for document in self.sources}
        views: dict[str, FeatureView] = {}
        for document in self.views:
            if len(f"{project}_{document.name}".encode()) > LONGEST_TABLE:
                raise DefinitionError(
                    f"view {document.name}: name too long ({LONGEST_TABLE - 1} with the project)"
                )
            view_entities = []
            for name in document.entities:
                entity = entities.get(name) or entity_of(name)
                if entity is None:
                    raise DefinitionError(f"view {document.name}: there is no entity {name}")
                view_entities.append(entity)
            source = sources.get(document.source) or source_of(document.source)
            if source is None:
                raise DefinitionError(f"view {document.name}: there is no source {document.source}")
            views[document.name] = document.build(source, view_entities)

        def known_view(name: str) -> FeatureView:
            view = views.get(name) or view_of(name)
            if view is None:
                raise DefinitionError(f"there is no view {name}")
            return view

        services = [document.build(known_view) for document in self.services]
        return [*sources.values(), *entities.values(), *views.values(), *services]


def push_source_name(view: str) -> str:
    """The push source that belongs to a view which accepts pushed rows."""
    return f"{view}_push"
