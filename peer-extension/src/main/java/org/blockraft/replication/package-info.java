/**
 * Keeps a channel the same on all nodes of the cluster: who leads its block flow, how blocks get
 * from the leader to the others, when clients may see them; and private data and packages likewise.
 */
package org.blockraft.replication;
