"""Readers of what we write: the real programs, and models of the two that do not run here (cmd.exe, BuildKit)."""
