"""Ablation: which feedback loop is the trap, by taking loops away one by one and in pairs."""
