"""Answers for one version on Ray Serve. What reads and loads models is the training code, which travels along."""
