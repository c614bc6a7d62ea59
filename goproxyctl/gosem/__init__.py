"""What the go command does, as pure functions over values. Imports nothing of ours; every rule names its Source."""
