package ai.matih.ml.serving.sketch;

/** What was counted on an arm, with what it is counted in. */
public record CountedArm(Arm arm, Reference reference, Tally tally) {}
