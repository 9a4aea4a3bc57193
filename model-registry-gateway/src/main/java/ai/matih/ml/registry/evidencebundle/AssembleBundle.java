package ai.matih.ml.registry.evidencebundle;

import ai.matih.ml.registry.evidence.Reports;
import ai.matih.ml.registry.evidencebundle.GatherDocuments.Gathered;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.promotion.FindTransition;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Gathers what a decision rested on: in one transaction what is recorded, then, outside of it, the
 * reports from the object store. Of a transition that has ended the bundle is the same whenever it
 * is made, byte by byte: what came later is not in it. An override is there with what became of it,
 * so it changes until it is settled.
 */
public final class AssembleBundle {

  private final FindTransition find;
  private final GatherDocuments gather;
  private final Reports reports;
  private final SealedArchive archive;
  private final ModelTransactions transactions;

  public AssembleBundle(
      FindTransition find,
      GatherDocuments gather,
      Reports reports,
      SealedArchive archive,
      ModelTransactions transactions) {
    this.find = find;
    this.gather = gather;
    this.reports = reports;
    this.archive = archive;
    this.transactions = transactions;
  }

  /** The archive of one transition. */
  public byte[] assemble(ModelId model, UUID id) {
    Gathered gathered =
        // Nothing about the model changes between two of the reads.
        transactions.locked(model, () -> gather.gather(find.transition(model, id)));
    Map<String, byte[]> documents = new LinkedHashMap<>(gathered.documents());
    documents.putAll(gathered.reports().read(reports));
    Map<String, Object> about = new LinkedHashMap<>(gathered.about());
    about.put("not_included", gathered.reports().notIncluded());
    return archive.seal(about, documents);
  }
}
