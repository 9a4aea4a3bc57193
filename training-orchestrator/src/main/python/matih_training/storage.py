"""Files by address: `s3://…` through the environment's endpoint and keys, or a local path."""

import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyarrow import fs

from matih_training.failure import FailureCode, JobFailure


def _resolve(uri: str) -> tuple[fs.FileSystem, str]:
    try:
        filesystem, path = fs.FileSystem.from_uri(uri)
    except (pa.ArrowException, ValueError, OSError) as error:
        raise JobFailure(FailureCode.INVALID_SPECIFICATION, "an address is not a valid storage address") from error
    return filesystem, path


def read_bytes(uri: str) -> pa.Buffer:
    """Reads a whole input file; absent or refused is `unreadable_data` and names the file."""
    filesystem, path = _resolve(uri)
    try:
        with filesystem.open_input_file(path) as file:
            return file.read_buffer()
    except FileNotFoundError as error:
        raise JobFailure(FailureCode.UNREADABLE_DATA, f"there is no file {uri}") from error
    except OSError as error:
        raise JobFailure(FailureCode.UNREADABLE_DATA, f"{uri} cannot be read") from error


@dataclass(frozen=True)
class Folder:
    """One folder of the store. Writing replaces; reading an absent file gives None."""

    uri: str

    def child(self, name: str) -> "Folder":
        return Folder(f"{self.uri}/{name}")

    def write(self, name: str, content: bytes | pa.Buffer) -> None:
        filesystem, path = _resolve(f"{self.uri}/{name}")
        try:
            if isinstance(filesystem, fs.LocalFileSystem):
                # An object store shows an object when it is complete; a rename gives the same on a disk.
                filesystem.create_dir(path.rpartition("/")[0], recursive=True)
                with filesystem.open_output_stream(f"{path}.part") as stream:
                    stream.write(content)
                filesystem.move(f"{path}.part", path)
            else:
                with filesystem.open_output_stream(path) as stream:
                    stream.write(content)
        except OSError as error:
            raise JobFailure(FailureCode.STORAGE_UNAVAILABLE, f"{self.uri}/{name} cannot be written") from error

    def write_json(self, name: str, document: Any) -> None:
        self.write(name, json.dumps(document, indent=1, allow_nan=False).encode())

    def read(self, name: str) -> bytes | None:
        filesystem, path = _resolve(f"{self.uri}/{name}")
        try:
            with filesystem.open_input_file(path) as file:
                content: bytes = file.read()
                return content
        except FileNotFoundError:
            return None
        except OSError as error:
            raise JobFailure(FailureCode.STORAGE_UNAVAILABLE, f"{self.uri}/{name} cannot be read") from error

    def folders(self) -> list[str]:
        """Names of the folders directly below, sorted."""
        filesystem, path = _resolve(self.uri)
        infos = filesystem.get_file_info(fs.FileSelector(path, allow_not_found=True))
        return sorted(info.base_name for info in infos if info.type == fs.FileType.Directory)

    def remove(self) -> None:
        """Removes the folder and everything below; absent is fine."""
        filesystem, path = _resolve(self.uri)
        if filesystem.get_file_info(path).type == fs.FileType.Directory:
            filesystem.delete_dir(path)
