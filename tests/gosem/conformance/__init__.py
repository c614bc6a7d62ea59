"""What gosem predicts, compared with what real go commands do on loopback."""
