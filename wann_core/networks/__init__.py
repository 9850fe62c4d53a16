"""Genotype and phenotype: genes, compiled networks, the forward pass and its SIMD lanes."""
