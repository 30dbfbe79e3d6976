/**
 * The Merkle tree over the state: updated in parallel behind the commit, written at checkpoints,
 * with proofs. {@code docs/merkle.md} is its specification.
 */
package org.blockraft.merkle;
