"""The training code of MATIH ML Service: one job specification in, one model bundle out.

It runs inside Ray, as the driver (`python -m matih_training`) and as the train function of the workers.
"""
