"""Floor 0: errors, specs, trees, registries, settings and random bits; imports nothing of ours."""
