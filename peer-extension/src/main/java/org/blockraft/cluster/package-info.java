/**
 * Links between the nodes of a cluster: one stream of frames for each pair of nodes, both ends
 * proven to be nodes of this cluster by their TLS certificates. The format is in {@code
 * cluster.proto}; docs/links.md tells its rules.
 */
package org.blockraft.cluster;
