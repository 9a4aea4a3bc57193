"""Which keys belong to a project, told from their bytes; the store itself is tested on a real Redis."""

import pytest
from feast.infra.key_encoding_utils import serialize_entity_key
from feast.infra.online_stores.helpers import _redis_key
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import Value

from matih_feast.redis_online import TYPE, entity_key_length, keys_of
from matih_feast.repository import repo_config
from matih_feast.settings import Database, Redis

ANN = EntityKey(join_keys=["user"], entity_values=[Value(string_val="ann")])
CRAFTED = EntityKey(join_keys=["user"], entity_values=[Value(string_val="ann_big_")])
BOTH = EntityKey(join_keys=["user", "at"], entity_values=[Value(string_val=""), Value(int64_val=7)])
# A join key whose length is the number of a character that means something in a pattern.
STARRED = EntityKey(join_keys=["k" * ord("*")], entity_values=[Value(int32_val=1)])


class Scanned:
    """Answers all keys, as Redis does for a pattern that fits them."""

    def __init__(self, *keys: bytes) -> None:
        self._keys = keys
        self.pattern = b""

    def scan_iter(self, match: bytes, count: int) -> list[bytes]:
        assert count > 0
        self.pattern = match
        return list(self._keys)


@pytest.mark.parametrize("entity", [ANN, CRAFTED, BOTH, STARRED])
def test_an_entity_key_tells_its_own_length(entity: EntityKey) -> None:
    key = serialize_entity_key(entity, 3)

    assert entity_key_length(key) == len(key)
    assert entity_key_length(key + b"acme") == len(key)
    assert entity_key_length(key[:-1]) is None


@pytest.mark.parametrize("key", [b"", b"cached:page", b"\x01\x00\x00\x00", b"\xff" * 12])
def test_keys_of_others_are_not_taken_for_entities(key: bytes) -> None:
    assert list(keys_of(Scanned(key, key + b"acme"), "acme")) == []  # type: ignore[arg-type]


def test_only_the_keys_of_exactly_this_project_are_found() -> None:
    own = [_redis_key("acme", entity) for entity in (ANN, CRAFTED, BOTH)]
    others = [_redis_key(project, ANN) for project in ("big_acme", "_big_acme", "acme_2", "e")]

    assert list(keys_of(Scanned(*own, *others), "acme")) == own  # type: ignore[arg-type]


def test_bytes_of_a_key_are_no_pattern() -> None:
    scanned = Scanned()

    list(keys_of(scanned, "acme", b"a*b?[c]\\"))  # type: ignore[arg-type]

    assert scanned.pattern == b"a\\*b\\?\\[c\\]\\\\*acme"


def test_feast_is_told_of_the_redis_with_any_password() -> None:
    redis = Redis("redis.example", 6379, 1, True, "feast", "1,2=3", "")

    config = repo_config("acme", Database("db", 5432, "feast", "feast", "secret"), redis).online_store

    assert config.type == TYPE
    assert config.redis() == redis
