package ai.matih.ml.registry.retention;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.model.Versions.VersionState;
import ai.matih.ml.registry.retention.Deletion.State;
import java.util.List;

/** Which versions need the files of a digest. */
final class FilesInUse {

  private final Versions versions;
  private final Deletions deletions;

  FilesInUse(Versions versions, Deletions deletions) {
    this.versions = versions;
    this.deletions = deletions;
  }

  /** A deleted version that can be restored still needs its files. */
  List<VersionState> by(Digest digest) {
    return versions.owners(digest).stream()
        .filter(
            owner ->
                !owner.deleted()
                    || deletions
                        .of(owner.model(), owner.number())
                        .filter(deletion -> deletion.state() == State.WAITING)
                        .isPresent())
        .toList();
  }
}
