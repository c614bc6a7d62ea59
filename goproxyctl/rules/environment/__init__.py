"""Rules about the settings that go has on a machine: its environment and its go env file."""
