"""The pages of the rules about the files of a repository."""
