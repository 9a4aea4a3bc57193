"""What a column of a feature source may hold, read in one way by training and by serving.

The training job joins features with it, and the Feast server carries them online with it.
"""
