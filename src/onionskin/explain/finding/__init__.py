"""`find_nan`: the first operation that makes NaN or infinity, why, and the same again from its inputs."""
