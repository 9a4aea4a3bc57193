"""A search for hyperparameters: Ray Tune runs the trials, Optuna proposes them, and a ledger on the store remembers each one."""
