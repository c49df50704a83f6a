"""Collecting in a bucket, on a real S3 server (Ceph's gateway): what ``tests/unit/test_collecting.py`` says of a folder."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from assets.errors import ConfigurationError
from pipelines.collecting import collect
from tests.servers import PASSWORD, Bucket, new_bucket
from tests.unit.test_collecting import act, files, layout, make  # noqa: F401 - a fixture among them

pytestmark = pytest.mark.skipif(
    not os.environ.get("LUNATTIVA_TEST_BUCKET"),
    reason="a cluster of Ceph costs as much as forty other tests: `make cluster` runs it",
)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    found = new_bucket("province")
    for name, value in found.environment.items():
        monkeypatch.setenv(name, value)
    yield found
    found.close()


def there(bucket: Bucket) -> dict[str, bytes]:
    """Return what is in the bucket."""
    from pyarrow.fs import FileSelector, FileType, S3FileSystem

    system = S3FileSystem(
        endpoint_override=bucket.environment["AWS_ENDPOINT_URL"], region="us-east-1"
    )
    found = system.get_file_info(FileSelector("province", recursive=True))
    return {
        each.path.removeprefix("province/all/"): system.open_input_stream(each.path).read()
        for each in found
        if each.type == FileType.File
    }


def put(bucket: Bucket, path: str, data: bytes) -> None:
    """Change an object by hand."""
    from pyarrow.fs import S3FileSystem

    address = bucket.environment["AWS_ENDPOINT_URL"]
    system = S3FileSystem(endpoint_override=address, region="us-east-1")
    with system.open_output_stream(f"province/all/{path}") as stream:
        stream.write(data)


def test_a_bucket_holds_what_a_folder_would(bucket, layout, tmp_path, monkeypatch):  # noqa: F811
    first = make(layout, 42)
    act(layout, "published", first, 1)
    folder = tmp_path / "collected"
    for place in ("s3://province/all", str(folder)):
        assert collect(layout, place).added == [first]
        assert collect(layout, place).added == []
    assert there(bucket) == files(folder)
    act(layout, "withdrawn", first, 1)
    second = make(layout, 44)
    act(layout, "published", second, 2)
    for place in ("s3://province/all", str(folder)):
        done = collect(layout, place)
        assert (done.added, done.removed) == ([second], [first])
    left = {path: data for path, data in there(bucket).items() if data}  # folders may leave a mark
    assert left == files(folder)
    index = json.loads(left["small/index.json"])
    assert [each["state"] for each in index["releases"]] == ["withdrawn", "published"]
    table = f"small/{second}/tables/reach.parquet"
    put(bucket, table, bytes(len(left[table])))  # of the same length: only reading it tells
    assert collect(layout, "s3://province/all").healed == [second]
    assert there(bucket)[table] == left[table]

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(ConfigurationError, match="cannot be written") as caught:
        collect(layout, "s3://province/all")
    assert PASSWORD not in str(caught.value) and "wrong" not in str(caught.value)
