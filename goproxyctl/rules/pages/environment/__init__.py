"""The pages of the rules about the settings of a machine."""
