"""Rules about the files of a repository: scripts, pipelines, images, manifests, settings of editors."""
