"""What models there are and what each can do: the rows of models.yaml and styles.yaml, checked."""
