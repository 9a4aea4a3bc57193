"""One project's registry does not carry the others with it."""

from pathlib import Path

from feast import Entity, ValueType
from feast.infra.registry.sql import SqlRegistryConfig

from matih_feast.registry import ProjectRegistry


def entity(name: str) -> Entity:
    """An entity with its own name as join key."""
    return Entity(name=name, join_keys=[name], value_type=ValueType.STRING)


def test_a_registry_keeps_only_its_own_project_in_memory(tmp_path: Path) -> None:
    config = SqlRegistryConfig(path=f"sqlite:///{tmp_path}/registry.db")
    ours = ProjectRegistry(config, "ours")
    theirs = ProjectRegistry(config, "theirs")
    ours.apply_entity(entity("place"), "ours")
    theirs.apply_entity(entity("customer"), "theirs")

    ours.refresh()

    assert [e.spec.name for e in ours.cached_registry_proto.entities] == ["place"]
    assert [p.spec.name for p in ours.cached_registry_proto.projects] == ["ours"]
    assert [e.name for e in theirs.list_entities("theirs", allow_cache=True)] == ["customer"]


def test_projects_share_their_connections(tmp_path: Path) -> None:
    config = SqlRegistryConfig(path=f"sqlite:///{tmp_path}/registry.db")

    first, second = ProjectRegistry(config, "first"), ProjectRegistry(config, "second")

    assert first.write_engine is second.write_engine
